"""Declaring an interest in a case, and withdrawing it again (S6). Why is never asked."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, or_, select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor, people_with
from qa_app.audits.models import Audit, AuditParty, DeclaredInterest
from qa_app.audits.queries import family_of
from qa_app.audits.services.sharing import let_go
from qa_app.audits.services.state import locked
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party, Role
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from qa_app.notify.services import Message, queue_many

_IF_FIRST: Final = "Give the audit to another auditor"
_IF_SECOND: Final = "They are off it, and its auditor goes on"


class DeclaredAlready(DomainError):
    """The interest is on record: pressing a button twice declares it once."""


class NotYourInterest(DomainError):
    """An interest is declared, and withdrawn, by the person whose it is or by the QA lead."""


def declare_interest(case: Case, person: Person, *, by: UUID, at: datetime) -> DeclaredInterest:
    """Put on record that a person has an interest in a case: they are not given its audit (S6).

    Where an audit of the child, or of a brother or sister, is under way with them, the QA lead is
    told at once; where they are only its second auditor and it was not submitted, they are off it.
    Raises DeclaredAlready and NotYourInterest.
    """
    _refuse_stranger(person.id, by, at)
    # The case's row is locked, so that two who press at once are told apart.
    db.session.get_one(Case, case.id, with_for_update=True)
    if interest_of(person.id, case.id) is not None:
        raise DeclaredAlready(
            f"This interest in case {case.reference} is on record already. Nothing more is needed",
            "case",
        )
    interest = DeclaredInterest(person=person, case=case, declared_by=by, declared_at=at)
    db.session.add(interest)
    db.session.flush()
    audits = under_way(person.id, [each.id for each in family_of(case)])
    audit_ids: list[UUID | None] = [audit.id for audit in audits]
    for audit_id in audit_ids or [None]:
        history.record("interest_declared", interest, by=by, at=at, audit_id=audit_id)
    for audit in audits:
        # An auditor has to be replaced by somebody; a second one only leaves.
        if audit.auditor_id != person.id and audit.state in OPEN_FOR_WRITING:
            let_go(locked(audit), "declared an interest in the case", by=by, at=at)
    _tell_leads(interest, audits, at)
    return interest


def withdraw_interest(interest: DeclaredInterest, *, by: UUID, at: datetime) -> None:
    """Take a declared interest back; a second time changes nothing. Raises NotYourInterest."""
    _refuse_stranger(interest.person_id, by, at)
    db.session.refresh(interest, with_for_update={"of": DeclaredInterest})
    if interest.withdrawn_at is not None:
        return
    interest.withdrawn_at = at
    db.session.flush()
    history.record("interest_withdrawn", interest, by=by, at=at)


def interest_of(person_id: UUID, case_id: UUID) -> DeclaredInterest | None:
    """The interest of a person in a case that stands, if any."""
    query = select(DeclaredInterest).where(
        DeclaredInterest.person_id == person_id,
        DeclaredInterest.case_id == case_id,
        DeclaredInterest.withdrawn_at.is_(None),
    )
    return db.session.scalars(query).one_or_none()


def under_way(person_id: UUID, case_ids: Collection[UUID]) -> list[Audit]:
    """A person's audits of these cases that are not final yet, oldest first; also as the second."""
    second = exists().where(
        AuditParty.audit_id == Audit.id,
        AuditParty.person_id == person_id,
        AuditParty.party == Party.CO_AUDITOR,
    )
    query = (
        select(Audit)
        .where(
            or_(Audit.auditor_id == person_id, second),
            Audit.case_id.in_(case_ids),
            Audit.state.not_in((AuditState.FINAL, AuditState.WITHDRAWN)),
        )
        .order_by(Audit.id)
    )
    return list(db.session.scalars(query))


def _refuse_stranger(person_id: UUID, by: UUID, at: datetime) -> None:
    if by != person_id and not actor(by, london_date(at)).holds(Role.QA_LEAD):
        raise NotYourInterest("Ask the person concerned, or the QA lead, to do this")


def _tell_leads(interest: DeclaredInterest, audits: Collection[Audit], at: datetime) -> None:
    leads = people_with(Role.QA_LEAD, london_date(at)) if audits else []
    queue_many([_message(interest, audit, lead) for lead in leads for audit in audits], at)


def _message(interest: DeclaredInterest, audit: Audit, lead: Person) -> Message:
    is_second = audit.auditor_id != interest.person_id
    who = "its second auditor" if is_second else "its auditor"
    return Message(
        lead.id,
        lead.email,
        f"Audit {audit.reference}: {who} has declared an interest",
        f"{interest.person.name} has declared an interest in the case that they are auditing. Why "
        f"is theirs to keep. {_IF_SECOND if is_second else _IF_FIRST}; if it was sent for "
        "moderation already, tell its moderator.",
        f"/audits/{audit.id}",
        f"interest:{interest.id}:{audit.id}:{lead.id}",
    )
