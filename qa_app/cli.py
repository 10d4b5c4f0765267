"""`qa-app`: the commands that run, feed and prove the service."""

import logging
import sys
from pathlib import Path

import click
import flask_migrate
from flask import Flask
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import DatabaseError

from qa_app import create_app, history
from qa_app.accounts.commands import people
from qa_app.audits.commands import make_import_command
from qa_app.audits.jobs import SCHEDULED as AUDITS_BY_THE_CLOCK
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.audits.workbook.jobs import make_handlers
from qa_app.cases.commands import import_ssd
from qa_app.cases.jobs import HANDLERS as CASE_JOBS
from qa_app.config import ConfigurationError
from qa_app.database import now, saving
from qa_app.demo.commands import demo
from qa_app.home.passing_on import SCHEDULED as PASSING_ON
from qa_app.moderation.commands import agreement
from qa_app.moderation.jobs import SCHEDULED as MODERATION_BY_THE_CLOCK
from qa_app.moderation.services import record_imported
from qa_app.notify.commands import make_worker_command
from qa_app.notify.jobs import Handler
from qa_app.notify.scheduled import make_jobs_command
from qa_app.programme.commands import draw, redraw
from qa_app.programme.jobs import SCHEDULED as PROGRAMME_BY_THE_CLOCK
from qa_app.reports.commands import measures, re_audits
from qa_app.reports.datacommands import inspection_list, reporting
from qa_app.reports.reportcommands import report
from qa_app.reports.reporting_schema import set_aside
from qa_app.reports.services.inbackground import HANDLERS as REPORT_JOBS
from qa_app.serving import serve
from qa_app.standards.commands import tools
from qa_app.standards.services import install_shipped
from qa_app.tracker.jobs import make_scheduled as make_tracker_jobs

# What the worker does with each kind of job.
JOB_HANDLERS: dict[str, Handler] = {**CASE_JOBS, **make_handlers(record_imported), **REPORT_JOBS}
# What it does by the clock, in this order; `qa-app jobs run` does the same.
SCHEDULED = (
    *AUDITS_BY_THE_CLOCK,
    *PROGRAMME_BY_THE_CLOCK,
    *MODERATION_BY_THE_CLOCK,
    *make_tracker_jobs(stand_inadequate),
    *PASSING_ON,
)
COMMANDS: tuple[click.Command, ...] = (
    serve,
    make_worker_command(JOB_HANDLERS, SCHEDULED),
    make_jobs_command(SCHEDULED),
    people,
    import_ssd,
    make_import_command(record_imported),
    draw,
    redraw,
    measures,
    re_audits,
    report,
    inspection_list,
    reporting,
    agreement,
    tools,
    demo,
)


def _make_app() -> Flask:
    try:
        app = create_app()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    history.origin.set(("cli", ""))
    return app


@click.group()
@click.pass_context
def cli(context: click.Context) -> None:
    """Case-file audit and quality assurance for children's services."""
    context.obj = ScriptInfo(create_app=_make_app)


@cli.group("db")
def database() -> None:
    """Make, upgrade and downgrade the tables."""


@database.command()
@click.argument("revision", default="head")
@with_appcontext
def upgrade(revision: str) -> None:
    """Bring the tables to a revision (the newest unless said), and install shipped content."""
    with set_aside(put_back=revision == "head"):
        flask_migrate.upgrade(revision=revision)
    if revision == "head":
        with saving():
            install_shipped(at=now())
    click.echo("The database is up to date.")


@database.command()
@click.argument("revision", default="-1")
@with_appcontext
def downgrade(revision: str) -> None:
    """Take the tables back to a revision (one step unless said). Data of newer tables is lost."""
    with set_aside(put_back=False):
        flask_migrate.downgrade(revision=revision)
    click.echo("The database is at the older revision.")


@cli.command("verify-history")
@click.option("--head", default="", metavar="SEQUENCE:HASH", help="A head kept elsewhere.")
@click.option("--write-head", type=click.Path(dir_okay=False), help="Write the head to this file.")
@with_appcontext
def verify_history(head: str, write_head: str | None) -> None:
    """Walk the history's chain and name the first broken row (exit 1), if there is one.

    Keep the head where the database's owner cannot reach: with it, a chain recomputed from end to
    end or cut short is found too.
    """
    verdict = history.verify(_parse_head(head))
    if not verdict.intact:
        click.echo(f"Broken at row {verdict.broken_at}: {verdict.reason}.")
        sys.exit(1)
    click.echo(f"Intact: {verdict.rows} rows. Head: {verdict.rows}:{verdict.head}")
    if write_head:
        Path(write_head).write_text(f"{verdict.rows}:{verdict.head}\n", "utf-8")


def _parse_head(head: str) -> tuple[int, str] | None:
    if not head:
        return None
    sequence, _, digest = head.strip().partition(":")
    if not sequence.isdigit() or len(digest) != len(history.GENESIS):
        raise click.BadParameter("give it as SEQUENCE:HASH, as verify-history printed it")
    return int(sequence), digest


for _command in COMMANDS:
    cli.add_command(_command)


def main() -> None:
    """Entry point of the command line; a database that is away is said plainly."""
    try:
        cli(prog_name="qa-app")
    except DatabaseError as error:
        logging.getLogger(__name__).error("database: %s", type(error).__name__)
        click.echo(
            "The database did not answer as expected. Check DATABASE_URL, and run: "
            "qa-app db upgrade",
            err=True,
        )
        sys.exit(3)


if __name__ == "__main__":
    main()
