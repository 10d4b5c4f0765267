"""E-mail that did not arrive, for the administrator."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update

from qa_app.database import db
from qa_app.notify.delivery import MOST_ATTEMPTS
from qa_app.notify.models import Notice


def failed(limit: int = 100) -> list[Notice]:
    """Messages not sent that were refused or wait for a server that is away, newest first."""
    query = (
        select(Notice)
        .where(
            Notice.sent_at.is_(None),
            Notice.email.is_not(None),
            or_(Notice.attempts >= MOST_ATTEMPTS, Notice.error != ""),
        )
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def try_again(notice_id: UUID, email: str, at: datetime) -> bool:
    """Let the worker try a message again, to this address; False where it was sent meanwhile."""
    result = db.session.execute(
        update(Notice)
        .where(Notice.id == notice_id, Notice.sent_at.is_(None))
        .values(email=email, attempts=0, next_attempt_at=None, created_at=at, error="")
        .returning(Notice.id)
        .execution_options(synchronize_session=False)
    )
    return result.first() is not None
