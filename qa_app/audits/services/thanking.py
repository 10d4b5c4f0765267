"""Thanking a social worker or a team manager for good work that an audit found."""

from datetime import datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Thanks
from qa_app.audits.queries.thanks import has_strength, people_to_thank, thanks_from
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditState
from qa_app.notify import services as notify

LONGEST: Final = 1_000


class NothingToThankFor(DomainError):
    """A thank-you from an audit that found no strength, or was withdrawn."""


class NotOfThisAudit(DomainError):
    """A thank-you to somebody who is not pinned as the child's social worker or their manager."""


class NothingSaid(DomainError):
    """A thank-you without words, or with too many."""


def thank(audit: Audit, to: UUID, text: str, *, by: UUID, at: datetime) -> Thanks:
    """Send a thank-you of up to 1,000 characters; its recipient is told, and alone reads it.

    The same one again (a double press) is the one that is there. Raises NothingToThankFor,
    NotOfThisAudit and NothingSaid.
    """
    audit = locked(audit)
    text = text.strip()
    if not 1 <= len(text) <= LONGEST:
        raise NothingSaid(f"Enter your thank-you, in up to {LONGEST:,} characters", "text")
    if audit.state is AuditState.WITHDRAWN or not has_strength(audit):
        raise NothingToThankFor(
            "Add the strength to the audit first, then thank whoever did it. Nothing has been sent"
        )
    recipient = next((each for each, _ in people_to_thank(audit, by) if each.id == to), None)
    if recipient is None:
        raise NotOfThisAudit("Select whom you thank, from the people shown", "to")
    for each in thanks_from(audit, by):
        if (each.to_id, each.text) == (to, text):
            return each
    sent = Thanks(audit_id=audit.id, from_id=by, to_id=to, text=text, sent_at=at)
    db.session.add(sent)
    db.session.flush()
    history.record("thanked", sent, by=by, at=at, audit_id=audit.id)
    _tell(audit, sent, recipient, at)
    return sent


def _tell(audit: Audit, sent: Thanks, recipient: Person, at: datetime) -> None:
    sender = db.session.get_one(Person, sent.from_id).name
    notify.queue(
        recipient.id,
        recipient.email,
        f"A thank-you from {sender}, audit {audit.reference}",
        "Somebody saw good work of yours and wants you to know. Sign in to read it: nobody else "
        "does.",
        f"/audits/{audit.id}/contribution",
        f"thanks:{sent.id}",
        at,
    )
