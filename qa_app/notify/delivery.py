"""Sending what the outbox promises.

A batch is claimed in one short transaction (an attempt is counted and the rows are put out of
sight for a while), sent without holding any lock, and marked sent message by message. Workers claim
one after the other (a lock on PostgreSQL, SQLite has one writer at a time), so that two of them
never hold the same row, nor each a part of what goes to somebody in one message. A worker that dies
between sending and marking leaves at most one message that is sent twice.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select, true, update

from qa_app.database import db, new_id, now, saving
from qa_app.notify.choices import last_daily_time
from qa_app.notify.digest import Parcel, Recipient, Waiting, parcels
from qa_app.notify.letters import letter, letter_of_many
from qa_app.notify.mail import ServerAway, Undeliverable
from qa_app.notify.models import MailChoice, Notice

MOST_ATTEMPTS = 3
BATCH = 10
# Longer than the slowest batch: ten messages, each of a few commands that may take ten seconds.
CLAIMED_FOR = timedelta(minutes=15)
AGAIN_AFTER = (timedelta(minutes=1), timedelta(minutes=15))
SERVER_AWAY_FOR = timedelta(minutes=1)
# What nobody could be told for a week (no mail server was set) is not sent all at once later.
STALE_AFTER = timedelta(days=7)
# The name of the lock for which PostgreSQL's workers queue; any number that nothing else uses.
_CLAIMING = 7_202_311

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


def deliver(at: datetime, send: Send) -> Delivery:
    """Send one batch of what waits, urgent first, then oldest first.

    `send` raises Undeliverable where the server refuses this message (tried three times, then given
    up and shown to the administrator and the QA lead) and ServerAway where it cannot be reached
    (tried again for as long as it takes: an evening without a mail server loses nothing).
    """
    claimed = _claim(at)
    sent = refused = 0
    for place, parcel in enumerate(claimed):
        try:
            send(_letter(parcel))
        except Undeliverable as error:
            _note_refusal(parcel, str(error), at)
            refused += 1
        except ServerAway as error:
            left = claimed[place:]
            _put_back([notice_id for each in left for notice_id in each.ids], str(error), at)
            return Delivery(sent, refused, len(left))
        else:
            _note_sent(parcel)
            sent += 1
    return Delivery(sent, refused)


def _letter(parcel: Parcel) -> EmailMessage:
    if len(parcel.notices) > 1:
        return letter_of_many(parcel.email, parcel.items)
    return letter(parcel.email, *parcel.items[0])


def _claim(at: datetime) -> list[Parcel]:
    with saving():
        if db.session.get_bind().dialect.name == "postgresql":
            db.session.execute(select(func.pg_advisory_xact_lock(_CLAIMING)))
        due = [Waiting(*row) for row in db.session.execute(_due(at))]
        claimed = _held(list(parcels(due, _all_waiting(due, at), at))) if due else []
        if claimed:
            _change_now(
                Notice.id.in_([notice_id for each in claimed for notice_id in each.ids]),
                attempts=Notice.attempts + 1,
                next_attempt_at=at + CLAIMED_FOR,
            )
    return claimed


def _waiting(at: datetime) -> Select[Any]:
    """Rows of `Waiting` that are unsent, not given up and not too old."""
    columns = (getattr(Notice, name) for name in Waiting._fields[:-1])
    return (
        select(*columns, func.coalesce(MailChoice.daily, False))
        .outerjoin(MailChoice, MailChoice.person_id == Notice.person_id)
        .where(
            Notice.sent_at.is_(None),
            Notice.email.is_not(None),
            Notice.attempts < MOST_ATTEMPTS,
            Notice.created_at > at - STALE_AFTER,
        )
    )


def _is_time(at: datetime) -> ColumnElement[bool]:
    return or_(Notice.next_attempt_at.is_(None), Notice.next_attempt_at <= at)


def _due(at: datetime) -> Select[Any]:
    """What may go now. What a person wants once a day waits for the next eight o'clock."""
    chosen = or_(
        Notice.urgent, MailChoice.daily.is_not(true()), Notice.created_at <= last_daily_time(at)
    )
    return (
        _waiting(at)
        .where(_is_time(at), chosen)
        .order_by(Notice.urgent.desc(), Notice.created_at, Notice.id)
        .limit(BATCH)
    )


def _all_waiting(due: Iterable[Waiting], at: datetime) -> dict[Recipient, list[Waiting]]:
    """What may go together with what is due. What was put back waits for the server alone, and is
    taken along; what was refused keeps its own time, and what is in hand has an attempt counted.
    """
    recipients = {each.recipient for each in due} - {None}
    found: dict[Recipient, list[Waiting]] = defaultdict(list)
    if recipients:
        query = (
            _waiting(at)
            .where(
                Notice.person_id.in_({each.person_id for each in recipients if each}),
                Notice.urgent.is_(False),
                or_(_is_time(at), Notice.attempts == 0),
            )
            .order_by(Notice.created_at, Notice.id)
        )
        for each in (Waiting(*row) for row in db.session.execute(query)):
            if each.recipient is not None:
                found[each.recipient].append(each)
    return found


def _held(wanted: list[Parcel]) -> list[Parcel]:
    """Those of these of which every row could be locked: where somebody marks one as read at this
    moment, the message is left whole for the next round.
    """
    ids = [notice_id for each in wanted for notice_id in each.ids]
    rows = (
        select(Notice.id)
        .where(Notice.id.in_(ids), Notice.sent_at.is_(None))
        .with_for_update(skip_locked=True)
    )
    held = set(db.session.scalars(rows))
    return [each for each in wanted if held.issuperset(each.ids)]


def _note_sent(parcel: Parcel) -> None:
    together = new_id() if len(parcel.notices) > 1 else None
    _change(
        Notice.id.in_(parcel.ids),
        sent_at=now(),
        sent_with=together,
        error="",
        next_attempt_at=None,
    )


def _note_refusal(parcel: Parcel, error: str, at: datetime) -> None:
    by_attempts: dict[int, list[UUID]] = defaultdict(list)
    for notice in parcel.notices:
        by_attempts[notice.attempts + 1].append(notice.id)
    with saving():
        for tried, ids in by_attempts.items():
            again = None if tried >= MOST_ATTEMPTS else at + AGAIN_AFTER[tried - 1]
            _change_now(Notice.id.in_(ids), error=error, next_attempt_at=again)


def _put_back(ids: list[UUID], error: str, at: datetime) -> None:
    _change(
        Notice.id.in_(ids),
        error=error,
        attempts=Notice.attempts - 1,
        next_attempt_at=at + SERVER_AWAY_FOR,
    )


def _change(which: ColumnElement[bool], **values: object) -> None:
    with saving():
        _change_now(which, **values)


def _change_now(which: ColumnElement[bool], **values: object) -> None:
    db.session.execute(
        update(Notice).where(which).values(**values).execution_options(synchronize_session=False)
    )
