"""`qa-app people …`: who can sign in."""

import json
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from qa_app.accounts import links
from qa_app.accounts.invitations import invite_person
from qa_app.accounts.people_file import PeopleFileUnusable
from qa_app.accounts.people_import import PeopleResult, import_people
from qa_app.accounts.scopes import parse_scope
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role


@click.group("people")
def people() -> None:
    """Give people accounts: from a file, or one by one."""


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Check everything and change nothing.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def import_file(file: Path, dry_run: bool, style: str) -> None:
    """Load staff ids, e-mail addresses and line managers from FILE (CSV or XLSX).

    Columns: staff id, e-mail, line manager's staff id; if you like name, job title, team and role.
    People are matched by staff id; each gets an account without a password. Good rows are loaded
    and faulty ones reported. Ends with 0, with 1 where a row was refused, with 2 where the file
    cannot be read.
    """
    try:
        with saving():
            result = import_people(file, by=None, at=now(), dry_run=dry_run)
    except PeopleFileUnusable as error:
        raise click.UsageError(error.message) from error
    click.echo(_as_json(result) if style == "json" else _as_text(result, dry_run))
    if result.refused:
        raise click.exceptions.Exit(1)


def _as_json(result: PeopleResult) -> str:
    refused = [each._asdict() for each in result.refused]
    plain = result._asdict() | {"skipped": [], "refused": refused}
    return json.dumps(plain, ensure_ascii=False, indent=2)


def _as_text(result: PeopleResult, dry_run: bool) -> str:
    lines = [
        f"{each.sheet}, row {each.row}, {each.column}: “{each.value}” {each.reason}"
        for each in result.refused
    ]
    rows = len({(each.sheet, each.row) for each in result.refused})
    lines.append(
        f"{'Would load' if dry_run else 'Loaded'} {result.loaded} (people added: {result.added}, "
        f"accounts made: {result.accounts}, unchanged: {result.unchanged}), "
        f"repeated: {result.repeated}, refused: {rows}."
    )
    return "\n".join(lines)


@people.command("invite")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--scope", required=True, help="all, own, service:NAME or team:NAME.")
@click.option("--name", default="", help="Full name, for somebody who is not known yet.")
@with_appcontext
def invite(email: str, role: str, scope: str, name: str) -> None:
    """Give the person with this EMAIL a role, and print a one-time link to choose a password.

    Somebody unknown is added. The link works once, within 72 hours; it is sent by e-mail too where
    a mail server is set.
    """
    if "@" not in email or any(character.isspace() for character in email.strip()):
        raise click.BadParameter("write it like name@council.gov.uk", param_hint="EMAIL")
    try:
        with saving():
            reach = parse_scope(scope)
            person, link = invite_person(
                email, " ".join(name.split()), Role(role), *reach, by=None, at=now()
            )
            told, path = person.name, links.path_of(link)
    except DomainError as error:
        raise click.ClickException(error.message) from error
    click.echo(f"{told} can choose a password with this link, once, within 72 hours:", err=True)
    click.echo(str(current_app.config["BASE_URL"]).rstrip("/") + path)
