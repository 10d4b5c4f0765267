"""What shows that no action is lost: for directors and the QA lead, on one page (E4, E5, E6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, select, true
from sqlalchemy.orm import aliased, joinedload

from qa_app.accounts import settings
from qa_app.accounts.models import Person, Team
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import add_months
from qa_app.domain.escalation import Brag, Told
from qa_app.domain.intervals import too_few_to_say, wilson
from qa_app.domain.ladder import STEPS
from qa_app.domain.permissions import Actor, Role
from qa_app.tracker.models import Action, ActionStep, LadderTaken
from qa_app.tracker.queries.ladder import steps_taken
from qa_app.tracker.queries.lists import PAGE
from qa_app.tracker.queries.otherladders import Counted, counted
from qa_app.tracker.queries.overdue import overdue_on
from qa_app.tracker.queries.standing import brag_of, verification_due_of
from qa_app.tracker.queries.stock import Stock, stock_of
from qa_app.tracker.queries.told import taken_words
from qa_app.tracker.queries.visible import reached_by, visible_to

SHOWN, WITHDRAWN_SHOWN = 100, 10
"""Rows of the page's tables of priority actions and of withdrawals; their lists have the rest."""

_LEVELS: Final = list(Told)


class Figure(StrEnum):
    """A number of the page, by the name that its list has in an address."""

    OUTSTANDING = "outstanding"
    PRIORITY = "priority"
    OVERDUE = "overdue"
    WAITING = "waiting"
    VERIFIED = "verified"
    SENT_BACK = "sent-back"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed-by-import"


class Row(NamedTuple):
    """An outstanding priority action: its age in working days, and how far the ladder went."""

    action: Action
    word: Brag
    age: int
    highest: str
    taken_at: datetime | None


class Withdrawal(NamedTuple):
    """An action that was withdrawn: when, by whom, why, and who had asked for it (E5)."""

    action: Action
    on: date
    who: str
    reason: str
    asked_by: str


@dataclass(frozen=True)
class Verified:
    """How many of the verified ones were verified in time (E4)."""

    in_time: int
    n: int

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% interval of the share, between 0 and 1; None where n is too small (R6)."""
        if too_few_to_say(self.n, settings.number("too_few_to_say_below")):
            return None
        return wilson(self.in_time, self.n)


@dataclass(frozen=True)
class Assurance:
    """The page: `whole` where it is of every service, else of those that the reader answers for."""

    whole: bool
    since: date
    counts: dict[Figure, int]
    verified: Verified
    priority: Sequence[Row]
    withdrawals: Sequence[Withdrawal]
    quiet: Sequence[str]
    stock: Stock
    other_ladders: Sequence[Counted]


def sees_whole(actor: Actor) -> bool:
    """Whether the reader answers for every service."""
    return actor.holds(Role.QA_LEAD) or any(
        reach.role is Role.MODERATOR and reach.teams is None for reach in actor.reaches
    )


def answered_by(actor: Actor) -> ColumnElement[bool]:
    """The actions of what the reader answers for, without those that are kept from them (M3)."""
    whole = true() if sees_whole(actor) else reached_by(actor, Role.MODERATOR)
    return and_(visible_to(actor), whole)


def assurance(actor: Actor, today: date) -> Assurance:
    """Everything on the page, in as many queries whatever the number of actions."""
    seen, since = answered_by(actor), add_months(today, -12)
    return Assurance(
        whole=sees_whole(actor),
        since=since,
        counts=_counts(seen, today, since),
        verified=_verified(seen, today, since),
        priority=_priority(seen, today),
        withdrawals=_withdrawals(seen, today, since),
        quiet=_quiet(actor),
        stock=stock_of(seen, today),
        other_ladders=counted(seen),
    )


def stock_for(actor: Actor, today: date) -> Stock:
    """The stock of the page alone, for its chart."""
    return stock_of(answered_by(actor), today)


def conditions(today: date, since: date) -> dict[Figure, ColumnElement[bool]]:
    """What makes up each figure, apart from who reads it; the day `since` itself is left out."""
    outstanding, recent = Action.settled_on.is_(None), Action.settled_on > since
    sent_back = exists().where(
        ActionStep.action_id == Action.id,
        ActionStep.from_status == ActionStatus.DONE,
        ActionStep.to_status == ActionStatus.IN_PROGRESS,
        ActionStep.on > since,
    )
    return {
        Figure.OUTSTANDING: outstanding,
        Figure.PRIORITY: and_(outstanding, Action.kind == ActionKind.PRIORITY),
        Figure.OVERDUE: and_(outstanding, overdue_on(today)),
        Figure.WAITING: and_(outstanding, Action.status == ActionStatus.DONE),
        Figure.VERIFIED: and_(Action.status == ActionStatus.VERIFIED, recent),
        Figure.SENT_BACK: sent_back,
        Figure.WITHDRAWN: and_(Action.status == ActionStatus.WITHDRAWN, recent),
        Figure.CLOSED: Action.status == ActionStatus.CLOSED,
    }


def _counts(seen: ColumnElement[bool], today: date, since: date) -> dict[Figure, int]:
    """Every figure, each counted by its own condition (one query)."""
    made_of = conditions(today, since)
    counts = [
        select(func.count()).select_from(Action).where(seen, condition).scalar_subquery()
        for condition in made_of.values()
    ]
    return dict(zip(made_of, db.session.execute(select(*counts)).one(), strict=True))


def _verified(seen: ColumnElement[bool], today: date, since: date) -> Verified:
    query = select(Action.kind, Action.done_at, Action.settled_on).where(
        seen, conditions(today, since)[Figure.VERIFIED]
    )
    rows = list(db.session.execute(query))
    return Verified(sum(in_time(*row) for row in rows), len(rows))


def in_time(kind: ActionKind, done_at: datetime | None, verified_on: date | None) -> bool:
    """Whether what was done at a moment was verified in time (E4)."""
    if done_at is None or verified_on is None:
        return False
    return verified_on <= verification_due_of(kind, done_at)


def _priority(seen: ColumnElement[bool], today: date) -> list[Row]:
    """Outstanding priority actions, the oldest first (two queries)."""
    query = (
        _loaded()
        .where(seen, conditions(today, today)[Figure.PRIORITY])
        .order_by(Action.raised_on, Action.reference)
        .limit(SHOWN)
    )
    actions = list(db.session.scalars(query))
    highest: dict[UUID, LadderTaken] = {}
    for steps in steps_taken([action.id for action in actions]).values():
        for step in steps:
            highest[step.action_id] = max(highest.get(step.action_id, step), step, key=_height)
    calendar = settings.calendar()
    return [
        Row(
            action,
            brag_of(action, today),
            calendar.working_days_between(action.raised_on, today),
            *_reached(highest.get(action.id)),
        )
        for action in actions
    ]


def _reached(step: LadderTaken | None) -> tuple[str, datetime | None]:
    return ("", None) if step is None else (taken_words(step), step.at)


def _height(step: LadderTaken) -> tuple[int, datetime]:
    return max(_LEVELS.index(told) for told in STEPS[step.step].told), step.at


def _loaded() -> Any:
    return select(Action).options(joinedload(Action.owner), joinedload(Action.team))


def _withdrawals(seen: ColumnElement[bool], today: date, since: date) -> list[Withdrawal]:
    """What was withdrawn, the newest first, with the reason (E5; one query)."""
    asker = aliased(Person)
    query = (
        select(Action, ActionStep.note, Person.name, asker.name)
        .join(ActionStep, ActionStep.action_id == Action.id)
        .outerjoin(Person, Person.id == ActionStep.by)
        .outerjoin(asker, asker.id == Action.withdrawal_asked_by)
        .where(
            seen,
            conditions(today, since)[Figure.WITHDRAWN],
            ActionStep.to_status == ActionStatus.WITHDRAWN,
        )
        .order_by(Action.settled_on.desc(), Action.reference)
        .limit(WITHDRAWN_SHOWN)
    )
    return [
        Withdrawal(action, action.settled_on or since, name or "", note, asked_by or "")
        for action, note, name, asked_by in db.session.execute(query)
    ]


def _quiet(actor: Actor) -> list[str]:
    """The services, of those that the reader answers for, that have nothing outstanding.

    Whatever is kept from the reader counts too: no service is called free of actions that is not.
    """
    team = aliased(Team)
    outstanding = exists().where(
        Action.team_id == team.id, team.service_id == Team.id, Action.settled_on.is_(None)
    )
    query = select(Team.name).where(
        Team.service_id == Team.id, Team.closed_on.is_(None), ~outstanding
    )
    if not sees_whole(actor):
        reached = [
            reach.teams or frozenset() for reach in actor.reaches if reach.role is Role.MODERATOR
        ]
        query = query.where(Team.id.in_(frozenset[UUID]().union(*reached)))
    return list(db.session.scalars(query.order_by(Team.name)))


class BehindRow(NamedTuple):
    """An action behind a figure; `in_time` says of a verified one whether it was in time."""

    action: Action
    in_time: bool | None


@dataclass(frozen=True)
class Behind:
    """A page of the actions behind a figure, and whether there are more."""

    rows: Sequence[BehindRow]
    total: int
    more: bool


def behind(actor: Actor, figure: Figure, today: date, page: int) -> Behind:
    """The actions that make up a figure, the newest first: as many as it says (R2; two queries)."""
    chosen = and_(answered_by(actor), conditions(today, add_months(today, -12))[figure])
    total = db.session.scalar(select(func.count()).select_from(Action).where(chosen)) or 0
    query = _loaded().where(chosen).order_by(Action.raised_on.desc(), Action.reference.desc())
    actions = list(db.session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)))
    rows = [BehindRow(action, _if_verified(action)) for action in actions[:PAGE]]
    return Behind(rows, total, len(actions) > PAGE)


def _if_verified(action: Action) -> bool | None:
    if action.status is not ActionStatus.VERIFIED:
        return None
    return in_time(action.kind, action.done_at, action.settled_on)
