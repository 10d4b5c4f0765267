"""The months and the moment of a data cut, and the rows that they mean."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union

from qa_app.audits.models import Audit, Concern, GradeRow, GradeSource, ReAudit
from qa_app.cases.models import ImportRun
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.workflow import AuditState
from qa_app.tracker.models import Action

Part = Select[*tuple[Any, ...]]
Condition = ColumnElement[bool]


@dataclass(frozen=True)
class Span:
    """The months of a data cut, and its moment."""

    first: Month
    last: Month
    at: datetime

    @property
    def begins(self) -> date:
        """The first day of the first month."""
        return self.first.first

    @property
    def today(self) -> date:
        """The day of the cut in London."""
        return london_date(self.at)

    @property
    def ends(self) -> date:
        """The last day of the last month, or the cut's where that is earlier."""
        return min(self.last.last, self.today)


def in_months(span: Span) -> Condition:
    return Audit.completed_month.between(span.begins, span.last.first)


def completed_by(span: Span) -> Condition:
    """Submitted for the first time by the cut: its day says so, or its moment where that is the
    day of the cut. A second submission is later than the auditor's first grade."""
    graded = exists().where(
        GradeRow.audit_id == Audit.id,
        GradeRow.source == GradeSource.AUDITOR,
        GradeRow.at <= span.at,
    )
    return or_(
        Audit.completed_on < span.today,
        and_(Audit.completed_on == span.today, or_(Audit.submitted_at <= span.at, graded)),
    )


def imported_since(span: Span) -> Part:
    """The audits that an import brought after the cut, whatever their dates say."""
    query = select(Audit.id).join(ImportRun, ImportRun.id == Audit.import_run_id)
    return query.where(ImportRun.at > span.at)


def final_by(span: Span) -> Condition:
    return and_(Audit.state == AuditState.FINAL, Audit.final_at <= span.at)


def of_final(span: Span) -> Part:
    return select(Audit.id).where(in_months(span), final_by(span))


def in_cycles(span: Span) -> Condition:
    return Audit.cycle_month.between(span.begins, span.last.first)


def of_cut(span: Span) -> tuple[Condition, ...]:
    """Actions that were outstanding in one of the months, first due in one, or closed by an import
    (what is closed and was never verified is a stock)."""
    return (
        Action.raised_at <= span.at,
        Action.raised_on <= span.ends,
        or_(
            Action.settled_on.is_(None),
            Action.settled_on >= span.begins,
            Action.original_due_on.between(span.begins, span.last.last),
            and_(Action.kind == ActionKind.PRIORITY, Action.status == ActionStatus.CLOSED),
        ),
    )


def raised(span: Span) -> tuple[Condition, ...]:
    return (Concern.raised_at <= span.at,)


def named(span: Span) -> Any:
    """The audits that an action, a concern or a re-audit of the cut is about."""
    return union(
        select(Action.audit_id).where(Action.audit_id.is_not(None), *of_cut(span)),
        select(Concern.audit_id).where(*raised(span)),
        select(ReAudit.first_audit_id),
        select(ReAudit.audit_id).where(ReAudit.audit_id.is_not(None)),
    )
