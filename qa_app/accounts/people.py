"""Reading people for the administrator's pages: lists, one person, posts without anybody."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, tuple_

from qa_app.accounts.models import (
    Account,
    Person,
    PersonSource,
    Post,
    PostHolding,
    RoleGrant,
    Team,
)
from qa_app.accounts.periods import grant_on, has_ended, holding_on, open_on
from qa_app.database import db
from qa_app.domain.permissions import Role, Scope

PAGE = 50


class AccountState(StrEnum):
    """How somebody can sign in, or why not."""

    OPEN = "open"
    INVITED = "invited"
    ENDED = "ended"
    CLOSED = "closed"
    NONE = "none"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return _STATE_WORDS[self]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return _STATE_COLOURS[self]


_STATE_WORDS = {
    AccountState.OPEN: "Open",
    AccountState.INVITED: "No password",
    AccountState.ENDED: "Ended",
    AccountState.CLOSED: "Closed",
    AccountState.NONE: "No account",
}
_STATE_COLOURS = {
    AccountState.OPEN: "green",
    AccountState.INVITED: "yellow",
    AccountState.ENDED: "grey",
    AccountState.CLOSED: "grey",
    AccountState.NONE: "grey",
}


def _in_state(state: AccountState, today: date) -> ColumnElement[bool]:
    return {
        AccountState.OPEN: open_on(today) & Account.password_hash.is_not(None),
        AccountState.INVITED: open_on(today) & Account.password_hash.is_(None)
        & Account.id.is_not(None),
        AccountState.ENDED: Account.closed_at.is_(None) & (Account.ends_on < today),
        AccountState.CLOSED: Account.closed_at.is_not(None),
        AccountState.NONE: Account.id.is_(None),
    }[state]  # fmt: skip


def state_of(account: Account | None, today: date) -> AccountState:
    """The state of a person's account on a day."""
    if account is None:
        return AccountState.NONE
    if account.closed_at is not None:
        return AccountState.CLOSED
    if has_ended(account, today):
        return AccountState.ENDED
    return AccountState.OPEN if account.password_hash else AccountState.INVITED


class Wanted(NamedTuple):
    """What the list is narrowed to; all of it holds."""

    text: str = ""
    role: Role | None = None
    team_id: UUID | None = None
    state: AccountState | None = None


class Row(NamedTuple):
    """A person in the list."""

    id: UUID
    name: str
    email: str
    state: AccountState
    posts: tuple[str, ...]
    roles: tuple[str, ...]


class Page(NamedTuple):
    """A page of the list; the ids are where its neighbours begin, None at an end."""

    rows: list[Row]
    before: UUID | None
    after: UUID | None


def list_people(
    wanted: Wanted, today: date, *, after: UUID | None = None, before: UUID | None = None
) -> Page:
    """Fifty people by name from a place on, in three queries however many there are."""
    key, backwards = tuple_(Person.name_key, Person.id), before is not None
    query = _matching(wanted, today)
    query = query.order_by(
        *((Person.name_key.desc(), Person.id.desc()) if backwards else (Person.name_key, Person.id))
    )
    anchor = before or after
    if anchor is not None:
        place = tuple_(select(Person.name_key).where(Person.id == anchor).scalar_subquery(), anchor)
        query = query.where(key < place if backwards else key > place)
    found = [(row[0], row[1]) for row in db.session.execute(query.limit(PAGE + 1))]
    more, found = len(found) > PAGE, found[:PAGE]
    if backwards:
        found.reverse()
    rows = _rows(found, today)
    earlier, later = (more, True) if backwards else (anchor is not None, more)
    return Page(
        rows,
        rows[0].id if rows and earlier else None,
        rows[-1].id if rows and later else None,
    )


def _matching(wanted: Wanted, today: date) -> Select[Person, Account]:
    query = select(Person, Account).outerjoin(Account, Account.person_id == Person.id)
    query = query.where(or_(Person.left_on.is_(None), Person.left_on >= today))
    if wanted.text:
        part = wanted.text.casefold()
        query = query.where(
            or_(
                Person.name_key.contains(" ".join(part.split()), autoescape=True),
                Person.email.contains(part, autoescape=True),
                Person.staff_id == wanted.text,
            )
        )
    if wanted.role is not None:
        held = RoleGrant.person_id == Person.id, RoleGrant.role == wanted.role, grant_on(today)
        query = query.where(exists().where(*held))
    if wanted.team_id is not None:
        query = query.where(_in_team(wanted.team_id, today))
    if wanted.state is not None:
        query = query.where(_in_state(wanted.state, today))
    return query


def _in_team(team_id: UUID, today: date) -> ColumnElement[bool]:
    """A post in the unit or in one beneath it."""
    above = select(Team.path).where(Team.id == team_id).scalar_subquery()
    beneath = select(Team.id).where(Team.path.startswith(above))
    return exists().where(
        PostHolding.person_id == Person.id,
        holding_on(today),
        Post.id == PostHolding.post_id,
        Post.team_id.in_(beneath),
    )


def _rows(found: Sequence[tuple[Person, Account | None]], today: date) -> list[Row]:
    ids = [person.id for person, _ in found]
    posts, roles = _post_words(ids, today), _role_words(ids, today)
    return [
        Row(
            person.id,
            person.name,
            person.email or "",
            state_of(account, today),
            tuple(posts[person.id]),
            tuple(roles[person.id]),
        )
        for person, account in found
    ]


def _post_words(ids: Iterable[UUID], today: date) -> dict[UUID, list[str]]:
    query = (
        select(PostHolding.person_id, Post.title, Team.name)
        .join(Post, Post.id == PostHolding.post_id)
        .join(Team, Team.id == Post.team_id)
        .where(PostHolding.person_id.in_(list(ids)), holding_on(today))
        .order_by(Post.rank.desc(), Post.title)
    )
    words: dict[UUID, list[str]] = defaultdict(list)
    for person_id, title, team in db.session.execute(query):
        words[person_id].append(f"{title}, {team}")
    return words


def _role_words(ids: Iterable[UUID], today: date) -> dict[UUID, list[str]]:
    query = (
        select(RoleGrant.person_id, RoleGrant.role)
        .where(RoleGrant.person_id.in_(list(ids)), grant_on(today))
        .distinct()
    )
    words: dict[UUID, list[str]] = defaultdict(list)
    for person_id, role in db.session.execute(query):
        words[person_id].append(role.words)
    for each in words.values():
        each.sort()
    return words


class Held(NamedTuple):
    """A role of a person as a page shows it."""

    id: UUID
    role: Role
    reach: str
    valid_from: date
    valid_until: date | None
    from_extract: bool


def reach_words(scope: Scope, team: str | None) -> str:
    """How far a role reaches, in words."""
    return {
        Scope.OWN: "their own work",
        Scope.ALL: "everything",
        Scope.TEAM: f"{team} and units beneath it",
        Scope.SERVICE: f"the service {team}",
    }[scope]


def roles_held(person_id: UUID, today: date) -> list[Held]:
    """The roles that a person holds today or will hold, by role."""
    query = (
        select(RoleGrant, Team.name)
        .outerjoin(Team, Team.id == RoleGrant.team_id)
        .where(
            RoleGrant.person_id == person_id,
            or_(RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= today),
        )
        .order_by(RoleGrant.role, RoleGrant.valid_from)
    )
    return [
        Held(
            grant.id,
            grant.role,
            reach_words(grant.scope, team),
            grant.valid_from,
            grant.valid_until,
            grant.from_extract,
        )
        for grant, team in db.session.execute(query)
    ]


def teams_by_name() -> list[tuple[UUID, str, bool]]:
    """(id, name, whether it is a service) of every open unit, by name; for choices."""
    query = select(Team.id, Team.name, Team.service_id).where(Team.closed_on.is_(None))
    rows = db.session.execute(query.order_by(Team.name))
    return [(row.id, row.name, row.service_id == row.id) for row in rows]


class VacantPost(NamedTuple):
    """A post that nobody holds."""

    title: str
    team: str
    line: bool


def vacant_posts(today: date, limit: int = 500) -> list[VacantPost]:
    """Open posts without a holder, line posts first."""
    held = exists().where(PostHolding.post_id == Post.id, holding_on(today))
    query = (
        select(Post.title, Team.name, Post.line)
        .join(Team, Team.id == Post.team_id)
        .where(Post.closed_on.is_(None), ~held)
        .order_by(Post.line.desc(), Post.rank.desc(), Team.name, Post.title)
        .limit(limit)
    )
    return [VacantPost(*row) for row in db.session.execute(query)]


def people_without_post(today: date, limit: int = 500) -> list[Person]:
    """People still here who hold no post, by name; somebody of a partner agency never does."""
    holds = exists().where(PostHolding.person_id == Person.id, holding_on(today))
    here = or_(Person.left_on.is_(None), Person.left_on >= today)
    staff = Person.source != PersonSource.PARTNER
    query = select(Person).where(and_(here, staff, ~holds)).order_by(Person.name_key, Person.id)
    return list(db.session.scalars(query.limit(limit)))
