"""What the rows about one child come to: is the case open, on what plan, with whom.

Plan type at the extract's date, the first of these that is open:

1. an episode of care: child in care;
2. a child protection plan: child protection;
3. a care leaver record: care experienced (the table has no end: whoever is in it still is one);
4. a child in need plan: child in need;
5. an early help episode: early help;
6. a referral alone (an assessment, say): child in need. It comes last because systems keep the
   referral open under every other plan.

Where nothing is open the case is closed, on the day on which the last period ended, and keeps the
plan type that it had then.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final, NamedTuple

from qa_app.cases.ssd.rows import Involved, PeriodRow
from qa_app.cases.ssd.tables import (
    CARE_EPISODES,
    CARE_LEAVERS,
    CIN_PLANS,
    CP_PLANS,
    EARLY_HELP,
    REFERRALS,
    Table,
)
from qa_app.domain.grades import PlanType

PRECEDENCE: Final[tuple[tuple[Table[PeriodRow], PlanType], ...]] = (
    (CARE_EPISODES, PlanType.CHILD_IN_CARE),
    (CP_PLANS, PlanType.CHILD_PROTECTION),
    (CARE_LEAVERS, PlanType.CARE_EXPERIENCED),
    (CIN_PLANS, PlanType.CHILD_IN_NEED),
    (EARLY_HELP, PlanType.EARLY_HELP),
    (REFERRALS, PlanType.CHILD_IN_NEED),
)
RANK: Final = {table.stem: rank for rank, (table, _) in enumerate(PRECEDENCE)}

# Who is the worker of a case; the adviser of a care leaver is, where nobody else is allocated.
_WORKERS: Final = (Involved.WORKER, Involved.PERSONAL_ADVISER)


@dataclass(slots=True)
class Child:
    """Everything that the extract says of one child, by rank of its table (see PRECEDENCE)."""

    periods: list[tuple[int, PeriodRow]] = field(default_factory=list)
    involved: list[PeriodRow] = field(default_factory=list)


class State(NamedTuple):
    """Open or closed, on which plan, since when. `rank` is the place in PRECEDENCE."""

    rank: int
    plan_type: PlanType
    opened_on: date | None
    closed_on: date | None


class People(NamedTuple):
    """Who holds the case at the extract's date, by the case system's identifiers."""

    team: str | None
    worker: str | None
    iro: str | None
    chair: str | None


def state_of(child: Child, as_at: date) -> State | None:
    """The state of a case, or None for a child about whom no period is recorded.

    A referral that led to nothing (NFA) is a period of one day. `opened_on` is the start of the
    unbroken run of periods (none of them a day or more apart) that is open, or that ended last.
    """
    spans = [(rank, _span(row)) for rank, row in child.periods]
    if not spans:
        return None
    running = [(rank, start) for rank, (start, end) in spans if end is None or end > as_at]
    if running:
        rank = min(rank for rank, _ in running)
        started = [start for _, start in running if start is not None]
        # A care leaver record has no start: it follows on the care that ended.
        started = started or sorted(end for _, (_, end) in spans if end)[-1:]
        opened = _run_start(min(started, default=None), spans) or _first_involvement(child)
        return State(rank, PRECEDENCE[rank][1], opened, None)
    ended = [(end, -rank, start) for rank, (start, end) in spans if end is not None]
    closed, negative_rank, start = max(ended, key=lambda item: item[:2])
    return State(-negative_rank, PRECEDENCE[-negative_rank][1], _run_start(start, spans), closed)


def _first_involvement(child: Child) -> date | None:
    return min((row.start for row in child.involved if row.start), default=None)


_Span = tuple[date | None, date | None]


def _span(row: PeriodRow) -> _Span:
    """First and last day. Entering care may lie before the episode that is current."""
    start = row.start
    if start is not None and row.entered is not None:
        start = min(start, row.entered)
    return start, (row.end or row.start) if row.nfa else row.end


def _run_start(start: date | None, spans: Iterable[tuple[int, _Span]]) -> date | None:
    """How far back periods reach without a gap from this start."""
    if start is None:
        return None
    ended = [(end, began) for _, (began, end) in spans if end is not None and began is not None]
    for end, began in sorted(ended, reverse=True):
        if end + timedelta(days=1) < start:
            break
        start = min(start, began)
    return start


def people_of(child: Child, closed_on: date | None, as_at: date) -> People:
    """Current people: of the open involvements in a part, the one that began last.

    Where nobody is involved as worker, the open plan or episode's own worker and team stand in, in
    order of PRECEDENCE. A closed case has no people, and keeps the last worker's team.
    """
    if closed_on is not None:
        last = max(
            (row for row in child.involved if row.role in _WORKERS),
            key=lambda row: (row.end or as_at, row.id),
            default=None,
        )
        return People(last.team if last else None, None, None, None)
    worker = next(filter(None, (_current(child, role, as_at) for role in _WORKERS)), None)
    stand_in = _stand_in(child, as_at)
    return People(
        team=(worker.team if worker else None) or (stand_in.team if stand_in else None),
        worker=worker.worker if worker else (stand_in.worker if stand_in else None),
        iro=_id(_current(child, Involved.IRO, as_at)),
        chair=_id(_current(child, Involved.CHAIR, as_at)),
    )


def _current(child: Child, role: Involved, as_at: date) -> PeriodRow | None:
    rows = [row for row in child.involved if row.role is role and row.open_at(as_at)]
    return max(rows, key=lambda row: (row.start or date.min, row.id), default=None)


def _stand_in(child: Child, as_at: date) -> PeriodRow | None:
    rows = [
        (rank, row)
        for rank, row in child.periods
        if row.open_at(as_at) and not row.nfa and (row.worker or row.team)
    ]
    return min(rows, key=lambda item: (item[0], item[1].id), default=(0, None))[1]


def _id(row: PeriodRow | None) -> str | None:
    return row.worker if row else None


def doubted_by(child_refusals: Iterable[tuple[int, str]], state: State | None) -> str | None:
    """The refused row without which the plan type cannot be told, or None.

    A refused row counts where its table stands above what was found (a refused child protection
    plan may be open, whatever else is). `child_refusals` are (rank, description) pairs.
    """
    worst = min(child_refusals, default=None)
    if worst is None or (state is not None and state.closed_on is None and worst[0] >= state.rank):
        return None
    return worst[1]
