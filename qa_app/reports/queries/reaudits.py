"""Q-6: which way grades moved from a first audit to its re-audit, by quarter, never inside Q-1."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased, joinedload

from qa_app.audits.models import Audit, ReAudit
from qa_app.audits.queries.reaudits import may_read_of
from qa_app.database import db
from qa_app.domain.calendar import LONDON, Quarter, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor
from qa_app.domain.reaudits import Movement, Movements, count_movements, movement_of
from qa_app.domain.workflow import AuditState

LONGEST: Final = 20
"""Quarters in one table: five years."""


@dataclass(frozen=True)
class QuarterMoved:
    """One quarter's pairs."""

    quarter: Quarter
    moved: Movements


@dataclass(frozen=True)
class PairBehind:
    """A pair that a figure is made of."""

    first: Audit
    second: Audit
    first_grade: Grade
    second_grade: Grade
    movement: Movement


@dataclass(frozen=True)
class PairsBehind:
    """The pairs of a figure: all counted, those that the reader may read of both audits shown."""

    total: int
    rows: list[PairBehind]


def quarters(first: Quarter, last: Quarter, at: datetime) -> list[Quarter]:
    """The quarters from first to last. DomainError for an order or a number that makes no sense,
    and for one that has not begun."""
    if last < first:
        raise DomainError(
            f"The first quarter, {first}, is after the last, {last}. Enter the earlier one first",
            "from",
        )
    if last > Quarter.of(london_date(at)):
        raise DomainError(f"The quarter {last} has not begun. Choose an earlier one", "to")
    found = [first]
    while found[-1] < last:
        found.append(Quarter.of(found[-1].last + timedelta(days=1)))
        if len(found) > LONGEST:
            raise DomainError(f"Choose at most {LONGEST} quarters", "to")
    return found


def moved_by_quarter(wanted: Sequence[Quarter]) -> list[QuarterMoved]:
    """The movements of each quarter, by the day of the re-audit's final grade in London; zeros
    included (one query). Both final grades count as they stand at the data cut."""
    grades: dict[Quarter, list[tuple[Grade | None, Grade | None]]] = {each: [] for each in wanted}
    first, second = aliased(Audit), aliased(Audit)
    query = (
        select(second.final_at, first.final_grade, second.final_grade)
        .select_from(ReAudit)
        .join(first, first.id == ReAudit.first_audit_id)
        .join(second, second.id == ReAudit.audit_id)
        .where(
            second.state == AuditState.FINAL,
            second.final_at >= _begins(wanted[0].first),
            second.final_at < _begins(wanted[-1].last + timedelta(days=1)),
        )
    )
    for final_at, before, after in db.session.execute(query):
        if final_at is not None:
            grades[Quarter.of(london_date(final_at))].append((before, after))
    return [QuarterMoved(quarter, count_movements(pairs)) for quarter, pairs in grades.items()]


def pairs_behind(quarter: Quarter, movement: Movement | None, actor: Actor) -> PairsBehind:
    """The pairs of one figure, the first finalised first; None for all of the quarter."""
    second = aliased(Audit)
    query = (
        select(ReAudit)
        .join(second, second.id == ReAudit.audit_id)
        .where(
            second.state == AuditState.FINAL,
            second.final_at >= _begins(quarter.first),
            second.final_at < _begins(quarter.last + timedelta(days=1)),
        )
        .order_by(second.final_at, second.id)
        .options(joinedload(ReAudit.first_audit), joinedload(ReAudit.audit))
    )
    found = [pair for row in db.session.scalars(query) if (pair := _pair(row)) is not None]
    wanted = [each for each in found if movement in (None, each.movement)]
    readable = _readable(wanted, actor)
    return PairsBehind(
        len(wanted), [each for each in wanted if {each.first.id, each.second.id} <= readable]
    )


def _pair(row: ReAudit) -> PairBehind | None:
    first, second = row.first_audit, row.audit
    if second is None or first.final_grade is None or second.final_grade is None:
        return None
    before, after = first.final_grade, second.final_grade
    movement = movement_of(before, after)
    return PairBehind(first, second, before, after, movement) if movement is not None else None


def _readable(pairs: Collection[PairBehind], actor: Actor) -> set[UUID]:
    return may_read_of(actor, {half.id for each in pairs for half in (each.first, each.second)})


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)
