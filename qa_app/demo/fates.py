"""What may become of an action: its steps in working days, from being raised or back from today."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Verb(StrEnum):
    """What happens to an action; the value is the history's verb."""

    START = "action_started"
    DONE = "action_done"
    RETURN = "action_returned"
    VERIFY = "action_verified"
    WITHDRAW = "action_withdrawn"
    MOVE_DUE = "action_due_changed"


_V = Verb


@dataclass(frozen=True)
class Fate:
    """Steps in order. Each comes at least and at most so many working days after the one before
    (the first after the raising). With `back`, the steps are so many working days before today
    instead, and `due_back` is the due date reckoned likewise (negative: still to come)."""

    steps: tuple[tuple[Verb, int, int], ...] = ()
    back: tuple[tuple[Verb, int], ...] = ()
    due_back: int | None = None


# Ordinary lives with their weights, for actions due in some weeks. Steps that lie after yesterday
# have not happened yet, so recent actions are open, in progress or waiting of themselves.
ORDINARY: Final[tuple[tuple[Fate, int], ...]] = (
    (Fate(((_V.START, 1, 4), (_V.DONE, 6, 13), (_V.VERIFY, 1, 5))), 60),
    (Fate(((_V.START, 3, 8), (_V.DONE, 14, 26), (_V.VERIFY, 2, 8))), 24),
    (Fate(((_V.START, 1, 4), (_V.DONE, 5, 10), (_V.RETURN, 1, 3), (_V.DONE, 2, 6),
           (_V.VERIFY, 1, 4))), 7),
    (Fate(((_V.START, 1, 4), (_V.MOVE_DUE, 8, 14), (_V.DONE, 9, 16), (_V.VERIFY, 1, 4))), 6),
    (Fate(((_V.START, 2, 5), (_V.WITHDRAW, 3, 9))), 3),
)  # fmt: skip

# After a concern: begun at once, done in a day or a few, verified by another service's head.
PRIORITY: Final[tuple[tuple[Fate, int], ...]] = (
    (Fate(((_V.START, 0, 0), (_V.DONE, 0, 1), (_V.VERIFY, 1, 2))), 55),
    (Fate(((_V.START, 0, 1), (_V.DONE, 1, 4), (_V.VERIFY, 1, 8))), 35),
    (Fate(((_V.START, 0, 1), (_V.DONE, 0, 2), (_V.RETURN, 1, 1), (_V.DONE, 1, 3),
           (_V.VERIFY, 1, 3))), 10),
)  # fmt: skip

# Priority actions that are outstanding today, in turn.
OUTSTANDING: Final = (
    Fate(back=((_V.START, 5), (_V.DONE, 2))),
    Fate(back=((_V.START, 4),)),
    Fate(),
)

# What the tracker has to show today whatever the seed, in turn over the special audits' actions.
SHOWN: Final = (
    # waiting for verification in time, and too long
    Fate(back=((_V.START, 6), (_V.DONE, 2)), due_back=1),
    Fate(back=((_V.START, 9), (_V.DONE, 8)), due_back=5),
    # overdue without a beginning, and overdue in spite of one
    Fate(due_back=3),
    Fate(back=((_V.START, 7),), due_back=4),
    # at risk, on track, not due
    Fate(back=((_V.START, 3),), due_back=-1),
    Fate(back=((_V.START, 2),), due_back=-8),
    Fate(due_back=-12),
    # returned once, and being done again
    Fate(back=((_V.START, 8), (_V.DONE, 4), (_V.RETURN, 2)), due_back=-3),
    # moved to a later day
    Fate(back=((_V.START, 8), (_V.MOVE_DUE, 5)), due_back=2),
    # withdrawn
    Fate(back=((_V.START, 7), (_V.WITHDRAW, 3)), due_back=1),
    # verified
    Fate(back=((_V.START, 7), (_V.DONE, 4), (_V.VERIFY, 2)), due_back=1),
)
