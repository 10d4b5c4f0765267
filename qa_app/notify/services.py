"""Promising to tell somebody: rows of the outbox, added in the transaction of what they tell of."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from qa_app.database import db, new_id
from qa_app.notify.models import Notice
from qa_app.notify.secret_links import is_secret

_ROWS_AT_ONCE = 500


class Message(NamedTuple):
    """One message to one person: references only, never case content.

    `email` is None where no address is known: the notice is then shown in the app alone. `key`
    names what is told and to whom: the same key is never told twice. An `urgent` one is sent at
    once and alone, whatever the person chose, and where it cannot be sent somebody else is told.
    """

    person_id: UUID | None
    email: str | None
    subject: str
    body: str
    path: str
    key: str
    urgent: bool = False


def queue(
    person_id: UUID | None,
    email: str | None,
    subject: str,
    body: str,
    path: str,
    key: str,
    at: datetime,
    urgent: bool = False,
) -> bool:
    """Promise one message; False where its key was promised before."""
    return queue_many([Message(person_id, email, subject, body, path, key, urgent)], at) == 1


def queue_many(messages: Iterable[Message], at: datetime) -> int:
    """Promise these messages; returns how many were new."""
    rows = [
        message._asdict()
        | {"id": new_id(), "created_at": at, "attempts": 0, "error": ""}
        # A one-time link is waited for, and is in no message with others.
        | {"urgent": message.urgent or is_secret(message.path)}
        for message in messages
    ]
    # The table is written to directly: what it refers to has to be there first.
    db.session.flush()
    added = 0
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        added += _insert(rows[start : start + _ROWS_AT_ONCE])
    return added


def _insert(rows: list[dict[str, object]]) -> int:
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    statement = insert(Notice.__table__).values(rows)  # type: ignore[arg-type]  # a Table
    unseen = statement.on_conflict_do_nothing(index_elements=["key"]).returning(
        Notice.__table__.c.id
    )
    return len(db.session.execute(unseen).all())


def mark_read(person_id: UUID, notice_id: UUID, at: datetime) -> None:
    """Note that a person opened a notice of theirs; the first time stands."""
    db.session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.person_id == person_id, Notice.read_at.is_(None))
        .values(read_at=at)
    )


def unread(person_id: UUID, limit: int = 20) -> list[Notice]:
    """A person's notices that they have not opened yet, newest first."""
    query = (
        select(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None))
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))
