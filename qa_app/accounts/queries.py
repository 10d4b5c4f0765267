"""Reading people, posts and roles."""

from collections.abc import Collection
from datetime import date
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Date, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from qa_app.accounts.line import Line
from qa_app.accounts.models import Person, Post, PostHolding, RoleGrant, Team
from qa_app.accounts.periods import grant_on, holding_on
from qa_app.database import db
from qa_app.domain.permissions import Actor, Reach, Role, Scope


def _roles_held() -> Select[Any]:
    """Roles held by :person on :today, a row for each team reached. Made once: most pages ask."""
    scope_team, reached = aliased(Team), aliased(Team)
    today = cast(date, bindparam("today", type_=Date()))
    rank = (
        select(func.max(Post.rank))
        .join(PostHolding, PostHolding.post_id == Post.id)
        .where(PostHolding.person_id == bindparam("person"), holding_on(today))
        .scalar_subquery()
    )
    return (
        select(RoleGrant.id, RoleGrant.role, RoleGrant.scope, reached.id, rank)
        .outerjoin(scope_team, scope_team.id == RoleGrant.team_id)
        .outerjoin(reached, reached.path.like(scope_team.path + "%"))
        .where(RoleGrant.person_id == bindparam("person"), grant_on(today))
    )


_ROLES_HELD = _roles_held()


def actor(person_id: UUID, today: date) -> Actor:
    """The roles that a person holds today, each with every team it reaches (one query)."""
    rows = db.session.execute(_ROLES_HELD, {"person": person_id, "today": today})
    teams: dict[tuple[UUID, Role, Scope], set[UUID]] = {}
    highest = 0
    for grant_id, role, scope, team_id, held_rank in rows:
        reached_teams = teams.setdefault((grant_id, role, scope), set())
        highest = held_rank or 0
        if team_id is not None:
            reached_teams.add(team_id)
    reaches = tuple(
        Reach(role, None if scope is Scope.ALL else frozenset(found))
        for (_, role, scope), found in teams.items()
    )
    return Actor(person_id, reaches, highest)


def posts_held(person_id: UUID, today: date) -> list[Post]:
    """The posts that a person holds on a day, highest rank first."""
    query = (
        select(Post)
        .join(PostHolding, PostHolding.post_id == Post.id)
        .where(PostHolding.person_id == person_id, holding_on(today))
        .order_by(Post.rank.desc(), Post.title)
    )
    return list(db.session.scalars(query))


def holders(today: date) -> Select[Person, Post]:
    """A query of (person, post) for every post held on a day, to narrow further."""
    return (
        select(Person, Post)
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Post, Post.id == PostHolding.post_id)
        .where(holding_on(today))
    )


def people_with(role: Role, today: date) -> list[Person]:
    """Everybody who holds a role on a day, by name."""
    query = (
        select(Person)
        .where(
            Person.id.in_(
                select(RoleGrant.person_id).where(RoleGrant.role == role, grant_on(today))
            )
        )
        .order_by(Person.name)
    )
    return list(db.session.scalars(query))


def names(person_ids: Collection[UUID | None]) -> dict[UUID, str]:
    """The names of these people, in one query."""
    wanted = {person_id for person_id in person_ids if person_id is not None}
    if not wanted:
        return {}
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def manager_of(person_id: UUID, today: date) -> Person | None:
    """The line manager of one person; for several, make a `Line` and ask it."""
    found = Line(today).manager_of(person_id)
    return None if found is None else db.session.get(Person, found)


def line_manager_of_team(
    team: Team | None, today: date, *, above: int = 0, other_than: UUID | None = None
) -> Person | None:
    """Whoever holds the lowest line post of more than this rank in the unit, or else above it."""
    if team is None:
        return None
    besides = set() if other_than is None else {other_than}
    higher = (each for each in Line(today).people_above(team.id, besides) if each.rank > above)
    found = next(higher, None)
    return None if found is None else db.session.get(Person, found.person_id)


def line_of(person_ids: Collection[UUID], today: date) -> dict[UUID, UUID]:
    """person → line manager for these people and everybody above them (for M2's bars)."""
    line = Line(today)
    found: dict[UUID, UUID] = {}
    for person_id in person_ids:
        below = person_id
        for manager in line.managers_above(person_id):
            found[below] = manager
            below = manager
    return found
