"""The moderation queue: risk first, then age, then one's own service (M0, M2)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from sqlalchemy import and_, exists, or_, select

from qa_app.accounts import settings
from qa_app.audits.models import Audit, AuditSource, Concern
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.facts import may_begin
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.queries.independence import Review, reviews_of

SHOWN = 200


@dataclass(frozen=True)
class Waiting:
    """One audit of the queue; `due` is None for an imported audit, on which no clock runs.

    `facts_until` is the last day of the check of its facts, while it cannot be taken before (A12).
    """

    audit: Audit
    concern: bool
    due: date | None
    working_days: int
    review: Review
    moderation_id: UUID | None = None
    facts_until: date | None = None

    @property
    def since(self) -> datetime | None:
        """When it was sent for moderation."""
        return self.audit.submitted_at


@dataclass(frozen=True)
class Queue:
    """What a moderator sees: what they have begun, what they can take, and what they cannot."""

    mine: list[Waiting]
    free: list[Waiting]
    barred: list[Waiting]
    more: bool


def queue_for(person_id: UUID, today: date) -> Queue:
    """The queue of one moderator, in six queries however long it is."""
    concern = exists().where(Concern.audit_id == Audit.id, Concern.withdrawn_at.is_(None))
    query = (
        select(Audit, Moderation.id, concern)
        .outerjoin(
            Moderation,
            and_(Moderation.audit_id == Audit.id, Moderation.state == ModerationState.OPEN),
        )
        .where(
            or_(
                Audit.state == AuditState.AWAITING_MODERATION,
                and_(Audit.state == AuditState.IN_MODERATION, Moderation.moderator_id == person_id),
            )
        )
        .order_by(
            concern.desc(),
            Audit.source == AuditSource.IMPORTED,
            Audit.auditor_grade.is_distinct_from(Grade.INADEQUATE),
            Audit.submitted_at,
            Audit.reference,
        )
        .limit(SHOWN + 1)
    )
    found = [(audit, mine, bool(has)) for audit, mine, has in db.session.execute(query)]
    reviews = reviews_of([audit for audit, *_ in found], person_id, today)
    rows = [
        _waiting(audit, has_concern, reviews[audit.id], moderation_id, today)
        for audit, moderation_id, has_concern in found[:SHOWN]
    ]
    free = [row for row in rows if row.moderation_id is None and not row.review.bars]
    return Queue(
        mine=[row for row in rows if row.moderation_id is not None],
        # M2: one's own service comes last in the choice; sorting keeps the order within each.
        free=sorted(free, key=lambda row: row.review.own_service),
        barred=[row for row in rows if row.moderation_id is None and row.review.bars],
        more=len(found) > SHOWN,
    )


def _waiting(
    audit: Audit, concern: bool, review: Review, moderation_id: UUID | None, today: date
) -> Waiting:
    due, days = moderate_by(audit, concern)
    checked = audit.facts_checked_at is not None
    free = may_begin(today, audit.facts_until, checked=checked, urgent=_is_urgent(audit, concern))
    until = None if free else audit.facts_until
    return Waiting(audit, concern, due, days, review, moderation_id, until)


def _is_urgent(audit: Audit, concern: bool) -> bool:
    return concern or audit.auditor_grade is Grade.INADEQUATE


def moderate_by(audit: Audit, concern: bool) -> tuple[date | None, int]:
    """The last day for moderating the audit, and the clock's length in working days (M0).

    An Inadequate or a concern has the short clock. No clock runs on an imported audit.
    """
    if audit.source is AuditSource.IMPORTED or audit.submitted_at is None:
        return None, 0
    sent_on = london_date(audit.submitted_at)
    number = partial(settings.number, on=sent_on)
    urgent = _is_urgent(audit, concern)
    days = number("moderate_urgent_within" if urgent else "moderate_within")
    return settings.calendar().add_working_days(sent_on, days), days
