"""Lists of requests: one's own, those that wait for one's decision, and all (P3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVarTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import aliased, joinedload

from qa_app.accounts.line import Member
from qa_app.accounts.models import Person, Post, PostHolding, Team
from qa_app.accounts.periods import holding_on
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.permissions import Actor, Permission, Role, allowed
from qa_app.domain.workflow import OPEN_FOR_WRITING
from qa_app.programme.models import (
    Cycle,
    CycleState,
    Expectation,
    Extension,
    RequestState,
    TimeRequest,
)
from qa_app.programme.queries.requests import limit_on, who_may_grant, wish_of

LISTED = 100
Ts = TypeVarTuple("Ts")


class Asked(NamedTuple):
    """A request with the days granted for its audit, and the line manager that is given, if any."""

    request: TimeRequest
    granted: int
    given_manager: UUID | None


@dataclass(frozen=True)
class Waiting:
    """The requests that wait for somebody's decision, the oldest first."""

    rows: list[TimeRequest]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.rows)


def waiting_requests_for(actor: Actor, today: date) -> Waiting:
    """The requests that this person may decide (P3); at most two queries, one where there is none.

    They are those whose page lets them decide: a test holds the two equal.
    """
    query = (
        with_facts(select(TimeRequest, _granted(), _given_manager(today)))
        .where(TimeRequest.state == RequestState.ASKED, _reached(actor))
        .order_by(TimeRequest.asked_at, TimeRequest.id)
    )
    found = [
        each
        for each in (Asked(row[0], row[1], row[2]) for row in db.session.execute(query))
        if allowed(Permission.TIME_REQUEST_DECIDE, actor, each.request.permission_subject())
    ]
    if not found:
        return Waiting([])
    line, limit = _ShortLine(found, today), limit_on(today)
    return Waiting(
        [
            each.request
            for each in found
            if actor.person_id in who_may_grant(wish_of(each.request, each.granted), line, limit)
        ]
    )


def _granted() -> ColumnElement[int]:
    days = select(func.coalesce(func.sum(Extension.working_days), 0))
    return days.where(Extension.audit_id == TimeRequest.audit_id).scalar_subquery()


def _given_manager(today: date) -> ColumnElement[UUID]:
    manager, below = aliased(Person), aliased(Person)
    query = select(manager.id).join(below, below.line_manager_id == manager.id)
    still_here = or_(manager.left_on.is_(None), manager.left_on >= today)
    return query.where(below.id == TimeRequest.person_id, still_here).scalar_subquery()


def _reached(actor: Actor) -> ColumnElement[bool]:
    roles = (Role.PRACTITIONER, Role.MODERATOR)
    reaches = [reach.teams for reach in actor.reaches if reach.role in roles]
    if None in reaches:
        return true()
    teams = {team for each in reaches for team in each or ()}
    return TimeRequest.team_id.in_(teams) if teams else false()


def with_facts(query: Select[*Ts]) -> Select[*Ts]:
    """The query, with all that a list or a page shows of a request."""
    return query.options(
        joinedload(TimeRequest.person),
        joinedload(TimeRequest.asker),
        joinedload(TimeRequest.decider),
        joinedload(TimeRequest.team),
        joinedload(TimeRequest.audit),
        joinedload(TimeRequest.expectation).joinedload(Expectation.cycle),
        joinedload(TimeRequest.expectation).joinedload(Expectation.post),
    )


class _ShortLine:
    """The part of the line above some people, from one query; it answers as `Line` does."""

    def __init__(self, asked: Collection[Asked], today: date) -> None:
        about = {each.request.person_id for each in asked}
        rows = [(Member(*row[:-1]), row.path) for row in db.session.execute(_members(about, today))]
        self._line = [(member, path) for member, path in rows if member.line]
        self._highest = {member.person_id: member for member, _ in rows}
        self._paths = {each.request.team_id: _path(each.request) for each in asked}
        self._paths |= {member.team_id: path for member, path in rows}
        self._given = {each.request.person_id: each.given_manager for each in asked}

    def people_above(self, team_id: UUID | None, besides: Collection[UUID] = ()) -> list[Member]:
        """The holders of the line posts of a unit and all units above it, lowest first."""
        unit = self._paths.get(team_id, "")
        above = [
            (member, path)
            for member, path in self._line
            if path and unit.startswith(path) and member.person_id not in besides
        ]
        return [member for member, _ in sorted(above, key=lambda each: -len(each[1]))]

    def manager_of(self, person_id: UUID, besides: Collection[UUID] = ()) -> UUID | None:
        """The line manager: the one given, else the next line post up with somebody in it."""
        given = self._given.get(person_id)
        if given is not None and given not in besides:
            return given
        held = self._highest.get(person_id)
        if held is None:
            return None
        above = self.people_above(held.team_id, {person_id, *besides})
        return next((each.person_id for each in above if each.rank > held.rank), None)


def _path(request: TimeRequest) -> str:
    return request.team.path if request.team is not None else ""


def _members(about: Collection[UUID | None], today: date):  # type: ignore[no-untyped-def]  # SQL
    return (
        select(
            Person.id, Person.name, Person.email, Post.kind, Post.title, Post.rank, Post.line,
            Post.team_id, Team.path,
        )
        .join(PostHolding, PostHolding.person_id == Person.id)
        .join(Post, Post.id == PostHolding.post_id)
        .join(Team, Team.id == Post.team_id)
        .where(
            holding_on(today),
            or_(Person.left_on.is_(None), Person.left_on >= today),
            or_(Post.line, Person.id.in_([each for each in about if each is not None])),
        )
        .order_by(Post.rank, Person.name, Person.id)
    )  # fmt: skip


def requests_of(person_id: UUID) -> list[TimeRequest]:
    """What somebody asked for, or what was asked for them; the newest first."""
    query = with_facts(select(TimeRequest)).where(
        or_(TimeRequest.person_id == person_id, TimeRequest.asked_by == person_id)
    )
    return _newest(query)


def all_requests() -> list[TimeRequest]:
    """Every request, those that wait first, then the newest."""
    return _newest(with_facts(select(TimeRequest)))


def _newest(query: Select[TimeRequest]) -> list[TimeRequest]:
    query = query.order_by(
        TimeRequest.state != RequestState.ASKED, TimeRequest.asked_at.desc(), TimeRequest.id
    )
    return list(db.session.scalars(query.limit(LISTED)))


class Mine(NamedTuple):
    """What somebody can ask about: what is expected of them, and audits that they have to do."""

    expectations: Sequence[Expectation]
    audits: Sequence[Audit]


def mine(person_id: UUID, today: date) -> Mine:
    """One's own expectations of months that are not closed, and audits not done (two queries)."""
    expectations = (
        select(Expectation)
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .where(
            Expectation.person_id == person_id,
            Expectation.number > 0,
            Cycle.state != CycleState.CLOSED,
            Cycle.month >= Month.of(today).previous().first,
        )
        .options(joinedload(Expectation.cycle))
        .order_by(Cycle.month)
        .limit(LISTED)
    )
    return Mine(
        list(db.session.scalars(expectations)), unfinished_of(Audit.auditor_id == person_id)
    )


def unfinished_of(whose: ColumnElement[bool]) -> list[Audit]:
    """The audits never submitted of these auditors, the nearest due date first."""
    query = select(Audit).where(
        whose, Audit.completed_on.is_(None), Audit.state.in_(OPEN_FOR_WRITING)
    )
    return list(db.session.scalars(query.order_by(Audit.due_on, Audit.reference).limit(LISTED)))
