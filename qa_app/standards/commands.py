"""`qa-app tools`: an audit tool out to a file, checked, and in again."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.standards import queries, services
from qa_app.standards.models import ToolVersion
from qa_app.standards.toolfile import read_tool, write_tool

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("tools")
def tools() -> None:
    """Audit tools as files (YAML): export, check, import."""


@tools.command("export")
@click.argument("code")
@click.option("--version", "number", type=int, help="The version (the published one unless said).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
@with_appcontext
def export(code: str, number: int | None, out: Path | None) -> None:
    """Write a version of a tool as a file, to the standard output unless --out says where."""
    text = write_tool(queries.content_of(_version(code, number)))
    if out is None:
        click.echo(text, nl=False)
        return
    out.write_text(text, "utf-8")
    click.echo(f"Written to {out}.")


def _version(code: str, number: int | None) -> ToolVersion:
    published = queries.tools()
    found = published.get(code) if number is None else queries.version(code, number)
    if found is None:
        what = f"version {number} of a tool" if number is not None else "a published tool"
        known = ", ".join(sorted(published)) or "none"
        raise click.UsageError(f"There is not {what} called “{code}”. Published tools: {known}.")
    return found


@tools.command("check")
@click.argument("file", type=FILE)
@with_appcontext
def check(file: Path) -> None:
    """Say what is wrong with a tool's file, line by line (exit 1), or that nothing is."""
    reading = read_tool(file.read_bytes(), queries.standard_numbers())
    if reading.tool is None:
        _refuse([str(fault) for fault in reading.faults])
    else:
        click.echo(f"{reading.tool.name} ({reading.tool.code}): nothing is wrong with it.")


@tools.command("import")
@click.argument("file", type=FILE)
@click.option("--publish", is_flag=True, help="Publish it at once.")
@with_appcontext
def import_(file: Path, publish: bool) -> None:
    """Read a tool's file into a draft of its next version.

    Nothing is read where the file has a fault (exit 1). With --publish the version published before
    is retired at the same moment; audits under way keep it.
    """
    try:
        with saving():
            draft = services.import_file(file.read_bytes(), by=None, at=now())
            if publish:
                services.publish(draft, by=None, at=now())
            said = f"{draft.name} ({draft.code}): version {draft.number}"
    except services.FileRefused as error:
        _refuse([str(fault) for fault in error.faults])
    except DomainError as error:
        _refuse([f"{error.message}."])
    else:
        click.echo(f"{said} is {'published' if publish else 'a draft'}.")


def _refuse(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)
    sys.exit(1)
