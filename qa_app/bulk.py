"""Adding very many rows at once, inside the session's transaction.

An import of a hundred thousand audits adds a million rows. Row by row through the types of the ORM
that takes minutes; here each column is turned into the database's form once for each distinct
value, and goes in by statements of many rows (SQLite) or COPY (PostgreSQL). Constraints hold as
ever.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, islice, repeat
from typing import Any

import psycopg
from sqlalchemy import JSON, Column, ColumnDefault, Table, Uuid
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.types import TypeEngine

from qa_app.database import db

# SQLite takes 32,766 parameters a statement, and sets up a table's CHECK constraints once for each.
_PARAMETERS = 12_000
_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}


class BulkInsertFailed(SQLAlchemyError):
    """The database refused the rows. Its own message may quote them, so only its kind is told."""


def new_ids(count: int) -> list[str]:
    """Make identifiers (UUID version 7, RFC 9562) in rising order, as 32 hexadecimal digits.

    Rising ones are appended to the end of each index, where random ones would be scattered.
    """
    milliseconds = f"{time.time_ns() // 1_000_000:012x}7"
    noise = os.urandom(count * 10).hex()
    # The first 12 random bits, the variant's digit, and 60 bits more; 6 bits are left over.
    ids = [
        f"{milliseconds}{noise[n : n + 3]}{_VARIANT[noise[n + 3]]}{noise[n + 4 : n + 19]}"
        for n in range(0, count * 20, 20)
    ]
    ids.sort()
    return ids


def insert_columns(table: Table, columns: Mapping[str, Any], count: int) -> None:
    """Add `count` rows to `table`.

    A list in `columns` holds one value a row, anything else is the same for all rows; identifiers
    may be given as 32 hexadecimal digits. A column that is left out takes its scalar default, or
    NULL; an `id` that is left out is made. Raises BulkInsertFailed (PostgreSQL) or IntegrityError,
    neither of which quotes a value.
    """
    if count == 0:
        return
    connection = db.session.connection()
    given = dict(columns)
    if "id" in table.columns and "id" not in given:
        given["id"] = new_ids(count)
    used = [
        column for column in table.columns if column.name in given or _default(column) is not None
    ]
    ready = [_ready(column, given, count, connection) for column in used]
    add = _copy if connection.dialect.name == "postgresql" else _insert
    add(connection, table, [column.name for column in used], zip(*ready, strict=True))


def _default(column: Column[Any]) -> Any:
    """The column's own value for rows that give none; None where there is no scalar one."""
    default = column.default
    return default.arg if isinstance(default, ColumnDefault) and default.is_scalar else None


def _ready(
    column: Column[Any], given: Mapping[str, Any], count: int, connection: Connection
) -> Iterable[Any]:
    """The column's values as the driver takes them."""
    process = _remembering(column.type, connection.dialect)
    values = given[column.name] if column.name in given else _default(column)
    if not isinstance(values, list):
        values = [values]
    first = next((value for value in values if value is not None), None)
    ready: Iterable[Any] = values
    if process is not None and not (isinstance(column.type, Uuid) and isinstance(first, str)):
        ready = map(process, values)
    return ready if isinstance(given.get(column.name), list) else repeat(next(iter(ready)), count)


@lru_cache(maxsize=256)
def _remembering(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """What turns a value into the driver's form, keeping what recent ones became.

    Only columns of choices, days, times and identifiers have one; text goes in as it is.
    """
    process = kind.dialect_impl(dialect).bind_processor(dialect)
    if process is None or isinstance(kind, JSON):
        return process
    return lru_cache(maxsize=20_000)(process)


def _insert(
    connection: Connection, table: Table, names: list[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    # Names of tables and columns come from the models alone.
    head = f'INSERT INTO "{table.name}" ({_quoted(names)}) VALUES '  # noqa: S608
    marks = f"({', '.join('?' * len(names))})"
    most = max(1, _PARAMETERS // len(names))
    while some := list(islice(rows, most)):
        statement = head + ", ".join([marks] * len(some))
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


def _copy(
    connection: Connection, table: Table, names: list[str], rows: Iterator[tuple[Any, ...]]
) -> None:
    driver: Any = connection.connection.driver_connection
    statement = f'COPY "{table.name}" ({_quoted(names)}) FROM STDIN'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as fault:
        raise BulkInsertFailed(f"{type(fault).__name__} while adding to {table.name}") from None


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
