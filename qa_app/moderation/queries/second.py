"""Who may be the second moderator of which audits, and what they then decide about (M5)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Post, PostHolding
from qa_app.accounts.queries import names
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.independence import Bar
from qa_app.domain.permissions import Party
from qa_app.moderation.models import (
    Moderation,
    ModerationReply,
    ModerationStage,
    ModerationState,
    ModeratorGiven,
)
from qa_app.moderation.queries.comparing import (
    Compared,
    SetAside,
    differing,
    disputed,
    set_aside,
    side_by_side,
)
from qa_app.moderation.queries.independence import Review, reviews_of
from qa_app.moderation.queries.reading import (
    Reading,
    SectionRead,
    first_moderation,
    replies_of,
)

MODERATED_IT: Final = Bar("has moderated it already", "M5")
NOT_SENIOR: Final = Bar("is not senior to the first moderator", "M5")


def second_review_of(audit: Audit, person_id: UUID, today: date) -> Review:
    """Whether this person may be the second moderator of one audit."""
    return second_reviews_of([audit], person_id, today)[audit.id]


def second_reviews_of(audits: Sequence[Audit], person_id: UUID, today: date) -> dict[UUID, Review]:
    """The bars of M2 and S6 and those of M5, for many audits in a few queries.

    The first moderator's rank is that of the day on which they committed. Whoever was named from
    outside need not be senior; where somebody was given the audit, nobody else takes it.
    """
    reviews = reviews_of(audits, person_id, today)
    ids = [audit.id for audit in audits]
    firsts, given, moderated = _firsts(ids), _given(ids), _moderated(ids, person_id)
    ranks = _Ranks([person_id, *(each.person_id for each in firsts.values())])
    named = names({each.person_id for each in given.values()} - {person_id})
    found = {}
    for audit in audits:
        facts = _Facts(
            firsts.get(audit.id),
            given.get(audit.id),
            ranks.on(person_id, today),
            person_id,
            audit.id in moderated,
        )
        bars = facts.bars(ranks, named)
        found[audit.id] = replace(reviews[audit.id], bars=(*reviews[audit.id].bars, *bars))
    return found


@dataclass(frozen=True)
class _First:
    person_id: UUID
    committed_on: date


@dataclass(frozen=True)
class _Facts:
    first: _First | None
    given: ModeratorGiven | None
    rank: int
    person_id: UUID
    has_moderated: bool

    def bars(self, ranks: "_Ranks", named: dict[UUID, str]) -> list[Bar]:
        """What M5 says against this person, beside M2."""
        bars = []
        if self.has_moderated:
            bars.append(MODERATED_IT)
        elif not self._outsider and self.rank <= self._first_rank(ranks):
            bars.append(NOT_SENIOR)
        if self.given is not None and self.given.person_id != self.person_id:
            who = named[self.given.person_id]
            bars.append(Bar(f"was not named for it, as {who} was", "M5"))
        return bars

    @property
    def _outsider(self) -> bool:
        given = self.given
        return given is not None and given.outsider and given.person_id == self.person_id

    def _first_rank(self, ranks: "_Ranks") -> int:
        first = self.first
        return ranks.on(first.person_id, first.committed_on) if first is not None else 0


def _firsts(audit_ids: Collection[UUID]) -> dict[UUID, _First]:
    rows = db.session.execute(
        select(Moderation.audit_id, Moderation.moderator_id, Moderation.committed_at)
        .where(
            Moderation.audit_id.in_(audit_ids),
            Moderation.stage == ModerationStage.FIRST,
            Moderation.state == ModerationState.COMMITTED,
        )
        .order_by(Moderation.committed_at)
    )
    return {
        audit_id: _First(moderator_id, london_date(committed_at))
        for audit_id, moderator_id, committed_at in rows
        if moderator_id is not None and committed_at is not None
    }


def _given(audit_ids: Collection[UUID]) -> dict[UUID, ModeratorGiven]:
    query = select(ModeratorGiven).where(
        ModeratorGiven.audit_id.in_(audit_ids),
        ModeratorGiven.stage == ModerationStage.SECOND,
        ModeratorGiven.ended_at.is_(None),
    )
    return {row.audit_id: row for row in db.session.scalars(query)}


def _moderated(audit_ids: Collection[UUID], person_id: UUID) -> set[UUID]:
    query = select(AuditParty.audit_id).where(
        AuditParty.audit_id.in_(audit_ids),
        AuditParty.person_id == person_id,
        AuditParty.party.in_((Party.MODERATOR, Party.BLIND_MODERATOR)),
    )
    return set(db.session.scalars(query))


class _Ranks:
    """The highest rank of the posts that some people held on any day (one query)."""

    def __init__(self, person_ids: Collection[UUID]) -> None:
        rows = db.session.execute(
            select(PostHolding.person_id, PostHolding.started_on, PostHolding.ended_on, Post.rank)
            .join(Post, Post.id == PostHolding.post_id)
            .where(PostHolding.person_id.in_(set(person_ids)))
        )
        self._held: dict[UUID, list[tuple[date, date, int]]] = {}
        for person_id, first, last, rank in rows:
            self._held.setdefault(person_id, []).append((first, last or date.max, rank))

    def on(self, person_id: UUID, day: date) -> int:
        """The rank on a day; 0 for somebody without a post."""
        held = self._held.get(person_id, [])
        return max((rank for first, last, rank in held if first <= day <= last), default=0)


class Dispute:
    """What a second moderator reads: both views with their reasons, the auditor's answers, and the
    evidence for what is disputed."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.reading = Reading(audit)

    @cached_property
    def first(self) -> Moderation | None:
        """The first moderation."""
        return first_moderation(self.audit.id)

    @cached_property
    def replies(self) -> dict[str, ModerationReply]:
        """The auditor's answers by section code, and under OVERALL."""
        return replies_of(self.first.id) if self.first is not None else {}

    @cached_property
    def lines(self) -> list[Compared]:
        """Every grade, overall first."""
        return side_by_side(self.audit)

    @property
    def disputed(self) -> list[Compared]:
        """What is to be decided: overall, then the sections that the auditor does not accept."""
        return disputed(self.lines, self.replies)

    @property
    def settled(self) -> list[Compared]:
        """Sections that differed and that the auditor accepted: the first moderator's stand."""
        decided = {line.code for line in self.disputed}
        return [line for line in differing(self.lines) if line.code not in decided]

    @cached_property
    def sections(self) -> dict[str, SectionRead]:
        """What the auditor wrote and answered, by section code."""
        return {each.section.code: each for each in self.reading.sections}

    @cached_property
    def set_aside(self) -> list[SetAside]:
        """Limits on the overall grade that the auditor or the first moderator set aside (A7)."""
        name = self.first.moderator_name if self.first is not None else ""
        return set_aside(self.audit, self.lines, moderator=name, second="")
