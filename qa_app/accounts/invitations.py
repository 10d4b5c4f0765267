"""Inviting somebody: person, account, role and link in one go."""

from datetime import datetime
from uuid import UUID

from qa_app.accounts.access import (
    AccessRefused,
    add_person,
    find_person,
    grant_role,
    held_already,
    open_account,
)
from qa_app.accounts.links import invite
from qa_app.accounts.models import OneTimeLink, Person, PersonSource, Team
from qa_app.accounts.sign_in import plain
from qa_app.database import db
from qa_app.domain.calendar import london_date
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
    db.session.flush()
    return invite(account, by=by, at=at)
