"""Reading rows of many kinds in one statement, so that all of them are of one moment.

PostgreSQL gives each statement of a transaction a view of its own unless the transaction was begun
otherwise, and a request's has always begun before somebody takes a data cut. One statement has one
view on both databases, and it sees what the transaction itself has written.
"""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, cast, func, literal, select, union_all
from sqlalchemy.types import TypeEngine

from qa_app.database import Choice, UtcDateTime, db

Rows = Mapping[str, list[Any]]
"""The rows of each part, in no order: their attributes are named as the part's columns."""


def read_together(parts: Mapping[str, Select[*tuple[Any, ...]]]) -> Rows:
    """The rows of several selects as they stood at one moment (one statement).

    Each column needs a name of its own within its part, and a type that says what it is: ids, days,
    moments, choices, numbers, truths and short texts.
    """
    tables = {name: part.subquery(f"of_{name}") for name, part in parts.items()}
    as_list = func.json_array if db.engine.dialect.name == "sqlite" else func.json_build_array
    statement = union_all(
        *(
            select(literal(name).label("part"), cast(as_list(*table.c), Text).label("row"))
            for name, table in tables.items()
        )
    )
    known: dict[Any, _Known] = {}
    makers = {name: _maker(list(table.c), known) for name, table in tables.items()}
    found: dict[str, list[Any]] = {name: [] for name in parts}
    for name, row in db.session.execute(statement):
        found[name].append(makers[name](row))
    return found


class _Known(dict[Any, Any]):
    """Values by what JSON says of them, each made once: thousands of rows name the same audit."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__({None: None})
        self._read = read

    def __missing__(self, said: Any) -> Any:
        self[said] = self._read(said)
        return self[said]


def _maker(columns: list[Any], known: dict[Any, _Known]) -> Callable[[str], Any]:
    names = [column.key for column in columns]
    reads = [(place, _reader(column.type)) for place, column in enumerate(columns)]
    made = [(place, known.setdefault(read, _Known(read))) for place, read in reads if read]

    def make(row: str) -> Any:
        values = json.loads(row)
        for place, values_of in made:
            values[place] = values_of[values[place]]
        return SimpleNamespace(**dict(zip(names, values, strict=True)))

    return make


def _reader(kind: TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """What makes the value of a column from what JSON says of it; None where that is the value."""
    if isinstance(kind, Choice):
        return kind.enum
    if isinstance(kind, UtcDateTime):
        return _moment
    return _READERS.get(kind.python_type)


def _moment(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


_READERS: Mapping[type, Callable[[Any], Any]] = {
    UUID: UUID,
    bool: bool,
    date: date.fromisoformat,
}
