"""The moderation queue: risk first, then age, then one's own service (M0, M2, M3, M5)."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, or_

from qa_app.accounts import settings
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.choosing import to_be_moderated
from qa_app.audits.queries.lists import implicated
from qa_app.domain.blind import READS_IT
from qa_app.domain.facts import may_begin
from qa_app.domain.grades import Grade
from qa_app.domain.late import is_urgent
from qa_app.domain.permissions import Actor
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationStage, ModeratorGiven
from qa_app.moderation.queries.blind import barred_from_blind
from qa_app.moderation.queries.independence import Review, reviews_of
from qa_app.moderation.queries.inhand import (
    BEGUN,
    CONCERN,
    InHand,
    in_hand,
    is_blind,
    moderate_by,
)
from qa_app.moderation.queries.second import second_reviews_of

__all__ = ["Queue", "Waiting", "moderate_by", "queue_for"]

SHOWN: Final = 200
_NOT_BLIND: Final = f"{READS_IT.reason}, so cannot moderate it blind"


@dataclass(frozen=True)
class Waiting:
    """One audit of the queue, with what may be shown of it.

    Of a blind one no grade, no last day and nothing else that depends on the auditor's judgement is
    here (M3): `grade` and `due` are None. `due` is None too for an imported audit, on which no
    clock runs. `facts_until` is the last day of the check of its facts, while it cannot be taken
    before (A12). `reasons` say why somebody cannot take it, each after their name; `given_to` names
    whom it was given to.
    """

    audit: Audit
    concern: bool
    blind: bool
    second: bool
    grade: Grade | None
    due: date | None
    working_days: int
    waited: int
    review: Review
    reasons: tuple[str, ...] = ()
    given_to: str = ""
    moderation_id: UUID | None = None
    facts_until: date | None = None

    @property
    def since(self) -> datetime | None:
        """When it was sent for moderation."""
        return self.audit.submitted_at

    def why_not(self, name: str) -> str:
        """Why this person cannot take it, as a sentence without its full stop."""
        parts = [f"{name} {reason}" for reason in self.reasons]
        if self.given_to:
            parts.append(f"{'it was given' if parts else 'Given'} to {self.given_to}")
        return ", and ".join(parts)


@dataclass(frozen=True)
class Queue:
    """What a moderator sees, each part in the order of the queue.

    `mine` they have begun, `given` was given to them, `seconds` wait for a second moderator such as
    they are, `free` they can take, and `barred` they cannot.
    """

    mine: list[Waiting] = field(default_factory=list)
    given: list[Waiting] = field(default_factory=list)
    seconds: list[Waiting] = field(default_factory=list)
    free: list[Waiting] = field(default_factory=list)
    barred: list[Waiting] = field(default_factory=list)
    more: bool = False

    @property
    def next(self) -> Waiting | None:
        """The first that can be taken now: given, then free."""
        return next((row for row in self.given + self.free if row.facts_until is None), None)


def queue_for(person_id: UUID, today: date, asking: Actor | None = None) -> Queue:
    """The queue of one moderator, in a number of queries that does not grow with it.

    `asking` are their roles today, where they are known already.
    """
    found = in_hand(
        or_(
            to_be_moderated(),
            Audit.state == AuditState.AWAITING_SECOND,
            and_(Audit.state.in_(BEGUN), Moderation.moderator_id == person_id),
        ),
        # E1: whoever a concern on it is about sees nothing of it.
        ~implicated(person_id),
        order=_order(person_id),
        limit=SHOWN + 1,
    )
    rows = found[:SHOWN]
    asked = _Asked(rows, person_id, today, asking)
    queue = Queue(more=len(found) > SHOWN)
    for row in rows:
        part = asked.part(row)
        if part:
            getattr(queue, part).append(asked.waiting(row))
    # M2: one's own service comes last in the choice; sorting keeps the order within each.
    queue.free.sort(key=lambda row: row.review.own_service)
    return queue


def _order(person_id: UUID) -> tuple[Any, ...]:
    """One's own work first, so that a long queue never hides it; then risk, then age.

    A blind audit stands among the others by its age, whatever its auditor's grade (M3).
    """
    own = case(
        (Moderation.moderator_id == person_id, 0),
        (ModeratorGiven.person_id == person_id, 1),
        (Audit.state == AuditState.AWAITING_SECOND, 2),
        else_=3,
    )
    risk = case((is_blind(), 1), (Audit.auditor_grade == Grade.INADEQUATE, 0), else_=1)
    return own, CONCERN.desc(), Audit.source == AuditSource.IMPORTED, risk


class _Asked:
    """What is asked about everything in the queue of one person."""

    def __init__(
        self, rows: list[InHand], person_id: UUID, today: date, asking: Actor | None
    ) -> None:
        self.person_id, self.today = person_id, today
        seconds = [row.audit for row in rows if row.audit.state is AuditState.AWAITING_SECOND]
        others = [row.audit for row in rows if row.audit.state is not AuditState.AWAITING_SECOND]
        self._reviews = reviews_of(others, person_id, today)
        if seconds:
            self._reviews |= second_reviews_of(seconds, person_id, today)
        blind = [row.audit for row in rows if row.blind and row.open is None]
        self._reads = self._who_read(blind, asking)

    def _who_read(self, blind: list[Audit], asking: Actor | None) -> frozenset[UUID]:
        if not blind:
            return frozenset()
        return barred_from_blind(asking or actor(self.person_id, self.today), blind)

    def part(self, row: InHand) -> str:
        """Where it stands on the page: a field of Queue; "" where it is none of their business."""
        if row.open is not None:
            return "mine"
        to_another = row.given is not None and row.given.person_id != self.person_id
        if row.stage is ModerationStage.SECOND:
            # Not being senior is no news; that somebody else was named is.
            bars = len(self._reviews[row.audit.id].bars)
            return "seconds" if not bars else "barred" if to_another and bars == 1 else ""
        if to_another or self._reasons(row):
            return "barred"
        return "free" if row.given is None else "given"

    def _reasons(self, row: InHand) -> tuple[str, ...]:
        if row.stage is ModerationStage.SECOND:
            return ()
        reasons = [bar.reason for bar in self._reviews[row.audit.id].bars]
        if row.audit.id in self._reads:
            reasons.append(_NOT_BLIND)
        return tuple(reasons)

    def waiting(self, row: InHand) -> Waiting:
        """The row as the page shows it."""
        due, days = (None, 0) if row.blind else row.due()
        since = row.since or self.today
        given = row.given
        return Waiting(
            audit=row.audit,
            concern=row.concern,
            blind=row.blind,
            second=row.stage is ModerationStage.SECOND,
            grade=None if row.blind else row.audit.auditor_grade,
            due=due,
            working_days=days,
            waited=settings.calendar().working_days_between(since, self.today),
            review=self._reviews[row.audit.id],
            reasons=self._reasons(row) if row.open is None else (),
            given_to=given.person.name if given and given.person_id != self.person_id else "",
            moderation_id=row.open.id if row.open else None,
            facts_until=self._held_until(row),
        )

    def _held_until(self, row: InHand) -> date | None:
        """Until when the check of its facts keeps it back; by the facts alone where blind (A12)."""
        audit = row.audit
        if audit.state is not AuditState.AWAITING_MODERATION:
            return None
        urgent = not row.blind and is_urgent(audit.auditor_grade, row.concern)
        checked = audit.facts_checked_at is not None
        free = may_begin(self.today, audit.facts_until, checked=checked, urgent=urgent)
        return None if free else audit.facts_until
