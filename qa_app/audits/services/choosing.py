"""Choosing which submitted audits are moderated, and which of them blind (M1, M3).

The choice is a row that anybody with the month's seed can work out again. An audit that is not
chosen keeps its auditor's grade once the check of its facts is over (A12).
"""

from datetime import date, datetime
from secrets import token_hex
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts import settings
from qa_app.audits.models import Audit, GradeSource, ModerationChoice, ModerationSeed
from qa_app.audits.queries.choosing import (
    earlier_of,
    is_to_be_blind,
    standing_choice,
    unselected_and_checked,
)
from qa_app.audits.queries.facts import moderation_has_begun
from qa_app.audits.queries.reading import standing_grades
from qa_app.audits.services.concerns import open_concern
from qa_app.audits.services.moderating import finalise
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.choosing import (
    BLIND,
    MODERATE,
    ChoiceReason,
    Submitted,
    choose,
    choose_blind,
    ticket,
)
from qa_app.domain.errors import DomainError
from qa_app.domain.facts import may_begin
from qa_app.domain.finalgrade import NOT_SELECTED
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState

SEED_BYTES: Final = 16
_AUDITORS: Final = frozenset({Party.AUDITOR, Party.CO_AUDITOR})


class NotBlind(DomainError):
    """A moderation that is not to be blind cannot be made sighted."""


class BlindBegun(DomainError):
    """The audit no longer waits: how it is moderated cannot be changed any more."""


class OwnAudit(DomainError):
    """Nobody decides how an audit of their own is moderated."""


class ReasonMissing(DomainError):
    """Nobody said why a blind moderation is to be a sighted one."""


def choose_on_submission(audit: Audit, at: datetime) -> ModerationChoice:
    """Choose whether this submission is moderated, and blind, by the settings of its day (M1, M3).

    For `submit`, which holds the audit's row and has written its grade and day of completion. A
    resubmission keeps its tickets: they are of the month in which the audit was sent first. What
    was made sighted stays so.
    """
    today, before = london_date(at), standing_choice(audit.id)
    seed = _seed_of(audit.completed_month or Month.of(today).first, at)
    sent = Submitted(
        grade=audit.auditor_grade,
        concern=open_concern(audit) is not None,
        returned=moderation_has_begun(audit),
        earlier=earlier_of([audit.id])[audit.id],
    )
    share = settings.number("moderated_share", today)
    blind_share = settings.number("blind_share", today)
    drawn = ticket(seed.seed, audit.reference, MODERATE)
    blind_drawn = ticket(seed.seed, audit.reference, BLIND)
    reason = choose(sent, drawn, share, settings.number("first_audits_moderated", today))
    choice = ModerationChoice(
        audit_id=audit.id,
        at=at,
        month=seed.month,
        share=share,
        ticket=drawn,
        selected=reason is not ChoiceReason.NOT_CHOSEN,
        reason=reason,
        blind_share=blind_share,
        blind_ticket=blind_drawn,
        blind=choose_blind(sent, reason, blind_drawn, blind_share),
    )
    if before is not None and before.sighted_at is not None:
        choice.sighted_reason, choice.sighted_by = before.sighted_reason, before.sighted_by
        choice.sighted_at = before.sighted_at
    db.session.add(choice)
    db.session.flush()
    history.record(
        "moderation_chosen", audit, by=None, at=at, audit_id=audit.id, reason=reason.words
    )
    return choice


def _seed_of(month: date, at: datetime) -> ModerationSeed:
    """The month's seed, made at random where there is none yet.

    Its row is held until the transaction ends, so that the submissions of a month are chosen about
    one after the other: which audits its auditor sent before is then certain.
    """
    query = select(ModerationSeed).where(ModerationSeed.month == month).with_for_update()
    seed = db.session.scalars(query).one_or_none()
    if seed is not None:
        return seed
    try:
        with db.session.begin_nested():
            seed = ModerationSeed(month=month, seed=token_hex(SEED_BYTES), made_at=at)
            db.session.add(seed)
    except IntegrityError:
        # Somebody else's audit was the month's first one a moment ago: theirs is the seed.
        return db.session.scalars(query).one()
    return seed


def finalise_unselected(audit: Audit, at: datetime) -> bool:
    """Let the auditor's grade stand where the audit was not chosen for moderation (M1, M7).

    Nothing happens, and the answer is False, unless it waits, its newest choice leaves it out, no
    concern is open, and its facts are checked or the time for that is over (A12).
    """
    audit = locked(audit)
    if not _stands_unselected(audit, london_date(at)):
        return False
    standing = standing_grades(audit.id, GradeSource.AUDITOR) if audit.graded else {}
    grades = {section_id: grade for section_id, grade in standing.items() if grade is not None}
    finalise(audit, grades, NOT_SELECTED, None, at)
    db.session.flush()
    return True


def _stands_unselected(audit: Audit, today: date) -> bool:
    checked = audit.facts_checked_at is not None
    if audit.state is not AuditState.AWAITING_MODERATION or not may_begin(
        today, audit.facts_until, checked=checked, urgent=False
    ):
        return False
    choice = standing_choice(audit.id)
    return choice is not None and not choice.selected and open_concern(audit) is None


def finalise_all_unselected(at: datetime) -> int:
    """Do the same for every audit whose turn it is; how many are final now. For the clock."""
    query = select(Audit).where(unselected_and_checked(london_date(at))).order_by(Audit.id)
    return sum(finalise_unselected(audit, at) for audit in db.session.scalars(query).all())


def make_sighted(audit: Audit, reason: str, *, by: UUID, at: datetime) -> ModerationChoice:
    """Have an audit moderated sighted that was to be moderated blind, for a reason (M3).

    Raises BlindBegun where it does not wait any more, NotBlind where it was not to be blind,
    OwnAudit and ReasonMissing.
    """
    audit = locked(audit)
    choice = standing_choice(audit.id)
    if audit.state is not AuditState.AWAITING_MODERATION:
        raise BlindBegun(
            f"Audit {audit.reference} does not wait for a moderator now, so how it is moderated "
            "cannot be changed. Nothing has been changed."
        )
    if choice is None or not is_to_be_blind(audit, choice, open_concern(audit) is not None):
        raise NotBlind(
            f"Audit {audit.reference} is not to be moderated blind. Nothing has been changed."
        )
    if any(each.party in _AUDITORS and each.person_id == by for each in audit.parties):
        raise OwnAudit(
            "You did this audit, so somebody else decides how it is moderated. Nothing has been "
            "changed."
        )
    if not reason.strip():
        raise ReasonMissing("Enter why it is to be moderated sighted", "reason")
    choice.sighted_reason, choice.sighted_by, choice.sighted_at = reason.strip(), by, at
    db.session.flush()
    history.record("moderation_made_sighted", audit, by=by, at=at, audit_id=audit.id)
    return choice
