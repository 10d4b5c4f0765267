"""When an auditor is reminded of an audit, and when whoever manages them is told (P6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from qa_app.domain.workflow import AuditState

WEEK: Final = 7
FIRST_DAYS: Final = 7
SECOND_DAYS: Final = 2

# A returned audit was submitted: its own rules bring it back (M6), not its due date.
UNFINISHED: Final = frozenset({AuditState.GIVEN, AuditState.IN_PROGRESS})


class ReminderStep(StrEnum):
    """Which reminder it is. LATE goes to the line manager, the others to the auditor."""

    FIRST = "first"
    SECOND = "second"
    ON_THE_DAY = "on_the_day"
    LATE = "late"
    BY_HAND = "by_hand"

    @property
    def words(self) -> str:
        return STEP_WORDS[self]


STEP_WORDS: Final[Mapping[ReminderStep, str]] = {
    ReminderStep.FIRST: "First reminder",
    ReminderStep.SECOND: "Second reminder",
    ReminderStep.ON_THE_DAY: "On the due date",
    ReminderStep.LATE: "Late: line manager told",
    ReminderStep.BY_HAND: "Reminded by the QA lead",
}


@dataclass(frozen=True)
class Due:
    """A reminder that is due. `week` counts the weekly ones from 1, and is the day's number for
    those sent by hand (one a day); it is 0 for the others."""

    step: ReminderStep
    week: int = 0

    @property
    def words(self) -> str:
        """The step as a list says it; the week of a weekly one with it."""
        if self.step is ReminderStep.LATE:
            return f"{self.step.words}, week {self.week}"
        return self.step.words


def reminder_due(
    due_on: date, today: date, *, first: int = FIRST_DAYS, second: int = SECOND_DAYS
) -> Due | None:
    """The newest reminder whose day has come, or None before the first one.

    `first` and `second` are calendar days before the due date, weekends included: a due date is a
    working day, so the first, the one on the day and the weekly ones fall on its weekday, and only
    the second can fall on a weekend. Older reminders that nobody sent (the service was away) are
    not made up for: the newest is enough.
    """
    left = (due_on - today).days
    if left <= -WEEK:
        return Due(ReminderStep.LATE, -left // WEEK)
    if left <= 0:
        return Due(ReminderStep.ON_THE_DAY)
    if left <= second:
        return Due(ReminderStep.SECOND)
    return Due(ReminderStep.FIRST) if left <= first else None


def by_hand(today: date) -> Due:
    """A reminder sent by hand: the same auditor has one about an audit on each day at most."""
    return Due(ReminderStep.BY_HAND, today.toordinal())


def last_day_to_look_at(today: date, *, first: int = FIRST_DAYS, second: int = SECOND_DAYS) -> date:
    """Audits due after this day need no reminder yet."""
    return today + timedelta(days=max(first, second, 0))
