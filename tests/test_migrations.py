"""Migrations: up, down, up again on the database in use; the models and the tables agree."""

from dataclasses import replace
from uuid import UUID

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Uuid, bindparam, inspect, text
from sqlalchemy.exc import DatabaseError

from qa_app import history
from qa_app.audits.models import Amendment, GradeRow
from qa_app.database import db, now, saving
from qa_app.extensions import Base
from qa_app.standards.models import Question
from qa_app.standards.queries import content_of, current_version, sections_of, versions_of
from qa_app.standards.services.storing import add_draft, retire_version
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


# TE-4, M7, M8: whoever holds the database's connection can add to these tables and nothing else.
@pytest.mark.parametrize("table", ["event", "grade", "amendment"])
@pytest.mark.parametrize(
    "statement", ["UPDATE {table} SET id_of = 1", "DELETE FROM {table}"], ids=["update", "delete"]
)
def test_the_database_refuses_to_change_what_is_append_only(
    app: Flask, council: Council, table: str, statement: str
) -> None:
    column = {"event": "verb", "grade": "reason", "amendment": "reason"}[table]
    statement = statement.replace("id_of = 1", f"{column} = 'x'").format(table=table)
    with app.app_context():
        with saving():
            _a_row_in_each(council.people["qa_lead"])
        with pytest.raises(DatabaseError, match="never changed or deleted"), saving():
            db.session.execute(text(statement))
        assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) > 0


def _a_row_in_each(by: UUID) -> None:
    audit = an_imported_audit()
    history.record("audit_imported", audit, by=None, at=now(), audit_id=audit.id)
    db.session.add(
        Amendment(
            audit_id=audit.id, field="grade.overall", old="good", new="inadequate", reason="A slip",
            by=by, at=now(),
        )
    )  # fmt: skip
    assert db.session.query(GradeRow).count() > 0


# P7: a published version never changes, whoever holds the database's connection.
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tool_version SET name = 'x' WHERE id = :version",
        "UPDATE tool_version SET counts_in_mtm = NOT counts_in_mtm WHERE id = :version",
        "UPDATE tool_version SET plan_types = '[\"early_help\"]' WHERE id = :version",
        "UPDATE tool_version SET usual_number = 7 WHERE id = :version",
        "UPDATE tool_version SET state = 'draft', published_at = NULL WHERE id = :version",
        "DELETE FROM tool_version WHERE id = :version",
        "UPDATE section SET title = 'x' WHERE id = :section",
        "UPDATE section SET version_id = :draft WHERE id = :section",
        "UPDATE section SET version_id = :version WHERE version_id = :draft",
        "DELETE FROM section WHERE id = :section",
        "UPDATE question SET wording = 'x' WHERE id = :question",
        "DELETE FROM question WHERE id = :question",
    ],
)
def test_the_database_refuses_to_change_a_published_tool(app: Flask, statement: str) -> None:
    with app.app_context():
        with saving():
            draft = add_draft(replace(content_of(current_version("mash-decision")), version=99))
            places = _places(draft.id)
        asked = {name: value for name, value in places.items() if f":{name}" in statement}
        query = text(statement).bindparams(
            *(bindparam(name, value, type_=Uuid()) for name, value in asked.items())
        )
        with pytest.raises(DatabaseError, match="never changes"), saving():
            db.session.execute(query)


def _places(draft_id: UUID) -> dict[str, UUID]:
    version = current_version("core")
    section = sections_of(version)[0]
    question = section.questions[0]
    return {
        "version": version.id, "section": section.id, "question": question.id, "draft": draft_id,
    }  # fmt: skip


def test_nothing_can_be_added_to_a_published_tool(app: Flask) -> None:
    # P7
    with app.app_context():
        section = sections_of(current_version("core"))[0]
        row = {"section_id": section.id, "code": "chronology.new", "position": 99}
        db.session.add(Question(kind="text", wording="x", plan_types=[], **row))
        with pytest.raises(DatabaseError, match="never changes"):
            db.session.flush()


def test_a_published_tool_can_be_retired_and_stays_as_it_is(app: Flask) -> None:
    # P7: retiring is all that may happen to it.
    with app.app_context():
        before = content_of(current_version("core"))
        with saving():
            retire_version(current_version("core"), now())
        assert content_of(versions_of("core")[0]) == before
