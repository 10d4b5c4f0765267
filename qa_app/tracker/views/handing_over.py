"""Handing the actions of one person over to another, several at once (E3)."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.handing_over import HandOverForm, Ticked
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words, date_words
from qa_app.security import actor, permission_required, signed_in_id
from qa_app.tracker.models import Action
from qa_app.tracker.queries.handing_over import SHOWN, Owns, owned_by, owners_to_hand_over
from qa_app.tracker.services.handing_over import Seen
from qa_app.tracker.services.handing_over import hand_over as hand_over_actions
from qa_app.tracker.views.room import SAVED, blueprint, owner_named, save


@blueprint.route("/hand-over")
@permission_required(Permission.ACTIONS_HAND_OVER)
def hand_over() -> ResponseReturnValue:
    """Whose actions this person may give to somebody else."""
    owners = owners_to_hand_over(actor(), london_date(now()))
    rows = [
        [
            {"text": each.name, "href": url_for("tracker.hand_over_of", person_id=each.id)},
            each.post,
            each.number,
        ]
        for each in owners.rows
    ]
    return render_template("tracker/hand_over.html", owners=owners, rows=rows, shown=SHOWN)


@blueprint.route("/hand-over/<uuid:person_id>", methods=["GET", "POST"])
@permission_required(Permission.ACTIONS_HAND_OVER)
def hand_over_of(person_id: UUID) -> ResponseReturnValue:
    """Which of somebody's actions go to whom, and why: all of them are ticked at first."""
    owns = _owned_by(person_id)
    form = HandOverForm(actions=[Ticked(each.id, each.version) for each in owns.movable])
    # Where nothing may move any more the page says so, and has no form that could be wrong.
    status, person = 200, owner_named(form) if owns.movable else None
    if person is not None:
        ticked = [Seen(*each) for each in form.actions.data or []]
        change = partial(
            hand_over_actions, ticked, owner=person, reason=form.reason.data,
            by=signed_in_id(), at=now(),
        )  # fmt: skip
        status = save(form, None, change)
        if status == SAVED:
            number = count_words(len(ticked), "action")
            flash(f"{number} went to {person.name}, who has been told.", "success")
            return redirect(url_for("tracker.hand_over"))
        owns = _owned_by(person_id)
    form.actions.choices = [_choice(each) for each in owns.movable]
    return render_template("tracker/hand_over_of.html", form=form, owns=owns, shown=SHOWN), status


def _owned_by(person_id: UUID) -> Owns:
    """What somebody owns; 404 where the reader sees nothing of it."""
    found = owned_by(actor(), person_id, london_date(now()))
    return found or abort(404)


def _choice(action: Action) -> tuple[Any, str, str]:
    """A box: the action and its version, what it is about, and when it is due."""
    kind = "Priority action" if action.kind == "priority" else "Action"
    due = f"due {date_words(action.due_on)}" if action.due_on else "without a due date"
    case = f", case {action.case_reference}" if action.case_reference else ""
    text = f"{kind} {action.reference}, {due}"
    return Ticked(action.id, action.version), text, f"{action.what[:140]}{case}"
