"""The auditor's answer to a moderator who sees a grade differently (M4)."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.answering import AnswerForm, Differing, answer_form
from qa_app.audits.models import Audit
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation
from qa_app.moderation.views.results import REASONS
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.MODERATION_ANSWER


@blueprint.route("/moderation/audits/<uuid:audit_id>/answer", methods=["GET", "POST"])
@permission_required(_NEEDS)
def answer(audit_id: UUID) -> ResponseReturnValue:
    """What was done well, each grade that differs side by side, and the auditor's answer."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    moderation = queries.asked_moderation(audit)
    if moderation is None:
        return _nothing_asked(audit)
    differing = queries.differing(queries.side_by_side(audit))
    form, status = _form(differing), 200
    if request.method == "POST":
        status = 400
        if form.validate() and _saved(moderation, form):
            flash(_done(moderation.audit), "success")
            return redirect(url_for("moderation.show_result", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "moderation/answer.html",
        audit,
        status=status,
        form=form,
        moderation=moderation,
        due=queries.Outcome(audit).answer_by,
        differing=differing,
        reasons=REASONS,
        today=london_date(now()),
    )


def _nothing_asked(audit: Audit) -> ResponseReturnValue:
    """A page from yesterday leads to what came of it; an answer sent from there is refused."""
    if request.method == "POST":
        raise services.NotAskedNow(
            f"No answer about audit {audit.reference} is waited for now. Nothing has been changed."
        )
    return redirect(url_for("moderation.show_result", audit_id=audit.id))


def _form(differing: list[queries.Compared]) -> AnswerForm:
    return answer_form(
        [
            Differing(line.code, line.title, line.moderator.grade if line.moderator else None)
            for line in differing
        ]
    )()


def _saved(moderation: Moderation, form: AnswerForm) -> bool:
    answers = {
        code: services.Answered(said.accepts, said.words) for code, said in form.answers().items()
    }
    try:
        with saving():
            services.answer(moderation, answers, by=signed_in_id(), at=now())
    except DomainError as error:
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return False
    return True


def _done(audit: Audit) -> str:
    if audit.state is AuditState.FINAL:
        return f"Audit {audit.reference} is final. Its moderator has been told that you accept it."
    return (
        "Your answer was sent. A second moderator, senior to the first, decides; the QA lead has "
        "been told that one is needed. You will be told of the final grade."
    )
