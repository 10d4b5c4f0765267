"""Changing what SQLite's ALTER TABLE cannot: a table's CHECK constraints.

SQLite's own way (https://www.sqlite.org/lang_altertable.html, section 7): a new table under another
name, the rows copied, the old table dropped, the new one renamed. Alembic's batch mode would do it
from what it can read of the table, and CHECK constraints are not among that; here the table's own
statement is used, so that nothing is lost on the way. Foreign keys are off while migrations run
(env.py) and checked at the end.
"""

import sqlalchemy as sa
from alembic import op


def rewrite_table(table: str, replacements: dict[str, str]) -> None:
    """Make the table anew from its own CREATE statement with these texts replaced.

    Raises LookupError where a text is not there exactly once, so that a migration never passes over
    what it was to change. Indexes and triggers are made again as they were.
    """
    connection = op.get_bind()
    rows = connection.execute(
        sa.text("SELECT type, sql FROM sqlite_master WHERE tbl_name = :name AND sql IS NOT NULL"),
        {"name": table},
    ).all()
    statement = next(sql for kind, sql in rows if kind == "table")
    for old, new in replacements.items():
        if statement.count(old) != 1:
            raise LookupError(f"{table} has not exactly one of: {old}")
        statement = statement.replace(old, new)
    head = statement.index("(")
    connection.exec_driver_sql(f'CREATE TABLE "{table}_new" {statement[head:]}')
    columns = ", ".join(
        f'"{row[1]}"' for row in connection.exec_driver_sql(f'PRAGMA table_info("{table}")')
    )
    connection.exec_driver_sql(
        f'INSERT INTO "{table}_new" ({columns}) SELECT {columns} FROM "{table}"'  # noqa: S608
    )
    connection.exec_driver_sql(f'DROP TABLE "{table}"')
    connection.exec_driver_sql(f'ALTER TABLE "{table}_new" RENAME TO "{table}"')
    for kind, sql in rows:
        if kind != "table":
            connection.exec_driver_sql(sql)
