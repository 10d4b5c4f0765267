"""Who has what in a month or a batch, and how far each has come (P4, P6, P7)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased, joinedload

from qa_app.accounts.models import COUNTED_AUDITORS, Person, Post, PostKind, Team
from qa_app.accounts.queries import holders
from qa_app.audits.models import Audit
from qa_app.audits.queries import may_read
from qa_app.audits.queries.lists import implicated
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.permissions import Actor, Role
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import (
    Batch,
    BatchAudit,
    BatchAuditor,
    Cycle,
    Exemption,
    Expectation,
)
from qa_app.standards.models import ToolVersion


class Unit(NamedTuple):
    """A team or a service."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Given:
    """An audit of the month or batch. `in_time`: completed by the day that P4 counts to."""

    id: UUID
    reference: str
    auditor_id: UUID | None
    auditor: str
    kind: PostKind
    state: AuditState
    due_on: date | None
    completed_on: date | None
    case_team: str
    counts: bool
    readable: bool
    in_time: bool


@dataclass
class Place:
    """What is expected of a post or person; `audits` are theirs, `within` those of them that are
    due of them (the others are beyond it: P4)."""

    person_id: UUID | None
    auditor: str
    kind: PostKind
    post: str
    team: Unit | None
    service: Unit | None
    number: int = 0
    exempted: int = 0
    audits: list[Given] = field(default_factory=list)
    within: set[UUID] = field(default_factory=set)

    @property
    def due(self) -> int:
        """Expected less exempted (P4)."""
        return self.number - self.exempted

    @property
    def room(self) -> int:
        """How many more audits are due than are counted here yet."""
        return self.due - len(self.within)


@dataclass(frozen=True)
class Followed:
    """The places of a month or batch that somebody may see, and the day on which it was due."""

    places: list[Place]
    due_on: date | None


def of_month(actor: Actor, month: date, today: date) -> Followed:
    """Everybody's place in a month's cycle (at most three queries)."""
    first = Month.of(month).first
    places, due_on = _expected(first)
    found = _given(actor, Month.of(first).last, Audit.cycle_month == first)
    return Followed(_seen(actor, _placed(places, found, today)), due_on)


def of_batch(actor: Actor, batch: Batch, today: date) -> Followed:
    """Everybody's place in a batch, which knows no exemptions (at most three queries)."""
    query = (
        select(BatchAuditor.person_id, Person.name, BatchAuditor.number)
        .join(Person, Person.id == BatchAuditor.person_id)
        .where(BatchAuditor.batch_id == batch.id)
        .order_by(Person.name)
    )
    places = [
        Place(row.person_id, row.name, PostKind.OTHER, "", None, None, row.number)
        for row in db.session.execute(query)
    ]
    of_this = Audit.id.in_(select(BatchAudit.audit_id).where(BatchAudit.batch_id == batch.id))
    # Its audits are its own: what they count for in the measures does not matter here (P7).
    found = [replace(each, counts=True) for each in _given(actor, batch.ends_on, of_this)]
    return Followed(_seen(actor, _placed(places, found, today, alike=False)), batch.ends_on)


def _expected(first: date) -> tuple[list[Place], date | None]:
    in_time = func.sum(Exemption.number).filter(Exemption.granted_on <= Cycle.due_on)
    service = aliased(Team)
    query = (
        select(
            Cycle.due_on,
            Expectation.person_id,
            Expectation.post_kind,
            Expectation.number,
            Person.name.label("auditor"),
            Post.title,
            Team.id.label("team_id"),
            Team.name.label("team"),
            service.id.label("service_id"),
            service.name.label("service"),
            in_time.label("exempted"),
        )
        .select_from(Expectation)
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .outerjoin(Person, Person.id == Expectation.person_id)
        .outerjoin(Post, Post.id == Expectation.post_id)
        .outerjoin(Team, Team.id == Post.team_id)
        .outerjoin(service, service.id == Team.service_id)
        .outerjoin(Exemption, Exemption.expectation_id == Expectation.id)
        .where(Cycle.month == first)
        .group_by(Expectation.id, Cycle.id, Person.id, Post.id, Team.id, service.id)
        .order_by(Person.name.is_(None), Person.name, Post.title, Expectation.id)
    )
    rows = db.session.execute(query).all()
    places = [
        Place(
            row.person_id,
            row.auditor or "Vacant post",
            row.post_kind,
            row.title or "",
            Unit(row.team_id, row.team) if row.team_id else None,
            Unit(row.service_id, row.service) if row.service_id else None,
            row.number,
            min(row.exempted or 0, row.number),
        )
        for row in rows
    ]
    return places, rows[0].due_on if rows else None


def _given(actor: Actor, until: date, which: ColumnElement[bool]) -> list[Given]:
    """The audits, those completed first in the order of completion, as P4 counts them."""
    query = (
        select(
            Audit.id,
            Audit.reference,
            Audit.auditor_id,
            Audit.auditor_name,
            Audit.auditor_post,
            Audit.state,
            Audit.due_on,
            Audit.completed_on,
            Audit.team_name,
            ToolVersion.counts_in_mtm,
            may_read(actor).label("readable"),
        )
        .outerjoin(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        # E1: whoever a concern on an audit is about sees nothing of it.
        .where(which, Audit.state != AuditState.WITHDRAWN, ~implicated(actor.person_id))
        .order_by(
            Audit.completed_on.is_(None),
            Audit.completed_on,
            Audit.submitted_at,
            Audit.due_on,
            Audit.id,
        )
    )
    return [
        Given(
            row.id,
            row.reference,
            row.auditor_id,
            row.auditor_name,
            row.auditor_post,
            row.state,
            row.due_on,
            row.completed_on,
            row.team_name,
            bool(row.counts_in_mtm),
            bool(row.readable),
            row.completed_on is not None and row.completed_on <= until,
        )
        for row in db.session.execute(query)
    ]


def _placed(
    places: list[Place], found: list[Given], today: date, *, alike: bool = True
) -> list[Place]:
    """The places with each audit in one of them; who has audits and no place gets one.

    With `alike` an audit is due only of a place that MTM-2 counts as it counts the audit.
    """
    of_person: dict[UUID | None, list[Place]] = {}
    for place in places:
        of_person.setdefault(place.person_id, []).append(place)
    of_person.pop(None, None)
    for each in found:
        mine = of_person.setdefault(each.auditor_id, [])
        if not mine:
            mine.append(Place(each.auditor_id, each.auditor, each.kind, "", None, None))
            places.append(mine[0])
    _add_posts([place for place in places if place.team is None], today)
    for each in found:
        _put(each, of_person[each.auditor_id], alike)
    return places


def _put(audit: Given, places: list[Place], alike: bool) -> None:
    """Into the place that it is due of: one of its post's kind, or else another of the person."""
    best_first = sorted(places, key=lambda place: place.kind is not audit.kind)
    for place in best_first:
        fits = not alike or _counted_alike(place.kind, audit.kind)
        if audit.counts and fits and place.room > 0:
            place.audits.append(audit)
            place.within.add(audit.id)
            return
    best_first[0].audits.append(audit)


def _counted_alike(kind: PostKind, other: PostKind) -> bool:
    return (kind in COUNTED_AUDITORS) is (other in COUNTED_AUDITORS)


def _add_posts(places: Iterable[Place], today: date) -> None:
    """The present post of those whose place is no post's: its title, team and service."""
    wanted = {place.person_id for place in places if place.person_id is not None}
    if not wanted:
        return
    load = joinedload(Post.team).joinedload(Team.service)
    query = holders(today).where(Person.id.in_(wanted)).order_by(Post.rank).options(load)
    held = {person.id: post for person, post in db.session.execute(query)}
    for place in places:
        post = held.get(place.person_id) if place.person_id is not None else None
        if post is None:
            continue
        place.post, place.team = post.title, Unit(post.team.id, post.team.name)
        service = post.team.service
        place.service = Unit(service.id, service.name) if service is not None else None
        if place.kind is PostKind.OTHER:
            place.kind = post.kind


def _seen(actor: Actor, places: list[Place]) -> list[Place]:
    """All of them for the QA lead; for a moderator those of posts in what they answer for."""
    teams = reached(actor)
    if teams is None:
        return places
    return [place for place in places if place.team is not None and place.team.id in teams]


def reached(actor: Actor) -> Collection[UUID] | None:
    """The teams whose auditors somebody may follow; None for all."""
    if actor.holds(Role.QA_LEAD):
        return None
    teams: set[UUID] = set()
    for reach in actor.reaches:
        if reach.role is Role.MODERATOR:
            if reach.teams is None:
                return None
            teams |= reach.teams
    return teams


def batches_to_choose(limit: int = 30) -> list[Batch]:
    """The batches, those not closed first, then the newest."""
    query = (
        select(Batch)
        .order_by(Batch.closed_at.is_not(None), Batch.starts_on.desc(), Batch.name)
        .limit(limit)
    )
    return list(db.session.scalars(query))
