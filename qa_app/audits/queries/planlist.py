"""The list of improvement plans: those owed first, then what was agreed, then what is over."""

from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, not_, select, true

from qa_app.audits.models import Audit, ImprovementPlan
from qa_app.audits.queries.inadequate import has_clocks
from qa_app.audits.queries.lists import may_read
from qa_app.audits.queries.plans import OwedPlan, owed_plans
from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.permissions import Actor
from qa_app.domain.plans import PlanStanding
from qa_app.tracker.models import Action

PAGE: Final = 25


@dataclass(frozen=True)
class Wanted:
    """What the list is narrowed to; None asks for nothing. Owed holds the late ones too."""

    standing: PlanStanding | None = None
    team_id: UUID | None = None
    page: int = 1


class PlanRow(NamedTuple):
    """A plan in the list, with how many of its actions have ended; withdrawn ones do not count."""

    audit_id: UUID
    reference: str
    case_reference: str
    team: str
    standing: PlanStanding
    due_on: date
    ended: int
    actions: int


@dataclass(frozen=True)
class Listing:
    """A page of plans, and how many there are of each kind in the whole selection of teams."""

    rows: list[PlanRow]
    owed: int
    late: int
    agreed: int
    let_go: int
    closed: int
    more: bool


def listing(actor: Actor, wanted: Wanted, today: date) -> Listing:
    """The plans of the audits that this actor may read (five queries). Owed ones come first, the
    first due first; then agreed ones, those no longer asked for, and closed ones, the latest
    first."""
    seen = may_read(actor)
    if wanted.team_id is not None:
        seen = and_(seen, Audit.team_id == wanted.team_id)
    owed = owed_plans(seen)
    listed = _owed_wanted(owed, wanted.standing, today)
    first, last = (wanted.page - 1) * PAGE, wanted.page * PAGE + 1
    rows = [_owed_row(each, today) for each in listed[first:last]]
    room = last - first - len(rows)
    counts, made = _made(seen, wanted.standing, max(first - len(listed), 0), room)
    rows += made
    late = sum(each.late(today) for each in owed)
    return Listing(_with_actions(rows[:PAGE]), len(owed), late, *counts, len(rows) > PAGE)


def _owed_wanted(
    owed: list[OwedPlan], standing: PlanStanding | None, today: date
) -> list[OwedPlan]:
    if standing is PlanStanding.LATE:
        return [each for each in owed if each.late(today)]
    return owed if standing in (None, PlanStanding.OWED) else []


def _owed_row(each: OwedPlan, today: date) -> PlanRow:
    standing = PlanStanding.LATE if each.late(today) else PlanStanding.OWED
    return PlanRow(
        each.audit_id, each.reference, each.case_reference, each.team, standing, each.due_on, 0, 0
    )


_CLOSED = ImprovementPlan.closed_at.is_not(None)


def _agreed() -> ColumnElement[bool]:
    return and_(not_(_CLOSED), has_clocks())


def _let_go() -> ColumnElement[bool]:
    return and_(not_(_CLOSED), not_(func.coalesce(has_clocks(), False)))


_PLACES: Final = (PlanStanding.AGREED, PlanStanding.LET_GO, PlanStanding.CLOSED)
_Counts = tuple[int, int, int]


def _made(
    seen: ColumnElement[bool], standing: PlanStanding | None, offset: int, limit: int
) -> tuple[_Counts, list[PlanRow]]:
    """How many plans are agreed, are no longer asked for and are closed; and some of them."""
    kinds = dict(zip(_PLACES, (_agreed(), _let_go(), _CLOSED), strict=True))
    counts = (
        select(*(func.count().filter(each).label(kind.value) for kind, each in kinds.items()))
        .select_from(ImprovementPlan)
        .join(Audit, Audit.id == ImprovementPlan.audit_id)
        .where(seen)
        .subquery()
    )
    place = case((_agreed(), 0), (_CLOSED, 2), else_=1)
    made = (
        select(
            Audit.id,
            Audit.reference,
            Audit.case_reference,
            Audit.team_name,
            place.label("place"),
            ImprovementPlan.due_on,
            ImprovementPlan.closed_at,
        )
        .join(ImprovementPlan, ImprovementPlan.audit_id == Audit.id)
        .where(seen, true() if standing is None else kinds.get(standing, false()))
        .order_by(place, ImprovementPlan.closed_at.desc(), ImprovementPlan.due_on, Audit.reference)
        .offset(offset)
        .limit(limit)
        .subquery()
    )
    # One row, or one for each plan: the page asks few questions.
    query = select(counts, made).select_from(counts).outerjoin(made, true())
    order = (made.c.place, made.c.closed_at.desc(), made.c.due_on, made.c.reference)
    rows = db.session.execute(query.order_by(*order)).all()
    plans = [
        PlanRow(row.id, row.reference, row.case_reference, row.team_name, _PLACES[row.place],
                row.due_on, 0, 0)
        for row in rows if row.id is not None
    ]  # fmt: skip
    return (rows[0].agreed, rows[0].let_go, rows[0].closed), plans


def _with_actions(rows: list[PlanRow]) -> list[PlanRow]:
    query = (
        select(
            Action.audit_id,
            func.count().filter(Action.settled_on.is_not(None)),
            func.count(),
        )
        .where(
            Action.audit_id.in_([row.audit_id for row in rows]),
            Action.status != ActionStatus.WITHDRAWN,
        )
        .group_by(Action.audit_id)
    )
    found = {audit_id: (ended, actions) for audit_id, ended, actions in db.session.execute(query)}
    return [
        row._replace(ended=found[row.audit_id][0], actions=found[row.audit_id][1])
        if row.audit_id in found
        else row
        for row in rows
    ]
