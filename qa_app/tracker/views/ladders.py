"""Noting that a matter is on another ladder too, and that it has ended there."""

from functools import partial
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.doing import LadderForm
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id
from qa_app.tracker.models import Action, OtherLadderKind
from qa_app.tracker.queries.otherladders import ladder_of, noted_on
from qa_app.tracker.services.linking import end_ladder, note_ladder
from qa_app.tracker.services.noting import refuse_settled
from qa_app.tracker.views.room import SAVED, blueprint, save

_HINTS = {
    OtherLadderKind.IRO_DISPUTE: "Its steps are stages.",
    OtherLadderKind.PARTNERSHIP: "Its steps are levels.",
}


@blueprint.route("/<uuid:action_id>/other-ladders", methods=["GET", "POST"])
@permission_required(Permission.ACTION_LINK)
def other_ladders(action_id: UUID) -> ResponseReturnValue:
    """The disputes and escalations that are noted: one more, or a further step of one."""
    action = fetch(Action, action_id, needs=Permission.ACTION_LINK)
    refuse_settled(action)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = LadderForm(), 200
    form.kind.choices = [
        (kind.value, kind.words[0].upper() + kind.words[1:], _HINTS[kind])
        for kind in OtherLadderKind
    ]
    if form.validate_on_submit():
        kind = OtherLadderKind(str(form.kind.data))
        change = partial(
            note_ladder, action, kind=kind, reference=form.reference.data, rung=form.rung.data,
            by=signed_in_id(), at=now(),
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            flash(f"Noted: {form.reference.data}, {kind.rung} {form.rung.data}.", "success")
            return redirect(url_for("tracker.other_ladders", action_id=action_id))
    return render_template(
        "tracker/other_ladders.html", form=form, action=action, ladders=noted_on(action_id)
    ), status


@blueprint.route("/<uuid:action_id>/other-ladders/<uuid:ladder_id>/end", methods=["POST"])
@permission_required(Permission.ACTION_LINK)
def end_other_ladder(action_id: UUID, ladder_id: UUID) -> ResponseReturnValue:
    """Note that it has ended there. 404 for a row that is not of this action."""
    action = fetch(Action, action_id, needs=Permission.ACTION_LINK)
    row = ladder_of(action_id, ladder_id)
    if row is None:
        abort(404)
    with saving():
        end_ladder(action, row=row, by=signed_in_id(), at=now())
    flash(f"Noted: {row.reference} has ended. The action goes on as before.", "success")
    return redirect(url_for("tracker.show", action_id=action_id))
