"""Alembic's environment: the app's own engine, one transaction, batch changes for SQLite."""

from typing import Any, Literal

from alembic import context
from flask import current_app
from sqlalchemy import TypeDecorator

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
        options["render_as_batch"] = connection.dialect.name == "sqlite"
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            **options,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
