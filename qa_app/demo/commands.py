"""`qa-app demo`: the demonstration council, and who may sign in to it."""

import os
from datetime import date, datetime
from typing import Final

import click
from flask.cli import with_appcontext

from qa_app.database import now, saving
from qa_app.demo.guard import mark
from qa_app.demo.logins import PASSWORD_VARIABLE, choose_password, demo_accounts, set_password
from qa_app.demo.making import Made, make
from qa_app.domain.calendar import LONDON, date_words, london_date
from qa_app.domain.errors import DomainError

_SEED: Final = 7
_OFFICE_CLOSES: Final = 17


@click.command("demo")
@click.option("--seed", default=_SEED, show_default=True, help="Makes the same council again.")
@click.option(
    "--today",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which the council's eighteen months end. Today, unless said.",
)
@click.option("--if-empty", is_flag=True, help="Do nothing where the demonstration is already.")
@click.option("--accounts", is_flag=True, help="Only list the accounts to sign in with.")
@click.option("--new-password", is_flag=True, help="Only give the accounts a new password.")
@with_appcontext
def demo(
    seed: int, today: datetime | None, if_empty: bool, accounts: bool, new_password: bool
) -> None:
    """Make a council to try the service on: invented staff, cases, audits and actions.

    Needs QA_DEMO=1 and a database of its own. QA_DEMO_PASSWORD is the password of its accounts,
    also of a council made before; without it a random one is made, and shown once.
    """
    try:
        there = if_empty and mark() is not None
        if not (accounts or new_password or there):
            _make(seed, today)
        elif new_password or (there and os.environ.get(PASSWORD_VARIABLE)):
            _show(_renew())
        else:
            _show(None)
    except DomainError as error:
        raise click.ClickException(error.message) from error


def _make(seed: int, chosen: datetime | None) -> None:
    at = now()
    day = chosen.date() if chosen else london_date(at)
    if day != london_date(at):
        at = datetime(day.year, day.month, day.day, _OFFICE_CLOSES, tzinfo=LONDON)
    password = choose_password(os.environ)
    with saving():
        made = make(seed, today=day, at=at, password=password)
    click.echo(_made_words(made, day))
    _show(password)


def _made_words(made: Made, day: date) -> str:
    return (
        f"Made the demonstration council as at {date_words(day)}: {made.people} staff, "
        f"{made.cases} cases, {made.audits} audits, {made.actions} actions."
    )


def _renew() -> str:
    password = choose_password(os.environ)
    with saving():
        set_password(password, at=now())
    return password


def _show(password: str | None) -> None:
    """Print the accounts; the password only where it has just been set and nobody else chose it."""
    found = demo_accounts()
    if not found:
        raise click.ClickException("There is no demonstration council in this database.")
    click.echo("\nAccounts to sign in with:")
    width = max(len(account.label) for account in found)
    name_width = max(len(account.name) for account in found)
    for account in found:
        click.echo(f"  {account.label:{width}}  {account.name:{name_width}}  {account.email}")
    click.echo(f"\nPassword of each: {_password_words(password)}")


def _password_words(password: str | None) -> str:
    if os.environ.get(PASSWORD_VARIABLE):
        return f"the one in {PASSWORD_VARIABLE}"
    if password is not None:
        return f"{password}   (shown only now)"
    return "the one shown when it was made. For another: qa-app demo --new-password"
