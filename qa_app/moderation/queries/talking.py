"""What auditor and moderator say to each other: the thread, and who is told of it (M4)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.moderation.models import (
    Moderation,
    ModerationMessage,
    ModerationStage,
    ModerationState,
)
from qa_app.notify.models import Notice

VIEWED: Final = "talk_viewed"
NOTICES: Final = "talk"
COLLECTED_FOR: Final = timedelta(days=3)
"""For how long an unread notice stands for the messages after it; an e-mail may be overlooked."""

_AUDITING: Final = {Party.AUDITOR: "auditor", Party.CO_AUDITOR: "second auditor"}


@dataclass(frozen=True)
class Talker:
    """Somebody who talks about an audit's moderation; `role` says as what."""

    person_id: UUID
    name: str
    role: str

    @property
    def audits(self) -> bool:
        """Whether they did the audit, rather than moderate it."""
        return self.role in _AUDITING.values()


@dataclass(frozen=True)
class Said:
    """One message as it is read; `role` is "" for somebody who is no part of it any more."""

    by: UUID
    name: str
    role: str
    text: str
    at: datetime


def talkers(audit: Audit) -> list[Talker]:
    """The audit's auditors and those who moderate or moderated it, auditors first, each once.

    A blind moderator who has not committed their first grades is not among them (M3).
    """
    seconds = _second_moderators(audit)
    found: dict[UUID, Talker] = {}
    for party in (*_AUDITING, Party.MODERATOR):
        for each in audit.parties:
            if each.party is party and each.person_id is not None:
                role = _AUDITING.get(party) or _moderating(each.person_id, seconds)
                found.setdefault(each.person_id, Talker(each.person_id, each.name, role))
    return list(found.values())


def _moderating(person_id: UUID, seconds: Collection[UUID]) -> str:
    return "second moderator" if person_id in seconds else "moderator"


def _second_moderators(audit: Audit) -> set[UUID]:
    query = select(Moderation.moderator_id).where(
        Moderation.audit_id == audit.id, Moderation.stage == ModerationStage.SECOND
    )
    return {each for each in db.session.scalars(query) if each is not None}


def thread_of(audit: Audit) -> list[Said]:
    """Everything that was said about the audit's moderation, the oldest first (two queries).

    For whoever may read the audit; who may talk is asked of the permissions.
    """
    query = (
        select(ModerationMessage)
        .where(ModerationMessage.audit_id == audit.id)
        .order_by(ModerationMessage.at, ModerationMessage.id)
        .options(joinedload(ModerationMessage.person))
    )
    messages = list(db.session.scalars(query))
    roles = {each.person_id: each.role for each in talkers(audit)} if messages else {}
    return [
        Said(each.by, each.person.name, roles.get(each.by, ""), each.text, each.at)
        for each in messages
    ]


def newest_message_of(audit: Audit, person_id: UUID | None = None) -> ModerationMessage | None:
    """The newest message about the audit's moderation, of all or of one person."""
    query = select(ModerationMessage).where(ModerationMessage.audit_id == audit.id)
    if person_id is not None:
        query = query.where(ModerationMessage.by == person_id)
    newest = query.order_by(ModerationMessage.at.desc(), ModerationMessage.id.desc()).limit(1)
    return db.session.scalars(newest).one_or_none()


def first_taken_on(audit: Audit) -> date | None:
    """The day on which the audit was first taken for moderation; None while nobody did."""
    query = select(func.min(Moderation.started_at)).where(
        Moderation.audit_id == audit.id, Moderation.state != ModerationState.RELEASED
    )
    first = db.session.scalars(query).one()
    return None if first is None else london_date(first)


def last_day_to_talk(audit: Audit) -> date | None:
    """The last day of talking about an audit; None until it has its final grade."""
    if audit.final_at is None:
        return None
    final_on = london_date(audit.final_at)
    days = settings.number("talk_after_final", final_on)
    return settings.calendar().add_working_days(final_on, days)


def why_not_talk(audit: Audit, today: date) -> str | None:
    """Why nothing can be added to what is said, as a sentence; None where it can (one query).

    It begins when a moderation does, waits while a blind moderator has not given their first
    grades (M3), and ends some working days after the final grade.
    """
    query = select(Moderation).where(
        Moderation.audit_id == audit.id, Moderation.state != ModerationState.RELEASED
    )
    moderations = list(db.session.scalars(query.execution_options(populate_existing=True)))
    if not moderations:
        return "You can talk about the moderation here once somebody has taken the audit for it."
    if any(each.hidden and each.state is ModerationState.OPEN for each in moderations):
        return (
            "A moderator is reading the audit without knowing what its auditor judged. You can "
            "talk about it here once they have given their first grades."
        )
    until = last_day_to_talk(audit)
    if until is not None and today > until:
        return f"The time for talking about it ended on {date_words(until)}. What was said stays."
    return None


def notice_key(audit_id: UUID, person_id: UUID) -> str:
    """What the keys of a person's notices about messages of an audit begin with."""
    return f"{NOTICES}:{audit_id}:{person_id}:"


def with_unread_notice(audit_id: UUID, person_ids: Iterable[UUID], at: datetime) -> set[UUID]:
    """Those who have been told of a message of this audit lately and have not looked since.

    Looking is opening the notice or the page of the messages, from an e-mail too (two queries).
    """
    wanted = list(person_ids)
    told = db.session.execute(
        select(Notice.person_id, func.max(Notice.created_at))
        .where(
            Notice.person_id.in_(wanted),
            Notice.key.startswith(f"{NOTICES}:{audit_id}:"),
            Notice.read_at.is_(None),
            Notice.created_at > at - COLLECTED_FOR,
        )
        .group_by(Notice.person_id)
    ).all()
    looks = db.session.execute(
        select(Event.actor_id, func.max(Event.at))
        .where(Event.audit_id == audit_id, Event.verb == VIEWED, Event.actor_id.in_(wanted))
        .group_by(Event.actor_id)
    )
    looked: dict[UUID | None, datetime] = {row[0]: row[1] for row in looks}
    return {
        each
        for each, since in told
        if each is not None and (each not in looked or looked[each] < since)
    }


def people(talking: Iterable[Talker]) -> list[Person]:
    """Their rows, to tell them."""
    ids = [each.person_id for each in talking]
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.name)))
