"""Who may moderate which audits (M2, S6), for many audits at once."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

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
from qa_app.moderation.models import ModerationWaiver
from qa_app.moderation.queries.staff import Staff, managers_for

__all__ = ["DID_IT", "Independence", "Review", "managers_for", "review_of", "reviews_of"]

_TIES = {
    Party.SOCIAL_WORKER: TieRole.SOCIAL_WORKER,
    Party.TEAM_MANAGER: TieRole.TEAM_MANAGER,
    Party.IRO: TieRole.IRO,
    Party.CHAIR: TieRole.CHAIR,
    Party.DECISION_MAKER: TieRole.DECISION_MAKER,
}


DID_IT: Final = "did this audit"
"""The reason that no waiver lifts."""


@dataclass(frozen=True)
class Review:
    """Whether somebody may moderate an audit, and whether it is of their own service.

    `waived` says that a waiver stands, which lifted other bars.
    """

    bars: tuple[Bar, ...]
    own_service: bool
    waived: bool = False

    def sentence(self, name: str) -> str:
        """“Hetty Head is the auditor's line manager, so cannot moderate this audit.”"""
        reasons = " and ".join(bar.reason for bar in self.bars)
        return f"{name} {reasons}, so cannot moderate this audit."


def review_of(audit: Audit, person_id: UUID, today: date) -> Review:
    """Whether this person may moderate one audit."""
    return reviews_of([audit], person_id, today)[audit.id]


def reviews_of(audits: Sequence[Audit], person_id: UUID, today: date) -> dict[UUID, Review]:
    """The same for many audits: three queries, however many they are."""
    found = Independence(audits, [person_id], today)
    return {audit.id: found.review(audit, person_id) for audit in audits}


class Independence:
    """What M2 and S6 read about these audits and these people, in three queries.

    Afterwards the audits' parties are loaded, so that asking who may read them costs nothing.
    """

    def __init__(self, audits: Sequence[Audit], person_ids: Collection[UUID], today: date) -> None:
        self._ties, self._seconds = _parties(audits)
        auditors = [audit.auditor_id for audit in audits]
        people = {*person_ids, *auditors, *self._seconds.values()}
        self.staff = Staff(today)
        self._line = self.staff.managers(people)
        self._waived = _waived(audits, person_ids)

    def review(self, audit: Audit, person_id: UUID, *, waivers: bool = True) -> Review:
        """Whether this person may moderate this audit.

        A waiver that stands lifts the bars (M2), though nobody ever moderates an audit that they
        did themselves; without `waivers` the bars are given as they are.
        """
        # An imported audit may name an auditor who has no row here: then nobody is that person.
        first = self._facts(audit, person_id, audit.auditor_id or audit.id)
        bars = bars_for_moderator(first)
        if audit.id in self._seconds:
            second = self._facts(audit, person_id, self._seconds[audit.id])
            bars += bars_for_moderator(replace(second, auditor_words="the second auditor"))
        waived = waivers and (audit.id, person_id) in self._waived
        if waived:
            bars = [bar for bar in bars if bar.reason == DID_IT]
        return Review(tuple(dict.fromkeys(bars)), first.own_service, waived)

    def _facts(self, audit: Audit, person_id: UUID, auditor: UUID) -> ModeratorFacts:
        """The facts of M2 as one of the audit's auditors makes them."""
        period = (audit.period_from or date.min, audit.period_to or date.max)
        ties, services = tuple(self._ties.get(audit.id, ())), self.staff.services
        return ModeratorFacts(
            moderator_id=person_id,
            auditor_id=auditor,
            managers=self._line,
            ties=ties,
            period=period,
            moderator_service_id=services.get(person_id),
            audited_service_id=audit.service_id,
            auditor_service_id=services.get(auditor),
            oversight_by_colleague=oversight_is_colleagues(
                auditor, services.get(auditor), ties, period, services
            ),
        )


def _parties(audits: Sequence[Audit]) -> tuple[dict[UUID, list[CaseTie]], dict[UUID, UUID]]:
    """audit → the people of its case, and audit → its second auditor (M2 takes both alike)."""
    ties: dict[UUID, list[CaseTie]] = {}
    seconds: dict[UUID, UUID] = {}
    for party in _loaded_parties(audits):
        if party.person_id is None:
            continue
        if party.party is Party.CO_AUDITOR:
            seconds[party.audit_id] = party.person_id
        elif party.party in _TIES:
            role, first, last = _TIES[party.party], party.started_on, party.ended_on
            tie = CaseTie(party.person_id, party.name, role, first, last)
            ties.setdefault(party.audit_id, []).append(tie)
    return ties, seconds


def _loaded_parties(audits: Sequence[Audit]) -> Iterable[AuditParty]:
    """The parties of all these audits, which have them at hand afterwards (one query)."""
    found: dict[UUID, list[AuditParty]] = {audit.id: [] for audit in audits}
    query = select(AuditParty).where(AuditParty.audit_id.in_(found)).order_by(AuditParty.id)
    for party in db.session.scalars(query):
        found[party.audit_id].append(party)
    for audit in audits:
        set_committed_value(audit, "parties", found[audit.id])
    return chain.from_iterable(found.values())


def _waived(audits: Sequence[Audit], person_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """The waivers that stand, as (audit, moderator)."""
    query = select(ModerationWaiver.audit_id, ModerationWaiver.moderator_id).where(
        ModerationWaiver.audit_id.in_([audit.id for audit in audits]),
        ModerationWaiver.moderator_id.in_(person_ids),
        ModerationWaiver.ended_at.is_(None),
    )
    return {(row.audit_id, row.moderator_id) for row in db.session.execute(query)}
