"""Inadequate audits that wait for somebody: for an action, and for an improvement plan (E2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from qa_app.audits.models import Audit, PlanStep
from qa_app.audits.queries.inadequate import day_of, has_clocks, since_at, since_columns
from qa_app.audits.queries.lists import implicated, may_read
from qa_app.audits.queries.plans import agreed_by, is_owed
from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.calendar import add_months
from qa_app.domain.permissions import Actor
from qa_app.home.queries.leading import SHOWN, moderated_by
from qa_app.tracker.models import Action

_MONTHS_LOOKED_BACK: Final = 12
_MOST: Final = 100


class Inadequate(NamedTuple):
    """An audit that stands as Inadequate and that nobody has raised an action for."""

    id: UUID
    reference: str
    case_reference: str
    team: str | None
    completed_on: date | None


class PlanWaiting(NamedTuple):
    """An audit whose plan nobody has agreed. `due_on` is known from its due date on, when the first
    step of its ladder is taken: before that the page of the plan says it."""

    id: UUID
    reference: str
    case_reference: str
    team: str | None
    since: date
    due_on: date | None


class Plans(NamedTuple):
    """Improvement plans that wait: the first few, how many there are, and how many are late.

    `theirs` says whether they are this person's to agree; others are told of late ones alone.
    """

    first: Sequence[PlanWaiting]
    total: int
    late: int
    theirs: bool


class Inadequates(NamedTuple):
    """What of Inadequate audits waits for somebody."""

    without_action: list[Inadequate]
    plans: Plans


def inadequates(actor: Actor, today: date, *, theirs: bool) -> Inadequates:
    """Audits of a moderator's services of the last 12 months without an action that is not
    withdrawn, and those without a plan: all that a head of service agrees (`theirs`) or, for those
    above all services and the QA lead, the late ones that they may read (E2, E6).

    Imported audits are history: nothing is asked for them. One query, because the page asks few.
    """
    due_on = _step_due_on()
    late = due_on < today
    owed = and_(is_owed(), agreed_by(actor) if theirs else and_(may_read(actor), late))
    lacking = _lacks_action(actor, today)
    query = (
        select(
            Audit.id,
            Audit.reference,
            Audit.case_reference,
            Audit.team_name,
            lacking.label("lacking"),
            owed.label("owed"),
            due_on.label("due_on"),
            func.count().filter(owed).over().label("plans"),
            func.count().filter(owed, late).over().label("late"),
            *since_columns(),
        )
        .where(has_clocks(), or_(lacking, owed))
        .order_by(Audit.completed_on, Audit.id)
        .limit(_MOST)
    )
    rows = db.session.execute(query).all()
    without = [_audit(row) for row in rows if row.lacking]
    plans = sorted((_plan(row) for row in rows if row.owed), key=lambda each: each.since)
    total, waiting_late = (rows[0].plans, rows[0].late) if rows else (0, 0)
    return Inadequates(without[:SHOWN], Plans(plans[:SHOWN], total, waiting_late, theirs))


def _lacks_action(actor: Actor, today: date) -> ColumnElement[bool]:
    action = exists().where(Action.audit_id == Audit.id, Action.status != ActionStatus.WITHDRAWN)
    return and_(
        Audit.completed_month >= add_months(today.replace(day=1), -_MONTHS_LOOKED_BACK),
        moderated_by(actor, Audit.team_id),
        ~implicated(actor.person_id),
        ~action,
    )


def _step_due_on() -> ColumnElement[Any]:
    """The due date of the steps that were taken since the audit came to stand as Inadequate."""
    taken = select(func.max(PlanStep.due_on)).where(
        PlanStep.audit_id == Audit.id, PlanStep.at > since_at()
    )
    return taken.correlate(Audit).scalar_subquery()


def _audit(row: Any) -> Inadequate:
    return Inadequate(
        row.id, row.reference, row.case_reference, row.team_name or None, row.completed
    )


def _plan(row: Any) -> PlanWaiting:
    team = row.team_name or None
    return PlanWaiting(row.id, row.reference, row.case_reference, team, day_of(row), row.due_on)
