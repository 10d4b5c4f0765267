"""Migrations: up, down, up again on the database in use; the models and the tables agree."""

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError

from qa_app import history
from qa_app.audits.models import GradeRow
from qa_app.database import db, now, saving
from qa_app.extensions import Base
from tests.council import Council
from tests.factories import an_imported_audit


def _tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_tables_are_those_of_the_models(context: Flask) -> None:
    assert _tables() == set(Base.metadata.tables)


def test_a_new_migration_would_have_nothing_to_do(context: Flask) -> None:
    with db.engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert not found, "models and migrations differ: write a migration with `flask db migrate`"


def test_migrations_go_up_down_and_up_again(app: Flask, council: Council) -> None:
    with app.app_context():
        before = _tables()
        db.session.remove()
        flask_migrate.downgrade(revision="base")
        assert _tables() == set()
        flask_migrate.upgrade()
        assert _tables() == before
        assert history.verify().intact


# TE-4, M7: whoever holds the database's connection can add to these tables and nothing else.
@pytest.mark.parametrize("table", ["event", "grade"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET id_of = 1", "DELETE FROM {table}"], ids=["update", "delete"]
)
def test_the_database_refuses_to_change_what_is_append_only(
    app: Flask, council: Council, table: str, statement: str
) -> None:
    column = {"event": "verb", "grade": "reason"}[table]
    statement = statement.replace("id_of = 1", f"{column} = 'x'").format(table=table)
    with app.app_context():
        with saving():
            _a_row_in_each()
        with pytest.raises(DatabaseError, match="never changed or deleted"), saving():
            db.session.execute(text(statement))
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) > 0


def _a_row_in_each() -> None:
    audit = an_imported_audit()
    history.record("audit_imported", audit, by=None, at=now(), audit_id=audit.id)
    assert db.session.query(GradeRow).count() > 0
