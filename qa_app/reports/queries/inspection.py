"""The list of audits that inspectors ask for: six months of them, and what followed each.

Ofsted's framework for inspecting local authority children's services (ILACS, "Inspecting local
authority children's services") has the authority share child-level lists of the last six months
and tell what its own auditing of cases shows. No form of Ofsted's for a list of audits was found
(November 2026): the columns here are those with which an inspector finds a child's file, and sees
what its audit came to and led to. Nothing that anybody wrote is among them.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from qa_app.audits.models import Audit, ImprovementPlan, ReAudit
from qa_app.audits.queries.amending import final_grade_at
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.calendar import LONDON, add_months
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.domain.permissions import Actor
from qa_app.domain.workflow import AuditState
from qa_app.formatting import count_words, date_words
from qa_app.reports.queries.flat import service_of, with_place
from qa_app.reports.queries.listing import Value
from qa_app.standards.models import ToolVersion
from qa_app.tracker.models import Action

MONTHS: Final = 6
COLUMNS: Final = (
    "Child’s reference", "Age band", "Plan type", "Team", "Service", "Audit", "Audit date",
    "Audit tool", "How it was chosen", "Overall grade", "What followed",
)  # fmt: skip
_MANY: Final = 500


@dataclass(frozen=True)
class Listed:
    """One audit of the list, with what had followed by its day."""

    reference: str
    case_reference: str
    age_band: str
    plan_type: PlanType | None
    team: str
    service: str
    completed_on: date
    tool: str
    selection: Selection
    grade: Grade | None
    followed: str

    def cells(self) -> Sequence[Value]:
        """The row in the order of COLUMNS."""
        return (
            self.case_reference, self.age_band, self.plan_type.words if self.plan_type else "",
            self.team, self.service, self.reference, self.completed_on, self.tool,
            self.selection.words, self.grade.words if self.grade else "Not graded", self.followed,
        )  # fmt: skip


def since(as_at: date) -> date:
    """The first day of the six months that end with a day."""
    return add_months(as_at, -MONTHS) + timedelta(days=1)


def audits_for_inspectors(as_at: date, reader: Actor | None) -> list[Listed]:
    """The audits completed in the six months to a day and final by its end, the newest first.

    Their grades, and what followed, as they stood at the end of that day. `reader` is who reads the
    list: they get what they may read (I2, E1); None on the server itself. Seven queries at most for
    500 audits.
    """
    end = datetime.combine(as_at + timedelta(days=1), time(), LONDON) - timedelta(microseconds=1)
    tool = func.coalesce(ToolVersion.name, "Case file audit (imported)")
    query = with_place(
        select(
            Audit.id, Audit.reference, Audit.case_reference, Audit.age_band, Audit.plan_type,
            Audit.team_name.label("team"), service_of().label("service"), Audit.completed_on,
            tool.label("tool"), Audit.selection, final_grade_at(end).label("grade"),
        ).outerjoin(ToolVersion, ToolVersion.id == Audit.tool_version_id)
    )  # fmt: skip
    found = db.session.execute(
        query.where(*_counted(as_at, end, reader)).order_by(Audit.completed_on.desc(), Audit.id)
    ).all()
    followed = _Followed([row.id for row in found], as_at, end)
    return [
        Listed(
            **{name: value for name, value in row._mapping.items() if name not in _FILLED},
            service=row.service or "",
            followed=followed.words(row.id),
        )
        for row in found
    ]


_FILLED: Final = frozenset({"id", "service"})


def _counted(as_at: date, end: datetime, reader: Actor | None) -> list[ColumnElement[bool]]:
    conditions = [
        Audit.state == AuditState.FINAL,
        Audit.final_at <= end,
        Audit.completed_on.between(since(as_at), as_at),
    ]
    return conditions if reader is None else [*conditions, may_read(reader)]


class _Followed:
    """What followed many audits, as it stood at the end of a day."""

    def __init__(self, ids: Sequence[UUID], as_at: date, end: datetime) -> None:
        self.as_at = as_at
        self.actions: dict[UUID, tuple[int, int]] = {}
        self.plans: set[UUID] = set()
        self.again: dict[UUID, tuple[str, date | None]] = {}
        for part in _parts(ids):
            self._read(part, end)

    def _read(self, ids: Sequence[UUID], end: datetime) -> None:
        open_then = or_(Action.settled_on.is_(None), Action.settled_on > self.as_at)
        actions = (
            select(Action.audit_id, func.count(), func.count().filter(open_then))
            .where(Action.audit_id.in_(ids), Action.raised_on <= self.as_at)
            .group_by(Action.audit_id)
        )
        for audit_id, number, still_open in db.session.execute(actions):
            if audit_id is not None:
                self.actions[audit_id] = (number, still_open)
        plans = select(ImprovementPlan.audit_id).where(
            ImprovementPlan.audit_id.in_(ids), ImprovementPlan.agreed_at <= end
        )
        self.plans |= set(db.session.scalars(plans))
        again = (
            select(ReAudit.first_audit_id, Audit.reference, Audit.completed_on)
            .join(Audit, Audit.id == ReAudit.audit_id)
            .where(and_(ReAudit.first_audit_id.in_(ids), ReAudit.decided_at <= end))
        )
        for first_id, reference, completed_on in db.session.execute(again):
            self.again[first_id] = (reference, completed_on)

    def words(self, audit_id: UUID) -> str:
        """What followed one audit, in a sentence."""
        return "; ".join(self._said(audit_id)) or "No action was raised"

    def _said(self, audit_id: UUID) -> Iterator[str]:
        number, still_open = self.actions.get(audit_id, (0, 0))
        if number:
            done = "all ended" if not still_open else f"{still_open} still outstanding"
            yield f"{count_words(number, 'action')}, {done}"
        if audit_id in self.plans:
            yield "improvement plan agreed"
        if audit_id in self.again:
            reference, completed_on = self.again[audit_id]
            if completed_on is not None and completed_on <= self.as_at:
                yield f"audited again on {date_words(completed_on)} ({reference})"
            else:
                yield f"to be audited again ({reference})"


def _parts(ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (ids[start : start + _MANY] for start in range(0, len(ids), _MANY))
