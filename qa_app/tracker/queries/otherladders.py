"""Other ladders that a matter is on, noted on actions and counted apart, never added."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.tracker.models import Action, OtherLadder, OtherLadderKind


class Noted(NamedTuple):
    """A dispute or an escalation as an action's page shows it: the step it has reached, noted by
    whom; it `stands` unless it has ended."""

    row: OtherLadder
    who: str
    stands: bool

    @property
    def step(self) -> str:
        """“Stage 2”."""
        return f"{self.row.kind.rung.capitalize()} {self.row.rung}"


def noted_on(action_id: UUID) -> list[Noted]:
    """The newest step of each that was ever noted on the action, the newest first (two queries)."""
    rows = _newest_of(action_id)
    who = names([row.noted_by for row in rows]) if rows else {}
    return [Noted(row, who.get(row.noted_by, ""), row.ended_at is None) for row in rows]


def standing_of(action_id: UUID) -> list[OtherLadder]:
    """The newest step of each that has not ended (one query)."""
    return [row for row in _newest_of(action_id) if row.ended_at is None]


def _newest_of(action_id: UUID) -> list[OtherLadder]:
    query = (
        select(OtherLadder)
        .where(OtherLadder.action_id == action_id)
        .order_by(OtherLadder.noted_at.desc(), OtherLadder.rung.desc())
    )
    newest: dict[tuple[OtherLadderKind, str], OtherLadder] = {}
    for row in db.session.scalars(query):
        newest.setdefault((row.kind, row.reference), row)
    return list(newest.values())


def ladder_of(action_id: UUID, row_id: UUID) -> OtherLadder | None:
    """A row by its id, where it is one of this action."""
    query = select(OtherLadder).where(OtherLadder.id == row_id, OtherLadder.action_id == action_id)
    return db.session.scalars(query).one_or_none()


class Counted(NamedTuple):
    """How many disputes or escalations stand at a step, over all the actions that are seen."""

    kind: OtherLadderKind
    rung: int
    number: int


def counted(seen: ColumnElement[bool]) -> Sequence[Counted]:
    """Those that stand, each reference once, at the highest step noted of it (one query)."""
    standing = (
        select(OtherLadder.kind, func.max(OtherLadder.rung).label("rung"))
        .join(Action, Action.id == OtherLadder.action_id)
        .where(seen, OtherLadder.ended_at.is_(None))
        .group_by(OtherLadder.kind, OtherLadder.reference)
        .subquery()
    )
    query = (
        select(standing.c.kind, standing.c.rung, func.count())
        .group_by(standing.c.kind, standing.c.rung)
        .order_by(standing.c.kind, standing.c.rung)
    )
    return [Counted(*row) for row in db.session.execute(query)]
