"""What somebody can do with an action now, and what happens next: for its page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qa_app.domain.actions import (
    ActionMove,
    ActionParties,
    ActionStatus,
    action_moves_from,
    due_date_bars,
    verifier_bars,
    withdrawal_bars,
)
from qa_app.domain.independence import Bar
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words, due_words
from qa_app.security import can
from qa_app.tracker import queries, services
from qa_app.tracker.models import Action


@dataclass(frozen=True)
class ActionChoice:
    """One thing to do: its page, or, for `post`, the address that a button is sent to.

    `why_not` says why this person may not, where they see that somebody has to.
    """

    code: str
    text: str
    endpoint: str
    post: bool = False
    why_not: str = ""


def _nobody(_: ActionParties) -> Sequence[Bar]:
    return ()


_MOVES = (
    # move, permission, bars, words, endpoint, sent by a button
    (ActionMove.START, Permission.ACTION_WORK, _nobody, "Start work", "tracker.start", True),
    (ActionMove.FINISH, Permission.ACTION_WORK, _nobody, "Mark as done", "tracker.done", False),
    (ActionMove.VERIFY, Permission.ACTION_VERIFY, verifier_bars, "Look at the evidence and decide",
     "tracker.verify", False),
    (ActionMove.WITHDRAW, Permission.ACTION_WITHDRAW, withdrawal_bars, "Withdraw this action",
     "tracker.withdraw", False),
)  # fmt: skip
_CHANGES = (
    ("due_date", "Change the due date", "tracker.due_date"),
    ("owner", "Give it to somebody else", "tracker.owner"),
)


def choices_for(action: Action, person_id: UUID, today: date) -> list[ActionChoice]:
    """Everything that this person can do with the action now; and why not, for verifying it."""
    parties = queries.parties_to(action, person_id, today)
    found = []
    for move, permission, bars_of, text, endpoint, post in _MOVES:
        if move not in action_moves_from(action.status):
            continue
        bars = bars_of(parties)
        if move is ActionMove.VERIFY and bars:
            why_not = services.barred_sentence(action, bars, "verify it", person_id)
            found.append(ActionChoice(move, text, endpoint, post, why_not))
        elif can(permission, action) and not bars:
            found.append(ActionChoice(move, text, endpoint, post))
    return found + _changes(action, parties)


def _changes(action: Action, parties: ActionParties) -> list[ActionChoice]:
    if action.status not in services.BEING_WORKED_ON or due_date_bars(parties):
        return []
    if not can(Permission.ACTION_CHANGE_DUE, action):
        return []
    return [ActionChoice(code, text, endpoint) for code, text, endpoint in _CHANGES]


_NEXT: dict[ActionStatus, Callable[[Action, date | None, date], str]] = {
    ActionStatus.OPEN: lambda action, _, today: (
        f"{action.owner_name or 'Its owner'} starts work on it. "
        f"It is {due_words(action.due_on, today) if action.due_on else 'without a due date'}."
    ),
    ActionStatus.IN_PROGRESS: lambda action, _, today: (
        f"{action.owner_name or 'Its owner'} marks it done and says what shows it. "
        f"It is {due_words(action.due_on, today) if action.due_on else 'without a due date'}."
    ),
    ActionStatus.DONE: lambda action, verify_by, _: (
        f"Somebody other than {action.owner_name} reads the evidence by {date_words(verify_by)}, "
        "and verifies it or sends it back. Until then it counts as outstanding."
    ),
    ActionStatus.VERIFIED: lambda *_: "Nothing more. The action is complete.",
    ActionStatus.WITHDRAWN: lambda *_: "Nothing more. The action was withdrawn.",
    ActionStatus.CLOSED: lambda *_: (
        "Nothing more. It came from the old audit workbook as done, and nobody verified it here."
    ),
}


def what_next(action: Action, verify_by: date | None, today: date) -> str:
    """What happens next, in a sentence or two."""
    return _NEXT[action.status](action, verify_by, today)
