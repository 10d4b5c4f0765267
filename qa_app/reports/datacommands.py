"""`qa-app inspection-list` and `qa-app reporting-schema`: data for others, on the command line."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Final

import click
from flask.cli import with_appcontext

from qa_app import history
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.reports import reporting_schema
from qa_app.reports.reporting_schema import ROLE
from qa_app.reports.services.inspecting import day_refused, inspection_table
from qa_app.reports.services.listfiles import csv_file, xlsx_file

_FILES: Final = {"csv": csv_file, "xlsx": xlsx_file}


@click.command("inspection-list")
@click.option(
    "--as-at",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day of the six months; today unless said.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(list(_FILES)),
    default="csv",
    show_default=True,
    help="A table to read, or a workbook.",
)
@click.option("--out", type=click.File("wb"), required=True, help="The file to write.")
@with_appcontext
def inspection_list(as_at: datetime | None, layout: str, out: IO[bytes]) -> None:
    """Write the final audits of six months and what followed each, as inspectors ask for them."""
    at = now()
    day = as_at.date() if as_at else london_date(at)
    wrong = day_refused(day, london_date(at))
    if wrong:
        raise click.UsageError(f"{wrong}.")
    written = _FILES[layout](inspection_table(day, None, at))
    with saving():
        history.record(
            "list_exported", None, by=None, at=at,
            count=written.rows, things="audits for inspectors", format=layout.upper(),
        )  # fmt: skip
    out.write(written.file.read())
    click.echo(f"{written.rows} audits written.", file=sys.stderr)


@click.group("reporting-schema")
def reporting() -> None:
    """Views for other programs, in the schema “reporting” of a PostgreSQL database."""


@reporting.command()
@click.option("--role", default=ROLE, show_default=True, help="The role that reads the views.")
@with_appcontext
def install(role: str) -> None:
    """Make the views (or make them anew), and let a role read them and nothing else."""
    with _refused_plainly(), saving():
        reporting_schema.install(role)
    click.echo(
        f"{len(reporting_schema.VIEWS)} views are in the schema {reporting_schema.SCHEMA}, for the "
        f"role {role}. docs/reporting-schema.md says what they hold."
    )


@reporting.command()
@with_appcontext
def remove() -> None:
    """Take the views and their schema away."""
    with _refused_plainly(), saving():
        reporting_schema.remove()
    click.echo("The views are gone. The role stays: DROP ROLE takes it away.")


@contextmanager
def _refused_plainly() -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        raise click.ClickException(f"{error.message.rstrip('.')}.") from error
