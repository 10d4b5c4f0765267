"""Which audits and actions count: the conditions that figures and their lists share."""

from typing import Any

from sqlalchemy import ColumnElement, Date, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute

from qa_app.audits.models import Audit, GradeRow, GradeSource
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
        conditions.append(of_part(asked.part))
    return conditions


def _tool_counts() -> Condition:
    # An imported audit has no tool here; it is the core case file audit of its day.
    counting = select(ToolVersion.id).where(ToolVersion.counts_in_mtm)
    return or_(Audit.tool_version_id.is_(None), Audit.tool_version_id.in_(counting))


def of_part(part: Part) -> Condition:
    """Audits of one team, service or plan type, as pinned when each audit began (A1)."""
    if part.kind is PartKind.PLAN_TYPE:
        return Audit.plan_type == part.plan_type
    column = Audit.team_id if part.kind is PartKind.TEAM else Audit.service_id
    return column == part.team_id


def grade_column(grades: GradeBasis) -> InstrumentedAttribute[Grade | None]:
    """The grade that MTM-1 counts."""
    return Audit.final_grade if grades is GradeBasis.FINAL else Audit.auditor_grade


def awaits_grade() -> Condition:
    """Audits whose final grade is still to come; those of a tool without grades never get one."""
    return and_(Audit.final_grade.is_(None), Audit.graded)


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
