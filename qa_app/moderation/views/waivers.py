"""Waivers of moderation by the corporate director, and their list (M2, S6)."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.moderation_waivers import ModerationWaiverForm
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.moderation.models import ModerationWaiver
from qa_app.moderation.queries.giving import Candidate, candidates, in_hand_of
from qa_app.moderation.queries.waivers import all_waivers
from qa_app.moderation.services import waiving
from qa_app.moderation.views.room import blueprint
from qa_app.security import can, fetch, permission_required, signed_in_id


@blueprint.route("/moderation/waivers")
@permission_required(Permission.MEASURES_READ)
def waivers() -> ResponseReturnValue:
    """Every waiver with its reason, newest first: for the QA lead and whoever grants them."""
    if not (can(Permission.MODERATION_MANAGE) or can(Permission.MODERATION_WAIVE)):
        abort(403)
    rows = [each for each in all_waivers() if can(Permission.AUDIT_SEE, each.audit)]
    return render_template("moderation/waivers.html", rows=rows)


@blueprint.route("/moderation/audits/<uuid:audit_id>/waive", methods=["GET", "POST"])
@permission_required(Permission.MODERATION_WAIVE)
def waive(audit_id: UUID) -> ResponseReturnValue:
    """Who can moderate the audit without a waiver; then who may with one, and why."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    row = in_hand_of(audit)
    people = candidates(row, london_date(now()))
    form = _form(people) if row.waits else None
    if form is not None and form.validate_on_submit():
        name = next(each.person.name for each in people if each.person.id == form.moderator.data)
        if _granted(audit, form):
            flash(
                f"{name} may moderate audit {audit.reference}. The waiver is listed with your "
                "reason, and the QA lead has been told.",
                "success",
            )
            return redirect(url_for("moderation.waivers"))
    page = render_template("moderation/waive.html", audit=audit, people=people, form=form)
    return page, 400 if form is not None and form.errors else 200


def _form(people: list[Candidate]) -> ModerationWaiverForm | None:
    """The question, for those whom a waiver would help: never oneself."""
    choices = [
        (str(each.person.id), each.person.name, "; ".join(bar.reason for bar in each.conflicts))
        for each in people
        if each.can_be_waived and each.person.id != signed_in_id()
    ]
    if not choices:
        return None
    form = ModerationWaiverForm()
    form.moderator.choices = choices
    return form


def _granted(audit: Audit, form: ModerationWaiverForm) -> bool:
    try:
        with saving():
            waiving.waive(
                audit,
                UUID(str(form.moderator.data)),
                reason=form.reason.data or "",
                by=signed_in_id(),
                at=now(),
            )
    except DomainError as error:
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return False
    return True


@blueprint.route("/moderation/waivers/<uuid:waiver_id>/end", methods=["POST"])
@permission_required(Permission.MODERATION_WAIVE)
def end_moderation_waiver(waiver_id: UUID) -> ResponseReturnValue:
    """Allow nothing more by a waiver."""
    waiver = db.session.get(ModerationWaiver, waiver_id)
    if waiver is None or not can(Permission.AUDIT_SEE, waiver.audit):
        abort(404)
    with saving():
        waiving.end_waiver(waiver, by=signed_in_id(), at=now())
    flash(
        f"The waiver for {waiver.moderator.name} has ended. A moderation that was begun with it "
        "goes on.",
        "success",
    )
    return redirect(url_for("moderation.waivers"))
