"""Sending what the outbox promises.

A batch is claimed in one short transaction (an attempt is counted and the rows are put out of
sight for a while), sent without holding any lock, and marked sent one by one. Two workers never
hold the same row: PostgreSQL skips rows that another has locked, SQLite has one writer at a time.
A worker that dies between sending and marking leaves at most one message that is sent twice.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from qa_app.database import db, now, saving
from qa_app.notify.letters import letter
from qa_app.notify.mail import ServerAway, Undeliverable
from qa_app.notify.models import Notice

MOST_ATTEMPTS = 3
BATCH = 10
# Longer than the slowest batch: ten messages, each of a few commands that may take ten seconds.
CLAIMED_FOR = timedelta(minutes=15)
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=15))
SERVER_AWAY_FOR = timedelta(minutes=1)
# What nobody could be told for a week (no mail server was set) is not sent all at once later.
STALE_AFTER = timedelta(days=7)

Send = Callable[[EmailMessage], None]


class Delivery(NamedTuple):
    """What became of one batch: messages sent, refused, and put back as the server was away."""

    sent: int = 0
    refused: int = 0
    put_back: int = 0

    @property
    def busy(self) -> bool:
        """Whether there may be more to send at once."""
        return self.sent + self.refused > 0 and not self.put_back


class _Claimed(NamedTuple):
    id: UUID
    email: str
    subject: str
    body: str
    path: str
    attempts: int


def deliver(at: datetime, send: Send) -> Delivery:
    """Send one batch of what waits, oldest first.

    `send` raises Undeliverable where the server refuses this message (tried three times, then given
    up and shown to the administrator) and ServerAway where it cannot be reached (tried again for as
    long as it takes: an evening without a mail server loses nothing).
    """
    claimed = _claim(at)
    sent = refused = 0
    for place, notice in enumerate(claimed):
        try:
            send(letter(notice.email, notice.subject, notice.body, notice.path))
        except Undeliverable as error:
            _note_refusal(notice, str(error), at)
            refused += 1
        except ServerAway as error:
            left = claimed[place:]
            _put_back([each.id for each in left], str(error), at)
            return Delivery(sent, refused, len(left))
        else:
            _change(Notice.id == notice.id, sent_at=now(), error="", next_attempt_at=None)
            sent += 1
    return Delivery(sent, refused)


def _claim(at: datetime) -> list[_Claimed]:
    waiting = (
        select(*(getattr(Notice, name) for name in _Claimed._fields))
        .where(
            Notice.sent_at.is_(None),
            Notice.email.is_not(None),
            Notice.attempts < MOST_ATTEMPTS,
            Notice.created_at > at - STALE_AFTER,
            or_(Notice.next_attempt_at.is_(None), Notice.next_attempt_at <= at),
        )
        .order_by(Notice.created_at, Notice.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    with saving():
        rows = [_Claimed(*row) for row in db.session.execute(waiting)]
        if rows:
            db.session.execute(
                update(Notice)
                .where(Notice.id.in_([row.id for row in rows]))
                .values(attempts=Notice.attempts + 1, next_attempt_at=at + CLAIMED_FOR)
                .execution_options(synchronize_session=False)
            )
    return rows


def _note_refusal(notice: _Claimed, error: str, at: datetime) -> None:
    tried = notice.attempts + 1
    again = None if tried >= MOST_ATTEMPTS else at + AGAIN_AFTER[tried - 1]
    _change(Notice.id == notice.id, error=error, next_attempt_at=again)


def _put_back(ids: list[UUID], error: str, at: datetime) -> None:
    _change(
        Notice.id.in_(ids),
        error=error,
        attempts=Notice.attempts - 1,
        next_attempt_at=at + SERVER_AWAY_FOR,
    )


def _change(which: ColumnElement[bool], **values: object) -> None:
    with saving():
        db.session.execute(
            update(Notice)
            .where(which)
            .values(**values)
            .execution_options(synchronize_session=False)
        )
