"""The counts behind MTM-1 and MTM-4: one grouped statement each, whatever the number of audits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from qa_app.audits.models import Audit, Concern
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.reports.asked import Asked
from qa_app.reports.queries.population import (
    awaits_grade,
    counted,
    counted_grade,
    graded_upward,
    moments,
    open_priority,
    standing_inadequate,
    told,
    told_grades,
)
from qa_app.tracker.models import Action


@dataclass
class GradesOfMonth:
    """Audits completed in a month: how many hold each grade, how many await a final one."""

    grades: dict[Grade, int] = field(default_factory=dict)
    awaiting: int = 0


def grades_by_month(asked: Asked) -> dict[Month, GradesOfMonth]:
    """MTM-1's counts for every month asked for, zeros included (one query)."""
    # Each audit's own first: what a grade was at the cut is too much to be written twice.
    audits = (
        select(
            Audit.completed_month.label("month"),
            counted_grade(asked).label("grade"),
            awaits_grade(asked.at).label("waits"),
        )
        .where(
            Audit.completed_month.between(asked.first.first, asked.last.first),
            *counted(asked),
            *told_grades(asked),
        )
        .subquery()
    )
    columns = (audits.c.month, audits.c.grade, audits.c.waits)
    rows = db.session.execute(select(*columns, func.count()).group_by(*columns))
    months = {month: GradesOfMonth() for month in asked.months}
    for completed_month, given, waiting, number in rows:
        month = months[_month(completed_month)]
        if given is not None:
            month.grades[given] = month.grades.get(given, 0) + number
        if waiting:
            month.awaiting += number
    return months


def _month(day: date | None) -> Month:
    return Month.of(day or date.min)


class Stock(StrEnum):
    """What is counted at the end of a month's last day: MTM-4, and what stands beside it."""

    OUTSTANDING = "outstanding"
    OTHER_CONCERNS = "other_concerns"
    GRADED_UPWARD = "graded_upward"
    CLOSED_UNVERIFIED = "closed_unverified"


def stocks_by_month(asked: Asked) -> dict[Month, Mapping[Stock, int]]:
    """MTM-4 and the counts beside it for every month asked for, zeros included (one query)."""
    days = moments(asked.stock_moments)
    statement = union_all(
        *(make(asked, days) for make in (_outstanding, _other_concerns, _graded_upward, _closed))
    )
    found: dict[Month, dict[Stock, int]] = {
        month: dict.fromkeys(Stock, 0) for month in asked.months
    }
    for period, what, number in db.session.execute(statement):
        found[Month.parse(period)][Stock(what)] = number
    return dict(found)


def _stock(days: Any, what: Stock) -> Select[Any]:
    return select(days.c.period, literal(what.value), func.count()).group_by(days.c.period)


def _outstanding(asked: Asked, days: Any) -> Select[Any]:
    return (
        _stock(days, Stock.OUTSTANDING)
        .join(Action, open_priority(days.c.day))
        .join(Audit, Audit.id == Action.audit_id)
        .where(standing_inadequate(days.c.moment), *counted(asked), *told(asked))
    )


def _graded_upward(asked: Asked, days: Any) -> Select[Any]:
    number = func.count(Audit.id.distinct())
    query = (
        select(days.c.period, literal(Stock.GRADED_UPWARD.value), number)
        .join(Action, open_priority(days.c.day))
        .join(Audit, Audit.id == Action.audit_id)
        .where(graded_upward(days.c.moment), *counted(asked))
    )
    return query.group_by(days.c.period)


def _closed(asked: Asked, days: Any) -> Select[Any]:
    """Imported priority actions closed by then, which nobody here has verified."""
    by_day = (
        select(Action.settled_on.label("day"), func.count().label("number"))
        .join(Audit, Audit.id == Action.audit_id)
        .where(
            Action.kind == ActionKind.PRIORITY,
            Action.status == ActionStatus.CLOSED,
            Action.settled_on <= asked.stock_moments[-1].day,
            *counted(asked),
        )
        .group_by(Action.settled_on)
        .subquery()
    )
    number = cast(func.sum(by_day.c.number), Integer)
    query = select(days.c.period, literal(Stock.CLOSED_UNVERIFIED.value), number)
    return query.join(by_day, by_day.c.day <= days.c.day).group_by(days.c.period)


def _other_concerns(asked: Asked, days: Any) -> Select[Any]:
    """Open significant-harm concerns on audits that do not stand as Inadequate."""
    still_open = and_(
        Concern.raised_at <= days.c.moment,
        or_(Concern.withdrawn_at.is_(None), Concern.withdrawn_at > days.c.moment),
        or_(Concern.recorded_at.is_(None), Concern.recorded_at > days.c.moment),
    )
    # As EXISTS, so that the few concerns are read first and not the many audits.
    audit = exists().where(Audit.id == Concern.audit_id, *counted(asked), *told(asked))
    inadequate = standing_inadequate(days.c.moment, Concern.audit_id)
    return (
        _stock(days, Stock.OTHER_CONCERNS)
        .join(Concern, still_open)
        .where(audit, func.coalesce(~inadequate, true()))
    )
