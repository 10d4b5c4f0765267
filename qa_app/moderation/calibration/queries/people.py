"""Who may be invited to a session: everybody who audits or moderates today, by service."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Account, Person, Post, PostHolding, RoleGrant, Team
from qa_app.accounts.periods import grant_on, holding_on, open_on
from qa_app.database import db
from qa_app.domain.permissions import Role

ROLES: Final = (Role.AUDITOR, Role.MODERATOR)
ELSEWHERE: Final = "No service"


class Choice(NamedTuple):
    """Somebody who may be invited, with what they do."""

    person_id: UUID
    name: str
    words: str


@dataclass
class Service:
    """The people of one service, by name."""

    key: str
    name: str
    people: list[Choice] = field(default_factory=list)


def may_be_invited(today: date, besides: Collection[UUID] = ()) -> list[Service]:
    """Everybody with an open account who audits or moderates today, by service and name.

    `besides` are left out. Two queries.
    """
    services = _services_of(today)
    found: dict[str, Service] = {}
    for person_id, (name, roles) in _people(today).items():
        if person_id not in besides:
            service_id, service_name = services.get(person_id, (None, ELSEWHERE))
            key = "none" if service_id is None else service_id.hex
            service = found.setdefault(key, Service(key, service_name))
            service.people.append(Choice(person_id, name, _roles_in_words(roles)))
    return sorted(found.values(), key=lambda each: (each.key == "none", each.name.casefold()))


def _people(today: date) -> dict[UUID, tuple[str, set[Role]]]:
    query = (
        select(Person.id, Person.name, RoleGrant.role)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(
            RoleGrant.role.in_(ROLES),
            grant_on(today),
            open_on(today),
            or_(Person.left_on.is_(None), Person.left_on >= today),
        )
        .order_by(Person.name, Person.id)
    )
    found: dict[UUID, tuple[str, set[Role]]] = {}
    for person_id, name, role in db.session.execute(query):
        found.setdefault(person_id, (name, set()))[1].add(role)
    return found


def _services_of(today: date) -> dict[UUID, tuple[UUID, str]]:
    """The service of each person's highest post."""
    service = aliased(Team)
    query = (
        select(PostHolding.person_id, service.id, service.name)
        .join(Post, Post.id == PostHolding.post_id)
        .join(Team, Team.id == Post.team_id)
        .join(service, service.id == Team.service_id)
        .where(holding_on(today))
        .order_by(Post.rank, Post.id)
    )
    return {person: (key, name) for person, key, name in db.session.execute(query)}


def _roles_in_words(roles: set[Role]) -> str:
    return " and ".join(role.words.lower() for role in ROLES if role in roles).capitalize()
