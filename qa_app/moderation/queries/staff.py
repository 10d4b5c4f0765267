"""Everybody's posts on a day and the line they make, read once for the many who are asked about."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select

from qa_app.accounts.models import Person, Post, PostHolding, Team
from qa_app.database import db


class Held(NamedTuple):
    """A post as somebody holds it; `above` are its unit and those over it, the nearest first."""

    person_id: UUID
    name: str
    title: str
    rank: int
    line: bool
    team_id: UUID
    service_id: UUID | None
    above: tuple[UUID, ...]


class Staff:
    """Everybody's posts on a day, in one query."""

    def __init__(self, today: date) -> None:
        self._given, held = _everybody(today)
        self._by_unit: dict[UUID, list[Held]] = {}
        for post in sorted(held, key=lambda each: (each.rank, each.name)):
            if post.line:
                self._by_unit.setdefault(post.team_id, []).append(post)
        self._own: dict[UUID, Held] = {}
        for post in sorted(held, key=lambda each: (-each.rank, each.title)):
            self._own.setdefault(post.person_id, post)
        self.services: Mapping[UUID, UUID | None] = {
            person_id: post.service_id for person_id, post in self._own.items()
        }
        """The service of each one's highest post; None above the services."""

    def post_of(self, person_id: UUID) -> Held | None:
        """Somebody's highest post; None where they hold none."""
        return self._own.get(person_id)

    def rank(self, person_id: UUID) -> int:
        """The rank of somebody's highest post; 0 without one."""
        post = self._own.get(person_id)
        return 0 if post is None else post.rank

    def managers(self, person_ids: Iterable[UUID | None]) -> dict[UUID, UUID | None]:
        """The line managers of these people and of everybody above them.

        As `accounts.queries.manager_of`: the manager given, else the holder of the lowest higher
        line post in the unit of one's highest post, else in the unit above (a vacant step goes up).
        """
        line: dict[UUID, UUID | None] = {}
        waiting = {person_id for person_id in person_ids if person_id is not None}
        while waiting:
            person_id = waiting.pop()
            manager = self._given.get(person_id) or self._next_up(self._own.get(person_id))
            line[person_id] = manager
            if manager is not None and manager not in line:
                waiting.add(manager)
        return line

    def _next_up(self, post: Held | None) -> UUID | None:
        if post is None:
            return None
        for unit in post.above:
            for candidate in self._by_unit.get(unit, ()):
                if candidate.rank > post.rank and candidate.person_id != post.person_id:
                    return candidate.person_id
        return None


def managers_for(person_ids: Iterable[UUID | None], today: date) -> dict[UUID, UUID | None]:
    """The line managers of these people and of everybody above them, in one query."""
    return Staff(today).managers(person_ids)


def _everybody(today: date) -> tuple[dict[UUID, UUID], list[Held]]:
    holding = and_(
        PostHolding.person_id == Person.id,
        PostHolding.started_on <= today,
        or_(PostHolding.ended_on.is_(None), PostHolding.ended_on >= today),
    )
    query = (
        select(
            Person.id, Person.name, Person.line_manager_id, Post.title, Post.rank, Post.line,
            Post.team_id, Team.service_id, Team.path,
        )
        .outerjoin(PostHolding, holding)
        .outerjoin(Post, Post.id == PostHolding.post_id)
        .outerjoin(Team, Team.id == Post.team_id)
    )  # fmt: skip
    given: dict[UUID, UUID] = {}
    held = []
    for row in db.session.execute(query):
        person_id, name, manager_id, title, rank, line, team_id, service_id, path = row
        if manager_id is not None:
            given[person_id] = manager_id
        if path is not None:
            above = tuple(UUID(part) for part in reversed(path.strip("/").split("/")))
            held.append(Held(person_id, name, title, rank, line, team_id, service_id, above))
    return given, held
