"""The schema `reporting` of a PostgreSQL database: documented views, and a role that reads them.

The views hold what the read API gives, by the same statements: no narrative, no case reference, no
name; no grade of an audit that is not final; nothing that is kept from a blind moderator (M3).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Date, cast, func, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.sql import ClauseElement

from qa_app.database import db, saving
from qa_app.domain.errors import DomainError
from qa_app.reports.queries.flat import action_rows, audit_rows, section_rows, theme_counts
from qa_app.reports.queries.measureviews import grades_by_month, measure_counts, read_as_now

SCHEMA: Final = "reporting"
ROLE: Final = "qa_reporting"
_ROLE_NAME: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


class SchemaRefused(DomainError):
    """The views cannot be installed or removed here; the message says why and what to do."""


@dataclass(frozen=True)
class View:
    """A view: what it holds, its statement, and each column in words, in their order."""

    comment: str
    statement: Callable[[], ClauseElement]
    columns: Mapping[str, str]


def _day_of(moment: Any) -> Any:
    return cast(func.timezone("Europe/London", moment), Date)


_WORDS: Final[Mapping[str, str]] = {
    "about": "what the finding is about: practice, or recording only",
    "action_reference": "the number of the action",
    "age_band": "the age band of the child when the audit began",
    "audit_reference": "the number of the audit",
    "auditor_grade": "the grade of the auditor; empty until the audit is final",
    "auditor_post": "the kind of post that the auditor held",
    "audits": "how many audits",
    "category": "what is counted, as the measure prints it",
    "completed_on": "the day on which the audit was first sent, in London",
    "counts": "whether the tool counts in MTM-1 to MTM-3 (P7)",
    "denominator": "of how many; empty for a total and for a stock",
    "done_on": "the day on which it was last marked done",
    "due_on": "the day on which it is due now",
    "final": "whether the audit has its final grade, or is final without one",
    "final_grade": "the final grade; empty until there is one",
    "final_on": "the day on which it became final, in London",
    "findings": "how many findings",
    "grade": "the grade: outstanding, good, requires_improvement or inadequate",
    "graded": "whether the tool gives grades",
    "impact": "for how many children the action has been shown to help",
    "imported": "whether it came from the old workbook",
    "kind": "which kind it is",
    "main": "whether it is the main theme of the findings, or one beside it",
    "measure": "MTM-1 or MTM-4",
    "moderated": "whether the audit is final, and a moderator graded it",
    "month": "the first day of the month in which the audit was completed",
    "numerator": "how many",
    "original_due_on": "the day on which it was first due",
    "outstanding": "neither verified nor withdrawn; done is still outstanding (E5)",
    "period": "the month, as 2026-11",
    "plan_type": "the plan of the child, as a code",
    "raised_on": "the day on which it was raised, in London",
    "re_audit": "whether it audits a case again after an Inadequate",
    "reference": "its number",
    "section": "the section of the audit tool, as a code",
    "section_title": "the title of the section",
    "selection": "how the case was chosen (S5)",
    "service": "the service of the team of the child",
    "settled_on": "the day on which it was verified, withdrawn or closed",
    "source": "made here, or imported from the old workbook",
    "status": "where it stands (E4)",
    "team": "the team of the child when the audit began",
    "theme": "the theme, as a code; a merged one as the theme that it went into (T1)",
    "theme_name": "the theme by its name",
    "tool": "the audit tool, as a code; empty where imported",
    "tool_name": "the audit tool by its name",
    "total": "audits of the month that have a final grade",
}


def _columns(*names: str) -> dict[str, str]:
    return {name: _WORDS[name] for name in names}


VIEWS: Final[Mapping[str, View]] = {
    "audits": View(
        "One row for each completed audit that was not withdrawn, without narrative.",
        lambda: audit_rows(_day_of),
        _columns(
            "reference", "month", "completed_on", "source", "tool", "tool_name", "counts",
            "selection", "plan_type", "age_band", "team", "service", "auditor_post", "re_audit",
            "graded", "final", "moderated", "auditor_grade", "final_grade", "final_on",
        ),
    ),
    "grades_by_month": View(
        "MTM-1: how many audits have each final grade, by month of completion; four rows a month.",
        grades_by_month,
        _columns("month", "grade", "category", "audits", "total"),
    ),
    "section_grades": View(
        "One row for each section with a final grade, of final audits (M7).",
        section_rows,
        _columns(
            "audit_reference", "month", "tool", "section", "section_title", "grade", "selection",
            "plan_type", "team", "service",
        ),
    ),
    "actions": View(
        "One row for each action, without what is to be done and whose it is.",
        lambda: action_rows(_day_of),
        _columns(
            "reference", "audit_reference", "kind", "status", "imported", "outstanding",
            "raised_on", "original_due_on", "due_on", "done_on", "settled_on", "impact", "theme",
            "theme_name", "team", "service",
        ),
    ),
    "themes": View(
        "How often each theme was found in final audits (T2); only what was found has a row.",
        lambda: theme_counts(read_as_now()),
        _columns(
            "month", "theme", "theme_name", "main", "kind", "about", "section", "selection",
            "plan_type", "service", "findings", "audits",
        ),
    ),
    "measures": View(
        "MTM-1 and MTM-4 for the whole authority, by month. MTM-2 and MTM-3 are in the read API.",
        measure_counts,
        _columns("measure", "period", "category", "numerator", "denominator"),
    ),
}  # fmt: skip


def install(role: str = ROLE) -> None:
    """Make the views anew, and let the role read them and nothing else (the caller saves).

    SchemaRefused on SQLite, and for a role that reads more than it should.
    """
    _check_database()
    _check_name(role)
    _make_views()
    _make_role(role)
    _check_reads_nothing_else(role)
    _let_read(role)


def remove() -> None:
    """Take the views and the schema away; the role stays, and reads nothing (the caller saves).

    SchemaRefused on SQLite, and where somebody keeps something of their own in the schema.
    """
    _check_database()
    if not is_installed():
        raise SchemaRefused(f"There is no schema “{SCHEMA}” here. Nothing has been changed")
    _drop_views()
    kept = "SELECT count(*) FROM pg_class WHERE relnamespace = to_regnamespace('reporting')"
    if _run(kept).scalar():
        raise SchemaRefused(
            f"The schema “{SCHEMA}” holds something that is not ours. Move it elsewhere first"
        )
    _run(f"DROP SCHEMA {SCHEMA}")


@contextmanager
def set_aside(*, put_back: bool) -> Iterator[None]:
    """Take the views away while tables change, since PostgreSQL changes nothing that a view reads,
    and make them again for the roles that read them. Nothing happens where there are none."""
    if db.engine.dialect.name != "postgresql" or not is_installed():
        yield
        return
    with saving():
        readers = _readers()
        _drop_views()
    yield
    if put_back:
        with saving():
            _make_views()
            for role in readers:
                _let_read(role)


def is_installed() -> bool:
    """Whether the schema is there."""
    return _run("SELECT to_regnamespace('reporting') IS NOT NULL").scalar() is True


def _run(statement: str) -> Any:
    return db.session.connection().exec_driver_sql(statement)


def _ask(question: str, **values: str) -> list[Any]:
    return list(db.session.scalars(text(question), values))


def _check_database() -> None:
    if db.engine.dialect.name != "postgresql":
        raise SchemaRefused(
            "This database is SQLite, which has neither schemas nor roles. Use PostgreSQL, or let "
            "the other program read with a key (docs/api.md)"
        )


def _check_name(role: str) -> None:
    if not _ROLE_NAME.fullmatch(role) or role.startswith("pg_") or role == "public":
        raise SchemaRefused(
            "Name the role with small letters, figures and underlines, for example qa_reporting"
        )


def _make_views() -> None:
    _run(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    _drop_views()
    for name, view in VIEWS.items():
        compiled = view.statement().compile(
            dialect=postgresql.dialect(),  # type: ignore[no-untyped-call]
            compile_kwargs={"literal_binds": True},
        )
        # A barrier: what a reader asks of a view is not asked of rows that it leaves out.
        _run(f"CREATE VIEW {SCHEMA}.{name} WITH (security_barrier) AS {compiled}")
        _run(f"COMMENT ON VIEW {SCHEMA}.{name} IS {_quoted(view.comment)}")
        for column, words in view.columns.items():
            _run(f"COMMENT ON COLUMN {SCHEMA}.{name}.{column} IS {_quoted(words)}")


def _drop_views() -> None:
    for name in VIEWS:
        _run(f"DROP VIEW IF EXISTS {SCHEMA}.{name}")


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"


def _make_role(role: str) -> None:
    if _ask("SELECT count(*) FROM pg_roles WHERE rolname = :role", role=role) != [0]:
        return
    may = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    if not _run(may).scalar():
        raise SchemaRefused(
            f"There is no role “{role}”, and you may not make one. Ask your database administrator "
            f"for: CREATE ROLE {role} NOLOGIN"
        )
    _run(f"CREATE ROLE {role} NOLOGIN")


def _check_reads_nothing_else(role: str) -> None:
    found = _ask(
        "SELECT n.nspname || '.' || c.relname FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND n.nspname NOT IN ('pg_catalog', 'information_schema', :schema)"
        " AND has_any_column_privilege(:role, c.oid, 'SELECT') ORDER BY 1",
        role=role,
        schema=SCHEMA,
    )
    if found:
        raise SchemaRefused(
            f"The role “{role}” can read {found[0]}, and {len(found) - 1} more. Take those rights "
            "away from it first, or name another role"
        )


def _let_read(role: str) -> None:
    _run(f'GRANT USAGE ON SCHEMA {SCHEMA} TO "{role}"')
    for name in VIEWS:
        _run(f'GRANT SELECT ON {SCHEMA}.{name} TO "{role}"')


def _readers() -> list[str]:
    """The roles that the schema is open to, but for its owner; known while no view is in it too, as
    after `db downgrade` or an upgrade that failed."""
    return _ask(
        "SELECT r.rolname FROM pg_namespace n CROSS JOIN LATERAL aclexplode(n.nspacl) AS a"
        " JOIN pg_roles r ON r.oid = a.grantee"
        " WHERE n.nspname = :schema AND a.privilege_type = 'USAGE' AND a.grantee <> n.nspowner"
        " ORDER BY 1",
        schema=SCHEMA,
    )
