"""The schema `reporting`: what its views hold equals the measures and the API, and no more."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DatabaseError, ProgrammingError

from qa_app.accounts.models import Person
from qa_app.audits.models import Finding
from qa_app.cli import cli
from qa_app.database import db, new_id, now, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.learning import ThemeChangeKind
from qa_app.reports import reporting_schema, services
from qa_app.reports.api.reading import NOBODY
from qa_app.reports.asked import Asked
from qa_app.reports.queries.flat import audit_rows
from qa_app.reports.reporting_schema import VIEWS, SchemaRefused, install, remove
from qa_app.standards.models import Theme, ThemeChange
from tests.conftest import KIND
from tests.moderation.factory import a_submitted_audit
from tests.reports.keys import a_program
from tests.reports.rows import FIRST, GOOD, IN, LAST, an_action, an_audit, the_published_audits
from tests.reports.test_blind import _inadequate
from tests.web.access_matrix import build_world
from tests.web.test_canaries import Planted

DOCUMENT = Path(__file__).parents[2] / "docs" / "reporting-schema.md"
on_postgresql = pytest.mark.skipif(
    KIND == "sqlite", reason="views, roles and rights of PostgreSQL: SQLite has none"
)


@pytest.fixture
def role(app: Flask) -> Iterator[str]:
    """A role of this test alone: roles belong to the whole server, and tests run side by side."""
    name = f"qa_reads_{new_id().hex[-12:]}"
    yield name
    with app.app_context(), saving():
        if db.session.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name}):
            db.session.execute(text(f"DROP OWNED BY {name}"))
            db.session.execute(text(f"DROP ROLE {name}"))


def rows_of(view: str) -> list[dict]:
    """The rows of a view."""
    found = db.session.execute(text(f"SELECT * FROM reporting.{view}"))
    return [dict(row._mapping) for row in found]


def as_role(role: str, statement: str) -> list:
    """What this role gets for a statement."""
    with db.engine.connect() as connection:
        connection.execute(text(f"SET ROLE {role}"))
        return list(connection.execute(text(statement)))


@on_postgresql
def test_the_role_reads_the_views_and_nothing_else(app, council, role) -> None:
    # I2
    with app.app_context():
        with saving():
            the_published_audits()
            install(role)
        for name in VIEWS:
            as_role(role, f"SELECT count(*) FROM reporting.{name}")
        tables = inspect(db.engine).get_table_names()
        assert len(tables) > 60
        for table in tables:
            with pytest.raises(ProgrammingError, match="permission denied"):
                as_role(role, f'SELECT 1 FROM public."{table}"')
        for statement in (
            "CREATE TABLE reporting.x (y int)",
            "CREATE TABLE public.x (y int)",
            "DELETE FROM reporting.audits",
            "CREATE VIEW reporting.x AS SELECT 1",
        ):
            with pytest.raises(DatabaseError, match=r"permission denied|cannot delete"):
                as_role(role, statement)


@on_postgresql
def test_the_views_count_as_the_measures_do(app, council, role) -> None:
    # R1: MTM-1 and MTM-4, from the published audits
    with app.app_context():
        with saving():
            the_published_audits()
            open_one = an_audit(date(2023, 3, 6), IN, None)
            an_action(open_one, date(2023, 3, 6))
            an_action(open_one, date(2023, 1, 6), date(2023, 3, 31))
            an_action(open_one, date(2023, 1, 6), date(2023, 4, 1))
            install(role)
        figures = services.measures(FIRST, LAST, at=now()).figures
        wanted = {
            (each.measure, each.period, each.category): (each.numerator, each.denominator)
            for each in figures
            if each.measure in ("MTM-1", "MTM-4")
        }
        found = {
            (each["measure"], each["period"], each["category"]): (
                each["numerator"], each["denominator"],
            )
            for each in rows_of("measures")
        }  # fmt: skip
        first_action = {key for key in wanted if key[0] == "MTM-4" and key[1] < "2023-01"}
        assert {key: found[key] for key in wanted.keys() - first_action} == {
            key: wanted[key] for key in wanted.keys() - first_action
        }
        assert not first_action & found.keys()
        assert all(wanted[key] == (0, None) for key in first_action)
        by_month = {
            (str(each["month"])[:7], each["category"]): (each["audits"], each["total"])
            for each in rows_of("grades_by_month")
        }
        for (measure, period, category), counts in wanted.items():
            if measure == "MTM-1" and counts[1] is not None:
                assert by_month[period, category] == counts
        this = str(Month.of(london_date(now())))
        assert max(key[1] for key in found if key[0] == "MTM-4") == this


@on_postgresql
def test_the_views_hold_what_the_api_gives(app, council, role) -> None:
    with app.app_context():
        with saving():
            the_published_audits()
            audit = an_audit(date(2023, 4, 3), GOOD, IN, team_id=council.teams["SAFE1"])
            an_action(audit, date(2023, 4, 3), team_id=council.teams["SAFE1"])
            _a_finding(audit.id)
            install(role)
        views = {name: rows_of(name) for name in ("audits", "actions", "themes")}
    program = a_program(app, council.people["qa_lead"])
    for name, rows in views.items():
        path = f"/api/v1/{name}" + ("?from=2022-11&to=2023-04" if name == "themes" else "")
        from_api = program.rows(path)
        for row in from_api:
            row.pop("brag", None)
        shown = [
            {key: str(value) if isinstance(value, date) else value for key, value in row.items()}
            for row in rows
        ]
        assert sorted(shown, key=str) == sorted(from_api, key=lambda row: str(_as(row, shown)))


def _as(row: dict, shown: list[dict]) -> dict:
    return {key: row[key] for key in shown[0]}


def _a_finding(audit_id) -> None:
    theme = db.session.scalars(select(Theme).order_by(Theme.code)).first()
    db.session.add(
        Finding(
            audit_id=audit_id, theme_id=theme.id, kind=FindingKind.STRENGTH,
            about=FindingAbout.PRACTICE, text="Seen alone", added_at=now(),
        )
    )  # fmt: skip
    db.session.flush()


# T1: a merged theme is read as the one it went into, along a chain; one taken into use again is
# itself. The API says the same, on both databases.
@pytest.mark.parametrize(
    ("changes", "read_as"),
    [
        ([], 0),
        ([("merged", 0, 1)], 1),
        ([("merged", 0, 1), ("merged", 1, 2)], 2),
        ([("merged", 1, 2), ("merged", 0, 1), ("ended", 0, None)], 2),
        ([("merged", 0, 1), ("reopened", 0, None)], 0),
        ([("merged", 0, 1), ("reopened", 0, None), ("merged", 0, 2)], 2),
        ([("split", 0, 1)], 0),
    ],
)
def test_a_merged_theme_is_read_as_the_one_it_went_into(app, council, request, changes, read_as):
    with app.app_context(), saving():
        themes = list(db.session.scalars(select(Theme).order_by(Theme.code).limit(3)))
        codes = [theme.code for theme in themes]
        _a_finding(an_audit(date(2023, 4, 3), GOOD, GOOD).id)
        for kind, theme, into in changes:
            db.session.add(
                ThemeChange(
                    theme_id=themes[theme].id, kind=ThemeChangeKind(kind), at=now(),
                    into_id=None if into is None else themes[into].id,
                )
            )  # fmt: skip
            db.session.flush()
    program = a_program(app, council.people["qa_lead"])
    (row,) = program.rows("/api/v1/themes?from=2023-04&to=2023-04")
    assert (row["theme"], row["findings"], row["audits"]) == (codes[read_as], 1, 1)
    if KIND != "sqlite":
        name = request.getfixturevalue("role")
        with app.app_context():
            with saving():
                install(name)
            (seen,) = rows_of("themes")
        assert (seen["theme"], seen["findings"], seen["audits"]) == (codes[read_as], 1, 1)


@on_postgresql
def test_nothing_is_said_before_it_is_final_and_nothing_of_a_blind_one(app, council, role) -> None:
    # M3
    with app.app_context():
        with saving():
            reference = _inadequate(council).reference
            waiting = a_submitted_audit(council, case="100004").reference
            install(role)
        rows = {row["reference"]: row for row in rows_of("audits")}
        for each in (reference, waiting):
            assert not rows[each]["final"]
            assert {rows[each][name] for name in ("auditor_grade", "final_grade")} == {None}
        assert rows_of("actions") == []
        this = Month.of(london_date(now()))
        told = services.answer(Asked(this, this, now(), reader=NOBODY)).of("MTM-4")[0]
        (stock,) = [
            row for row in rows_of("measures")
            if row["measure"] == "MTM-4" and row["period"] == str(this)
        ]  # fmt: skip
        assert stock["numerator"] == told.numerator == 0


@on_postgresql
def test_no_narrative_no_case_and_no_name_is_in_a_view(app, role) -> None:
    # I2
    world = build_world(app)
    said = {("audit", "reference"), ("audit", "team_name"), ("audit", "age_band"),
            ("action", "reference"), ("action", "audit_reference")}  # fmt: skip
    with app.app_context():
        with saving():
            planted = Planted(world)
            planted.plant()
            install(role)
        everything = str([rows_of(name) for name in VIEWS])
        people = db.session.scalars(select(Person.name)).all()
    assert {key for key, word in planted.words.items() if word in everything} <= said
    assert not [name for name in people if name in everything]


@on_postgresql
def test_every_view_and_column_says_what_it_is(app, role) -> None:
    with app.app_context():
        with saving():
            install(role)
        inspector = inspect(db.engine)
        assert set(inspector.get_view_names(schema="reporting")) == set(VIEWS)
        for name, view in VIEWS.items():
            columns = inspector.get_columns(name, schema="reporting")
            assert {each["name"]: each["comment"] for each in columns} == dict(view.columns)
            comment = inspector.get_table_comment(name, schema="reporting")
            assert comment == {"text": view.comment}


@on_postgresql
def test_installing_twice_and_removing_leave_nothing_behind(app, role) -> None:
    runner = app.test_cli_runner()
    group = cli.commands["reporting-schema"]
    for _ in range(2):
        done = runner.invoke(group, ["install", "--role", role])
        assert done.exit_code == 0, done.output
        assert f"6 views are in the schema reporting, for the role {role}." in done.output
    done = runner.invoke(group, ["remove"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert "reporting" not in inspect(db.engine).get_schema_names()
    again = runner.invoke(group, ["remove"])
    assert again.exit_code == 1
    assert "There is no schema “reporting” here." in again.output


@on_postgresql
def test_a_role_that_reads_more_is_refused_and_nothing_is_changed(app, role) -> None:
    with app.app_context():
        with saving():
            db.session.execute(text(f"CREATE ROLE {role} NOLOGIN"))
            db.session.execute(text(f"GRANT SELECT (reference) ON public.audit TO {role}"))
        with pytest.raises(SchemaRefused, match=r"can read public\.audit"), saving():
            install(role)
        assert "reporting" not in inspect(db.engine).get_schema_names()


@on_postgresql
@pytest.mark.parametrize("name", ["Public", "pg_read_all_data", "x; DROP", "public", '"x"', ""])
def test_a_role_by_an_odd_name_is_refused(context, name) -> None:
    with pytest.raises(SchemaRefused, match="Name the role"):
        install(name)


@on_postgresql
def test_what_somebody_else_keeps_in_the_schema_is_not_thrown_away(app, role) -> None:
    with app.app_context():
        with saving():
            install(role)
            db.session.execute(text("CREATE VIEW reporting.theirs AS SELECT 1 AS one"))
        with pytest.raises(SchemaRefused, match="not ours"), saving():
            remove()
        assert rows_of("theirs") == [{"one": 1}]
        assert len(inspect(db.engine).get_view_names(schema="reporting")) == len(VIEWS) + 1


@on_postgresql
def test_tables_are_changed_under_the_views_which_come_back_with_their_readers(app, role) -> None:
    # `db upgrade` is not held up by a view of a column that it changes.
    runner, tables = app.test_cli_runner(), cli.commands["db"]
    with app.app_context():
        with saving():
            the_published_audits()
            install(role)
        db.session.remove()
    done = runner.invoke(tables, ["downgrade", "0008"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert inspect(db.engine).get_view_names(schema="reporting") == []
        db.session.remove()
    done = runner.invoke(tables, ["upgrade"])
    assert done.exit_code == 0, done.output
    alter = "ALTER TABLE audit ALTER COLUMN age_band TYPE varchar(30)"
    with app.app_context():
        with pytest.raises(DatabaseError, match="used by a view"), saving():
            db.session.execute(text(alter))
        with reporting_schema.set_aside(put_back=True), saving():
            db.session.execute(text(alter))
        assert as_role(role, "SELECT count(*) FROM reporting.audits")[0][0] == 115
        with pytest.raises(RuntimeError), reporting_schema.set_aside(put_back=True):
            raise RuntimeError("an upgrade that goes wrong")
        with reporting_schema.set_aside(put_back=True):
            assert inspect(db.engine).get_view_names(schema="reporting") == []
        assert as_role(role, "SELECT count(*) FROM reporting.audits")[0][0] == 115


@pytest.mark.skipif(KIND != "sqlite", reason="what SQLite cannot do is tried on SQLite")
def test_sqlite_is_refused_in_plain_words(app) -> None:
    for name in ("install", "remove"):
        done = app.test_cli_runner().invoke(cli.commands["reporting-schema"], [name])
        assert done.exit_code == 1
        assert "This database is SQLite, which has neither schemas nor roles." in done.output
    # The tables are changed as ever.
    with app.app_context(), reporting_schema.set_aside(put_back=True):
        assert db.session.execute(audit_rows()).all() == []


def test_the_document_lists_every_view_and_column() -> None:
    lines = DOCUMENT.read_text("utf-8").splitlines()
    for name, view in VIEWS.items():
        start = lines.index(f"## `reporting.{name}`")
        end = next(
            (place for place in range(start + 1, len(lines)) if lines[place].startswith("## ")),
            len(lines),
        )
        part = lines[start:end]
        assert view.comment in part
        rows = [line for line in part if line.startswith("| `")]
        assert rows == [f"| `{column}` | {words} |" for column, words in view.columns.items()]
