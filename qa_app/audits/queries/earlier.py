"""Earlier audits of a child's file, and what is still to be done for the child after them.

Each of them only for those who may read it (I2): what is left out is not counted either.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, literal, or_, select, type_coerce, union_all

from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor
from qa_app.domain.workflow import SUBMITTED
from qa_app.standards.models import ToolVersion
from qa_app.tracker.models import Action
from qa_app.tracker.queries import visible_to

MOST = 20


@dataclass(frozen=True)
class EarlierAudit:
    """A submitted audit of the same case. `tool` is empty for an imported one; `grade` is the final
    one, None until there is one and where no grade is given."""

    id: UUID
    reference: str
    completed_on: date
    tool: str
    grade: Grade | None


@dataclass(frozen=True)
class OpenAction:
    """An action for the same case that is not settled (E5). An imported one may have no due day."""

    id: UUID
    reference: str
    due_on: date | None
    what: str
    kind: ActionKind
    status: ActionStatus


@dataclass(frozen=True)
class Earlier:
    """What came before: the newest audit first, the action due first first; 20 of each at most."""

    audits: list[EarlierAudit]
    actions: list[OpenAction]

    def __bool__(self) -> bool:
        return bool(self.audits or self.actions)


def earlier_of(audit: Audit, actor: Actor) -> Earlier:
    """The other audits of this case that the actor may read, and its open actions (one query)."""
    rows = db.session.execute(union_all(_audits(audit, actor), _actions(audit, actor))).all()
    audits = [
        EarlierAudit(
            row.id, row.reference, row.day, row.words, Grade(row.code) if row.code else None
        )
        for row in rows
        if not row.kind
    ]
    actions = [
        OpenAction(
            row.id, row.reference, row.day, row.words, ActionKind(row.kind), ActionStatus(row.code)
        )
        for row in rows
        if row.kind
    ]
    return Earlier(
        sorted(audits, key=lambda each: (each.completed_on, each.reference), reverse=True),
        sorted(actions, key=lambda each: (each.due_on or date.max, each.reference)),
    )


def _audits(audit: Audit, actor: Actor) -> Select[Any]:
    query = (
        select(
            literal("").label("kind"),
            Audit.id.label("id"),
            Audit.reference.label("reference"),
            Audit.completed_on.label("day"),
            type_coerce(ToolVersion.name, String).label("words"),
            type_coerce(Audit.final_grade, String).label("code"),
        )
        .outerjoin(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .where(
            Audit.case_reference == audit.case_reference,
            Audit.id != audit.id,
            Audit.state.in_(SUBMITTED),
            may_read(actor),
        )
        .order_by(Audit.completed_on.desc(), Audit.id.desc())
        .limit(MOST)
    )
    return select(query.subquery())


def _actions(audit: Audit, actor: Actor) -> Select[Any]:
    query = (
        select(
            type_coerce(Action.kind, String).label("kind"),
            Action.id.label("id"),
            Action.reference.label("reference"),
            Action.due_on.label("day"),
            Action.what.label("words"),
            type_coerce(Action.status, String).label("code"),
        )
        .where(
            Action.case_reference == audit.case_reference,
            or_(Action.audit_id.is_(None), Action.audit_id != audit.id),
            Action.settled_on.is_(None),
            visible_to(actor),
        )
        .order_by(Action.due_on, Action.id)
        .limit(MOST)
    )
    return select(query.subquery())
