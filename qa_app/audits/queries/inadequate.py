"""Which audits stand as Inadequate, and since when: by the final grade, or the auditor's until
there is one."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from qa_app.audits.models import Audit, AuditSource, GradeRow, GradeSource
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState

_MANY: Final = 500
_LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)


def standing_inadequate(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on Audit that it stands as Inadequate now, and these others too; a withdrawn
    audit does not. An amended grade counts as it was amended (M8)."""
    return and_(
        Audit.state != AuditState.WITHDRAWN,
        func.coalesce(Audit.final_grade, Audit.auditor_grade) == Grade.INADEQUATE,
        *conditions,
    )


def has_clocks() -> ColumnElement[bool]:
    """The condition on Audit that a plan and a re-audit are owed for it: it stands as Inadequate,
    and was made here. No clock runs on an imported audit (measures.md)."""
    return standing_inadequate(Audit.source == AuditSource.MADE)


def stand_inadequate(audit_ids: Collection[UUID]) -> set[UUID]:
    """Those of these audits that stand as Inadequate now (MTM-4, E6); a withdrawn one does not."""
    wanted, found = list(audit_ids), set[UUID]()
    for start in range(0, len(wanted), _MANY):
        some = Audit.id.in_(wanted[start : start + _MANY])
        found |= set(db.session.scalars(select(Audit.id).where(standing_inadequate(some))))
    return found


def since_at() -> ColumnElement[Any]:
    """The moment from which an audit stands as Inadequate without a break, for a statement that
    reads Audit; None where it does not, or has no rows of grades.

    An audit stands by its newest final grade, and by its auditor's newest one until there is any:
    so an auditor's Inadequate that is made final began when it was submitted (E2), while one that
    its moderator came to, or an amendment (M8), began with that.
    """
    given, other = aliased(GradeRow), aliased(GradeRow)
    better = or_(other.grade.is_(None), other.grade != Grade.INADEQUATE)
    broken = select(func.max(other.at)).where(_counts(other), better).correlate(Audit)
    last = func.coalesce(broken.scalar_subquery(), literal(_LONG_AGO, GradeRow.at.type))
    began = select(func.min(given.at)).where(
        _counts(given), given.grade == Grade.INADEQUATE, given.at > last
    )
    return began.correlate(Audit).scalar_subquery()


def _counts(row: type[GradeRow]) -> ColumnElement[bool]:
    """The condition that a row is an overall grade by which its audit stood at some time."""
    auditors = and_(
        row.source == GradeSource.AUDITOR,
        or_(Audit.final_at.is_(None), row.at <= Audit.final_at),
    )
    return and_(
        row.audit_id == Audit.id,
        row.section_id.is_(None),
        or_(row.source == GradeSource.FINAL, auditors),
    )


def since_columns() -> tuple[ColumnElement[Any], ...]:
    """What `day_of` reads of a row, for a statement that reads Audit."""
    return (
        since_at().label("since"),
        Audit.auditor_grade.label("auditors"),
        Audit.completed_on.label("completed"),
        Audit.final_at.label("finally_"),
    )


def day_of(row: Any) -> date:
    """The London day on which an audit that stands as Inadequate came to stand so, from a row with
    `since_columns`; where its grades have no rows of their own, the audit itself says it."""
    if row.since is not None:
        return london_date(row.since)
    if row.auditors is Grade.INADEQUATE or row.finally_ is None:
        return cast(date, row.completed)
    return london_date(row.finally_)


def inadequate_since(audit_ids: Collection[UUID]) -> dict[UUID, date]:
    """The London day on which each of these audits came to stand as Inadequate; those that do not
    stand so now are missing, and so are imported ones, on which no clock runs (E2).

    It is the day of the submission where its auditor graded it so, else the day of the final grade.
    One query for each 500 audits.
    """
    wanted, found = list(dict.fromkeys(audit_ids)), dict[UUID, date]()
    for start in range(0, len(wanted), _MANY):
        some = Audit.id.in_(wanted[start : start + _MANY])
        query = select(Audit.id, *since_columns()).where(some, has_clocks())
        found |= {row.id: day_of(row) for row in db.session.execute(query)}
    return found
