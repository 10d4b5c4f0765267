"""Reading waivers, as their list and the compliance report show them (S6)."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.accounts.models import Person
from qa_app.accounts.queries import posts_held
from qa_app.audits.models import Audit, Waiver
from qa_app.cases.models import Case
from qa_app.database import db

SHOWN = 200


@dataclass(frozen=True)
class WaiverRow:
    """A waiver with the audit that was given by it, where there is one."""

    id: UUID
    case: Case
    auditor: str
    conflicts: list[str]
    alternatives: str
    reason: str
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None
    audit: Audit | None

    @property
    def state(self) -> str:
        """How it stands, in words."""
        if self.audit is not None:
            return "Used"
        return "Ended" if self.ended_at is not None else "Stands"


def all_waivers(limit: int = SHOWN) -> list[WaiverRow]:
    """The newest waivers, those that ended too (two queries)."""
    query = (
        select(Waiver, Audit)
        .outerjoin(Audit, Audit.id == Waiver.audit_id)
        .order_by(Waiver.granted_at.desc(), Waiver.id.desc())
        .limit(limit)
        .options(
            joinedload(Waiver.case).joinedload(Case.team),
            joinedload(Waiver.auditor),
            joinedload(Waiver.granter),
            selectinload(Audit.parties),
        )
    )
    return [
        WaiverRow(
            id=waiver.id,
            case=waiver.case,
            auditor=waiver.auditor.name,
            conflicts=waiver.conflicts,
            alternatives=waiver.alternatives,
            reason=waiver.reason,
            granted_by=waiver.granter.name,
            granted_at=waiver.granted_at,
            ended_at=waiver.ended_at,
            audit=audit,
        )
        for waiver, audit in db.session.execute(query)
    ]


def service_of(person: Person, today: date) -> UUID | None:
    """The service of a person's highest post; None without one."""
    posts = posts_held(person.id, today)
    return posts[0].team.service_id if posts else None
