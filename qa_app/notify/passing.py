"""What could not be sent to somebody and has to reach somebody else instead.

Whom, the rooms above know (qa_app/home/passing_on.py). Each message is passed on once: the row is
locked while it is, and another machine that looks at the same moment passes it over.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from qa_app.database import db
from qa_app.notify.delivery import MOST_ATTEMPTS, STALE_AFTER
from qa_app.notify.models import Notice
from qa_app.notify.services import Message, queue_many

PASSED: Final = "passed:"
# Beginnings of the keys of what a ladder tells (E1, E6, M0), and of what was passed on before.
LADDERS: Final = (
    "action-late:", "concern:", "concern-late:", "moderation-late:", "plan-late:", PASSED,
)  # fmt: skip
# Older than this it waits for a person to look at it: nothing stirs up what is long past.
_NOT_AFTER: Final = 2 * STALE_AFTER


def to_be_passed_on(at: datetime) -> list[Notice]:
    """Messages that were refused as often as they are tried and are urgent or a ladder's, oldest
    first, locked until the transaction ends. One-time links are for one person alone.
    """
    ladders = or_(*(Notice.key.startswith(beginning) for beginning in LADDERS))
    query = (
        select(Notice)
        .where(
            Notice.sent_at.is_(None),
            Notice.email.is_not(None),
            Notice.attempts >= MOST_ATTEMPTS,
            # The last attempt is over, or the worker that made it is gone.
            or_(Notice.next_attempt_at.is_(None), Notice.next_attempt_at <= at),
            Notice.passed_on_at.is_(None),
            Notice.person_id.is_not(None),
            Notice.created_at > at - _NOT_AFTER,
            or_(Notice.urgent, ladders),
        )
        .order_by(Notice.created_at, Notice.id)
        .with_for_update(skip_locked=True)
    )
    return list(db.session.scalars(query))


def handed_down(notice: Notice) -> list[Notice]:
    """The message, then the one that it was passed on for, and so on to the first."""
    found = [notice]
    while found[-1].key.startswith(PASSED):
        before = db.session.get(Notice, UUID(found[-1].key.removeprefix(PASSED)))
        if before is None:
            break
        found.append(before)
    return found


def pass_on(
    notice: Notice, person_id: UUID, email: str, subject: str, body: str, *, at: datetime
) -> None:
    """Promise to tell somebody else instead, at the same page; as urgent as it was."""
    notice.passed_on_at = at
    message = Message(
        person_id, email, subject, body, notice.path, f"{PASSED}{notice.id}", notice.urgent
    )
    queue_many([message], at)


def told_instead(notice_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """notice → who was told in its place, where somebody was (one query)."""
    keys = [f"{PASSED}{each}" for each in notice_ids]
    query = select(Notice.key, Notice.person_id).where(Notice.key.in_(keys))
    return {
        UUID(key.removeprefix(PASSED)): person_id
        for key, person_id in db.session.execute(query)
        if person_id is not None
    }
