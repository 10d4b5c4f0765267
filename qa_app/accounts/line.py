"""Who manages whom: the department tree and its line posts, read once and asked often.

The line is the tree of units unless a person's line manager is given. Posts are often vacant, so
every question goes up until somebody is there; nobody is left without a line while one stands.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from qa_app.accounts.models import Person, Post, PostHolding, PostKind, Team
from qa_app.accounts.periods import holding_on
from qa_app.database import db

CORPORATE_DIRECTORS = frozenset({PostKind.CORPORATE_DIRECTOR})
SERVICE_DIRECTORS = CORPORATE_DIRECTORS | {PostKind.SERVICE_DIRECTOR}
HEADS = SERVICE_DIRECTORS | {PostKind.HEAD_OF_SERVICE}


class Member(NamedTuple):
    """Somebody in a post, with what is needed to tell them."""

    person_id: UUID
    name: str
    email: str | None
    kind: PostKind
    title: str
    rank: int
    line: bool
    team_id: UUID


class Line:
    """The line as it stands on a day, in three queries.

    In each question `besides` are people to pass over (absent, or concerned themselves): the next
    one up is given in their place. Answers are None where nobody is left.
    """

    def __init__(self, today: date) -> None:
        self._parents: dict[UUID, UUID | None] = {
            row.id: row.parent_id for row in db.session.execute(select(Team.id, Team.parent_id))
        }
        self._in_unit: dict[UUID, list[Member]] = defaultdict(list)
        self._posts: dict[UUID, list[Member]] = defaultdict(list)
        for member in _members(today):
            self._posts[member.person_id].insert(0, member)
            if member.line:
                self._in_unit[member.team_id].append(member)
        self._given = _given_managers(today)

    def people_above(self, team_id: UUID | None, besides: Collection[UUID] = ()) -> list[Member]:
        """The holders of the line posts of a unit and all units above it, lowest first."""
        return [member for member in self._upwards(team_id) if member.person_id not in besides]

    def team_manager(self, team_id: UUID | None, besides: Collection[UUID] = ()) -> Member | None:
        """Whoever manages the unit, or else the next one up."""
        return next(iter(self.people_above(team_id, besides)), None)

    def head_of_service(
        self, team_id: UUID | None, besides: Collection[UUID] = ()
    ) -> Member | None:
        """The head of the unit's service, or else the director above."""
        return self._first_of(HEADS, team_id, besides)

    def service_director(
        self, team_id: UUID | None, besides: Collection[UUID] = ()
    ) -> Member | None:
        """The service director above the unit, or else the corporate director."""
        return self._first_of(SERVICE_DIRECTORS, team_id, besides)

    def corporate_director(
        self, team_id: UUID | None, besides: Collection[UUID] = ()
    ) -> Member | None:
        """The corporate director above the unit."""
        return self._first_of(CORPORATE_DIRECTORS, team_id, besides)

    def manager_of(self, person_id: UUID, besides: Collection[UUID] = ()) -> UUID | None:
        """The line manager: the one given, else the next line post up with somebody in it."""
        given = self._given.get(person_id)
        if given is not None and given not in besides:
            return given
        posts = self._posts.get(person_id)
        if not posts:
            return None
        held = posts[0]
        passed = {person_id, *besides}
        above = self.people_above(held.team_id, passed)
        return next((member.person_id for member in above if member.rank > held.rank), None)

    def managers_above(self, person_id: UUID) -> list[UUID]:
        """The line manager, their line manager and so on up; a circle ends where it closes."""
        found: list[UUID] = []
        manager = self.manager_of(person_id)
        while manager is not None and manager not in (*found, person_id):
            found.append(manager)
            manager = self.manager_of(manager)
        return found

    def posts_of(self, person_id: UUID) -> list[Member]:
        """The posts that a person holds, highest rank first."""
        return list(self._posts.get(person_id, ()))

    def _upwards(self, team_id: UUID | None) -> Iterator[Member]:
        seen: set[UUID] = set()
        while team_id is not None:
            for member in self._in_unit.get(team_id, ()):
                if member.person_id not in seen:
                    seen.add(member.person_id)
                    yield member
            team_id = self._parents.get(team_id)

    def _first_of(
        self, kinds: Iterable[PostKind], team_id: UUID | None, besides: Collection[UUID]
    ) -> Member | None:
        above = self.people_above(team_id, besides)
        return next((member for member in above if member.kind in kinds), None)


def _members(today: date) -> list[Member]:
    """Everybody in a post, by rank within the unit; each person's highest post first."""
    query = (
        select(
            Person.id,
            Person.name,
            Person.email,
            Post.kind,
            Post.title,
            Post.rank,
            Post.line,
            Post.team_id,
        )
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Post, Post.id == PostHolding.post_id)
        .where(holding_on(today), _here(today))
        .order_by(Post.rank, Person.name, Person.id)
    )
    return [Member(*row) for row in db.session.execute(query)]


def _given_managers(today: date) -> dict[UUID, UUID]:
    still_here = select(Person.id).where(_here(today))
    query = select(Person.id, Person.line_manager_id).where(Person.line_manager_id.in_(still_here))
    return {row.id: row.line_manager_id for row in db.session.execute(query)}


def _here(today: date) -> ColumnElement[bool]:
    return or_(Person.left_on.is_(None), Person.left_on >= today)
