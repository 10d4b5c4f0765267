"""Alembic's environment: the app's own engine, one transaction, batch changes for SQLite."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import Connection, TypeDecorator

from qa_app.extensions import Base, db


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Write our column types as SQLAlchemy's own: a migration never imports the app."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


def run() -> None:
    """Upgrade or downgrade through the app's engine."""
    options = dict(current_app.extensions["migrate"].configure_args)
    options["render_item"] = render_item
    with db.engine.connect() as connection:
        on_sqlite = connection.dialect.name == "sqlite"
        options["render_as_batch"] = on_sqlite
        if on_sqlite:
            # A table that is made anew is dropped under its children. Only possible before BEGIN.
            _driver(connection).execute("PRAGMA foreign_keys = OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
            if on_sqlite:
                _refuse_orphans(connection)
        connection.commit()
        if on_sqlite:
            _driver(connection).execute("PRAGMA foreign_keys = ON")


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _refuse_orphans(connection: Connection) -> None:
    """Undo everything where a migration left a row that refers to nothing."""
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        tables = ", ".join(sorted({row[0] for row in orphans}))
        raise RuntimeError(f"the migration left rows that refer to nothing: {tables}")


run()
