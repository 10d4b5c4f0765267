"""What the administrator changes: roles, accounts, line managers. Every change is in the history.

Nobody gives themselves a role, ends one of their own or closes their own account: another
administrator does that.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from qa_app import history
from qa_app.accounts import sessions, settings
from qa_app.accounts.models import (
    Account,
    Person,
    PersonSource,
    RoleGrant,
    Team,
    name_key,
)
from qa_app.accounts.people import reach_words
from qa_app.accounts.periods import has_ended
from qa_app.accounts.sign_in import plain
from qa_app.database import db
from qa_app.domain.calendar import add_months, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role, Scope

OWN_ACCESS = "You cannot change your own access. Ask another administrator."


class AccessRefused(DomainError):
    """A change of access that is not allowed or makes no sense."""


def grant_role(
    person: Person,
    role: Role,
    scope: Scope,
    team: Team | None,
    *,
    valid_from: date,
    valid_until: date | None = None,
    by: UUID | None,
    at: datetime,
) -> RoleGrant:
    """Give a role for a time. Raises AccessRefused for one's own, for a scope that does not fit its
    unit, for dates that cross and for a role that is already held so.
    """
    _not_oneself(person, by)
    _check_scope(scope, team)
    if valid_until is not None and valid_until < valid_from:
        raise AccessRefused("The last day must not be before the first", "valid_until")
    if held_already(person, role, scope, team, on=valid_from):
        raise AccessRefused(f"{person.name} already holds this role", "role")
    grant = RoleGrant(
        person_id=person.id,
        role=role,
        scope=scope,
        team_id=team.id if team else None,
        valid_from=valid_from,
        valid_until=valid_until,
    )
    db.session.add(grant)
    history.record(
        "role_granted",
        person,
        by=by,
        at=at,
        role=role.words,
        scope=reach_words(scope, team.name if team else None),
        valid_from=valid_from,
        valid_until=valid_until,
    )
    return grant


def held_already(
    person: Person, role: Role, scope: Scope, team: Team | None, *, on: date
) -> RoleGrant | None:
    """The same role with the same reach on a day, if the person has it."""
    query = select(RoleGrant).where(
        RoleGrant.person_id == person.id,
        RoleGrant.role == role,
        RoleGrant.scope == scope,
        RoleGrant.team_id == (team.id if team else None),
        RoleGrant.valid_from <= on,
        or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= on),
    )
    return db.session.scalars(query.limit(1)).first()


def _check_scope(scope: Scope, team: Team | None) -> None:
    if (scope in {Scope.TEAM, Scope.SERVICE}) != (team is not None):
        raise AccessRefused("Select the team or service that the role is for", "team")
    if scope is Scope.SERVICE and team is not None and team.service_id != team.id:
        raise AccessRefused(f"{team.name} is not a service: select one, or choose a team", "team")


def end_role(
    person: Person, grant_id: UUID, *, last_day: date | None, by: UUID | None, at: datetime
) -> None:
    """End a role on a day, or at once where none is given (felt at the next request: AZ-8)."""
    _not_oneself(person, by)
    grant = db.session.scalars(
        select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.person_id == person.id)
    ).one_or_none()
    if grant is None:
        raise AccessRefused("This role has ended already.")
    today = london_date(at)
    if last_day is not None and last_day < max(today, grant.valid_from):
        raise AccessRefused("Enter today's date or a later one", "last_day")
    until = today - timedelta(days=1) if last_day is None else last_day
    history.record("role_ended", person, by=by, at=at, role=grant.role.words, last_day=until)
    if until < grant.valid_from:
        # Given today or for later: it never held on a day that is over.
        db.session.delete(grant)
    else:
        grant.valid_until = until


def add_person(
    name: str,
    *,
    email: str | None = None,
    staff_id: str | None = None,
    source: PersonSource,
    by: UUID | None,
    at: datetime,
) -> Person:
    """Somebody whom no import has brought."""
    person = Person(
        name=name, name_key=name_key(name), email=email, staff_id=staff_id, source=source
    )
    db.session.add(person)
    db.session.flush()
    history.record("person_added", person, by=by, at=at)
    return person


def open_account(person: Person, email: str, *, by: UUID | None, at: datetime) -> Account:
    """The person's account with this address: made, or its address changed.

    Raises AccessRefused where the address is somebody else's.
    """
    address = plain(email)
    if address_taken(address, other_than=person.id):
        raise AccessRefused("This e-mail address belongs to somebody else", "email")
    account = db.session.scalars(
        select(Account).where(Account.person_id == person.id)
    ).one_or_none()
    if account is None:
        account = Account(person_id=person.id, email=address)
        db.session.add(account)
    if person.email != address or account.email != address:
        if person.email is not None:
            history.record("person_changed", person, by=by, at=at, fields="e-mail address")
        person.email = account.email = address
    db.session.flush()
    return account


def address_taken(address: str, *, other_than: UUID | None) -> bool:
    """Whether another person or account has the address."""
    people = select(Person.id).where(Person.email == address)
    accounts = select(Account.person_id).where(Account.email == address)
    found = {*db.session.scalars(people), *db.session.scalars(accounts)}
    return bool(found - {other_than})


def close_account(account: Account, *, by: UUID | None, at: datetime) -> None:
    """Let nobody in by this account; its sessions end at once."""
    _not_oneself(account.person, by)
    if account.closed_at is None:
        account.closed_at = at
        sessions.end_all(account.id, at=at)
        history.record("person_deactivated", account.person, by=by, at=at)


def reopen_account(account: Account, *, by: UUID | None, at: datetime) -> None:
    """Open a closed account again; the password of before counts no more."""
    _not_oneself(account.person, by)
    if account.closed_at is not None:
        account.closed_at = None
        account.password_hash = None
        history.record("person_reactivated", account.person, by=by, at=at)


def longest_last_day(today: date) -> date:
    """The latest last day of an account that is given for a time, counted from a day."""
    return add_months(today, settings.number("partner_account_longest", today))


def set_last_day(account: Account, day: date | None, *, by: UUID | None, at: datetime) -> None:
    """Give an account its last day, included; None for one without an end.

    A day that is over ends it, and its sessions, at once. Raises AccessRefused for one's own, and
    for a partner's account without a last day or with one too far away.
    """
    _not_oneself(account.person, by)
    today = london_date(at)
    check_last_day(account.person, day, today)
    if account.ends_on == day:
        return
    account.ends_on = day
    db.session.flush()
    if has_ended(account, today):
        sessions.end_all(account.id, at=at)
    history.record("person_changed", account.person, by=by, at=at, fields="last day of the account")


def check_last_day(person: Person, day: date | None, today: date) -> None:
    """Raise AccessRefused where the account of a partner would have no end, or too late a one."""
    if person.source is not PersonSource.PARTNER:
        return
    if day is None:
        raise AccessRefused("Enter the last day: a partner’s account always has one", "last_day")
    if day > longest_last_day(today):
        raise AccessRefused(
            f"Enter {date_words(longest_last_day(today))} or an earlier day: a partner’s account "
            "can be made longer when that time is over",
            "last_day",
        )


def set_line_manager(person: Person, wanted: str, *, by: UUID | None, at: datetime) -> None:
    """Give a line manager by e-mail address or staff id; "" goes back to the department tree.

    Raises AccessRefused for an unknown one, for oneself, and where it would close a circle.
    """
    manager = find_person(wanted) if wanted else None
    if wanted and manager is None:
        raise AccessRefused("Nobody has this e-mail address or staff id", "manager")
    if manager is not None:
        check_manager(person, manager)
    manager_id = manager.id if manager else None
    if person.line_manager_id != manager_id:
        person.line_manager_id = manager_id
        history.record("line_manager_set", person, by=by, at=at, manager_id=manager_id)


def check_manager(person: Person, manager: Person) -> None:
    """Raise AccessRefused where the manager would be beneath the person."""
    seen: set[UUID] = set()
    above: Person | None = manager
    while above is not None and above.id not in seen:
        if above.id == person.id:
            raise AccessRefused(f"{manager.name} is managed by {person.name}", "manager")
        seen.add(above.id)
        above = db.session.get(Person, above.line_manager_id) if above.line_manager_id else None


def find_person(text: str) -> Person | None:
    """Whoever has this staff id or e-mail address."""
    query = select(Person).where(or_(Person.staff_id == text, Person.email == plain(text)))
    return db.session.scalars(query.limit(1)).first()


def _not_oneself(person: Person, by: UUID | None) -> None:
    if by is not None and by == person.id:
        raise AccessRefused(OWN_ACCESS)
