"""What somebody was told: notices, and concerns that wait for their acknowledgement."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select

from qa_app.audits.models import Concern, ConcernTold
from qa_app.audits.queries.late_concerns import about
from qa_app.database import db
from qa_app.history import ChainHead
from qa_app.notify.models import Notice


def touch() -> None:
    """Ask the database for one small row of ours. SQLAlchemyError where it is away or empty."""
    db.session.execute(select(ChainHead.sequence)).one()


def notices(person_id: UUID, *, before: UUID | None = None, limit: int) -> Sequence[Notice]:
    """A person's notices, newest first; with `before`, those that come after that one."""
    query = select(Notice).where(Notice.person_id == person_id)
    if before is not None:
        told_at = select(Notice.created_at).where(Notice.id == before).scalar_subquery()
        same = and_(Notice.created_at == told_at, Notice.id < before)
        query = query.where(or_(Notice.created_at < told_at, same))
    query = query.order_by(Notice.created_at.desc(), Notice.id.desc()).limit(limit)
    return db.session.scalars(query).all()


class ToldOf(NamedTuple):
    """A concern that somebody was told of and nobody has acknowledged."""

    id: UUID
    case_reference: str
    raised_at: datetime


def concerns_to_acknowledge(person_id: UUID) -> list[ToldOf]:
    """Concerns of which this person was told, and which wait for an acknowledgement; never one that
    is about them (E1)."""
    rows = db.session.execute(
        select(Concern.id, Concern.case_reference, Concern.raised_at)
        .join(ConcernTold, ConcernTold.concern_id == Concern.id)
        .where(
            ConcernTold.person_id == person_id,
            Concern.acknowledged_at.is_(None),
            Concern.withdrawn_at.is_(None),
            ~about(person_id),
        )
        .order_by(Concern.raised_at)
    )
    return [ToldOf(*row) for row in rows]
