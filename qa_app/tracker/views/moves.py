"""Starting, finishing and verifying an action."""

from functools import partial
from uuid import UUID

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from forms.tracker import DoneForm, VerifyForm, VersionedForm
from qa_app.database import now, saving
from qa_app.domain.actions import verifier_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.security import fetch, note_access, permission_required, signed_in_id
from qa_app.tracker import queries, services
from qa_app.tracker.models import Action
from qa_app.tracker.queries.story import evidence
from qa_app.tracker.views.room import SAVED, blueprint, fetch_to_decide, save, shown_again


@blueprint.route("/<uuid:action_id>/start", methods=["POST"])
@permission_required(Permission.ACTION_WORK)
def start(action_id: UUID) -> ResponseReturnValue:
    """The owner begins."""
    action = fetch(Action, action_id, needs=Permission.ACTION_WORK)
    form = VersionedForm()
    with saving():
        services.start(action, by=signed_in_id(), at=now(), seen=form.seen)
    flash("Started. Mark the action as done when it is, and say what shows it.", "success")
    return shown_again(action)


@blueprint.route("/<uuid:action_id>/done", methods=["GET", "POST"])
@permission_required(Permission.ACTION_WORK)
def done(action_id: UUID) -> ResponseReturnValue:
    """The owner says that it is done, with dated evidence."""
    action = fetch(Action, action_id, needs=Permission.ACTION_WORK)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = DoneForm(version=action.version), 200
    if form.validate_on_submit():
        change = partial(
            services.finish, action, evidence=form.evidence.data, done_on=form.done_on.data,
            by=signed_in_id(), at=now(), seen=form.seen,
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            by = date_words(queries.verification_due(action))
            flash(f"Marked as done. Somebody else verifies it by {by}.", "success")
            return shown_again(action)
    return render_template("tracker/done.html", form=form, action=action), status


@blueprint.route("/<uuid:action_id>/verify", methods=["GET", "POST"])
@permission_required(Permission.ACTION_VERIFY)
def verify(action_id: UUID) -> ResponseReturnValue:
    """Somebody other than the owner verifies it, or sends it back with what is missing."""
    needs = Permission.ACTION_VERIFY
    action = fetch_to_decide(action_id, needs, verifier_bars, "verify it")
    form, status = VerifyForm(version=action.version), 200
    if form.validate_on_submit():
        status = save(form, action, partial(decide, action, form))
        if status == SAVED:
            verified = form.decision.data == VerifyForm.VERIFIED
            flash(_VERIFIED if verified else f"Sent back to {action.owner_name}.", "success")
            return shown_again(action)
    return render_template(
        "tracker/verify.html",
        form=form,
        action=action,
        evidence=evidence(action),
        today=london_date(now()),
    ), status


_VERIFIED = "Verified. The action is complete, and its owner has been told."


def decide(action: Action, form: VerifyForm) -> None:
    """Do what the verifier chose."""
    by, at = signed_in_id(), now()
    if form.decision.data == VerifyForm.VERIFIED:
        services.verify(action, note=form.note.data or "", by=by, at=at, seen=form.seen)
    else:
        services.send_back(action, missing=form.missing.data, by=by, at=at, seen=form.seen)
