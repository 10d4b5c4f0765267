"""Requests to withdraw an action: who asked and why, who is heard, who decides (E5)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased, joinedload, selectinload

from qa_app.accounts.models import Account, Person, Post, Team
from qa_app.accounts.queries import names, people_with
from qa_app.database import db
from qa_app.domain.actions import (
    HEAD_OF_SERVICE_RANK,
    OUTSTANDING,
    is_outstanding,
    withdrawal_bars,
)
from qa_app.domain.permissions import Actor, Role
from qa_app.tracker.models import Action
from qa_app.tracker.queries.lists import to_be_done_by
from qa_app.tracker.queries.standing import KEPT, parties_from, standings
from qa_app.tracker.queries.visible import kept_from


@dataclass(frozen=True)
class Request:
    """A request to withdraw an action, as its page shows it.

    `asked_by` is "" where it was withdrawn without anybody asking first. `said` is what the
    auditor said of it; `auditor` their name, "" where there is none who can be asked.
    """

    asked_by: str
    asked_at: datetime
    why: str
    auditor: str
    said: str
    by_auditor: bool


def request_of(action: Action) -> Request | None:
    """The request that stands, or that led to the withdrawal; None where there is none (two
    queries)."""
    if action.withdrawal_asked_at is None:
        return None
    known = names([action.withdrawal_asked_by])
    auditor = auditor_to_hear(action)
    return Request(
        asked_by=known.get(action.withdrawal_asked_by or action.id, ""),
        asked_at=action.withdrawal_asked_at,
        why=action.withdrawal_why,
        auditor=auditor.name if auditor else "",
        said=action.auditor_said,
        by_auditor=action.withdrawal_asked_by == action.auditor_id,
    )


def stands(action: Action) -> bool:
    """Whether a request waits for somebody to decide it."""
    return action.withdrawal_asked_at is not None and is_outstanding(action.status)


def heard(action: Action) -> bool:
    """Whether the auditor has said, here, what they think; asking for it themselves says it."""
    if action.withdrawal_asked_at is None:
        return False
    return bool(action.auditor_said) or action.withdrawal_asked_by == action.auditor_id


def auditor_to_hear(action: Action) -> Person | None:
    """Whoever audited the case, where they are still here and see the action (E5; one query)."""
    if action.auditor_id is None or action.auditor_id in kept_people(action):
        return None
    query = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(
            Person.id == action.auditor_id,
            Account.closed_at.is_(None),
            Person.left_on.is_(None),
        )
    )
    return db.session.scalars(query).one_or_none()


def kept_people(action: Action) -> set[UUID]:
    """From whom the action is kept: its blind moderator, and whoever a concern is about."""
    return {each.person_id for each in action.parties if each.party in KEPT}


def deciders_of(action: Action, today: date) -> list[Person]:
    """Whom to tell that a withdrawal is to be decided: the lowest-ranking moderators who may, as a
    rule heads of service outside the owner's service, and never who asked (E5)."""
    kept = kept_people(action)
    people = [each for each in people_with(Role.MODERATOR, today) if each.id not in kept]
    found = standings([person.id for person in people] + [action.owner_id], today)
    able = [
        person
        for person in people
        if person.id != action.owner_id
        and not withdrawal_bars(parties_from(action, person.id, found))
    ]
    lowest = min((found[person.id].rank for person in able), default=0)
    return [person for person in able if found[person.id].rank == lowest]


def asked_for() -> ColumnElement[bool]:
    """The condition for actions whose withdrawal was asked for and is not decided."""
    return and_(Action.withdrawal_asked_at.is_not(None), Action.status.in_(OUTSTANDING))


def to_say(person_id: UUID) -> ColumnElement[bool]:
    """The condition for those about which this auditor has still to say what they think."""
    return and_(
        asked_for(),
        Action.auditor_id == person_id,
        Action.withdrawal_asked_by != person_id,
        Action.auditor_said == "",
        ~kept_from(person_id),
    )


def may_decide(actor: Actor) -> ColumnElement[bool]:
    """The condition for those that this person could decide, as near as one query can say it.

    The owner's service is that of the post for which they have the action, or of the action's
    team: whoever changed posts since is looked at again, one by one, in `waiting_to_be_decided`.
    """
    if not actor.holds(Role.MODERATOR) or actor.rank < HEAD_OF_SERVICE_RANK:
        return false()
    return and_(
        asked_for(),
        Action.withdrawal_asked_by != actor.person_id,
        Action.owner_id.is_distinct_from(actor.person_id),
        ~kept_from(actor.person_id),
        outside(actor),
    )


def outside(actor: Actor) -> ColumnElement[bool]:
    """The condition for actions whose owner is of another service than this head (E4, E5)."""
    moderating = [reach for reach in actor.reaches if reach.role is Role.MODERATOR]
    post, team = aliased(Post), aliased(Team)
    if any(reach.teams is None for reach in moderating):
        above = exists().where(
            post.id == Action.owner_post_id, team.id == post.team_id, team.service_id.is_(None)
        )
        return ~above
    teams = frozenset[UUID]().union(*(reach.teams or frozenset() for reach in moderating))
    if not teams:
        return true()
    own = exists().where(post.id == Action.owner_post_id, post.team_id.in_(teams))
    no_post = and_(Action.owner_post_id.is_(None), Action.team_id.in_(teams))
    return and_(~own, ~no_post.is_(True))


def waiting_to_be_decided(actor: Actor, today: date, limit: int = 50) -> list[Action]:
    """Requests that this person may decide, the longest waiting first (four queries)."""
    query = (
        select(Action)
        .where(may_decide(actor))
        .options(joinedload(Action.team), joinedload(Action.owner), selectinload(Action.parties))
        .order_by(Action.withdrawal_asked_at)
        .limit(limit)
    )
    actions = list(db.session.scalars(query))
    people = [actor.person_id, *(action.owner_id for action in actions)]
    found = standings(people, today) if actions else {}
    return [
        action
        for action in actions
        if not withdrawal_bars(parties_from(action, actor.person_id, found))
    ]


def waiting_to_be_said(person_id: UUID, limit: int = 50) -> list[Action]:
    """Requests about which this auditor is asked what they think, the longest waiting first."""
    query = (
        select(Action)
        .where(to_say(person_id))
        .options(joinedload(Action.team))
        .order_by(Action.withdrawal_asked_at)
        .limit(limit)
    )
    return list(db.session.scalars(query))


class Mine(NamedTuple):
    """What somebody has to do, and the requests about which they are asked as the auditor; and the
    number that was counted with them."""

    to_do: list[Action]
    to_say: list[Action]
    counted: int


def mine_and_asked(person_id: UUID, counting: ScalarSelect[int] | None = None) -> Mine:
    """Both, the nearest due date first, and what is to be counted beside them (one query: for a
    page that asks few)."""
    mine, asked = to_be_done_by(person_id), to_say(person_id)
    beside = select((literal(0) if counting is None else counting).label("counted")).subquery()
    # One row at least, so that the count comes where nothing is to be done.
    query = (
        select(beside.c.counted, Action, mine.label("mine"), asked.label("asked"))
        .select_from(beside)
        .outerjoin(Action, or_(mine, asked))
        .order_by(Action.due_on.is_(None), Action.due_on, Action.reference)
    )
    rows = db.session.execute(query).all()
    return Mine(
        [row.Action for row in rows if row.Action and row.mine],
        [row.Action for row in rows if row.Action and row.asked],
        rows[0].counted,
    )


def count_to_decide(actor: Actor) -> ScalarSelect[int]:
    """How many requests wait for this person's decision, for a query that counts other things."""
    return select(func.count()).select_from(Action).where(may_decide(actor)).scalar_subquery()
