"""Rows and events gathered in memory, then added in bulk in an order that the database accepts."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeVar, cast
from uuid import UUID

from sqlalchemy import Column, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from qa_app import history
from qa_app.bulk import insert_columns
from qa_app.database import Base, Counter, db

Row = dict[str, Any]
T = TypeVar("T")


def known(value: T | None) -> T:
    """A value that has been planned by now; ValueError where it has not."""
    if value is None:
        raise ValueError("this part of the demonstration was not planned yet")
    return value


class _Noted(NamedTuple):
    verb: str
    subject: history.Reference
    by: UUID | None
    at: datetime
    audit_id: UUID | None
    details: dict[str, Any]


class Ledger:
    """Everything that the demonstration will store, until `save()`."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[Row]] = {}
        self.events: list[_Noted] = []
        self.counters: dict[str, int] = {}

    def add(self, model: type[Base], **values: Any) -> Row:
        """Add a row, which may be changed until `save()`; its `id` is made then, unless given."""
        self.rows.setdefault(cast(Table, model.__table__), []).append(values)
        return values

    def note(
        self,
        verb: str,
        kind: str,
        subject_id: UUID | None,
        /,
        *,
        by: UUID | None,
        at: datetime,
        audit_id: UUID | None = None,
        **details: Any,
    ) -> None:
        """Note an event of the history, at the time at which it is said to have happened."""
        reference = history.Reference(kind, subject_id)
        # The chain hashes the time as written: in UTC, as it is read back.
        utc = at.astimezone(UTC)
        self.events.append(_Noted(verb, reference, by, utc, audit_id, details))

    def number(self, key: str) -> int:
        """The next number under a key of the counters, from 1."""
        self.counters[key] = self.counters.get(key, 0) + 1
        return self.counters[key]

    def save(self) -> None:
        """Insert the rows, parents first, and record the events in the order of their times."""
        for key, last in self.counters.items():
            self.add(Counter, key=key, last=last)
        for table in db.metadata.sorted_tables:
            rows = self.rows.get(table, [])
            insert_columns(table, _columns(table, rows), len(rows))
        for noted in sorted(self.events, key=lambda event: event.at):
            history.record(
                noted.verb,
                noted.subject,
                by=noted.by,
                at=noted.at,
                audit_id=noted.audit_id,
                **noted.details,
            )


def _columns(table: Table, rows: list[Row]) -> dict[str, list[Any]]:
    used = {name for row in rows for name in row}
    return {name: list(_values(table.columns[name], rows)) for name in used}


def _values(column: Column[Any], rows: list[Row]) -> Iterable[Any]:
    default = column.default
    fill = default.arg if isinstance(default, ScalarElementColumnDefault) else None
    return (row.get(column.name, fill) for row in rows)
