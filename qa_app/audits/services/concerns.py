"""A significant-harm concern: raised at any moment, and what follows the same day (A9, E1, E7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import (
    Audit,
    AuditSource,
    Concern,
    ConcernTold,
    SafetyDecision,
)
from qa_app.audits.queries.safety import ToTell, owner_of_safety, people_to_tell
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.notify import services as notify
from qa_app.tracker.models import ActionSource
from qa_app.tracker.services import Pinned, raise_action

WHAT_TO_DO = (
    "Make sure today that this child is safe, and record the safety decision on the concern and "
    "on the child's record. Then do what the decision asks, and say here how it was done."
)
_CASE_PARTIES = frozenset({Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR})


class ConcernAlreadyOpen(DomainError):
    """Another concern is open on the audit; nothing of the new one is stored."""


class NoConcernHere(DomainError):
    """An imported audit: its child is known only as written in an old workbook."""


class NobodyToAct(DomainError):
    """No manager and no QA lead could own the priority action."""


class ConcernClosed(DomainError):
    """The concern was withdrawn, or this step was taken already."""


@dataclass(frozen=True)
class TelephoneCall:
    """Who answered the telephone about a concern, and when."""

    whom: str
    at: datetime


def open_concern(audit: Audit) -> Concern | None:
    """The concern that stands on the audit, if any."""
    query = select(Concern).where(Concern.audit_id == audit.id, Concern.withdrawn_at.is_(None))
    return db.session.scalars(query).one_or_none()


def raise_concern(
    audit: Audit,
    *,
    worry: str,
    siblings: Iterable[str] = (),
    call: TelephoneCall | None = None,
    by: UUID,
    at: datetime,
) -> Concern:
    """Raise a concern, tell everybody of E1 and make the priority action, in one transaction.

    `siblings` are case references. The same worry sent twice is one concern (CO-4). Raises
    ConcernAlreadyOpen, NoConcernHere and NobodyToAct.
    """
    if audit.source is AuditSource.IMPORTED:
        raise NoConcernHere(
            "A concern cannot be raised on an imported audit. Telephone now, and record it on the "
            "child's record"
        )
    audit = locked(audit)
    standing = open_concern(audit)
    if standing is not None:
        return _same_or_refused(standing, worry)
    owner = owner_of_safety(audit, by, london_date(at))
    if owner is None:
        raise NobodyToAct("No manager could be found for this child's team. Telephone now")
    concern = Concern(
        audit_id=audit.id,
        case_reference=audit.case_reference,
        team_id=audit.team_id,
        raised_at=at,
        raised_by=by,
        worry=worry,
        siblings=", ".join(siblings),
    )
    db.session.add(concern)
    db.session.flush()
    history.record("concern_raised", concern, by=by, at=at, audit_id=audit.id)
    if call is not None:
        _note_call(concern, call, by, at)
    _tell(concern, people_to_tell(audit, by, london_date(at)), by, at)
    _raise_priority_action(concern, audit, owner, by, at)
    return concern


def _same_or_refused(standing: Concern, worry: str) -> Concern:
    if standing.worry == worry:
        return standing
    raise ConcernAlreadyOpen(
        "A concern is already open on this audit. Telephone the people named on it and tell them "
        "what is new",
        "worry",
    )


def _tell(concern: Concern, people: list[ToTell], by: UUID, at: datetime) -> None:
    for each in people:
        person_id = each.person.id if each.person is not None else None
        concern.told.append(
            ConcernTold(person_id=person_id, told_as=each.told_as, post=each.post, told_at=at)
        )
    told = [each for each in people if each.person is not None]
    history.record(
        "concern_told",
        concern,
        by=by,
        at=at,
        audit_id=concern.audit_id,
        who=", ".join(each.post for each in told) or "nobody",
        people=[each.person.id for each in told if each.person is not None],
    )
    db.session.flush()
    notify.queue_many([_message(concern, each.person) for each in people if each.person], at)


def _message(concern: Concern, person: Person) -> notify.Message:
    return notify.Message(
        person_id=person.id,
        email=person.email,
        subject=f"Now: a child may be at risk of significant harm, case {concern.case_reference}",
        body=f"An auditor raised a concern about case {concern.case_reference}. Open it now, "
        "acknowledge it, and see what has been done. This message does not replace the telephone.",
        path=f"/concerns/{concern.id}",
        key=f"concern:{concern.id}:{person.id}",
    )


def _raise_priority_action(
    concern: Concern, audit: Audit, owner: Person, by: UUID, at: datetime
) -> None:
    parties = {
        (party.party, party.person_id)
        for party in audit.parties
        if party.party in _CASE_PARTIES and party.person_id is not None
    }
    raise_action(
        kind=ActionKind.PRIORITY,
        what=WHAT_TO_DO,
        owner=owner,
        source=ActionSource.CONCERN,
        source_key=f"concern:{concern.id}",
        by=by,
        at=at,
        audit=Pinned(
            audit_id=audit.id,
            audit_reference=audit.reference,
            case_reference=audit.case_reference,
            team_id=audit.team_id,
            auditor_id=audit.auditor_id,
            parties=tuple(sorted(parties)),
        ),
    )


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
    _note_call(concern, call, by, at)


def _note_call(concern: Concern, call: TelephoneCall, by: UUID, at: datetime) -> None:
    if call.at > at:
        raise DomainError("The time of the call must be in the past", "call_time")
    concern.telephoned_whom, concern.telephoned_at = call.whom, call.at
    history.record("concern_telephoned", concern, by=by, at=at, audit_id=concern.audit_id)


def acknowledge(concern: Concern, by: UUID, at: datetime) -> None:
    """Say “I have it”, by one of those told. The first stands; a second changes nothing."""
    concern = _standing(concern)
    if concern.acknowledged_at is not None:
        return
    concern.acknowledged_at, concern.acknowledged_by = at, by
    history.record("concern_acknowledged", concern, by=by, at=at, audit_id=concern.audit_id)


def decide(concern: Concern, decision: SafetyDecision, note: str, by: UUID, at: datetime) -> None:
    """Record the safety decision: how the child is known to be safe, the discussion's outcome, or
    why there is neither yet. “Neither yet” may be followed by a decision; a decision stands."""
    concern = _standing(concern)
    if concern.decision not in (None, SafetyDecision.NEITHER_YET):
        raise ConcernClosed("The safety decision was recorded already. Nothing has been changed")
    concern.decision, concern.decision_note = decision, note
    concern.decided_at, concern.decided_by = at, by
    history.record(
        "concern_decided",
        concern,
        by=by,
        at=at,
        audit_id=concern.audit_id,
        decision=decision.value,
    )


def confirm_recorded(concern: Concern, by: UUID, at: datetime) -> None:
    """Confirm that the concern is on the child's record. The first confirmation stands."""
    concern = _standing(concern)
    if concern.recorded_at is not None:
        return
    concern.recorded_at, concern.recorded_by = at, by
    history.record("concern_recorded", concern, by=by, at=at, audit_id=concern.audit_id)


def withdraw_concern(concern: Concern, reason: str, by: UUID, at: datetime) -> None:
    """Withdraw the concern, with the reason; its action stays (E7)."""
    concern = _standing(concern)
    concern.withdrawn_at, concern.withdrawn_by = at, by
    concern.withdrawn_reason = reason
    history.record("concern_withdrawn", concern, by=by, at=at, audit_id=concern.audit_id)
