"""Posts and roles of the extract's professionals: who holds what from the extract's date on."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app import history
from qa_app.accounts.models import Person, Post, PostHolding, RoleGrant, Team, name_key
from qa_app.cases.ssd.counts import Count, write_differences
from qa_app.cases.ssd.extract import Extract
from qa_app.cases.ssd.titles import Mapping, Titles, scope_of, scope_words
from qa_app.database import db, new_id
from qa_app.domain.permissions import Role, Scope


class Wanted(NamedTuple):
    """A role that the extract gives somebody for a post."""

    role: Role
    scope: Scope
    team_id: UUID | None
    post_id: UUID


class Posts:
    """Gives each professional the post that their title and unit make, and its roles.

    Only what an extract made is ended by one: its posts are known by an external identifier, its
    role grants by `from_extract`. A post that falls vacant stays, and the next holder of its title
    in its unit is put into it.
    """

    def __init__(
        self,
        extract: Extract,
        titles: Titles,
        teams: dict[str, Team],
        *,
        by: UUID | None,
        at: datetime,
    ) -> None:
        self.day = extract.as_at
        self.has_teams = extract.has_teams
        self.titles = titles
        self.teams = teams
        self.units = {team.id: team for team in teams.values()}
        self.by = by
        self.at = at
        self.posts = Count()
        self.roles = Count()
        self.held: dict[UUID, list[PostHolding]] = defaultdict(list)
        self.granted: dict[UUID, list[RoleGrant]] = defaultdict(list)
        self.vacant: dict[tuple[UUID, str], list[Post]] = defaultdict(list)
        self._remember()

    def _remember(self) -> None:
        open_holdings = select(PostHolding).where(PostHolding.ended_on.is_(None))
        for holding in db.session.scalars(open_holdings.options(joinedload(PostHolding.post))):
            self.held[holding.person_id].append(holding)
        taken = {holding.post_id for held in self.held.values() for holding in held}
        for post in db.session.scalars(select(Post).where(Post.closed_on.is_(None))):
            if post.id not in taken:
                self.vacant[post.team_id, name_key(post.title)].append(post)
        open_grants = select(RoleGrant).where(
            RoleGrant.from_extract.is_(True), RoleGrant.valid_until.is_(None)
        )
        for grant in db.session.scalars(open_grants):
            self.granted[grant.person_id].append(grant)

    def leave(self, people: Collection[Person]) -> None:
        """End what the extract gave to people who left."""
        for person in people:
            self._end_holdings(person, keep=None)
            self._set_roles(person, set())

    def settle(self, staff: Iterable[tuple[Person, str | None, str | None]]) -> None:
        """Give each professional the post and the roles of their title in their unit.

        `staff` are (person, job title, team code). Posts are left before any is taken, so that a
        successor in the same extract takes the predecessor's post.
        """
        placed = []
        for person, title, team_code in staff:
            team = self.teams.get(team_code or "")
            if title is None or team is None:
                # Without the table of teams an unknown unit says nothing about the post.
                self.leave([person] if self.has_teams else [])
                continue
            holding = self._holding_of(person, title, team)
            self._end_holdings(person, keep=holding)
            placed.append((person, title, team, holding))
        db.session.flush()
        for person, title, team, holding in placed:
            mapping = self.titles[title]
            if holding is None:
                post = self._take_post(person, title, team, mapping)
            else:
                post = self._keep_post(holding.post, mapping)
            self._set_roles(person, set(_roles(mapping, team, post)))

    def _keep_post(self, post: Post, mapping: Mapping) -> Post:
        """The post with its title's present mapping, which the QA lead may have changed."""
        wanted = {"kind": mapping.kind, "rank": mapping.rank, "line": mapping.line}
        if post.external_id is not None and write_differences(post, wanted):
            self.posts.change()
        else:
            self.posts.unchanged += 1
        return post

    def _holding_of(self, person: Person, title: str, team: Team) -> PostHolding | None:
        key = name_key(title)
        for holding in self.held[person.id]:
            if holding.post.team_id == team.id and name_key(holding.post.title) == key:
                return holding
        return None

    def _end_holdings(self, person: Person, *, keep: PostHolding | None) -> None:
        for holding in self.held[person.id]:
            if holding is keep or holding.post.external_id is None:
                continue
            holding.ended_on = max(holding.started_on, self.day - timedelta(days=1))
            self.posts.ended += 1
            self.vacant[holding.post.team_id, name_key(holding.post.title)].append(holding.post)

    def _take_post(self, person: Person, title: str, team: Team, mapping: Mapping) -> Post:
        waiting = self.vacant[team.id, name_key(title)]
        if waiting:
            post = waiting.pop(0)
        else:
            post = Post(
                id=(post_id := new_id()),
                title=title,
                kind=mapping.kind,
                rank=mapping.rank,
                line=mapping.line,
                team_id=team.id,
                external_id=f"ssd:{post_id.hex}",
            )
            db.session.add(post)
        db.session.add(
            PostHolding(id=new_id(), post_id=post.id, person_id=person.id, started_on=self.day)
        )
        self.posts.new += 1
        return post

    def _set_roles(self, person: Person, wanted: set[Wanted]) -> None:
        for grant in self.granted[person.id]:
            have = (grant.role, grant.scope, grant.team_id, grant.post_id)
            same = next((role for role in wanted if role == have), None)
            if same is not None:
                wanted.discard(same)
                self.roles.unchanged += 1
                continue
            grant.valid_until = max(grant.valid_from, self.day - timedelta(days=1))
            self.roles.ended += 1
            self._note("role_ended", person, grant.role, grant.scope, grant.team_id)
        for role in sorted(wanted, key=lambda wish: wish.role):
            db.session.add(
                RoleGrant(
                    id=new_id(),
                    person_id=person.id,
                    valid_from=self.day,
                    from_extract=True,
                    **role._asdict(),
                )
            )
            self.roles.new += 1
            self._note("role_granted", person, role.role, role.scope, role.team_id)

    def _note(
        self, verb: str, person: Person, role: Role, scope: Scope, team_id: UUID | None
    ) -> None:
        words = scope_words(scope, self.units.get(team_id) if team_id else None)
        history.record(verb, person, by=self.by, at=self.at, role=role.words, scope=words)


def _roles(mapping: Mapping, team: Team, post: Post) -> Iterator[Wanted]:
    for role in mapping.roles:
        scope, reached = scope_of(role, mapping, team)
        yield Wanted(role, scope, reached.id if reached else None, post.id)
