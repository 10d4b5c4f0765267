"""Which re-audits are owed, under way, done or called off, for whoever may read the first (E2, E8).

Whoever cannot read the first audit finds nothing of its re-audit: no blind moderator (M3), nobody
whom a concern on it is about (E1). What cannot be read of the second is left out too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import aliased

from qa_app.accounts import settings
from qa_app.audits.models import Audit, ReAudit
from qa_app.audits.queries.inadequate import has_clocks, inadequate_since
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.escalation import Clock, due_on
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor
from qa_app.domain.reaudits import (
    Movement,
    ReAuditFacts,
    ReAuditState,
    movement_of,
    state_of,
)
from qa_app.domain.workflow import AuditState

PAGE: Final = 50
Second = aliased(Audit, name="second")
_OVER: Final = (AuditState.FINAL, AuditState.WITHDRAWN)


class Group(StrEnum):
    """Which re-audits a list shows; the value is how an address says it."""

    OWED = "owed"
    UNDER_WAY = "under-way"
    DONE = "done"
    CALLED_OFF = "called-off"

    @property
    def words(self) -> str:
        """The group as a page names it."""
        return "To be given" if self is Group.OWED else self.value.replace("-", " ").capitalize()


@dataclass(frozen=True)
class ReAuditRow:
    """One first audit and what stands of its re-audit.

    `second` is None where none is given, and where the reader may not read it; `reason` is
    why it was called off.
    """

    first: Audit
    due_on: date
    state: ReAuditState
    second: Audit | None = None
    reason: str = ""

    @property
    def first_grade(self) -> Grade | None:
        """The first audit's standing grade."""
        return standing_grade(self.first)

    @property
    def movement(self) -> Movement | None:
        """Which way the overall grade moved; None until the re-audit is final."""
        if self.second is None or self.second.state is not AuditState.FINAL:
            return None
        return movement_of(self.first_grade, self.second.final_grade)


@dataclass(frozen=True)
class ReAuditPage:
    """A page of a group: its rows, how many the group has, and whether more follow."""

    group: Group
    rows: list[ReAuditRow]
    counts: dict[Group, int]
    page: int
    more: bool


def standing_grade(audit: Audit) -> Grade | None:
    """The grade that stands: the final one, or the auditor's until there is one (M7)."""
    return audit.final_grade or audit.auditor_grade


def due_of(since: date) -> date:
    """The last day on which auditing the case again is in time, for an audit that came to stand as
    Inadequate on this day (E2), with the setting as it stood then."""
    number = partial(settings.number, on=since)
    return due_on(Clock.RE_AUDIT, since, settings.calendar(), number)


def owed(today: date, *conditions: ColumnElement[bool]) -> list[ReAuditRow]:
    """Every re-audit that is owed and not given, the first due first (three queries, and two more
    for each further 500)."""
    audits = list(db.session.scalars(_owed(select(Audit)).where(*conditions)))
    since = inadequate_since([each.id for each in audits])
    rows = [
        _row(each, due_of(since[each.id]), today, ReAuditFacts(True, due_of(since[each.id])))
        for each in audits
        if each.id in since
    ]
    return sorted(rows, key=lambda row: (row.due_on, row.first.reference))


def listing(actor: Actor, today: date, group: Group, page: int = 1) -> ReAuditPage:
    """One page of a group, for what this actor may read; pages count from 1."""
    counts = _counts(actor)
    start = PAGE * (max(page, 1) - 1)
    if group is Group.OWED:
        rows = owed(today, may_read(actor))[start : start + PAGE + 1]
    else:
        rows = _decided(actor, today, group, start)
    return ReAuditPage(group, rows[:PAGE], counts, max(page, 1), len(rows) > PAGE)


def row_of(first: Audit, today: date) -> ReAuditRow | None:
    """What stands of this audit's re-audit, whoever asks; None where none is owed nor decided."""
    row = decision_about(first)
    since = inadequate_since([first.id]).get(first.id)
    if row is not None:
        facts = _facts(row, row.audit, since is not None, row.due_on)
        return _row(first, row.due_on, today, facts, row.audit, row)
    if since is None:
        return None
    return _row(first, due_of(since), today, ReAuditFacts(True, due_of(since)))


def decision_about(first: Audit) -> ReAudit | None:
    """What was decided about auditing this case again; None while nothing was."""
    query = select(ReAudit).where(ReAudit.first_audit_id == first.id)
    return db.session.scalars(query).one_or_none()


def _owed(query: Select[Any]) -> Select[Any]:
    return (
        query.outerjoin(ReAudit, ReAudit.first_audit_id == Audit.id)
        .outerjoin(Second, Second.id == ReAudit.audit_id)
        .where(has_clocks(), or_(ReAudit.id.is_(None), Second.state == AuditState.WITHDRAWN))
    )


def owed_count(*conditions: ColumnElement[bool]) -> Select[int]:
    """The statement that counts the re-audits that are owed and not given."""
    return _owed(select(func.count(Audit.id))).where(*conditions)


def _in_group(group: Group) -> ColumnElement[bool]:
    return {
        Group.UNDER_WAY: Second.state.not_in(_OVER),
        Group.DONE: Second.state == AuditState.FINAL,
        Group.CALLED_OFF: ReAudit.audit_id.is_(None),
    }[group]


def _of_decided(query: Any, group: Group) -> Any:
    return (
        query.select_from(ReAudit)
        .join(Audit, Audit.id == ReAudit.first_audit_id)
        .outerjoin(Second, Second.id == ReAudit.audit_id)
        .where(_in_group(group))
    )


def _counts(actor: Actor) -> dict[Group, int]:
    counts = {}
    for group in Group:
        owing = group is Group.OWED
        whole = owed_count() if owing else _of_decided(select(func.count(Audit.id)), group)
        counts[group] = db.session.scalars(whole.where(may_read(actor))).one()
    return counts


def _decided(actor: Actor, today: date, group: Group, start: int) -> list[ReAuditRow]:
    query = _of_decided(select(ReAudit, Audit, Second), group).where(may_read(actor))
    found = db.session.execute(
        query.order_by(ReAudit.decided_at.desc(), ReAudit.id.desc()).limit(PAGE + 1).offset(start)
    ).all()
    readable = may_read_of(actor, [second.id for _, _, second in found if second is not None])
    return [
        _row(
            first,
            row.due_on,
            today,
            _facts(row, second, True, row.due_on),
            second if second is not None and second.id in readable else None,
            row,
        )
        for row, first, second in found
    ]


def may_read_of(actor: Actor, audit_ids: Collection[UUID]) -> set[UUID]:
    """Those of these audits that the actor may read (one query, none for none)."""
    if not audit_ids:
        return set()
    query = select(Audit.id).where(Audit.id.in_(audit_ids), may_read(actor))
    return set(db.session.scalars(query))


def _facts(row: ReAudit, second: Audit | None, stands: bool, due: date) -> ReAuditFacts:
    given = second is not None and second.state is not AuditState.WITHDRAWN
    return ReAuditFacts(
        stands,
        due,
        given=given,
        final=second is not None and second.state is AuditState.FINAL,
        called_off=row.audit_id is None,
    )


def _row(
    first: Audit,
    due: date,
    today: date,
    facts: ReAuditFacts,
    second: Audit | None = None,
    decision: ReAudit | None = None,
) -> ReAuditRow:
    soon = settings.number("re_audit_soon", today)
    state = state_of(facts, today, settings.calendar(), soon)
    shown = second if second is not None and second.state is not AuditState.WITHDRAWN else None
    return ReAuditRow(first, due, state, shown, decision.reason if decision is not None else "")
