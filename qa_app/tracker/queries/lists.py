"""Lists of actions: the tracker's page, one's own, and those that wait for one's verification."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select, true
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.accounts.models import Team
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus, verifier_bars
from qa_app.domain.calendar import LONDON
from qa_app.domain.escalation import Brag, Clock
from qa_app.domain.permissions import Actor, Role
from qa_app.tracker.models import Action
from qa_app.tracker.queries.standing import brag_of, parties_from, standings, verification_due
from qa_app.tracker.queries.visible import kept_from, reached_by, visible_to

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """What the tracker is asked to show; None and False ask for nothing.

    `status` is a status, or "all"; without it the list holds what is outstanding (E5).
    """

    team_id: UUID | None = None
    kind: ActionKind | None = None
    owner_id: UUID | None = None
    status: ActionStatus | str | None = None
    overdue: bool = False
    page: int = 1


@dataclass(frozen=True)
class Row:
    """An action with its word today; once it is done, `verify_by` is the last day to verify it."""

    action: Action
    word: Brag
    mine: bool
    verify_by: date | None


@dataclass(frozen=True)
class Listing:
    """A page of the tracker: rows, totals of the whole selection, and what there is to choose."""

    rows: list[Row]
    total: int
    overdue: int
    priority: int
    waiting: int
    teams: list[tuple[UUID, str]]
    owners: list[tuple[UUID, str]]
    more: bool


def listing(actor: Actor, wanted: Wanted, today: date) -> Listing:
    """The actions that this actor sees, one's own first, then by due date (five queries)."""
    seen = visible_to(actor)
    chosen = and_(seen, *_conditions(wanted, today))
    late = overdue_on(today)
    total, overdue, priority, waiting = db.session.execute(
        select(
            func.count(),
            func.count().filter(late),
            func.count().filter(Action.kind == ActionKind.PRIORITY),
            func.count().filter(Action.status == ActionStatus.DONE),
        ).where(chosen)
    ).one()
    mine = case((Action.owner_id == actor.person_id, 0), else_=1)
    query = (
        select(Action)
        .where(chosen)
        .options(joinedload(Action.owner), joinedload(Action.team))
        .order_by(mine, Action.due_on.is_(None), Action.due_on, Action.reference)
        .offset((wanted.page - 1) * PAGE)
        .limit(PAGE + 1)
    )
    actions = list(db.session.scalars(query))
    rows = [
        Row(
            action,
            brag_of(action, today),
            action.owner_id == actor.person_id,
            verification_due(action),
        )
        for action in actions[:PAGE]
    ]
    teams, owners = _choices(seen)
    return Listing(rows, total, overdue, priority, waiting, teams, owners, len(actions) > PAGE)


def _conditions(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.team_id is not None:
        conditions.append(Action.team_id == wanted.team_id)
    if wanted.kind is not None:
        conditions.append(Action.kind == wanted.kind)
    if wanted.owner_id is not None:
        conditions.append(Action.owner_id == wanted.owner_id)
    if wanted.status is None:
        conditions.append(Action.settled_on.is_(None))
    elif isinstance(wanted.status, ActionStatus):
        conditions.append(Action.status == wanted.status)
    if wanted.overdue:
        conditions.append(overdue_on(today))
    return conditions


def _choices(seen: ColumnElement[bool]) -> tuple[list[tuple[UUID, str]], list[tuple[UUID, str]]]:
    """The teams and owners of all that is seen, by name, in one query."""
    query = (
        select(Action.team_id, Team.name, Action.owner_id, Action.owner_name)
        .outerjoin(Team, Team.id == Action.team_id)
        .where(seen)
        .distinct()
    )
    teams: dict[UUID, str] = {}
    owners: dict[UUID, str] = {}
    for team_id, team_name, owner_id, owner_name in db.session.execute(query):
        if team_id is not None:
            teams[team_id] = team_name
        if owner_id is not None:
            owners[owner_id] = owner_name
    return _by_name(teams), _by_name(owners)


def _by_name(names: dict[UUID, str]) -> list[tuple[UUID, str]]:
    return sorted(names.items(), key=lambda item: (item[1].casefold(), item[0]))


def overdue_on(today: date) -> ColumnElement[bool]:
    """The condition for actions whose word is “overdue” on a day: computed, never typed (E6).

    Until done an action is late after its due date; done, after its time for verification.
    """
    undone = and_(
        Action.status.in_([ActionStatus.OPEN, ActionStatus.IN_PROGRESS]), Action.due_on < today
    )
    priority = Action.kind == ActionKind.PRIORITY
    unverified = [
        and_(
            Action.status == ActionStatus.DONE,
            kinds,
            Action.done_at < _done_too_long_ago(clock, today),
        )
        for clock, kinds in ((Clock.VERIFY, not_(priority)), (Clock.VERIFY_PRIORITY, priority))
    ]
    return or_(undone, *unverified)


def _done_too_long_ago(clock: Clock, today: date) -> datetime:
    """The first moment at which an action may have been done and still be verified in time."""
    calendar = settings.calendar()
    day = today
    while True:
        before = day - timedelta(days=1)
        # The clock has the length that stood on the day it began.
        if calendar.add_working_days(before, settings.number(clock, on=before)) < today:
            return datetime.combine(day, time(), LONDON)
        day = before


def outstanding(*, kind: ActionKind | None = None, on: date | None = None) -> list[Action]:
    """Every action outstanding now, or at the end of a day, by due date (E5)."""
    query = select(Action).options(joinedload(Action.owner), joinedload(Action.team))
    if on is None:
        query = query.where(Action.settled_on.is_(None))
    else:
        unsettled = Action.settled_on.is_(None) | (Action.settled_on > on)
        query = query.where(Action.raised_on <= on, unsettled)
    if kind is not None:
        query = query.where(Action.kind == kind)
    return list(db.session.scalars(query.order_by(Action.due_on.is_(None), Action.due_on)))


def my_actions(person_id: UUID) -> list[Action]:
    """What this person owns and has still to do, the nearest due date first."""
    query = (
        select(Action)
        .where(
            Action.owner_id == person_id,
            ~kept_from(person_id),
            Action.status.in_([ActionStatus.OPEN, ActionStatus.IN_PROGRESS]),
        )
        .order_by(Action.due_on.is_(None), Action.due_on, Action.reference)
    )
    return list(db.session.scalars(query))


def waiting_for_verification_by(actor: Actor, today: date) -> list[Action]:
    """Done actions for this person to verify, the longest waiting first.

    Many may verify an action (E4): it waits for those who answer for its team, for the QA lead, for
    whoever raised it, and, where it is a priority action, for each head outside the service.
    """
    query = (
        select(Action)
        .where(
            Action.status == ActionStatus.DONE,
            Action.owner_id != actor.person_id,
            _answers_for(actor),
            ~kept_from(actor.person_id),
        )
        .options(joinedload(Action.team), joinedload(Action.owner))
        .order_by(Action.done_at)
    )
    actions = list(db.session.scalars(query))
    people = [actor.person_id, *(action.owner_id for action in actions)]
    found = standings(people, today) if actions else {}
    return [
        action
        for action in actions
        if not verifier_bars(parties_from(action, actor.person_id, found))
    ]


def _answers_for(actor: Actor) -> ColumnElement[bool]:
    moderating = or_(Action.raised_by == actor.person_id, Action.kind == ActionKind.PRIORITY)
    return or_(
        true() if actor.holds(Role.QA_LEAD) else false(),
        reached_by(actor, Role.MODERATOR),
        reached_by(actor, Role.PRACTITIONER),
        moderating if actor.holds(Role.MODERATOR) else false(),
    )
