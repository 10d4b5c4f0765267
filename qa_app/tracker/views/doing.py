"""The daily work on an action: notes on how it goes, and its impact once it is done (E4, E9)."""

from functools import partial
from uuid import UUID

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from forms.doing import ImpactForm, NoteForm
from qa_app.database import now
from qa_app.domain.actions import Impact
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id
from qa_app.tracker.models import Action
from qa_app.tracker.services.noting import add_note, refuse_settled
from qa_app.tracker.services.rating import rate, refuse_undone
from qa_app.tracker.views.room import SAVED, blueprint, save, shown_again


@blueprint.route("/<uuid:action_id>/note", methods=["GET", "POST"])
@permission_required(Permission.ACTION_NOTE)
def note(action_id: UUID) -> ResponseReturnValue:
    """Say how it goes."""
    action = fetch(Action, action_id, needs=Permission.ACTION_NOTE)
    refuse_settled(action)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = NoteForm(version=action.version), 200
    if form.validate_on_submit():
        change = partial(
            add_note, action, note=form.note.data, by=signed_in_id(), at=now(), seen=form.seen
        )
        status = save(form, action, change)
        if status == SAVED:
            flash(_noted(action), "success")
            return shown_again(action)
    return render_template("tracker/note.html", form=form, action=action), status


def _noted(action: Action) -> str:
    if signed_in_id() == action.owner_id:
        return "Your note stands in the story of this action."
    return f"Your note stands in the story of this action. {action.owner_name} has been told."


@blueprint.route("/<uuid:action_id>/impact", methods=["GET", "POST"])
@permission_required(Permission.ACTION_RATE)
def impact(action_id: UUID) -> ResponseReturnValue:
    """Say for how many children it has been shown to help."""
    action = fetch(Action, action_id, needs=Permission.ACTION_RATE)
    refuse_undone(action)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = ImpactForm(version=action.version, impact=action.impact), 200
    if form.validate_on_submit():
        chosen = Impact(str(form.impact.data))
        change = partial(
            rate, action, impact=chosen, note=form.note.data or "",
            by=signed_in_id(), at=now(), seen=form.seen,
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            flash(f"Impact rated: {chosen.words.lower()}.", "success")
            return shown_again(action)
    return render_template("tracker/impact.html", form=form, action=action), status
