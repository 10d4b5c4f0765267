"""The months of the programme side by side: state, due date, figures, and what runs beside."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.programme.models import Batch, Cycle, Expectation
from qa_app.programme.queries.batches import running_between
from qa_app.programme.queries.completion import Completion, completion

MONTHS_SHOWN = 24


@dataclass(frozen=True)
class MonthRow:
    """One month in the list; `set_aside` where nothing at all is expected in it (P2)."""

    cycle: Cycle
    figures: Completion
    set_aside: bool
    batches: list[Batch]


class Months(NamedTuple):
    """Months begun, newest first; those to come, next first; `older` where there are still more."""

    begun: list[MonthRow]
    coming: list[MonthRow]
    older: Month | None


def months_of_the_programme(today: date, before: Month | None = None) -> Months:
    """Up to 24 months each way, in five queries however many there are.

    `before` gives older ones only.
    """
    this = Month.of(today)
    until = Cycle.month < before.first if before else Cycle.month <= this.first
    begun = _cycles(until, Cycle.month.desc(), MONTHS_SHOWN + 1)
    coming = [] if before else _cycles(Cycle.month > this.first, Cycle.month, MONTHS_SHOWN)
    shown = begun[:MONTHS_SHOWN]
    everything = [cycle for cycle, _ in shown + coming]
    if not everything:
        return Months([], [], None)
    first, last = (pick(cycle.month for cycle in everything) for pick in (min, max))
    figures = completion(first, last)
    batches = running_between(first, Month.of(last).last)

    def row(cycle: Cycle, aside: bool) -> MonthRow:
        return MonthRow(cycle, figures[cycle.month], aside, _running(batches, cycle.month))

    older = Month.of(shown[-1][0].month) if len(begun) > MONTHS_SHOWN else None
    return Months([row(*each) for each in shown], [row(*each) for each in coming], older)


def _cycles(which: ColumnElement[bool], order: Any, limit: int) -> list[tuple[Cycle, bool]]:
    """Cycles, each with whether it is set aside: expectations there are, and all of nothing."""
    query = (
        select(Cycle, func.count(Expectation.id), func.coalesce(func.sum(Expectation.number), 0))
        .outerjoin(Expectation, Expectation.cycle_id == Cycle.id)
        .where(which)
        .group_by(Cycle.id)
        .order_by(order)
        .limit(limit)
    )
    return [(row[0], row[1] > 0 and row[2] == 0) for row in db.session.execute(query)]


def _running(batches: Iterable[Batch], month: date) -> list[Batch]:
    last = Month.of(month).last
    return [each for each in batches if each.starts_on <= last and each.ends_on >= month]
