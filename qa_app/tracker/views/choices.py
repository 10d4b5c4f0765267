"""What somebody can do with an action now, and what happens next: for its page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from qa_app.domain.actions import (
    OUTSTANDING,
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
from qa_app.tracker.queries.withdrawing import heard, stands
from qa_app.tracker.services.rating import RATED


@dataclass(frozen=True)
class ActionChoice:
    """One thing to do: its page, or, for `post`, the address that a button is sent to.

    `main` is what the action waits for. `why_not` says why this person may not, where they see
    that somebody has to.
    """

    code: str
    text: str
    endpoint: str
    post: bool = False
    main: bool = False
    why_not: str = ""


def _nobody(_: ActionParties) -> Sequence[Bar]:
    return ()


def _move(move: ActionMove) -> Callable[[Action], bool]:
    return lambda action: move in action_moves_from(action.status)


def _while(*statuses: ActionStatus) -> Callable[[Action], bool]:
    return lambda action: action.status in statuses


def _not_asked(action: Action) -> bool:
    return action.status in OUTSTANDING and not stands(action)


def _unheard(action: Action) -> bool:
    return stands(action) and not heard(action)


class _Offer(NamedTuple):
    """A row of the table: when it can be done, by whom, and who is barred from it.

    `told_why_not` finishes “so cannot …”, said to whoever is barred.
    """

    code: str
    when: Callable[[Action], bool]
    permission: Permission
    bars: Callable[[ActionParties], Sequence[Bar]]
    text: str
    endpoint: str
    main: bool = False
    post: bool = False
    told_why_not: str = ""


P = Permission
_OFFERS: Final = (
    # code, when, permission, bars, words, endpoint
    # What it waits for:
    _Offer("start", _move(ActionMove.START), P.ACTION_WORK, _nobody,
           "Start work", "tracker.start", main=True, post=True),
    _Offer("finish", _move(ActionMove.FINISH), P.ACTION_WORK, _nobody,
           "Mark as done", "tracker.done", main=True),
    _Offer("verify", _move(ActionMove.VERIFY), P.ACTION_VERIFY, verifier_bars,
           "Look at the evidence and decide", "tracker.verify", main=True,
           told_why_not="verify it"),
    _Offer("decide", stands, P.ACTION_WITHDRAW, withdrawal_bars,
           "Decide whether it is withdrawn", "tracker.withdraw", main=True),
    _Offer("say", _unheard, P.ACTION_SAY, _nobody,
           "Say what you think of withdrawing it", "tracker.say", main=True),
    # More that somebody can do:
    _Offer("note", _while(*OUTSTANDING), P.ACTION_NOTE, _nobody,
           "Add a progress note", "tracker.note"),
    _Offer("impact", _while(*RATED), P.ACTION_RATE, _nobody,
           "Rate the impact on children", "tracker.impact"),
    _Offer("helpers", _while(*services.BEING_WORKED_ON), P.ACTION_SHARE, _nobody,
           "Change who helps", "tracker.helpers"),
    _Offer("due_date", _while(*services.BEING_WORKED_ON), P.ACTION_CHANGE_DUE, due_date_bars,
           "Change the due date", "tracker.due_date"),
    _Offer("owner", _while(*services.BEING_WORKED_ON), P.ACTION_CHANGE_DUE, due_date_bars,
           "Give it to somebody else", "tracker.owner"),
    _Offer("other_ladders", _while(*OUTSTANDING), P.ACTION_LINK, _nobody,
           "Note a dispute or an escalation elsewhere", "tracker.other_ladders"),
    _Offer("ask_withdrawal", _not_asked, P.ACTION_ASK_WITHDRAWAL, _nobody,
           "Ask for it to be withdrawn", "tracker.ask_withdrawal"),
    _Offer("withdraw", _not_asked, P.ACTION_WITHDRAW, withdrawal_bars,
           "Withdraw this action", "tracker.withdraw"),
)  # fmt: skip


def choices_for(action: Action, person_id: UUID, today: date) -> list[ActionChoice]:
    """Everything that this person can do with the action now; and why not, for verifying it."""
    parties = queries.parties_to(action, person_id, today)
    found = []
    for offer in _OFFERS:
        if not offer.when(action):
            continue
        bars, why_not = offer.bars(parties), ""
        if bars and offer.told_why_not:
            why_not = services.barred_sentence(action, bars, offer.told_why_not, person_id)
        elif bars or not can(offer.permission, action):
            continue
        found.append(
            ActionChoice(offer.code, offer.text, offer.endpoint, offer.post, offer.main, why_not)
        )
    return found


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
