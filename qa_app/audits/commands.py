"""`qa-app import-audits`: the council's old audit workbook."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from qa_app.audits.workbook.archive import COMMAND_LINE
from qa_app.audits.workbook.fields import WorkbookUnusable
from qa_app.audits.workbook.headings import parse_mapping
from qa_app.audits.workbook.loading import (
    Choices,
    Loaded,
    RecordModerations,
    load_plan,
    plan_apart,
)
from qa_app.audits.workbook.outcome import as_json, as_text
from qa_app.database import now, saving


def make_import_command(record_moderations: RecordModerations) -> click.Command:
    """The command; it is handed what stores moderations, a room above this one."""

    @click.command("import-audits")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option(
        "--map", "pairs", multiple=True, metavar="'HEADING=field'", help="Name a column’s field."
    )
    @click.option("--skip-bad-rows", is_flag=True, help="Load the good rows all the same.")
    @click.option("--create-teams", is_flag=True, help="Add teams that are not known here.")
    @click.option("--dry-run", is_flag=True, help="Report what would be done, and do nothing.")
    @click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
    @with_appcontext
    def import_audits(
        file: Path,
        pairs: tuple[str, ...],
        skip_bad_rows: bool,
        create_teams: bool,
        dry_run: bool,
        style: str,
    ) -> None:
        """Import the council’s old audit workbook (XLSX or CSV) from FILE, after import-ssd.

        Everything is loaded or nothing, unless bad rows are passed over. Ends with 0, with 1 where
        anything was refused, with 2 where the file or the mapping cannot be used.
        """
        try:
            mapping = parse_mapping(pairs)
            choices = Choices(mapping, skip_bad_rows, create_teams, COMMAND_LINE)
            done = _import(file, choices, dry_run, record_moderations)
        except WorkbookUnusable as error:
            example = f" For example: {error.example}" if error.example else ""
            raise click.UsageError(error.message + example) from error
        _print(done, dry_run, style)
        if done.plan.refused:
            raise click.exceptions.Exit(1)

    return import_audits


def _import(
    file: Path, choices: Choices, dry_run: bool, record_moderations: RecordModerations
) -> Loaded:
    at = now()
    plan = plan_apart(file, choices, at=at)
    if dry_run:
        return Loaded(plan, plan.loads)
    with saving():
        return load_plan(plan, by=None, at=at, record_moderations=record_moderations)


def _print(done: Loaded, dry_run: bool, style: str) -> None:
    if style == "json":
        click.echo(json.dumps(as_json(done, dry_run=dry_run), ensure_ascii=False, indent=2))
        return
    for line in as_text(done, dry_run=dry_run):
        click.echo(line)
