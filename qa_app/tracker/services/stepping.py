"""One move of an action (E4, E5): its status, its step and its event change together."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.database import db
from qa_app.domain.actions import ActionMove, ActionStatus, advance_action
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.tracker.models import Action, ActionStep

_EVENTS: Final = {
    ActionMove.START: "action_started",
    ActionMove.FINISH: "action_done",
    ActionMove.VERIFY: "action_verified",
    ActionMove.RETURN: "action_returned",
    ActionMove.WITHDRAW: "action_withdrawn",
}


class WordsNeeded(DomainError):
    """A change that needs words came without any."""


def needs_words(text: str, message: str, field: str) -> None:
    """Raise WordsNeeded with the message for the field, where nothing was written."""
    if not text.strip():
        raise WordsNeeded(message, field)


def take_step(
    action: Action,
    move: ActionMove,
    *,
    by: UUID,
    at: datetime,
    on: date | None = None,
    note: str = "",
) -> None:
    """Make the move, or raise ActionMoveNotAllowed; `on` is the day it is said of, else today."""
    before: ActionStatus = action.status
    action.status = advance_action(before, move)
    note_step(action, before, by=by, at=at, on=on, note=note)
    history.record(_EVENTS[move], action, by=by, at=at, audit_id=action.audit_id)


def note_step(
    action: Action,
    before: ActionStatus,
    *,
    by: UUID | None,
    at: datetime,
    on: date | None = None,
    note: str = "",
) -> None:
    """Keep words with the action: a step from `before` to its status now, which may be the same."""
    # Added by itself: reading the steps to append one would flush the action half changed.
    step = ActionStep(
        action=action,
        at=at,
        by=by,
        from_status=before,
        to_status=action.status,
        on=on or london_date(at),
        note=note.strip(),
    )
    db.session.add(step)
