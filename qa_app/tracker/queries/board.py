"""The tracker as a board: a column for each status, cards in groups (E4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import joinedload

from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.permissions import Actor
from qa_app.tracker.models import Action
from qa_app.tracker.queries.filters import (
    SOON,
    Offered,
    Wanted,
    conditions,
    offered,
    own_first,
    part_of,
)
from qa_app.tracker.queries.lists import Row, make_row
from qa_app.tracker.queries.visible import visible_to

CARDS: Final = 20
"""Cards of a column; the list has the rest."""
LATELY: Final = 30
"""Days for which a verified action stays on the board."""

STATUSES: Final = (
    ActionStatus.OPEN, ActionStatus.IN_PROGRESS, ActionStatus.DONE, ActionStatus.VERIFIED,
)  # fmt: skip


class By(StrEnum):
    """What the cards of a column are grouped by."""

    OWNER = "owner"
    TEAM = "team"
    DUE = "due"


class Group(NamedTuple):
    """Cards under a heading; "" where the column is not grouped."""

    heading: str
    cards: list[Row]


@dataclass(frozen=True)
class Column:
    """The actions of a status: how many there are, and the first of them as cards."""

    status: ActionStatus
    total: int
    groups: list[Group]

    @property
    def shown(self) -> int:
        """How many cards there are."""
        return sum(len(group.cards) for group in self.groups)


@dataclass(frozen=True)
class Board:
    """The columns in the order of the work, and what there is to choose."""

    columns: list[Column]
    offered: Offered


def board(actor: Actor, wanted: Wanted, by: By | None, today: date) -> Board:
    """The actions that this actor sees, by status: outstanding, and verified lately (five queries).

    In each column one's own come first, then those due first, or verified last.
    """
    seen = visible_to(actor)
    status = _column(today)
    chosen = and_(seen, status.is_not(None), *conditions(wanted, actor.person_id, today))
    counts = select(status, func.count()).where(chosen).group_by(status)
    totals = {name: number for name, number in db.session.execute(counts)}  # noqa: C416
    order = (
        own_first(actor.person_id),
        Action.settled_on.desc(),
        Action.due_on.is_(None),
        Action.due_on,
        Action.reference,
    )
    place = func.row_number().over(partition_by=status, order_by=order).label("place")
    placed = select(Action.id, place).where(chosen).subquery()
    query = (
        select(Action, part_of(actor.person_id))
        .join(placed, placed.c.id == Action.id)
        .where(placed.c.place <= CARDS)
        .options(joinedload(Action.owner), joinedload(Action.team))
        .order_by(placed.c.place)
    )
    rows = [make_row(action, part, (), today) for action, part in db.session.execute(query)]
    columns = [
        Column(each, totals.get(each, 0), _groups(_of(each, rows), by, today)) for each in STATUSES
    ]
    return Board(columns, offered(seen))


def _column(today: date) -> ColumnElement[str | None]:
    lately = and_(
        Action.status == ActionStatus.VERIFIED,
        Action.settled_on > today - timedelta(days=LATELY),
    )
    outstanding = Action.settled_on.is_(None)
    whens = [(and_(outstanding, Action.status == each), each.value) for each in STATUSES[:-1]]
    return case(*whens, (lately, ActionStatus.VERIFIED.value), else_=None)


def _of(status: ActionStatus, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.action.status is status]


def _groups(rows: list[Row], by: By | None, today: date) -> list[Group]:
    if by is None:
        return [Group("", rows)] if rows else []
    key = _KEYS[by]
    keyed = sorted(((key(row, today), row) for row in rows), key=lambda pair: pair[0])
    return [
        Group(heading, [row for _, row in pairs])
        for (_, heading), pairs in groupby(keyed, key=lambda pair: pair[0])
    ]


_Key = tuple[str, str]


def _by_owner(row: Row, _: date) -> _Key:
    name = row.action.owner_name or "Nobody named"
    return name.casefold(), name


def _by_team(row: Row, _: date) -> _Key:
    name = row.action.team.name if row.action.team else "Without a team"
    return name.casefold(), name


def _by_due(row: Row, today: date) -> _Key:
    due = row.verify_by or row.action.due_on
    if row.action.settled_on is not None:
        return "5", f"In the last {LATELY} days"
    if due is None:
        return "4", "Without a due date"
    if due < today:
        return "1", "Overdue"
    if due < today + timedelta(days=SOON):
        return "2", f"In the next {SOON} days"
    return "3", "Later"


_KEYS: Final[Mapping[By, Callable[[Row, date], _Key]]] = {
    By.OWNER: _by_owner,
    By.TEAM: _by_team,
    By.DUE: _by_due,
}
