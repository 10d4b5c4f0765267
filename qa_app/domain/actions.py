"""Actions on the tracker: their states, and who may verify, withdraw or move them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from qa_app.domain.errors import DomainError
from qa_app.domain.independence import Bar

HEAD_OF_SERVICE_RANK: Final = 60
"""The rank of a head of service's post; higher posts have higher numbers."""


class ActionKind(StrEnum):
    """What an action is for (E3)."""

    PRIORITY = "priority"
    IMPROVEMENT = "improvement"
    LEARNING = "learning"
    SERVICE = "service"

    @property
    def words(self) -> str:
        return self.value.capitalize()


class ActionStatus(StrEnum):
    """Where an action stands (E4). Closed: an imported action that was done, verified by nobody."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    VERIFIED = "verified"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ").capitalize()


BORN: Final = frozenset({ActionStatus.OPEN, ActionStatus.CLOSED})
"""How an action begins: open, or closed where an import says that it was done (E5)."""

OUTSTANDING: Final = (ActionStatus.OPEN, ActionStatus.IN_PROGRESS, ActionStatus.DONE)


class Impact(StrEnum):
    """For how many children an action has been shown to help (E9)."""

    UNTESTED = "untested"
    NONE = "none"
    SOME = "some"
    MOST = "most"

    @property
    def words(self) -> str:
        return _IMPACT_WORDS[self]


_IMPACT_WORDS: Final[Mapping[Impact, str]] = {
    Impact.UNTESTED: "Untested",
    Impact.NONE: "No children",
    Impact.SOME: "Some children",
    Impact.MOST: "Most children",
}


@dataclass(frozen=True)
class About:
    """What an action came from, within its audit or alone: codes and ids, never words (E3)."""

    section_code: str = ""
    question_code: str = ""
    finding_id: UUID | None = None
    theme_id: UUID | None = None


class ActionMove(StrEnum):
    """What somebody does to an action."""

    START = "start"
    FINISH = "finish"
    VERIFY = "verify"
    RETURN = "return"
    WITHDRAW = "withdraw"


_MOVE_WORDS: Final[Mapping[ActionMove, str]] = {
    ActionMove.START: "started",
    ActionMove.FINISH: "marked done",
    ActionMove.VERIFY: "verified",
    ActionMove.RETURN: "returned",
    ActionMove.WITHDRAW: "withdrawn",
}

ACTION_TRANSITIONS: Final[Mapping[tuple[ActionStatus, ActionMove], ActionStatus]] = {
    (ActionStatus.OPEN, ActionMove.START): ActionStatus.IN_PROGRESS,
    (ActionStatus.IN_PROGRESS, ActionMove.FINISH): ActionStatus.DONE,
    (ActionStatus.DONE, ActionMove.VERIFY): ActionStatus.VERIFIED,
    (ActionStatus.DONE, ActionMove.RETURN): ActionStatus.IN_PROGRESS,
    (ActionStatus.OPEN, ActionMove.WITHDRAW): ActionStatus.WITHDRAWN,
    (ActionStatus.IN_PROGRESS, ActionMove.WITHDRAW): ActionStatus.WITHDRAWN,
    (ActionStatus.DONE, ActionMove.WITHDRAW): ActionStatus.WITHDRAWN,
}


class ActionMoveNotAllowed(DomainError):
    """The action's status does not allow this move."""


def advance_action(status: ActionStatus, move: ActionMove) -> ActionStatus:
    """The status that follows (E4), or ActionMoveNotAllowed."""
    following = ACTION_TRANSITIONS.get((status, move))
    if following is None:
        raise ActionMoveNotAllowed(
            f"This action cannot be {_MOVE_WORDS[move]} now: it is {status.words.lower()}. "
            "Nothing has been changed."
        )
    return following


def action_moves_from(status: ActionStatus) -> list[ActionMove]:
    """The moves that the table allows from a status, in the order of ActionMove."""
    return [move for move in ActionMove if (status, move) in ACTION_TRANSITIONS]


def is_outstanding(status: ActionStatus) -> bool:
    """Whether it counts as outstanding (E5): done is, verified, withdrawn and closed are not."""
    return status in OUTSTANDING


@dataclass(frozen=True)
class ActionParties:
    """An action's owner and whoever wants to decide about it, as they stand today.

    A service of None is a post above the services. `takes_part` is whether they cover the owner
    or help, `covers` whether they cover, and `did_it` whether they marked done what waits to be
    verified; `asked_withdrawal` whether the withdrawal that is to be decided is their request.
    """

    kind: ActionKind
    person_id: UUID
    person_rank: int
    person_service_id: UUID | None
    owner_id: UUID
    owner_rank: int
    owner_service_id: UUID | None
    takes_part: bool = False
    covers: bool = False
    did_it: bool = False
    asked_withdrawal: bool = False

    @property
    def is_owner(self) -> bool:
        return self.person_id == self.owner_id

    @property
    def below_head_of_service(self) -> bool:
        return self.person_rank < HEAD_OF_SERVICE_RANK

    @property
    def in_owners_service(self) -> bool:
        return self.person_service_id == self.owner_service_id


_Bars = tuple[tuple[str, Callable[[ActionParties], bool], str], ...]

_VERIFIER: Final[_Bars] = (
    ("E4", lambda p: p.is_owner, "owns this action"),
    ("E4", lambda p: p.takes_part, "does this action with its owner"),
    ("E4", lambda p: p.did_it and not (p.is_owner or p.takes_part), "marked this action as done"),
    (
        "E4",
        lambda p: p.kind is ActionKind.PRIORITY and p.below_head_of_service,
        "is not a head of service or above, as a priority action needs",
    ),
    (
        "E4",
        lambda p: p.kind is ActionKind.PRIORITY and p.in_owners_service,
        "is in the service of the action's owner",
    ),
)
_WITHDRAWER: Final[_Bars] = (
    ("E5", lambda p: p.covers, "covers for the owner of this action"),
    ("E5", lambda p: p.below_head_of_service, "is not a head of service or above"),
    ("E5", lambda p: p.in_owners_service, "is in the service of the action's owner"),
    ("E5", lambda p: p.asked_withdrawal, "asked for it to be withdrawn"),
)
_DUE_DATE: Final[_Bars] = (
    ("E3", lambda p: p.is_owner, "owns this action"),
    ("E3", lambda p: p.covers, "covers for the owner of this action"),
    ("E3", lambda p: p.person_rank <= p.owner_rank, "is not senior to the action's owner"),
)


def verifier_bars(parties: ActionParties) -> list[Bar]:
    """Why this person may not verify the action (E4); empty where they may."""
    return _bars(_VERIFIER, parties)


def withdrawal_bars(parties: ActionParties) -> list[Bar]:
    """Why this person may not withdraw the action (E5); empty where they may."""
    return _bars(_WITHDRAWER, parties)


def due_date_bars(parties: ActionParties) -> list[Bar]:
    """Why this person may not change the due date (E3); empty where they may."""
    return _bars(_DUE_DATE, parties)


def _bars(table: _Bars, parties: ActionParties) -> list[Bar]:
    return [Bar(reason, rule) for rule, applies, reason in table if applies(parties)]
