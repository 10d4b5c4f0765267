"""How many priority actions were outstanding at the end of each month, recounted from history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from qa_app.database import db
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import Month, add_months, date_words
from qa_app.domain.runchart import Run, run_of
from qa_app.formatting import count_words
from qa_app.tracker.models import Action

MONTHS: Final = 24
FEWEST: Final = 12
"""Months below which nothing is said of a change (R6)."""


class MonthsEnd(NamedTuple):
    """A month that is over, its last day, and what was outstanding at the end of it."""

    month: str
    day: date
    number: int


_CARRIED: Final = (
    "What is outstanding at the end of a month is often so at the end of the next, so look at how "
    "many are raised and settled before you call that a change."
)


@dataclass(frozen=True)
class Stock:
    """The ends of the months in order, from the month of the first action on, and today."""

    ends: Sequence[MonthsEnd]
    today: date
    now: int

    @property
    def run(self) -> Run | None:
        """The median and the shifts; None without a month."""
        return run_of([each.number for each in self.ends])

    @property
    def words(self) -> str:
        """What the chart shows, and whether anything has changed; its alternative text too."""
        run = self.run
        now = f"Today, {date_words(self.today)}, {self.now:,} {_are(self.now)} outstanding."
        if run is None:
            return f"No month has ended yet since the first priority action was raised. {now}"
        lowest = min(each.number for each in self.ends)
        highest = max(each.number for each in self.ends)
        first = (
            f"At the ends of {count_words(len(self.ends), 'month')} between {lowest:,} and "
            f"{highest:,} priority actions were outstanding; the median is {run.median:g}."
        )
        return " ".join([first, *self._changes(run), now])

    def _changes(self, run: Run) -> list[str]:
        if len(self.ends) < FEWEST:
            return [f"With fewer than {FEWEST} months it is too soon to say that it has changed."]
        if not run.shifts:
            return ["It goes up and down as chance would have it; no change shows."]
        sentences = [
            f"From {self.ends[first].month} to {self.ends[last].month} it was "
            f"{'above' if self.ends[first].number > run.median else 'below'} the median every time."
            for first, last in run.shifts
        ]
        return [
            *sentences,
            _CARRIED,
        ]


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def outstanding_on(day: date) -> ColumnElement[bool]:
    """The condition for actions outstanding at the end of a day (E5)."""
    return and_(Action.raised_on <= day, or_(Action.settled_on.is_(None), Action.settled_on > day))


def stock_of(seen: ColumnElement[bool], today: date) -> Stock:
    """The stock of outstanding priority actions among those `seen` (one query)."""
    last = Month.of(today).previous()
    first = Month.of(add_months(last.first, 1 - MONTHS))
    months = Month.range(first, last)
    priority = and_(Action.kind == ActionKind.PRIORITY, seen)
    # One pass over what was not settled before the first of these days.
    counts = [func.count().filter(outstanding_on(month.last)) for month in months]
    began = select(func.min(Action.raised_on)).where(priority).scalar_subquery()
    still = or_(Action.settled_on.is_(None), Action.settled_on > first.last)
    row = db.session.execute(
        select(began, func.count().filter(outstanding_on(today)), *counts).where(priority, still)
    ).one()
    earliest, now, *numbers = row
    ends = [
        MonthsEnd(month.words, month.last, number)
        for month, number in zip(months, numbers, strict=True)
        if earliest is not None and month.last >= earliest
    ]
    return Stock(ends, today, now)
