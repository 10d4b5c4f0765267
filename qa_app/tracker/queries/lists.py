"""Lists of actions: the tracker's page, one's own, and what is outstanding."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import joinedload

from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.escalation import Brag
from qa_app.domain.permissions import Actor
from qa_app.tracker.models import Action
from qa_app.tracker.queries.failing import CONDITIONS, Reason
from qa_app.tracker.queries.filters import (
    Offered,
    Part,
    Wanted,
    by_status,
    conditions,
    offered,
    own_first,
    part_of,
)
from qa_app.tracker.queries.overdue import TO_DO, overdue_on
from qa_app.tracker.queries.standing import brag_of, verification_due
from qa_app.tracker.queries.visible import kept_from, visible_to

PAGE = 50


@dataclass(frozen=True)
class Row:
    """An action with its word today, and the reader's part in it.

    Once it is done, `verify_by` is the last day to verify it. `why` says what it needs, where the
    list is of what needs somebody.
    """

    action: Action
    word: Brag
    part: Part
    verify_by: date | None
    why: Sequence[str] = ()

    @property
    def mine(self) -> bool:
        """Whether the reader owns it or covers for its owner."""
        return self.part in (Part.OWNS, Part.COVERS)


@dataclass(frozen=True)
class Listing:
    """A page of the tracker: rows, totals of the whole selection, and what there is to choose."""

    rows: list[Row]
    total: int
    overdue: int
    priority: int
    waiting: int
    offered: Offered
    more: bool


def listing(actor: Actor, wanted: Wanted, today: date) -> Listing:
    """The actions that this actor sees, one's own first, then by due date (five queries)."""
    chosen = _chosen(actor, wanted, today)
    late = overdue_on(today)
    total, overdue, priority, waiting = db.session.execute(
        select(
            func.count(),
            func.count().filter(late),
            func.count().filter(Action.kind == ActionKind.PRIORITY),
            func.count().filter(Action.status == ActionStatus.DONE),
        ).where(chosen)
    ).one()
    query = _query(actor, wanted, today).offset((wanted.page - 1) * PAGE).limit(PAGE + 1)
    found = list(_rows(query, wanted, today))
    there = offered(visible_to(actor))
    return Listing(found[:PAGE], total, overdue, priority, waiting, there, len(found) > PAGE)


def every_row(actor: Actor, wanted: Wanted, today: date) -> Iterator[Row]:
    """All that the list holds, page after page, in its order: one statement, read bit by bit."""
    return _rows(_query(actor, wanted, today).execution_options(yield_per=PAGE), wanted, today)


def _chosen(actor: Actor, wanted: Wanted, today: date) -> ColumnElement[bool]:
    asked = conditions(wanted, actor.person_id, today)
    return and_(visible_to(actor), *asked, *by_status(wanted))


def _query(actor: Actor, wanted: Wanted, today: date) -> Select[Any]:
    columns: list[Any] = [CONDITIONS[reason](today).label(reason) for reason in _reasons(wanted)]
    return (
        select(Action, part_of(actor.person_id), *columns)
        .where(_chosen(actor, wanted, today))
        .options(joinedload(Action.owner), joinedload(Action.team))
        .order_by(
            own_first(actor.person_id), Action.due_on.is_(None), Action.due_on, Action.reference
        )
    )


def _reasons(wanted: Wanted) -> list[Reason]:
    return list(CONDITIONS) if wanted.failed else []


def _rows(query: Select[Any], wanted: Wanted, today: date) -> Iterator[Row]:
    reasons = _reasons(wanted)
    for action, part, *holds in db.session.execute(query):
        yield make_row(action, part, _why(reasons, holds, today), today)


def make_row(action: Action, part: str, why: Sequence[str], today: date) -> Row:
    """An action as a list or a board shows it."""
    return Row(action, brag_of(action, today), Part(part), verification_due(action), why)


def _why(reasons: Sequence[Reason], holds: Sequence[bool], today: date) -> list[str]:
    return [reason.words(today) for reason, held in zip(reasons, holds, strict=True) if held]


def outstanding(*, kind: ActionKind | None = None, on: date | None = None) -> list[Action]:
    """Every action outstanding now, or at the end of a day, by due date (E5)."""
    query = select(Action).options(joinedload(Action.owner), joinedload(Action.team))
    if on is None:
        query = query.where(Action.settled_on.is_(None))
    else:
        unsettled = Action.settled_on.is_(None) | (Action.settled_on > on)
        query = query.where(Action.raised_on <= on, unsettled)
    if kind is not None:
        query = query.where(Action.kind == kind)
    return list(db.session.scalars(query.order_by(Action.due_on.is_(None), Action.due_on)))


def to_be_done_by(person_id: UUID) -> ColumnElement[bool]:
    """The condition for what this person owns or covers and has still to do."""
    return and_(
        or_(Action.owner_id == person_id, Action.covered_by == person_id),
        ~kept_from(person_id),
        Action.status.in_(TO_DO),
    )
