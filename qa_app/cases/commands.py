"""`qa-app import-ssd`: the case system's extract from a directory."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from qa_app.cases.ssd.loading import LoadResult, import_extract, read_for_import
from qa_app.cases.ssd.outcome import as_json, as_text
from qa_app.cases.ssd.report import ExtractUnusable
from qa_app.database import now, saving


class Day(click.ParamType[date]):
    """A date as an option: 2023-04-30 or 30/04/2023."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """The date; anything else is a usage error (exit 2)."""
        for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(value, pattern).replace(tzinfo=UTC).date()
            except ValueError:
                continue
        raise click.BadParameter(f"“{value}” is not a date: write it as 2023-04-30.", ctx, param)


@click.command("import-ssd")
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--as-at", type=Day(), required=True, help="The extract’s own date.")
@click.option("--dry-run", is_flag=True, help="Report what would be done, and do nothing.")
@click.option("--strict", is_flag=True, help="Load nothing if anything is refused.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def import_ssd(directory: Path, as_at: date, dry_run: bool, strict: bool, style: str) -> None:
    """Import the case system’s extract (Standard Safeguarding Dataset, CSV files) from DIRECTORY.

    Good rows are loaded and faulty ones reported; running it again changes only what changed. Ends
    with 0, with 1 where anything was refused, with 2 where nothing could be read.
    """
    try:
        extract = read_for_import(directory, as_at, at=now())
        with saving():
            result = import_extract(extract, by=None, at=now(), strict=strict, dry_run=dry_run)
    except ExtractUnusable as error:
        raise click.UsageError(error.message) from error
    _print(result, style)
    if result.refused:
        raise click.exceptions.Exit(1)


def _print(result: LoadResult, style: str) -> None:
    if style == "json":
        click.echo(json.dumps(as_json(result), ensure_ascii=False, indent=2))
        return
    for line in as_text(result):
        click.echo(line)
