"""Thank-yous for good work: who may have one, and who reads it."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditParty, Finding, Thanks
from qa_app.database import db
from qa_app.domain.answers import FindingKind
from qa_app.domain.permissions import Party

_THANKED = (Party.SOCIAL_WORKER, Party.TEAM_MANAGER)


def has_strength(audit: Audit) -> bool:
    """Whether the audit found a strength, so that there is something to thank for (A4)."""
    query = select(Finding.id).where(
        Finding.audit_id == audit.id, Finding.kind == FindingKind.STRENGTH
    )
    return db.session.scalars(query.limit(1)).first() is not None


def people_to_thank(audit: Audit, person_id: UUID) -> list[tuple[Person, Party]]:
    """The social workers and team managers pinned to the audit, but the one who asks; the present
    ones first, each person once (one query)."""
    query = (
        select(Person, AuditParty.party)
        .join(AuditParty, AuditParty.person_id == Person.id)
        .where(
            AuditParty.audit_id == audit.id,
            AuditParty.party.in_(_THANKED),
            Person.id != person_id,
        )
        .order_by(AuditParty.ended_on.is_not(None), AuditParty.party, Person.name)
    )
    found: dict[UUID, tuple[Person, Party]] = {}
    for person, party in db.session.execute(query):
        found.setdefault(person.id, (person, party))
    return list(found.values())


def thanks_from(audit: Audit, person_id: UUID) -> list[Thanks]:
    """What one person sent from this audit, the newest first."""
    query = (
        select(Thanks)
        .where(Thanks.audit_id == audit.id, Thanks.from_id == person_id)
        .order_by(Thanks.id.desc())
        .options(joinedload(Thanks.recipient))
    )
    return list(db.session.scalars(query))


def thanks_to(audit: Audit, person_id: UUID) -> list[Thanks]:
    """What one person was sent from this audit, the newest first."""
    query = (
        select(Thanks)
        .where(Thanks.audit_id == audit.id, Thanks.to_id == person_id)
        .order_by(Thanks.id.desc())
        .options(joinedload(Thanks.sender))
    )
    return list(db.session.scalars(query))


def thanks_count(audit: Audit) -> int:
    """How many were sent from this audit: all that anybody else learns of them."""
    query = select(func.count(Thanks.id)).where(Thanks.audit_id == audit.id)
    return db.session.scalars(query).one()
