"""The second moderator's pages: taking an audit, deciding about it, putting it back (M5)."""

from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.answering import DecideForm, Differing, decide_form
from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.audits.models import Audit
from qa_app.audits.views.frame import audit_page
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import LimitBroken
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationStage, ModerationState
from qa_app.moderation.queries.given import ToModerate
from qa_app.moderation.views.results import REASONS
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.MODERATE


@blueprint.route("/moderation/audits/<uuid:audit_id>/second", methods=["POST"])
@permission_required(Permission.MODERATION_SECOND)
def start_second(audit_id: UUID) -> ResponseReturnValue:
    """Take an audit as its second moderator; one of two who press at once gets it (CO-3)."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    person_id, at = signed_in_id(), now()
    review = queries.second_review_of(audit, person_id, london_date(at))
    if review.bars:
        with saving():
            services.note_refused(audit, review, by=person_id, at=at)
        sentence = review.sentence(names([person_id])[person_id])
        raise services.MayNotModerate(f"{sentence} Nothing has been changed.")
    fetch(ToModerate, audit_id, needs=Permission.MODERATION_SECOND, options=[person_id])
    moderator = db.session.get_one(Person, person_id)
    with saving():
        moderation = services.start_second(audit, moderator, by=person_id, at=at)
    flash(f"You decide about audit {audit.reference}. Decide, or give it back.", "success")
    return redirect(url_for("moderation.decide", moderation_id=moderation.id))


@blueprint.route("/moderation/<uuid:moderation_id>/decide", methods=["GET", "POST"])
@permission_required(_NEEDS)
def decide(moderation_id: UUID) -> ResponseReturnValue:
    """Both views with their reasons and the evidence, and the second moderator's own grades."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    if not _decides(moderation):
        return _not_deciding(moderation)
    dispute = queries.Dispute(moderation.audit)
    form, broken, status = _form(dispute), list[LimitBroken](), 200
    if request.method == "POST":
        status = 400
        if form.validate() and _saved(moderation, form, broken):
            reference = moderation.audit.reference
            flash(f"Audit {reference} is final. Its auditor and moderator were told.", "success")
            return redirect(url_for("moderation.show_result", audit_id=moderation.audit_id))
    note_access("audit_viewed", moderation.audit, audit_id=moderation.audit_id)
    return audit_page(
        "moderation/decide.html",
        moderation.audit,
        status=status,
        form=form,
        moderation=moderation,
        dispute=dispute,
        broken=broken,
        reasons=REASONS,
    )


@blueprint.route("/moderation/<uuid:moderation_id>/release-second", methods=["POST"])
@permission_required(_NEEDS)
def release_second(moderation_id: UUID) -> ResponseReturnValue:
    """Put the audit back for another second moderator."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    reference = moderation.audit.reference
    with saving():
        services.release_second(moderation, by=signed_in_id(), at=now())
    flash(f"Audit {reference} waits for another second moderator.", "success")
    return redirect(url_for("moderation.queue"))


def _decides(moderation: Moderation) -> bool:
    return (
        moderation.stage is ModerationStage.SECOND
        and moderation.state is ModerationState.OPEN
        and moderation.moderator_id == signed_in_id()
    )


def _not_deciding(moderation: Moderation) -> ResponseReturnValue:
    """Nothing of the audit is shown here: somebody may still be moderating it blind (M3)."""
    if request.method == "POST":
        raise services.NotYours(
            "This decision is not open to you any more: it was made, or given back. Nothing has "
            "been changed."
        )
    return redirect(url_for("moderation.show_result", audit_id=moderation.audit_id))


def _form(dispute: queries.Dispute) -> DecideForm:
    return decide_form(
        [
            Differing(line.code, line.title, line.moderator.grade if line.moderator else None)
            for line in dispute.disputed
        ]
    )()


def _saved(moderation: Moderation, form: DecideForm, broken: list[LimitBroken]) -> bool:
    given = {
        code: services.GradeGiven(each.grade, None, each.words)
        for code, each in form.decisions().items()
    }
    try:
        with saving():
            services.decide_second(
                moderation,
                given,
                opened_record=bool(form.opened_record.data),
                feedback=form.feedback.data or "",
                limit_reason=form.limit_reason.data or "",
                by=signed_in_id(),
                at=now(),
            )
    except DomainError as error:
        broken += getattr(error, "broken", [])
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return False
    return True
