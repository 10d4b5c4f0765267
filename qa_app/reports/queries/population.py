"""Which audits and actions count: the conditions that figures and their lists share."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    and_,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)

from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.amending import final_grade_at, plan_type_was
from qa_app.audits.queries.blind import hidden_from
from qa_app.database import UtcDateTime
from qa_app.domain.actions import ActionKind
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState
from qa_app.reports.asked import AsAt, Asked, GradeBasis, Part, PartKind, Selected
from qa_app.standards.models import ToolVersion
from qa_app.tracker.models import Action

Condition = ColumnElement[bool]


def counted(asked: Asked) -> list[Condition]:
    """Audits of tools that count in MTM (P7), of the selection (S5) and the part asked for."""
    conditions = [Audit.state != AuditState.WITHDRAWN, _tool_counts()]
    if asked.selection is Selected.RANDOM:
        conditions.append(Audit.selection == Selection.RANDOM)
    if asked.part is not None:
        conditions.append(of_part(asked.part, asked.at))
    return conditions


def told(asked: Asked) -> list[Condition]:
    """Without the audits that wait for a blind moderator and that the reader may not read: they may
    be that moderator, and a number with and without one audit tells its grade (M3)."""
    if asked.reader is None or asked.reads_all:
        return []
    return [~hidden_from(asked.reader)]


def told_grades(asked: Asked) -> list[Condition]:
    """The same for MTM-1: a final grade is no secret, an auditor's may be."""
    return told(asked) if asked.grades is GradeBasis.AUDITOR else []


def _tool_counts() -> Condition:
    # An imported audit has no tool here; it is the core case file audit of its day.
    counting = select(ToolVersion.id).where(ToolVersion.counts_in_mtm)
    return or_(Audit.tool_version_id.is_(None), Audit.tool_version_id.in_(counting))


def of_part(part: Part, at: datetime) -> Condition:
    """Audits of one team, service or plan type, as pinned when each audit began (A1); a plan type
    as it stood at the data cut, whatever was amended since (M8, R4)."""
    if part.plan_type is not None:
        return plan_type_was(part.plan_type, at)
    column = Audit.team_id if part.kind is PartKind.TEAM else Audit.service_id
    return column == part.team_id


def counted_grade(asked: Asked) -> ColumnElement[Grade | None]:
    """The grade that MTM-1 counts; a final one as it stood at the data cut (R4)."""
    if asked.grades is GradeBasis.AUDITOR:
        return type_coerce(Audit.auditor_grade, Audit.auditor_grade.type)
    return final_grade_at(asked.at)


def awaits_grade(at: datetime) -> Condition:
    """Audits whose final grade was still to come at the data cut; those of a tool without grades
    never get one."""
    return and_(or_(Audit.final_at.is_(None), Audit.final_at > at), Audit.graded)


def moments(stocks: list[AsAt]) -> Any:
    """The stock's days as a table of (period, day, moment) to join with."""
    rows = [
        select(
            literal(str(stock.month)).label("period"),
            literal(stock.day, Date).label("day"),
            literal(stock.at, UtcDateTime()).label("moment"),
        )
        for stock in stocks
    ]
    return union_all(*rows).cte("moments")


def open_priority(day: Any) -> Condition:
    """Priority actions outstanding at the end of a day (E5)."""
    return and_(
        Action.kind == ActionKind.PRIORITY,
        Action.raised_on <= day,
        or_(Action.settled_on.is_(None), Action.settled_on > day),
    )


def standing_inadequate(moment: Any, audit_id: Any = Audit.id) -> Condition:
    """Audits that stood as Inadequate: by the final grade, or the auditor's until there is one."""
    final = _overall(GradeSource.FINAL, moment, audit_id)
    return func.coalesce(final, _overall(GradeSource.AUDITOR, moment, audit_id)) == Grade.INADEQUATE


def graded_upward(moment: Any) -> Condition:
    """Audits that their auditor graded Inadequate, and that ended better by that moment."""
    auditors = _overall(GradeSource.AUDITOR, moment, Audit.id)
    final = _overall(GradeSource.FINAL, moment, Audit.id)
    return and_(auditors == Grade.INADEQUATE, final != Grade.INADEQUATE)


def _overall(source: GradeSource, moment: Any, audit_id: Any) -> Any:
    """The newest overall grade of a source at a moment."""
    return (
        select(GradeRow.grade)
        .where(
            GradeRow.audit_id == audit_id,
            GradeRow.source == source,
            GradeRow.section_id.is_(None),
            GradeRow.at <= moment,
        )
        .order_by(GradeRow.at.desc(), GradeRow.id.desc())
        .limit(1)
        .correlate_except(GradeRow)
        .scalar_subquery()
    )
