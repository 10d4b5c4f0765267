"""Waivers: an auditor allowed in spite of a conflict, by the QA lead or a service director (S6)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.audits.models import Waiver
from qa_app.audits.queries import independence_of
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role
from qa_app.notify.services import Message, queue_many


class OwnWaiver(DomainError):
    """Nobody waives a conflict of their own."""


class NothingToWaive(DomainError):
    """A waiver for somebody who may audit the case, or for whom one stands already."""


class SayWhy(DomainError):
    """A waiver without its reason, or without why no alternative will do."""


def grant_waiver(
    case: Case, auditor: Person, *, alternatives: str, reason: str, by: UUID, at: datetime
) -> Waiver:
    """Let an auditor do one audit of a case in spite of their conflicts (S6).

    `alternatives` says why no other service, pair of auditors or outside auditor will do. That
    whoever grants it is the QA lead or a service director is asked by the permission. Raises
    OwnWaiver, SayWhy and NothingToWaive.
    """
    if by == auditor.id:
        raise OwnWaiver("Ask somebody else to decide this: nobody waives a conflict of their own")
    if not alternatives.strip():
        raise SayWhy("Enter why none of the alternatives will do", "alternatives")
    if not reason.strip():
        raise SayWhy("Enter the reason for the waiver", "reason")
    # The case's row is locked, so that two who press at once are told apart.
    db.session.get_one(Case, case.id, with_for_update=True)
    conflicts = _conflicts_to_waive(case, auditor, at)
    _end_what_stands(case, auditor, by, at)
    waiver = Waiver(
        case=case,
        auditor=auditor,
        conflicts=conflicts,
        reason=reason.strip(),
        alternatives=alternatives.strip(),
        granted_by=by,
        granted_at=at,
    )
    db.session.add(waiver)
    db.session.flush()
    history.record("waiver_granted", waiver, by=by, at=at, auditor=auditor.id)
    _tell_leads(waiver, by, at)
    return waiver


def end_waiver(waiver: Waiver, *, by: UUID, at: datetime) -> None:
    """End a waiver: it allows no audit from now on. A second time changes nothing.

    An audit that was given with it stays with its auditor until it is given to another.
    """
    db.session.refresh(waiver, with_for_update={"of": Waiver})
    if waiver.ended_at is not None:
        return
    waiver.ended_at = at
    db.session.flush()
    history.record("waiver_ended", waiver, by=by, at=at, audit_id=waiver.audit_id)


def _conflicts_to_waive(case: Case, auditor: Person, at: datetime) -> list[str]:
    facts = independence_of(case, london_date(at))
    conflicts = facts.conflicts(auditor.id)
    if not conflicts:
        raise NothingToWaive(f"{auditor.name} may audit this case: no waiver is needed")
    if auditor.id in facts.waivers:
        raise NothingToWaive(f"A waiver for {auditor.name} stands already: give them the audit")
    return [conflict.reason for conflict in conflicts]


def _end_what_stands(case: Case, auditor: Person, by: UUID, at: datetime) -> None:
    """One that was used for an audit, or that knew nothing of a later interest, makes way."""
    query = select(Waiver).where(
        Waiver.case_id == case.id, Waiver.auditor_id == auditor.id, Waiver.ended_at.is_(None)
    )
    for waiver in db.session.scalars(query):
        end_waiver(waiver, by=by, at=at)


def _tell_leads(waiver: Waiver, by: UUID, at: datetime) -> None:
    leads = people_with(Role.QA_LEAD, london_date(at))
    queue_many(
        [
            Message(
                lead.id,
                lead.email,
                f"A conflict of interest was waived for {waiver.auditor.name}",
                "The waiver is listed with its reason. It stands until one audit is given with it.",
                "/programme/waivers",
                f"waiver:{waiver.id}:{lead.id}",
            )
            for lead in leads
            if lead.id != by
        ],
        at,
    )
