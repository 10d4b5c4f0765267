"""Who may moderate which audits (M2, S6), for many audits at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, cast
from uuid import UUID

from sqlalchemy import and_, or_, select

from qa_app.accounts.models import Person, Post, PostHolding, Team
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db
from qa_app.domain.independence import (
    Bar,
    CaseTie,
    ModeratorFacts,
    TieRole,
    bars_for_moderator,
    oversight_is_colleagues,
)
from qa_app.domain.permissions import Party
from qa_app.tracker.queries import standings

_TIES = {
    Party.SOCIAL_WORKER: TieRole.SOCIAL_WORKER,
    Party.TEAM_MANAGER: TieRole.TEAM_MANAGER,
    Party.IRO: TieRole.IRO,
    Party.CHAIR: TieRole.CHAIR,
    Party.DECISION_MAKER: TieRole.DECISION_MAKER,
}


@dataclass(frozen=True)
class Review:
    """Whether somebody may moderate an audit, and whether it is of their own service."""

    bars: tuple[Bar, ...]
    own_service: bool

    def sentence(self, name: str) -> str:
        """“Hetty Head is the auditor's line manager, so cannot moderate this audit.”"""
        reasons = " and ".join(bar.reason for bar in self.bars)
        return f"{name} {reasons}, so cannot moderate this audit."


def review_of(audit: Audit, person_id: UUID, today: date) -> Review:
    """Whether this person may moderate one audit."""
    return reviews_of([audit], person_id, today)[audit.id]


def reviews_of(audits: Sequence[Audit], person_id: UUID, today: date) -> dict[UUID, Review]:
    """The same for many audits: three queries, however many they are."""
    parties, seconds = _parties(audits)
    people = {person_id} | {audit.auditor_id for audit in audits} | set(seconds.values())
    people |= {tie.person_id for ties in parties.values() for tie in ties}
    found = standings(people, today)
    services = {each: standing.service_id for each, standing in found.items()}
    auditors = [audit.auditor_id for audit in audits]
    line = managers_for([person_id, *auditors, *seconds.values()], today)
    found_by_id = {}
    for audit in audits:
        ties = tuple(parties.get(audit.id, ()))
        # An imported audit may name an auditor who has no row here: then nobody is that person.
        first = _facts(audit, person_id, audit.auditor_id or audit.id, ties, services, line)
        bars = bars_for_moderator(first)
        if audit.id in seconds:
            second = _facts(audit, person_id, seconds[audit.id], ties, services, line)
            bars += bars_for_moderator(replace(second, auditor_words="the second auditor"))
        found_by_id[audit.id] = Review(tuple(dict.fromkeys(bars)), first.own_service)
    return found_by_id


def _parties(audits: Sequence[Audit]) -> tuple[dict[UUID, list[CaseTie]], dict[UUID, UUID]]:
    """audit → the people of its case, and audit → its second auditor (M2 takes both alike)."""
    query = select(AuditParty).where(
        AuditParty.audit_id.in_([audit.id for audit in audits]),
        AuditParty.party.in_([*_TIES, Party.CO_AUDITOR]),
        AuditParty.person_id.is_not(None),
    )
    ties: dict[UUID, list[CaseTie]] = {}
    seconds: dict[UUID, UUID] = {}
    for party in db.session.scalars(query):
        person_id = cast(UUID, party.person_id)
        if party.party is Party.CO_AUDITOR:
            seconds[party.audit_id] = person_id
            continue
        role, first, last = _TIES[party.party], party.started_on, party.ended_on
        tie = CaseTie(person_id, party.name, role, first, last)
        ties.setdefault(party.audit_id, []).append(tie)
    return ties, seconds


def _facts(
    audit: Audit,
    person_id: UUID,
    auditor: UUID,
    ties: tuple[CaseTie, ...],
    services: dict[UUID, UUID | None],
    line: dict[UUID, UUID | None],
) -> ModeratorFacts:
    """The facts of M2 as one of the audit's auditors makes them."""
    period = (audit.period_from or date.min, audit.period_to or date.max)
    return ModeratorFacts(
        moderator_id=person_id,
        auditor_id=auditor,
        managers=line,
        ties=ties,
        period=period,
        moderator_service_id=services.get(person_id),
        audited_service_id=audit.service_id,
        auditor_service_id=services.get(auditor),
        oversight_by_colleague=oversight_is_colleagues(
            auditor, services.get(auditor), ties, period, services
        ),
    )


class _Held(NamedTuple):
    """A post as somebody holds it; `above` are its unit and those over it, the nearest first."""

    person_id: UUID
    name: str
    title: str
    rank: int
    line: bool
    team_id: UUID
    above: tuple[UUID, ...]


def managers_for(person_ids: Iterable[UUID | None], today: date) -> dict[UUID, UUID | None]:
    """The line managers of these people and of everybody above them, in one query.

    As `accounts.queries.manager_of`: the manager given, else the holder of the lowest higher line
    post in the unit of one's highest post, else in the unit above (a vacant step goes up).
    """
    given, held = _everybody(today)
    by_unit: dict[UUID, list[_Held]] = {}
    for post in sorted(held, key=lambda each: (each.rank, each.name)):
        if post.line:
            by_unit.setdefault(post.team_id, []).append(post)
    own: dict[UUID, _Held] = {}
    for post in sorted(held, key=lambda each: (-each.rank, each.title)):
        own.setdefault(post.person_id, post)
    line: dict[UUID, UUID | None] = {}
    waiting = {person_id for person_id in person_ids if person_id is not None}
    while waiting:
        person_id = waiting.pop()
        manager = given.get(person_id) or _next_up(own.get(person_id), by_unit)
        line[person_id] = manager
        if manager is not None and manager not in line:
            waiting.add(manager)
    return line


def _everybody(today: date) -> tuple[dict[UUID, UUID], list[_Held]]:
    holding = and_(
        PostHolding.person_id == Person.id,
        PostHolding.started_on <= today,
        or_(PostHolding.ended_on.is_(None), PostHolding.ended_on >= today),
    )
    query = (
        select(
            Person.id, Person.name, Person.line_manager_id,
            Post.title, Post.rank, Post.line, Post.team_id, Team.path,
        )
        .outerjoin(PostHolding, holding)
        .outerjoin(Post, Post.id == PostHolding.post_id)
        .outerjoin(Team, Team.id == Post.team_id)
    )  # fmt: skip
    given: dict[UUID, UUID] = {}
    held = []
    for person_id, name, manager_id, title, rank, line, team_id, path in db.session.execute(query):
        if manager_id is not None:
            given[person_id] = manager_id
        if team_id is not None:
            above = tuple(UUID(part) for part in reversed(path.strip("/").split("/")))
            held.append(_Held(person_id, name, title, rank, line, team_id, above))
    return given, held


def _next_up(post: _Held | None, by_unit: dict[UUID, list[_Held]]) -> UUID | None:
    if post is None:
        return None
    for unit in post.above:
        for candidate in by_unit.get(unit, ()):
            if candidate.rank > post.rank and candidate.person_id != post.person_id:
                return candidate.person_id
    return None
