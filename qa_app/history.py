"""The append-only history: who did what, when and from where, each row chained to the one before.

`record()` notes an event in the current transaction; the events are numbered, hashed and inserted
just before the commit, under a lock on the chain's head, so that a change and its event are saved
together or not at all and the chain has no gap (I1, TE-5). Details hold ids, field names, codes and
salted hashes of text, never the text.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import JSON, BigInteger, Index, Integer, String, Table, bindparam, event, select
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from qa_app.bulk import insert_columns
from qa_app.database import Base, UtcDateTime, db
from qa_app.domain import events

GENESIS = "0" * 64
_PENDING = "pending_events"
_MARKS = "pending_at_savepoints"
_BATCH = 5_000
_MANY = 500

origin: ContextVar[tuple[str, str]] = ContextVar("origin", default=("system", ""))


class Event(Base):
    """One row of the chain. The database refuses to update or delete it (triggers, grants)."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_audit_id_sequence", "audit_id", "sequence"),
        Index("ix_event_subject_id_sequence", "subject_id", "sequence"),
    )

    sequence: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[UUID | None]
    verb: Mapped[str] = mapped_column(String(40))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID | None]
    audit_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    source: Mapped[str] = mapped_column(String(10))
    address: Mapped[str] = mapped_column(String(45))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    @property
    def sentence(self) -> str:
        """The event as the timeline says it."""
        return events.sentence(self.verb, self.details)


class ChainHead(Base):
    """The last sequence and hash: one row, locked by whoever appends."""

    __tablename__ = "chain_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(64))


_EVENTS, _HEADS = cast(Table, Event.__table__), cast(Table, ChainHead.__table__)
_COLUMNS = tuple(column.key for column in _EVENTS.columns)
# Made once: every save runs these.
_HEAD = select(_HEADS.c.sequence, _HEADS.c.hash).where(_HEADS.c.id == 1).with_for_update()
_ADD = _EVENTS.insert()
_LAST: dict[str, Any] = {"sequence": bindparam("last"), "hash": bindparam("its_hash")}
_MOVE_HEAD = _HEADS.update().where(_HEADS.c.id == 1).values(_LAST)
_ADD_ONE = _ADD.add_cte(_MOVE_HEAD.cte("head"))  # both in one journey, for PostgreSQL


class Reference(NamedTuple):
    """Stands for a row whose object is no longer at hand (after a rollback, in a bulk insert)."""

    kind: str
    id: UUID | None

    @classmethod
    def to(cls, subject: Any) -> "Reference":
        """The reference of a model, of another reference, or of nothing."""
        if isinstance(subject, Reference):
            return subject
        kind = "" if subject is None else type(subject).__name__.lower()
        return cls(kind, getattr(subject, "id", None))


def _plain(value: Any) -> Any:
    if isinstance(value, UUID | date | datetime):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return value


def record(
    verb: str,
    subject: Any,
    *,
    by: UUID | None,
    at: datetime,
    audit_id: UUID | None = None,
    **details: Any,
) -> None:
    """Note an event in the current transaction.

    `subject` is a model with an `id`, a Reference, or None; `by` the acting person's id, or None
    for the system;
    `at` an aware datetime. An unknown verb raises KeyError.
    """
    if verb not in events.SENTENCES:
        raise KeyError(f"“{verb}” has no sentence: add it to qa_app/domain/events.py")
    source, address = origin.get()
    reference = Reference.to(subject)
    db.session.info.setdefault(_PENDING, []).append(
        {
            # In UTC, as it will be read back: the hash covers the text of the time.
            "at": at.astimezone(UTC),
            "actor_id": by,
            "verb": verb,
            "subject_type": reference.kind,
            "subject_id": reference.id,
            "audit_id": audit_id,
            "details": {key: _plain(value) for key, value in details.items()},
            "source": source,
            "address": address,
        }
    )


def record_imported(verb: str, audit_ids: Iterable[UUID], *, by: UUID | None, at: datetime) -> None:
    """Note the same event, without details, for each of very many audits."""
    source, address = origin.get()
    told: dict[str, Any] = {"at": at, "actor_id": by, "verb": verb, "subject_type": "audit"}
    told |= {"details": {}, "source": source, "address": address}
    db.session.info.setdefault(_PENDING, []).extend(
        [{**told, "subject_id": audit_id, "audit_id": audit_id} for audit_id in audit_ids]
    )


def fingerprint(text: str, salt: str) -> str:
    """A salted hash of narrative (HMAC-SHA-256, hex): proves a text without holding it."""
    return hmac.new(salt.encode(), text.encode(), hashlib.sha256).hexdigest()


_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode


def row_hash(row: dict[str, Any]) -> str:
    """SHA-256 of the row's canonical JSON, the previous row's hash among it (64 hex digits)."""
    plain = [
        row["sequence"],
        row["at"].isoformat(timespec="microseconds"),
        str(row["actor_id"] or ""),
        row["verb"],
        row["subject_type"],
        str(row["subject_id"] or ""),
        str(row["audit_id"] or ""),
        row["details"],
        row["source"],
        row["address"],
        row["previous_hash"],
    ]
    return hashlib.sha256(_canonical(plain).encode()).hexdigest()


def _seal(session: Session) -> None:
    pending = session.info.pop(_PENDING, None)
    if not pending:
        return
    session.flush()
    connection = session.connection()
    sequence, previous = connection.execute(_HEAD).one()
    for row in pending:
        sequence += 1
        row["sequence"], row["previous_hash"] = sequence, previous
        row["hash"] = previous = row_hash(row)
    head = {"last": sequence, "its_hash": previous}
    if len(pending) == 1 and connection.dialect.name == "postgresql":
        connection.execute(_ADD_ONE, pending[0] | head)
        return
    if len(pending) > _MANY:
        columns = {key: [row[key] for row in pending] for key in _COLUMNS}
        insert_columns(_EVENTS, columns, len(pending))
    else:
        connection.execute(_ADD, pending)
    connection.execute(_MOVE_HEAD, head)


@event.listens_for(Session, "before_commit")
def _seal_before_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        _seal(session)


@event.listens_for(Session, "after_transaction_create")
def _mark_savepoint(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = session.info.setdefault(_MARKS, WeakKeyDictionary())
        marks[transaction] = len(session.info.get(_PENDING, ()))


@event.listens_for(Session, "after_soft_rollback")
def _forget_after_rollback(session: Session, ended: SessionTransaction) -> None:
    # A savepoint that is undone takes only its own events with it. A failed flush comes as a
    # transaction of its own inside it.
    while not ended.nested and ended.parent is not None:
        ended = ended.parent
    kept = session.info.get(_MARKS, {}).get(ended, 0)
    del session.info.get(_PENDING, [])[kept:]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: rows read, and the first broken row with the reason, if any."""

    rows: int
    head: str
    broken_at: int | None = None
    reason: str = ""

    @property
    def intact(self) -> bool:
        """Whether every row fits the one before it."""
        return self.broken_at is None


def _rows() -> Iterator[dict[str, Any]]:
    query = select(*(getattr(Event, key) for key in _COLUMNS)).order_by(Event.sequence)
    result = db.session.execute(query.execution_options(yield_per=_BATCH))
    for row in result:
        yield dict(zip(_COLUMNS, row, strict=True))


def _fault(row: dict[str, Any], expected: int, previous: str) -> str:
    if row["sequence"] != expected:
        return f"row {expected} is missing"
    if row["previous_hash"] != previous:
        return "does not follow the row before it"
    if row["hash"] != row_hash(row):
        return "was changed after it was written"
    return ""


def verify(known_head: tuple[int, str] | None = None) -> Verdict:
    """Walk the whole chain.

    `known_head` is a (sequence, hash) kept where the database's owner cannot reach: with it a
    chain that was recomputed from end to end, or cut short, is found too (TE-1, TE-2).
    """
    count, previous, witnessed = 0, GENESIS, known_head is None
    for row in _rows():
        reason = _fault(row, count + 1, previous)
        if reason:
            return Verdict(count, previous, min(row["sequence"], count + 1), reason)
        count, previous = count + 1, row["hash"]
        if known_head is not None and known_head[0] == count:
            witnessed = True
            if known_head[1] != previous:
                return Verdict(count, previous, count, "differs from the head kept elsewhere")
    return _verdict_at_end(count, previous, witnessed)


def _verdict_at_end(count: int, previous: str, witnessed: bool) -> Verdict:
    head = db.session.execute(select(ChainHead.sequence, ChainHead.hash)).one()
    if (head.sequence, head.hash) != (count, previous):
        return Verdict(count, previous, count + 1, "the last rows are missing")
    if not witnessed:
        reason = "the chain is shorter than the head kept elsewhere"
        return Verdict(count, previous, count + 1, reason)
    return Verdict(count, previous)


def timeline(*, audit_id: UUID | None = None, subject_id: UUID | None = None) -> list[Event]:
    """The events of one audit or one subject, newest first, without mere views."""
    query = select(Event).where(Event.verb.not_in(events.ACCESS))
    if audit_id is not None:
        query = query.where(Event.audit_id == audit_id)
    if subject_id is not None:
        query = query.where(Event.subject_id == subject_id)
    return list(db.session.scalars(query.order_by(Event.sequence.desc()).limit(500)))
