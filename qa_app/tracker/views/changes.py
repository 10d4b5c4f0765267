"""Changing an action's due date and its owner."""

from functools import partial
from uuid import UUID

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from forms.tracker import DueDateForm, OwnerForm
from qa_app.database import now
from qa_app.domain.actions import due_date_bars
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.security import permission_required, signed_in_id
from qa_app.tracker import services
from qa_app.tracker.queries.story import due_date_changes
from qa_app.tracker.views.room import (
    SAVED,
    blueprint,
    fetch_to_decide,
    owner_named,
    save,
    shown_again,
)


@blueprint.route("/<uuid:action_id>/due-date", methods=["GET", "POST"])
@permission_required(Permission.ACTION_CHANGE_DUE)
def due_date(action_id: UUID) -> ResponseReturnValue:
    """Somebody senior to the owner moves the due date, with the reason."""
    needs = Permission.ACTION_CHANGE_DUE
    action = fetch_to_decide(action_id, needs, due_date_bars, "change its due date")
    form, status = DueDateForm(version=action.version), 200
    if form.validate_on_submit():
        change = partial(
            services.change_due_date, action, due_on=form.due_on.data, reason=form.reason.data,
            by=signed_in_id(), at=now(), seen=form.seen,
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            due = date_words(action.due_on)
            flash(f"Now due {due}. {action.owner_name} has been told.", "success")
            return shown_again(action)
    changes = due_date_changes(action_id)
    return render_template(
        "tracker/due_date.html", form=form, action=action, changes=changes
    ), status


@blueprint.route("/<uuid:action_id>/owner", methods=["GET", "POST"])
@permission_required(Permission.ACTION_CHANGE_DUE)
def owner(action_id: UUID) -> ResponseReturnValue:
    """Somebody senior to the owner gives it to somebody else, with the reason."""
    needs = Permission.ACTION_CHANGE_DUE
    action = fetch_to_decide(action_id, needs, due_date_bars, "give it to somebody else")
    form, status = OwnerForm(version=action.version), 200
    person = owner_named(form)
    if person is not None:
        change = partial(
            services.reassign, action, owner=person, reason=form.reason.data,
            by=signed_in_id(), at=now(), seen=form.seen,
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            flash(f"{person.name} owns this action now, and has been told.", "success")
            return shown_again(action)
    return render_template("tracker/owner.html", form=form, action=action), status
