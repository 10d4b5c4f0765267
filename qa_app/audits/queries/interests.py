"""Reading declared interests: one's own, or everybody's for the QA lead (S6)."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.audits.models import DeclaredInterest
from qa_app.database import db


def interests_shown(person_id: UUID | None, limit: int = 200) -> list[DeclaredInterest]:
    """The interests of a person (None: of everybody), those that stand first, then the newest."""
    query = (
        select(DeclaredInterest)
        .order_by(
            DeclaredInterest.withdrawn_at.is_not(None),
            DeclaredInterest.declared_at.desc(),
            DeclaredInterest.id.desc(),
        )
        .limit(limit)
        .options(joinedload(DeclaredInterest.person), joinedload(DeclaredInterest.case))
    )
    if person_id is not None:
        query = query.where(DeclaredInterest.person_id == person_id)
    return list(db.session.scalars(query))
