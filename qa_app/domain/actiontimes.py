"""Actions done on time, by the month in which they were due, and how long verifying took (Q-5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from statistics import median
from typing import Final

from qa_app.domain.calendar import Month, WorkingCalendar


class Outcome(StrEnum):
    """What became of an action that was due, by the name that its list has in an address."""

    ON_TIME = "on-time"
    UNVERIFIED = "not-verified-yet"
    NOT_ON_TIME = "not-on-time"


@dataclass(frozen=True)
class Course:
    """The days of an action in London: due at first, marked done, verified; None for not yet.

    ``done_on`` is the day on which its owner marked it done, which no one can type, so that the
    figure and the ladder never disagree (E6). An action that was sent back has no such day until it
    is marked done again.
    """

    due_on: date
    done_on: date | None
    verified_on: date | None

    @property
    def outcome(self) -> Outcome:
        """On time only once it is verified too; until then nobody but its owner says so."""
        if self.done_on is None or self.done_on > self.due_on:
            return Outcome.NOT_ON_TIME
        return Outcome.UNVERIFIED if self.verified_on is None else Outcome.ON_TIME

    def delay(self, calendar: WorkingCalendar) -> int | None:
        """Working days from done to verified, 0 on the same day; None until both have come."""
        if self.done_on is None or self.verified_on is None:
            return None
        return calendar.working_days_between(self.done_on, self.verified_on)


@dataclass(frozen=True)
class OnTime:
    """The actions that were due in a month. ``delays`` are those of the verified, the least first.

    The numerator of Q-5 is ``counts[Outcome.ON_TIME]``, its denominator ``due``.
    """

    month: Month
    counts: dict[Outcome, int]
    delays: Sequence[int]

    @property
    def due(self) -> int:
        """How many were due."""
        return sum(self.counts.values())

    @property
    def on_time(self) -> int:
        """How many of them were done by the day on which they were first due, and verified."""
        return self.counts[Outcome.ON_TIME]

    @property
    def usual_delay(self) -> float | None:
        """The median of the delays in working days; None where nothing is verified."""
        return median(self.delays) if self.delays else None

    @property
    def longest_delay(self) -> int | None:
        """The longest of them; None where nothing is verified."""
        return self.delays[-1] if self.delays else None


MONTHS: Final = 12
"""How many months a table of Q-5 shows."""


def months_ended(today: date, number: int = MONTHS) -> list[Month]:
    """The last months that are over, the oldest first: of a running one nobody can say yet."""
    found = [Month.of(today).previous()]
    while len(found) < number:
        found.append(found[-1].previous())
    return found[::-1]


def on_time_by_month(
    courses: Iterable[Course], months: Sequence[Month], calendar: WorkingCalendar
) -> list[OnTime]:
    """Q-5 of each of these months; an action belongs to the month in which it was first due."""
    due: dict[Month, list[Course]] = {month: [] for month in months}
    for course in courses:
        due.get(Month.of(course.due_on), []).append(course)
    return [_of_month(month, found, calendar) for month, found in due.items()]


def _of_month(month: Month, courses: Sequence[Course], calendar: WorkingCalendar) -> OnTime:
    counts = dict.fromkeys(Outcome, 0)
    for course in courses:
        counts[course.outcome] += 1
    delays = [course.delay(calendar) for course in courses]
    return OnTime(month, counts, sorted(each for each in delays if each is not None))
