"""Everybody as they stand today, and whose each outstanding action is, in few queries (E3, E6)."""

from collections.abc import Collection
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from qa_app.accounts.absences import deputies
from qa_app.accounts.line import HEADS, Line
from qa_app.accounts.models import Account, Person, Post, PostHolding, PostKind
from qa_app.accounts.periods import open_on
from qa_app.accounts.queries import holders, people_with
from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.owners import Owned, Staff, Standing, stand
from qa_app.domain.permissions import Party, Role
from qa_app.tracker.models import Action, ActionParty, ActionSource
from qa_app.tracker.queries.standing import KEPT

_MANY = 500


class HeldPost(NamedTuple):
    """A post that somebody holds."""

    id: UUID
    title: str
    team_id: UUID
    kind: PostKind


class OwnedRow(NamedTuple):
    """An outstanding action: whose it is, and the team of the post for which they have it."""

    id: UUID
    owner_id: UUID
    owner_post_id: UUID | None
    covered_by: UUID | None
    team_id: UUID | None
    status: ActionStatus
    former_team_id: UUID | None


def to_be_owned() -> ColumnElement[bool]:
    """The condition for actions that somebody has to own: outstanding, and raised here. Imported
    ones are history: no clock runs on them, and their owners are names as they were written."""
    return and_(Action.settled_on.is_(None), Action.source != ActionSource.IMPORTED)


def owned_rows(ids: Collection[UUID] | None = None) -> list[OwnedRow]:
    """Every action that somebody has to own, or those of these ids (one query for each 500)."""
    # Of an action that was raised here the owner is never empty: the table refuses it.
    query: Any = (
        select(
            Action.id,
            Action.owner_id,
            Action.owner_post_id,
            Action.covered_by,
            Action.team_id,
            Action.status,
            Post.team_id,
        )
        .outerjoin(Post, Post.id == Action.owner_post_id)
        .where(to_be_owned())
        .order_by(Action.id)
    )
    if ids is None:
        return [OwnedRow(*row) for row in db.session.execute(query)]
    wanted = sorted(ids)
    return [
        OwnedRow(*row)
        for start in range(0, len(wanted), _MANY)
        for row in db.session.execute(query.where(Action.id.in_(wanted[start : start + _MANY])))
    ]


class Everybody:
    """Everybody as they stand on a day, in ten queries, asked of any number of actions."""

    def __init__(self, today: date) -> None:
        self.line = Line(today)
        self._posts = _posts_held(today)
        self._homes = _homes()
        self._lines: dict[tuple[UUID | None, UUID | None], tuple[UUID, ...]] = {}
        self._kept, self._implicated = _kept_from()
        here, living = _there(today)
        self.staff = Staff(
            here=here,
            living=living,
            posts={each: {post.id for post in held} for each, held in self._posts.items()},
            away=deputies(here, today),
            leads=[person.id for person in people_with(Role.QA_LEAD, today)],
            beyond=[
                each
                for each, held in self._posts.items()
                if any(post.kind in HEADS for post in held)
            ],
        )

    def changes(self, rows: Collection[OwnedRow]) -> dict[UUID, Standing]:
        """Those of these actions that go to somebody else, or whose cover begins, changes or ends;
        each with who has it from now on."""
        found = {row.id: (row, stand(self._owned(row), self.staff)) for row in rows}
        return {
            action_id: after
            for action_id, (row, after) in found.items()
            if after is not None and (after.gone is not None or after.cover != row.covered_by)
        }

    def post_of(self, person_id: UUID, team_id: UUID | None) -> HeldPost | None:
        """The post for which somebody is given an action of a team: the line post through which it
        comes to them, else their highest; None where they hold none."""
        held = self._posts.get(person_id, [])
        above = {
            member.team_id
            for member in self.line.people_above(team_id)
            if member.person_id == person_id
        }
        return next((post for post in held if post.team_id in above), next(iter(held), None))

    def in_line(self, person_id: UUID, row: OwnedRow) -> bool:
        """Whether somebody stands in the line above the action."""
        return person_id in self._line_above(row)

    def _owned(self, row: OwnedRow) -> Owned:
        return Owned(
            owner=row.owner_id,
            post=row.owner_post_id,
            cover=row.covered_by,
            line=self._line_above(row),
            kept=frozenset(self._kept.get(row.id, ())),
            implicated=frozenset(self._implicated.get(row.id, ())),
            waits=row.status is ActionStatus.DONE,
        )

    def _line_above(self, row: OwnedRow) -> tuple[UUID, ...]:
        """Those above the action's team, then those above the owner's former one."""
        former = row.former_team_id or self._homes.get(row.owner_id)
        teams = row.team_id, former
        if teams not in self._lines:
            above = [each for team in teams for each in self.line.people_above(team)]
            self._lines[teams] = tuple(dict.fromkeys(each.person_id for each in above))
        return self._lines[teams]


def _there(today: date) -> tuple[set[UUID], set[UUID]]:
    """Those who have not left, and those of them who can sign in."""
    here = or_(Person.left_on.is_(None), Person.left_on >= today)
    signs_in = and_(Account.id.is_not(None), open_on(today))
    query = select(Person.id, signs_in).outerjoin(Account, Account.person_id == Person.id)
    rows = db.session.execute(query.where(here)).all()
    return {person for person, _ in rows}, {person for person, living in rows if living}


def _posts_held(today: date) -> dict[UUID, list[HeldPost]]:
    """The posts of everybody, the highest first."""
    query = (
        holders(today)
        .with_only_columns(Person.id, Post.id, Post.title, Post.team_id, Post.kind)
        .order_by(Post.rank.desc(), Post.title, Post.id)
    )
    found: dict[UUID, list[HeldPost]] = {}
    for person_id, post_id, title, team_id, kind in db.session.execute(query):
        found.setdefault(person_id, []).append(HeldPost(post_id, title, team_id, kind))
    return found


def _homes() -> dict[UUID, UUID]:
    """The team of the newest post, held or ended, of everybody who owns something outstanding."""
    owners = select(Action.owner_id).where(to_be_owned())
    query = (
        select(PostHolding.person_id, Post.team_id)
        .join(Post, Post.id == PostHolding.post_id)
        .where(PostHolding.person_id.in_(owners))
        .order_by(PostHolding.started_on, Post.rank, PostHolding.id)
    )
    return dict(db.session.execute(query).all())


def _kept_from() -> tuple[dict[UUID, set[UUID]], dict[UUID, set[UUID]]]:
    """Action → those who are kept from it (M3, E1); and those whom a concern is about alone."""
    kept: dict[UUID, set[UUID]] = {}
    implicated: dict[UUID, set[UUID]] = {}
    query = (
        select(ActionParty.action_id, ActionParty.person_id, ActionParty.party)
        .join(Action, Action.id == ActionParty.action_id)
        .where(to_be_owned(), ActionParty.party.in_(KEPT))
    )
    for action_id, person_id, party in db.session.execute(query):
        kept.setdefault(action_id, set()).add(person_id)
        if party is Party.IMPLICATED:
            implicated.setdefault(action_id, set()).add(person_id)
    return kept, implicated
