"""What auditor and moderator write to each other, and who is told of it (M4). Callers save."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.services.clearing import check_identify_nobody
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.moderation.models import ModerationMessage
from qa_app.moderation.queries import talking as reading
from qa_app.notify import services as notify
from qa_app.notify.models import Notice

SAID_TWICE: Final = timedelta(minutes=10)


class NotNow(DomainError):
    """Before somebody takes the audit, while they grade it blind, or when the time is over."""


class NothingSaid(DomainError):
    """A message without words."""


def send_message(
    audit: Audit, text: str, *, harmless: str = "", by: UUID, at: datetime
) -> ModerationMessage:
    """Add a message, and tell the other auditors and moderators that there is one.

    Whoever was told of an earlier one and has not looked since is not told again. The same words
    once more (a double press, a form sent again) are one message. Words that may identify somebody
    need `harmless`, why they do not (A11). Raises NothingSaid, NotNow and audits.MayIdentify, the
    latter with the field “text”.
    """
    audit = held_for_talking(audit, at)
    text = text.strip()
    if not text:
        raise NothingSaid("Enter your message", "text")
    said = _said_before(audit, text, by, at)
    if said is not None:
        return said
    check_identify_nobody(
        audit, {"text": text}, harmless, "A message about the moderation", by=by, at=at
    )
    made = ModerationMessage(audit_id=audit.id, by=by, text=text, at=at)
    db.session.add(made)
    db.session.flush()
    history.record("moderation_message_sent", audit, by=by, at=at, audit_id=audit.id)
    _tell_of_message(audit, made, at)
    return made


def _said_before(audit: Audit, text: str, by: UUID, at: datetime) -> ModerationMessage | None:
    """The writer's newest message, where it says the same and is fresh or the last word."""
    own = reading.newest_message_of(audit, by)
    if own is None or own.text != text:
        return None
    newest = reading.newest_message_of(audit)
    last_word = newest is not None and newest.id == own.id
    return own if last_word or at - own.at < SAID_TWICE else None


def _tell_of_message(audit: Audit, made: ModerationMessage, at: datetime) -> None:
    # Who writes has read what stands above the box.
    db.session.execute(
        update(Notice)
        .where(
            Notice.person_id == made.by,
            Notice.key.startswith(reading.notice_key(audit.id, made.by)),
            Notice.read_at.is_(None),
        )
        .values(read_at=at)
        .execution_options(synchronize_session=False)
    )
    to_tell = others(audit, made.by)
    unread = reading.with_unread_notice(audit.id, [each.id for each in to_tell], at)
    tell(
        audit,
        [each for each in to_tell if each.id not in unread],
        f"Audit {audit.reference}: there is a message about its moderation",
        "Sign in to read it and to answer. Messages that follow are collected: you are told again "
        "once you have read them.",
        f"{reading.NOTICES}:{audit.id}:{{}}:{made.id}",
        at,
    )


def held_for_talking(audit: Audit, at: datetime) -> Audit:
    """The audit with its row held, open for talking about; otherwise NotNow."""
    audit = audits.locked(audit)
    why_not = reading.why_not_talk(audit, london_date(at))
    if why_not is not None:
        raise NotNow(f"{why_not} Nothing has been changed.")
    return audit


def others(audit: Audit, by: UUID) -> list[Person]:
    """The auditors and moderators, but whoever does it."""
    return reading.people(each for each in reading.talkers(audit) if each.person_id != by)


def tell(
    audit: Audit,
    to: Iterable[Person],
    subject: str,
    body: str,
    key: str,
    at: datetime,
    *,
    by_mail: bool = True,
) -> None:
    """Promise each of them one message, which leads to the page of the talk.

    `key` has a place for the person.
    """
    notify.queue_many(
        [
            notify.Message(
                each.id,
                each.email if by_mail else None,
                subject,
                body,
                f"/moderation/audits/{audit.id}/talk",
                key.format(each.id),
            )
            for each in to
        ],
        at,
    )
