"""Reading one's notices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from qa_app.database import db
from qa_app.notify.models import Notice
from qa_app.notify.services import mark_read


def open_notice(person_id: UUID, notice_id: UUID, *, at: datetime) -> Notice | None:
    """Mark a notice as read; None where the person has no such notice."""
    notice = db.session.scalars(
        select(Notice).where(Notice.id == notice_id, Notice.person_id == person_id)
    ).one_or_none()
    if notice is not None:
        mark_read(person_id, notice_id, at)
    return notice


def mark_all_read(person_id: UUID, *, at: datetime) -> None:
    """Mark everything that the person has been told by now as read."""
    db.session.execute(
        update(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None), Notice.created_at <= at)
        .values(read_at=at)
    )
