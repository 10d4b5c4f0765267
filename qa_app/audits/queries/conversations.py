"""The audit conversation (A5): which one stands, who is invited, and its calendar entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.audits.models import Audit, Conversation, ConversationGuest, Voice
from qa_app.calendar_file import Appointment
from qa_app.database import db
from qa_app.domain.answers import VoiceOf
from qa_app.domain.calendar import LONDON, london_date

_GUESTS = selectinload(Conversation.guests).joinedload(ConversationGuest.person)


def standing_conversation(audit: Audit) -> Conversation | None:
    """The invitation that stands, with its guests, as it is now (two queries)."""
    query = (
        select(Conversation)
        .where(Conversation.audit_id == audit.id, Conversation.cancelled_at.is_(None))
        .options(_GUESTS)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def latest_conversation(audit: Audit) -> Conversation | None:
    """The newest invitation, whether it stands or was called off; None where nobody was invited."""
    query = (
        select(Conversation)
        .where(Conversation.audit_id == audit.id)
        .order_by(Conversation.id.desc())
        .limit(1)
        .options(_GUESTS, joinedload(Conversation.audit))
    )
    return db.session.scalars(query).one_or_none()


def invitation_to(audit: Audit, person_id: UUID) -> Conversation | None:
    """The newest invitation of one guest, whether it stands or was called off (two queries)."""
    query = (
        select(Conversation)
        .join(ConversationGuest, ConversationGuest.conversation_id == Conversation.id)
        .where(Conversation.audit_id == audit.id, ConversationGuest.person_id == person_id)
        .order_by(Conversation.id.desc())
        .limit(1)
        .options(_GUESTS)
    )
    return db.session.scalars(query).one_or_none()


def appointment_of(
    conversation: Conversation, reference: str, link: str, made_at: datetime
) -> Appointment:
    """The conversation as a calendar entry: a reference, a time and a place, nothing of the case.

    One audit has one entry: each later invitation, and each calling off, has a higher sequence and
    so takes the place of what a calendar holds. `link` is the page to open, `made_at` now.
    """
    called_off = conversation.cancelled_at is not None
    return Appointment(
        kind="Audit conversation",
        uid=str(uuid5(conversation.audit_id, "conversation")),
        sequence=2 * _number_before(conversation) + called_off,
        begins=conversation.starts_at.astimezone(LONDON),
        minutes=conversation.minutes,
        summary=f"Audit conversation, audit {reference}",
        description=f"To talk audit {reference} through. Sign in to open it: {link}",
        link=link,
        made_at=made_at,
        place=conversation.place,
        cancelled=called_off,
    )


def _number_before(conversation: Conversation) -> int:
    query = select(func.count(Conversation.id)).where(
        Conversation.audit_id == conversation.audit_id, Conversation.id < conversation.id
    )
    return db.session.scalars(query).one()


@dataclass(frozen=True)
class Talk:
    """A conversation that should have taken place by now, with these people."""

    names: str
    starts_at: datetime

    @property
    def on(self) -> date:
        """Its day in London."""
        return london_date(self.starts_at)


def talks_to_confirm(
    conversation: Conversation | None, voices: Mapping[VoiceOf, Voice], at: datetime
) -> dict[VoiceOf, Talk]:
    """For the social worker and the team manager, as far as it is not answered whether the audit
    was talked through with them: the conversation to which they were invited, once it is over."""
    if conversation is None or at < conversation.starts_at + timedelta(
        minutes=conversation.minutes
    ):
        return {}
    found: dict[VoiceOf, list[str]] = {}
    for guest in conversation.guests:
        voice = VoiceOf(guest.party.value)
        answer = voices.get(voice)
        if answer is None or answer.obtained is None:
            found.setdefault(voice, []).append(guest.person.name)
    return {
        voice: Talk(" and ".join(sorted(names)), conversation.starts_at)
        for voice, names in found.items()
    }
