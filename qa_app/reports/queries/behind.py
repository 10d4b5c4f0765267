"""The audits and actions that make up one figure, as far as somebody may see them (R2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload

from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.grades import Grade
from qa_app.domain.measures import (
    COMPLETED_MEASURE,
    GRADES_MEASURE,
    MODERATED_MEASURE,
    OUTSTANDING_MEASURE,
)
from qa_app.domain.permissions import Actor
from qa_app.reports.asked import Asked
from qa_app.reports.queries.cycles import completion_by_month, moderated_by_month
from qa_app.reports.queries.population import (
    awaits_grade,
    counted,
    counted_grade,
    open_priority,
    standing_inadequate,
    told,
    told_grades,
)
from qa_app.tracker.models import Action
from qa_app.tracker.queries import visible_to

PAGE: Final = 50
TOTAL: Final = "total"
AWAITING: Final = "awaiting"
CATEGORIES: Final = {
    GRADES_MEASURE: (*(grade.value for grade in Grade), TOTAL, AWAITING),
    COMPLETED_MEASURE: (TOTAL,),
    MODERATED_MEASURE: (TOTAL,),
    OUTSTANDING_MEASURE: (TOTAL,),
}
"""The codes by which a figure of each measure is named in an address."""
AUDIT_MEASURES: Final = (GRADES_MEASURE, COMPLETED_MEASURE, MODERATED_MEASURE)

Row = TypeVar("Row", Audit, Action)


@dataclass(frozen=True)
class Behind:
    """A page of what makes up a figure: `total` rows do, of which the person may see `visible`."""

    total: int
    visible: int
    rows: Sequence[Any]
    next_after: UUID | None


def audits_behind(
    asked: Asked, measure: str, category: str, actor: Actor, after: UUID | None
) -> Behind:
    """The audits of a figure of MTM-1, 2 or 3 for the one month asked for, oldest row first.

    `after` is the last id of the page before. KeyError for a figure that no measure has.
    """
    condition = _AUDITS[measure](asked, category)
    query = select(Audit).options(joinedload(Audit.team))
    return _behind(Audit, condition, may_read(actor), after, query)


def actions_behind(asked: Asked, actor: Actor, after: UUID | None) -> Behind:
    """The outstanding priority actions of MTM-4 at the end of the one month asked for."""
    moment = asked.stock_moments[0]
    audits = select(Audit.id).where(standing_inadequate(moment.at), *counted(asked), *told(asked))
    condition = and_(open_priority(moment.day), Action.audit_id.in_(audits))
    query = select(Action).options(joinedload(Action.owner), joinedload(Action.team))
    return _behind(Action, condition, visible_to(actor), after, query)


def _graded(asked: Asked, category: str) -> ColumnElement[bool]:
    grade = counted_grade(asked)
    wanted: ColumnElement[bool]
    if category == AWAITING:
        wanted = awaits_grade(asked.at)
    elif category == TOTAL:
        wanted = grade.is_not(None)
    else:
        wanted = grade == Grade(category)
    month = Audit.completed_month == asked.first.first
    return and_(month, wanted, *counted(asked), *told_grades(asked))


def _completed(asked: Asked, _category: str) -> ColumnElement[bool]:
    done = completion_by_month(asked)[asked.first]
    return Audit.id.in_(done.done_audit_ids)


def _moderated(asked: Asked, _category: str) -> ColumnElement[bool]:
    done = completion_by_month(asked)
    return Audit.id.in_(moderated_by_month(asked, done)[asked.first])


_AUDITS = {GRADES_MEASURE: _graded, COMPLETED_MEASURE: _completed, MODERATED_MEASURE: _moderated}


def _behind(
    model: type[Row],
    condition: ColumnElement[bool],
    visible: ColumnElement[bool],
    after: UUID | None,
    query: Select[Row],
) -> Behind:
    """Two queries: how many there are and may be seen, and one page of these by keyset."""
    total, seen = db.session.execute(
        select(func.count(), func.count().filter(visible)).select_from(model).where(condition)
    ).one()
    page = query.where(condition, visible).order_by(model.id).limit(PAGE + 1)
    if after is not None:
        page = page.where(model.id > after)
    found: Sequence[Any] = db.session.scalars(page).all()
    shown = found[:PAGE]
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return Behind(total, seen, shown, more)
