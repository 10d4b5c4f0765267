"""What every table and every write shares: identifiers, times, SQLite's manners, `saving()`."""

import fcntl
import os
import sqlite3
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from select import POLLIN, poll
from threading import Lock
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import (
    CheckConstraint,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    String,
    TypeDecorator,
    event,
    insert,
    select,
    update,
)
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError, InvalidatePoolError
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.extensions import Base, db

__all__ = [
    "Base", "Choice", "UtcDateTime", "db", "new_id", "next_number", "now", "one_of", "reading",
    "run", "saving", "set_reading",
]  # fmt: skip

E = TypeVar("E", bound=StrEnum)

PATIENCE: Final = 15  # seconds for which a writer waits for its turn on SQLite
ASKS_EVERY: Final = 0.0005

# Requests that only read ask SQLite for a plain BEGIN; everything else takes the writer's lock at
# once, because a read that later becomes a write loses updates or fails half-way.
_reading: ContextVar[bool] = ContextVar("reading", default=False)


def now() -> datetime:
    """The time, aware and in UTC; the only clock of the app, so that tests can move it."""
    return datetime.now(UTC)


class _Identifiers:
    """UUIDs of version 7 (RFC 9562) that rise within this process, also within a millisecond.

    After the time come 74 bits: of the first identifier of a millisecond they are random, and each
    one after it adds a random step (section 6.2, method 2).
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._time = 0
        self._noise = 0

    def make(self) -> uuid.UUID:
        """The next identifier. A clock that is set back does not take the order with it."""
        with self._lock:
            at = time.time_ns() // 1_000_000
            if at > self._time:
                # The highest bit stays free, so that the steps have room.
                self._time, self._noise = at, int.from_bytes(os.urandom(9), "big")
            else:
                self._noise += 1 + int.from_bytes(os.urandom(4), "big")
            at, noise = self._time, self._noise
        high, low = noise >> 62, noise & ((1 << 62) - 1)
        return uuid.UUID(int=at << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | low)


_identifiers = _Identifiers()


def new_id() -> uuid.UUID:
    """An identifier that sorts by time of making (UUID version 7).

    Sorted identifiers keep the primary key's index small and its newest pages warm, and lists that
    go by them are in the order in which rows were made.
    """
    return _identifiers.make()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored as UTC on both databases. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; SQLite keeps no zone, so it is dropped there."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Choice(TypeDecorator[E]):
    """A StrEnum stored as its text, so that a query reads like the words of the field."""

    impl = String(40)
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | str | None, dialect: Dialect) -> str | None:
        """Store the text; a value outside the list raises ValueError."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> E | None:
        """Give back the member."""
        return None if value is None else self.enum(value)


def one_of(column: str, enum: type[StrEnum], name: str | None = None) -> CheckConstraint:
    """A CHECK that the column holds a member of the enum (a NULL passes)."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return CheckConstraint(f"{column} IN ({values})", name=name or f"{column}_known")


class Counter(Base):
    """The last number given out under a key, so that references have no gap and no double."""

    __tablename__ = "counter"

    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int]


def next_number(key: str) -> int:
    """The next number under the key (from 1), locked until the transaction ends."""
    query = update(Counter).where(Counter.key == key).values(last=Counter.last + 1)
    if db.session.execute(query.execution_options(synchronize_session=False)).rowcount == 0:  # type: ignore[attr-defined]
        try:
            with db.session.begin_nested():
                db.session.execute(insert(Counter).values(key=key, last=1))
        except IntegrityError:
            # Somebody else began the same key a moment ago: take the number after theirs.
            db.session.execute(query.execution_options(synchronize_session=False))
    return db.session.scalars(select(Counter.last).where(Counter.key == key)).one()


def set_reading(only: bool) -> None:
    """Say whether the transactions that begin from now on in this context only read."""
    _reading.set(only)


def run(statement: Executable, values: Any = None) -> CursorResult[Any]:
    """Run a statement that is made once, at the module's top, in the session's transaction.

    For what every request or every save asks: rows instead of objects, and no statement built anew
    each time, which costs more than the database's part. What the session has not flushed is not
    seen, and objects that it holds are not told. `values` for its parameters: a dict, or a list.
    """
    return db.session.connection().execute(statement, values)


@contextmanager
def saving() -> Iterator[None]:
    """One transaction: commit at the end, undo everything on any error. The only commit there is.

    Events recorded inside are sealed into the history's chain just before the commit.
    """
    try:
        yield
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def reading() -> Iterator[None]:
    """What is asked inside holds up no writer, however long it takes: the transaction of before is
    ended, and so is its own. For a request that changes something, before `saving()`."""
    db.session.rollback()
    set_reading(True)
    try:
        yield
    finally:
        db.session.rollback()
        set_reading(False)


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: Any) -> None:
    if not isinstance(connection, sqlite3.Connection):
        return
    # The driver's own transaction handling is switched off: BEGIN is ours, below.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    # 64 MB of pages: a large import otherwise writes and reads its indexes over and over.
    cursor.execute("PRAGMA cache_size = -65536")
    path = cursor.execute("PRAGMA database_list").fetchone()[2]
    cursor.close()
    if path:  # not of a database in memory
        record.info["queue"] = os.open(
            f"{path}-queue", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
        )


@event.listens_for(Engine, "close")
def _leave_queue(_connection: Any, record: Any) -> None:
    queue = record.info.pop("queue", None)
    if queue is not None:
        os.close(queue)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        if _reading.get():
            connection.exec_driver_sql("BEGIN")
        else:
            _take_turn(connection)


def _take_turn(connection: Connection) -> None:
    """Begin to write once everybody who asked before has begun (ADR 12).

    Left to itself SQLite lets those who waited longest ask least often. So writers queue for a lock
    on a file beside the database, which the kernel gives in order and takes back from a process
    that dies; whoever is first asks SQLite again and again, and lets the next one ask after that.
    """
    until = time.monotonic() + PATIENCE
    queue, raw = connection.connection.info.get("queue"), connection.connection.driver_connection
    if queue is None or raw is None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    fcntl.flock(queue, fcntl.LOCK_EX)
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while not _begins(raw):
            if time.monotonic() > until:
                connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises what callers know
                return
            time.sleep(ASKS_EVERY)
    finally:
        raw.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        fcntl.flock(queue, fcntl.LOCK_UN)


def _begins(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@event.listens_for(Engine, "checkout")
def _still_there(connection: Any, _record: Any, _proxy: Any) -> None:
    """Take no connection whose server has gone: what it said last waits to be read.

    This is asked of the socket, not of the server as SQLAlchemy's `pool_pre_ping` does, which costs
    each request three more journeys.
    """
    if not isinstance(connection, psycopg.Connection):
        return
    waiting = poll()
    waiting.register(connection.fileno(), POLLIN)
    try:
        while waiting.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError as gone:
        raise InvalidatePoolError from gone
