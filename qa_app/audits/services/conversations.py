"""Inviting the social worker and the team manager to talk the audit through, and calling it off
(A5)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Conversation, ConversationGuest
from qa_app.audits.queries.conversations import standing_conversation
from qa_app.audits.queries.facts import people_to_ask
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditMove, advance
from qa_app.formatting import count_words, datetime_words
from qa_app.notify import services as notify


class HasPassed(DomainError):
    """A conversation at a time that is over."""


class NobodyInvited(DomainError):
    """An invitation without a guest, or of somebody who is not the child's worker or manager."""


@dataclass(frozen=True)
class Invitation:
    """When (aware), for how many minutes, where, and the ids of the people invited."""

    starts_at: datetime
    minutes: int
    place: str
    guests: frozenset[UUID]


def invite(audit: Audit, invitation: Invitation, *, by: UUID, at: datetime) -> Conversation:
    """Invite people to talk the audit through; it takes the place of the invitation that stands.

    Everybody invited is told, and so is whoever was and now is not. The same invitation again (a
    double press) changes nothing and tells nobody. Raises MoveNotAllowed once the audit was
    submitted, HasPassed and NobodyInvited.
    """
    audit = locked(audit)
    advance(audit.state, AuditMove.WRITE)
    asked = {person.id: (person, party) for person, party in people_to_ask(audit, london_date(at))}
    if not invitation.guests or not invitation.guests <= asked.keys():
        raise NobodyInvited("Select whom you invite, from the people shown", "guests")
    if invitation.starts_at <= at:
        raise HasPassed("Enter a day and a time that are still to come", "day")
    before = standing_conversation(audit)
    if before is not None:
        if _same(before, invitation):
            return before
        before.cancelled_at = at
        db.session.flush()
    made = Conversation(
        audit_id=audit.id,
        starts_at=invitation.starts_at,
        minutes=invitation.minutes,
        place=invitation.place,
        invited_by=by,
        invited_at=at,
        guests=[
            ConversationGuest(person=person, party=party)
            for person, party in asked.values()
            if person.id in invitation.guests
        ],
    )
    db.session.add(made)
    db.session.flush()
    people = count_words(len(made.guests), "person", "people")
    history.record("conversation_invited", made, by=by, at=at, audit_id=audit.id, people=people)
    _tell(audit, made, before, at)
    return made


def call_off(audit: Audit, *, by: UUID, at: datetime) -> bool:
    """Call the conversation off, and tell everybody invited; False where none stands any more."""
    audit = locked(audit)
    conversation = standing_conversation(audit)
    if conversation is None:
        return False
    conversation.cancelled_at = at
    db.session.flush()
    history.record("conversation_cancelled", conversation, by=by, at=at, audit_id=audit.id)
    _tell_of_end(audit, conversation, _people(conversation), at)
    return True


def _same(conversation: Conversation, invitation: Invitation) -> bool:
    guests = frozenset(guest.person_id for guest in conversation.guests)
    return invitation == Invitation(
        conversation.starts_at, conversation.minutes, conversation.place, guests
    )


def _people(conversation: Conversation) -> list[Person]:
    return [guest.person for guest in conversation.guests]


def _tell(audit: Audit, made: Conversation, before: Conversation | None, at: datetime) -> None:
    earlier = [] if before is None else _people(before)
    invited_before = {person.id for person in earlier}
    when = datetime_words(made.starts_at)
    inviting = db.session.get_one(Person, made.invited_by).name
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                f"Audit {audit.reference}: the conversation is now on {when}"
                if person.id in invited_before
                else f"Audit {audit.reference}: you are invited to talk it through on {when}",
                f"{inviting} asks you to talk audit {audit.reference} through: {when}, "
                f"for {made.minutes} minutes. Sign in to see where it is and which child the audit "
                "is about, to take the appointment into your calendar, and to add your own view.",
                f"/audits/{audit.id}/contribution",
                f"conversation:{made.id}:{person.id}",
            )
            for person in _people(made)
        ],
        at,
    )
    if before is not None:
        invited = {person.id for person in _people(made)}
        _tell_of_end(audit, before, (each for each in earlier if each.id not in invited), at)


def _tell_of_end(
    audit: Audit, conversation: Conversation, people: Iterable[Person], at: datetime
) -> None:
    when = datetime_words(conversation.starts_at)
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                f"Audit {audit.reference}: the conversation of {when} is called off",
                "You are not expected any more. Sign in to take the appointment out of your "
                "calendar. You can still add your own view to the audit.",
                f"/audits/{audit.id}/contribution",
                f"conversation-off:{conversation.id}:{person.id}",
            )
            for person in people
        ],
        at,
    )
