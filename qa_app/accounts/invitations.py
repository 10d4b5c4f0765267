"""Inviting somebody: person, account, role and link in one go."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qa_app import history
from qa_app.accounts.access import (
    AccessRefused,
    add_person,
    check_last_day,
    find_person,
    grant_role,
    held_already,
    open_account,
    set_last_day,
)
from qa_app.accounts.links import invite
from qa_app.accounts.models import OneTimeLink, Person, PersonSource, Team, name_key
from qa_app.accounts.periods import has_ended
from qa_app.accounts.sign_in import plain
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.permissions import Role, Scope


def invite_person(
    email: str,
    name: str,
    role: Role,
    scope: Scope,
    team: Team | None,
    *,
    by: UUID | None,
    at: datetime,
) -> tuple[Person, OneTimeLink]:
    """Give the person with this address a role and a link to choose a password.

    Somebody unknown is added, with `name` or else the address as their name. A role that is held
    already stays as it is, so that inviting again only makes a new link. Raises AccessRefused.
    """
    address = plain(email)
    person = find_person(address) or add_person(
        name or address, email=address, source=PersonSource.ADMINISTRATOR, by=by, at=at
    )
    today = london_date(at)
    if not held_already(person, role, scope, team, on=today):
        grant_role(person, role, scope, team, valid_from=today, by=by, at=at)
    return person, link_for(person, address, by=by, at=at)


def link_for(person: Person, email: str, *, by: UUID | None, at: datetime) -> OneTimeLink:
    """An account where there is none yet, and a new link to choose its password."""
    account = open_account(person, email, by=by, at=at)
    if account.closed_at is not None:
        raise AccessRefused("This account is closed: open it again first", "email")
    if account.ends_on is not None and has_ended(account, london_date(at)):
        raise AccessRefused(
            f"This account ended on {date_words(account.ends_on)}: give it a later last day first",
            "email",
        )
    db.session.flush()
    return invite(account, by=by, at=at)


class Partner(NamedTuple):
    """Somebody of a partner agency, and the last day of their account."""

    name: str
    organisation: str
    email: str
    last_day: date


def invite_partner(
    partner: Partner, *, by: UUID | None, at: datetime
) -> tuple[Person, OneTimeLink]:
    """An account for a time, without any role, and a link to choose its password.

    Somebody who was invited before keeps their account, with the later of the last days where it
    has not ended; one that has ended begins anew, without its old password. Raises AccessRefused
    for the address of somebody who works here, a closed account, and a last day that is over or
    too far away.
    """
    address, today = plain(partner.email), london_date(at)
    person = find_person(address)
    if person is not None and person.source is not PersonSource.PARTNER:
        raise AccessRefused(
            f"{address} belongs to {person.name}, who works here. Choose a colleague instead, or "
            "enter another address",
            "email",
        )
    if partner.last_day < today:
        raise AccessRefused("The last day must be today or later", "last_day")
    if person is None:
        person = add_person(partner.name, email=address, source=PersonSource.PARTNER, by=by, at=at)
    _name(person, partner, by, at)
    check_last_day(person, partner.last_day, today)
    account = open_account(person, address, by=by, at=at)
    if account.closed_at is not None:
        raise AccessRefused(
            f"The account of {address} was closed. Ask an administrator to open it again", "email"
        )
    if has_ended(account, today):
        account.password_hash = None
    if account.ends_on is None or account.ends_on < partner.last_day:
        set_last_day(account, partner.last_day, by=by, at=at)
    return person, link_for(person, address, by=by, at=at)


def _name(person: Person, partner: Partner, by: UUID | None, at: datetime) -> None:
    """Name and organisation as the newest invitation says them."""
    if (person.name, person.organisation) == (partner.name, partner.organisation):
        return
    if person.organisation:
        history.record("person_changed", person, by=by, at=at, fields="name and organisation")
    person.name, person.name_key = partner.name, name_key(partner.name)
    person.organisation = partner.organisation
