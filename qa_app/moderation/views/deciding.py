"""One moderation: reading the audit and grading it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.moderation import OVERALL, Graded, ModerationForm, moderation_form
from qa_app.audits.models import Audit
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.MODERATE


@blueprint.route("/moderation/<uuid:moderation_id>", methods=["GET", "POST"])
@permission_required(_NEEDS)
def show(moderation_id: UUID) -> ResponseReturnValue:
    """The audit with the auditor's grades, and the moderator's own."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    if moderation.state is not ModerationState.OPEN:
        return redirect(url_for("moderation.show_result", audit_id=moderation.audit_id))
    reading = queries.Reading(moderation.audit)
    form, broken, status = _form_for(reading), [], 200
    if form.validate_on_submit():
        try:
            with saving():
                _commit(moderation, form)
        except services.LimitReasonNeeded as error:
            broken, status = error.broken, 400
            form.refuse(error.message, error.field)
        except DomainError as error:
            status = _say(form, error)
        else:
            flash(_done(moderation.audit), "success")
            return redirect(url_for("moderation.show_result", audit_id=moderation.audit_id))
    note_access("audit_viewed", moderation.audit, audit_id=moderation.audit_id)
    page = {"form": form, "moderation": moderation, "reading": reading, "broken": broken}
    due, _ = queries.moderate_by(moderation.audit, reading.draft.concern is not None)
    return render_template(
        "moderation/show.html", **page, due=due, today=london_date(now())
    ), status


def _done(audit: Audit) -> str:
    state = "final" if audit.graded else "finished"
    return (
        f"Audit {audit.reference} is {state}. Its auditor has been told, and reads what you wrote."
    )


def _form_for(reading: queries.Reading) -> ModerationForm:
    if not reading.audit.graded:  # P7: there is nothing to grade
        return moderation_form([])()
    graded = [
        Graded(each.section.code, each.section.title, each.auditor) for each in reading.sections
    ]
    graded.append(Graded(OVERALL, "Overall", reading.audit.auditor_grade))
    return moderation_form(graded)()


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


def _say(form: ModerationForm, error: DomainError) -> int:
    if error.field is None:
        raise error
    form.refuse(error.message, error.field)
    return 400
