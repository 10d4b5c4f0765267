"""What the social worker and the team manager say in their own words: saved by them alone, then
signed once (A5, A12)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Contribution
from qa_app.audits.queries.contributions import last_day_to_reply, own_contribution
from qa_app.audits.services.moderating import tell_auditor
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.answers import ContributionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.facts import reply_closed
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.notify import services as notify


class NotPinned(DomainError):
    """Somebody who is neither the social worker nor the team manager pinned to the audit."""


class AlreadySigned(DomainError):
    """What was signed never changes."""


class NothingWritten(DomainError):
    """A signature below nothing."""


class NotNow(DomainError):
    """A view belongs to the time before the audit is sent, a reply to the time after (A5, A12)."""


_EVENTS: Final[Mapping[ContributionKind, str]] = {
    ContributionKind.VIEW: "contribution_signed",
    ContributionKind.REPLY: "reply_signed",
}
_SIGNERS: Final = (Party.SOCIAL_WORKER, Party.TEAM_MANAGER)


def save_contribution(
    audit: Audit, *, kind: ContributionKind, text: str, by: UUID, at: datetime
) -> Contribution:
    """Keep what the person wrote so far, for their eyes alone.

    A view may be written until the audit is submitted; a reply from then on, until its last day.
    Raises NotNow, NotPinned and AlreadySigned; nothing of it is in the history before it is signed.
    """
    audit = locked(audit)
    _check_time(audit, kind, at)
    party = _party_of(audit, by)
    found = own_contribution(audit, by, kind)
    if found is None:
        found = Contribution(
            audit_id=audit.id, person_id=by, party=party, kind=kind, text=text, saved_at=at
        )
        db.session.add(found)
    else:
        _refuse_signed(found)
        found.text, found.saved_at = text, at
    db.session.flush()
    return found


def sign_contribution(
    audit: Audit, *, kind: ContributionKind, by: UUID, at: datetime
) -> Contribution:
    """Sign what was saved: from now on everybody who may read the audit reads it, and it stands.

    The auditor is told, and for a reply whoever moderates the audit or moderated it. Raises
    NothingWritten, AlreadySigned, NotPinned and NotNow.
    """
    audit = locked(audit)
    _check_time(audit, kind, at)
    _party_of(audit, by)
    found = own_contribution(audit, by, kind)
    if found is None or not found.text.strip():
        raise NothingWritten("Enter what you want to say before you sign it", "text")
    _refuse_signed(found)
    found.signed_at = at
    db.session.flush()
    history.record(_EVENTS[kind], audit, by=by, at=at, audit_id=audit.id)
    _tell(audit, found, at)
    return found


def send_contribution(
    audit: Audit, *, kind: ContributionKind, text: str, by: UUID, at: datetime
) -> Contribution:
    """Save the words and sign them, in one step."""
    save_contribution(audit, kind=kind, text=text, by=by, at=at)
    return sign_contribution(audit, kind=kind, by=by, at=at)


def _refuse_signed(found: Contribution) -> None:
    if found.signed_at is not None:
        raise AlreadySigned(
            "You signed this already, and what is signed stays as it is. Nothing has been changed"
        )


def _check_time(audit: Audit, kind: ContributionKind, at: datetime) -> None:
    if kind is ContributionKind.REPLY:
        why_not = reply_closed(audit.state, london_date(at), last_day_to_reply(audit))
        if why_not:
            raise NotNow(why_not)
    elif audit.completed_on is not None or audit.state is AuditState.WITHDRAWN:
        raise NotNow(
            "The audit was sent, so your view of it can no longer be added. You can reply to it"
        )


def _party_of(audit: Audit, person_id: UUID) -> Party:
    pinned = {each.party for each in audit.parties if each.person_id == person_id}
    party = next((each for each in _SIGNERS if each in pinned), None)
    if party is None:
        raise NotPinned(
            "Only the social worker and the team manager of this child can add their own words. "
            "Nothing has been changed"
        )
    return party


def _tell(audit: Audit, signed: Contribution, at: datetime) -> None:
    what = "a reply to" if signed.kind is ContributionKind.REPLY else "a view of"
    subject = f"Somebody signed {what} audit {audit.reference}"
    body = "Open the audit to read what they say in their own words. It is kept with the audit."
    tell_auditor(audit, subject, body, f"signed:{signed.id}", at)
    if signed.kind is not ContributionKind.REPLY:
        return
    moderators = {each.person_id for each in audit.parties if each.party is Party.MODERATOR}
    people = db.session.scalars(select(Person).where(Person.id.in_(moderators)))
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                subject,
                body,
                f"/audits/{audit.id}",
                f"signed:{signed.id}:{person.id}",
            )
            for person in people
        ],
        at,
    )
