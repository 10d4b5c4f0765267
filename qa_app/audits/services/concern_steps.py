"""What people do about a concern the same day, and withdrawing it (E1, E7)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.audits.models import Concern, ConcernReferral, ReferralTo, SafetyDecision
from qa_app.database import db
from qa_app.domain.errors import DomainError


class ConcernClosed(DomainError):
    """The concern was withdrawn, or this step was taken already."""


class WordsMissing(DomainError):
    """A decision without how, when or why."""


class InTheFuture(DomainError):
    """Something that is said to have happened at a time that has not come."""


@dataclass(frozen=True)
class TelephoneCall:
    """Who answered the telephone about a concern, and when."""

    whom: str
    at: datetime


@dataclass(frozen=True)
class StrategyDiscussion:
    """When a strategy discussion was held, and what came of it."""

    at: datetime
    outcome: str


def _standing(concern: Concern) -> Concern:
    """The concern as it is now, held until the transaction ends; refused once withdrawn."""
    query = (
        select(Concern)
        .where(Concern.id == concern.id)
        .with_for_update(of=Concern)
        .execution_options(populate_existing=True)
    )
    concern = db.session.scalars(query).one()
    if concern.withdrawn_at is not None:
        raise ConcernClosed("This concern was withdrawn. Nothing has been changed")
    return concern


def record_call(concern: Concern, call: TelephoneCall, by: UUID, at: datetime) -> None:
    """Record who answered and when, where that was not known when the concern was raised."""
    concern = _standing(concern)
    if concern.telephoned_at is not None:
        raise ConcernClosed("The telephone call was recorded already. Nothing has been changed")
    note_call(concern, call, by, at)


def note_call(concern: Concern, call: TelephoneCall, by: UUID, at: datetime) -> None:
    """Write the call into a concern that is held."""
    if call.at > at:
        raise InTheFuture("The time of the call must be in the past", "call_time")
    concern.telephoned_whom, concern.telephoned_at = call.whom, call.at
    history.record("concern_telephoned", concern, by=by, at=at, audit_id=concern.audit_id)


def acknowledge(concern: Concern, by: UUID, at: datetime) -> None:
    """Say “I have it”, by one of those told. The first stands; a second changes nothing."""
    _acknowledge(_standing(concern), by, at)


def _acknowledge(concern: Concern, by: UUID, at: datetime) -> None:
    if concern.acknowledged_at is not None:
        return
    concern.acknowledged_at, concern.acknowledged_by = at, by
    history.record("concern_acknowledged", concern, by=by, at=at, audit_id=concern.audit_id)


def decide(
    concern: Concern,
    decision: SafetyDecision,
    note: str,
    by: UUID,
    at: datetime,
    *,
    strategy: StrategyDiscussion | None = None,
) -> None:
    """Record the safety decision (E1): the child was seen or is known to be safe (`note` says how),
    a strategy discussion was held (`strategy` says when, and its outcome), or neither yet (`note`
    says why).

    “Neither yet” may be followed by a decision; a decision stands. Whoever decides has the concern:
    that is its acknowledgement, where nobody had said so. Raises ConcernClosed and WordsMissing.
    """
    concern = _standing(concern)
    if concern.decision not in (None, SafetyDecision.NEITHER_YET):
        raise ConcernClosed("The safety decision was recorded already. Nothing has been changed")
    _check_words(decision, note, strategy, at)
    _acknowledge(concern, by, at)
    concern.decision, concern.decision_note = decision, note
    concern.decided_at, concern.decided_by = at, by
    if strategy is not None and decision is SafetyDecision.STRATEGY_DISCUSSION:
        concern.strategy_at, concern.strategy_outcome = strategy.at, strategy.outcome
    history.record(
        "concern_decided",
        concern,
        by=by,
        at=at,
        audit_id=concern.audit_id,
        decision=decision.value,
    )


def _check_words(
    decision: SafetyDecision, note: str, strategy: StrategyDiscussion | None, at: datetime
) -> None:
    if decision is not SafetyDecision.STRATEGY_DISCUSSION:
        if not note.strip():
            raise WordsMissing(
                "Enter how the child is known to be safe, or why there is no decision yet", "note"
            )
        return
    if strategy is None or not strategy.outcome.strip():
        raise WordsMissing(
            "Enter when the strategy discussion was held, and what came of it", "outcome"
        )
    if strategy.at > at:
        raise WordsMissing("The time of the strategy discussion must be in the past", "held_time")


def confirm_recorded(concern: Concern, by: UUID, at: datetime) -> None:
    """Confirm that the concern is on the child's record. The first confirmation stands."""
    concern = _standing(concern)
    if concern.recorded_at is not None:
        return
    concern.recorded_at, concern.recorded_by = at, by
    history.record("concern_recorded", concern, by=by, at=at, audit_id=concern.audit_id)


def refer(concern: Concern, to: ReferralTo, call: TelephoneCall, by: UUID, at: datetime) -> None:
    """Note who outside was told of the concern, and when (E1). Raises ConcernClosed where that is
    not needed or was noted already."""
    concern = _standing(concern)
    query = select(ConcernReferral).where(
        ConcernReferral.concern_id == concern.id, ConcernReferral.kind == to
    )
    referral = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if referral is None or referral.told_at is not None:
        raise ConcernClosed(f"Nobody needs to tell {to.words} any more. Nothing has been changed")
    if call.at > at:
        raise InTheFuture("The time at which they were told must be in the past", "told_time")
    referral.told_whom, referral.told_at, referral.noted_by = call.whom, call.at, by
    history.record(
        "concern_referred", concern, by=by, at=at, audit_id=concern.audit_id, to=to.words
    )


def withdraw_concern(concern: Concern, reason: str, by: UUID, at: datetime) -> None:
    """Withdraw the concern, with the reason; its action stays (E7).

    Its clocks stop. Those whom it was about still see nothing of the audit.
    """
    concern = _standing(concern)
    concern.withdrawn_at, concern.withdrawn_by = at, by
    concern.withdrawn_reason = reason
    history.record("concern_withdrawn", concern, by=by, at=at, audit_id=concern.audit_id)
