"""One moderation: reading the audit, the grades beside each other, and giving one's own."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from forms.drafted import TICKED, first_choices
from forms.moderation import OVERALL, Graded, ModerationForm, moderation_form
from qa_app.audits.models import Audit
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import LimitBroken
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.formatting import date_words
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationMode, ModerationStage, ModerationState
from qa_app.moderation.views.drafting import choose, keep_form, versions_sent
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.MODERATE


@blueprint.route("/moderation/<uuid:moderation_id>", methods=["GET", "POST"])
@permission_required(_NEEDS)
def show(moderation_id: UUID) -> ResponseReturnValue:
    """The audit with both grades beside each other, and the moderator's decision."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    if (elsewhere := _elsewhere(moderation)) is not None:
        return redirect(elsewhere)
    beside = queries.Beside(moderation)
    form, versions = _form_for(beside)
    broken: list[LimitBroken] = []
    if form.validate_on_submit():
        titles = queries.section_titles(moderation.audit)
        try:
            with saving():
                overtaken = keep_form(moderation, titles, whole=True)
                if not overtaken:
                    _commit(moderation, form)
        except services.LimitReasonNeeded as error:
            broken = error.broken
            form.refuse(error.message, error.field)
        except DomainError as error:
            _say(form, error)
        else:
            return choose(moderation, overtaken, titles) if overtaken else _done(moderation)
    note_access("audit_viewed", moderation.audit, audit_id=moderation.audit_id)
    page = _page(beside) | {"form": form, "versions": versions, "broken": broken}
    return render_template("moderation/show.html", **page), 400 if form.errors else 200


def _elsewhere(moderation: Moderation) -> str | None:
    """The page of this moderation, where it is not this one.

    What was written here and can no longer be sent is given back: raises NotYours.
    """
    if moderation.state is not ModerationState.OPEN or moderation.moderator_id != signed_in_id():
        if request.method == "POST":
            raise services.NotYours(
                "This moderation has ended, so nothing was changed. What you wrote is below: copy "
                "what you still need."
            )
        return url_for("moderation.show_result", audit_id=moderation.audit_id)
    if moderation.hidden:
        return url_for("moderation.first_grades", moderation_id=moderation.id)
    if moderation.stage is ModerationStage.SECOND:
        return url_for("moderation.decide", moderation_id=moderation.id)
    return None


def _form_for(beside: queries.Beside) -> tuple[ModerationForm, Mapping[str, int]]:
    """The form as sent, or as it stands: with what was typed, else with the first grades; and the
    version of what it shows in each box."""
    moderation, graded = beside.moderation, _graded(beside)
    form_class = moderation_form(graded)
    if request.method == "POST":
        form = form_class()
        return form, versions_sent(form)
    shown = first_choices(graded) | ({"opened_record": "y"} if moderation.opened_record else {})
    shown |= moderation.draft
    form = form_class(formdata=_as_sent(shown))
    return form, {name: services.version_of(shown.get(name, "")) for name in form.boxes}


def _as_sent(shown: Mapping[str, str]) -> MultiDict[str, str]:
    """Boxes by name as a page would send them."""
    sent: MultiDict[str, str] = MultiDict()
    for name, value in shown.items():
        sent.setlist(
            name, [each for each in value.split(",") if each] if name in TICKED else [value]
        )
    return sent


def _graded(beside: queries.Beside) -> list[Graded]:
    audit, firsts = beside.moderation.audit, beside.firsts
    if not audit.graded:  # P7: there is nothing to grade
        return []
    graded = [
        Graded(each.section.code, each.section.title, each.auditor, firsts.get(each.section.code))
        for each in beside.reading.sections
    ]
    overall = Graded(OVERALL, "The audit as a whole", audit.auditor_grade, firsts.get(OVERALL))
    return [*graded, overall]


def _commit(moderation: Moderation, form: ModerationForm) -> None:
    services.commit(
        moderation,
        {
            code: services.GradeGiven(answer.grade, answer.reason, answer.words)
            for code, answer in form.answers().items()
        },
        opened_record=bool(form.opened_record.data),
        feedback=form.feedback.data,
        limit_reason=form.limit_reason.data or "",
        by=signed_in_id(),
        at=now(),
    )


def _say(form: ModerationForm, error: DomainError) -> None:
    if error.field is None:
        raise error
    form.refuse(error.message, error.field)


def _done(moderation: Moderation) -> ResponseReturnValue:
    """Say what follows: the audit is final, or its auditor answers (M4)."""
    flash(_what_follows(moderation, moderation.audit), "success")
    return redirect(url_for("moderation.show_result", audit_id=moderation.audit_id))


def _what_follows(moderation: Moderation, audit: Audit) -> str:
    if audit.state is AuditState.IN_DISCUSSION and moderation.answer_due_on is not None:
        return (
            f"Your grades of audit {audit.reference} went to {audit.auditor_name}, who answers by "
            f"{date_words(moderation.answer_due_on)}. Talk with each other before that."
        )
    state = "final" if audit.graded else "finished"
    return (
        f"Audit {audit.reference} is {state}. Its auditor has been told, and reads what you wrote."
    )


def _page(beside: queries.Beside) -> dict[str, Any]:
    moderation, reading = beside.moderation, beside.reading
    audit, at = moderation.audit, now()
    due: date | None = None
    if moderation.mode is ModerationMode.SIGHTED:
        due, _ = queries.moderate_by(audit, reading.draft.concern is not None)
    asked = audit.auditor_id if audit.auditor_grade is not None else None
    return {
        "moderation": moderation,
        "reading": reading,
        "beside": beside,
        "due": due,
        "today": london_date(at),
        "answer_by": services.answer_due(at, asked) if asked is not None else None,
    }
