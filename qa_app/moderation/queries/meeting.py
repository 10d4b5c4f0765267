"""When auditor and moderator talk, when they did, and until when the auditor answers (M4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import case, func, select, tuple_

from qa_app.accounts import settings
from qa_app.accounts.absences import Away, days_away, runs
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.calendar_file import Appointment
from qa_app.database import db
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.moderation import answer_by
from qa_app.moderation.models import ModerationMeeting, ModerationTalk
from qa_app.moderation.queries.reading import asked_moderation

_DAY: Final = timedelta(days=1)
_LOOKED_AHEAD: Final = timedelta(days=2 * 366)
"""How far absences are looked for: a longer one does not put the answer off any further."""


@dataclass(frozen=True)
class AnswerClock:
    """Until when the auditor answers the moderator, and the absences that made it later (M4)."""

    auditor: str
    due_on: date
    paused: list[Away]


def days_off(auditor_id: UUID, sent_on: date) -> set[date]:
    """The days after `sent_on` that do not count towards an auditor's answer (M4): those away.

    An absence counts up to the last day of somebody who leaves: after it nobody comes back.
    """
    last = sent_on + _LOOKED_AHEAD
    left_on = db.session.get_one(Person, auditor_id).left_on
    until = last if left_on is None else min(last, left_on)
    return days_away(auditor_id, sent_on + _DAY, until)


def answer_clock(audit: Audit) -> AnswerClock | None:
    """Until when the auditor answers, and what paused it; None where no answer is waited for.

    Paused are the days away between the moderator's grade and the day on which the answer is due.
    An absence noted since the day was last worked out is reckoned with.
    """
    waiting = asked_moderation(audit)
    if waiting is None or waiting.answer_due_on is None or waiting.committed_at is None:
        return None
    if audit.auditor_id is None:
        return None
    sent_on = london_date(waiting.committed_at)
    away = days_off(audit.auditor_id, sent_on)
    days = settings.number("auditor_answers_within", sent_on)
    due_on = max(waiting.answer_due_on, answer_by(sent_on, days, settings.calendar(), away))
    return AnswerClock(audit.auditor_name, due_on, runs(day for day in away if day <= due_on))


def standing_meeting(audit: Audit) -> ModerationMeeting | None:
    """The meeting that stands, as it is now; at most one does."""
    query = (
        select(ModerationMeeting)
        .where(ModerationMeeting.audit_id == audit.id, ModerationMeeting.cancelled_at.is_(None))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def latest_meeting(audit: Audit) -> ModerationMeeting | None:
    """The meeting that stands, else the last one called off; None where there was none."""
    standing = ModerationMeeting.cancelled_at.is_(None)
    query = (
        select(ModerationMeeting)
        .where(ModerationMeeting.audit_id == audit.id)
        .order_by(
            case((standing, 0), else_=1),
            ModerationMeeting.cancelled_at.desc(),
            ModerationMeeting.id.desc(),
        )
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def talks_of(audit: Audit) -> list[ModerationTalk]:
    """Each time that they talked, as somebody noted it, the first first."""
    query = select(ModerationTalk).where(ModerationTalk.audit_id == audit.id)
    return list(db.session.scalars(query.order_by(ModerationTalk.on, ModerationTalk.id)))


def appointment_of(
    meeting: ModerationMeeting, reference: str, link: str, made_at: datetime
) -> Appointment:
    """The meeting as a calendar entry: a reference, a time and a place, nothing of the case.

    One audit has one entry: each change and each calling off has a higher sequence, and so takes
    the place of what a calendar holds. `link` is the page to open, `made_at` now.
    """
    called_off = meeting.cancelled_at is not None
    return Appointment(
        kind="Moderation talk",
        uid=str(uuid5(meeting.audit_id, "moderation")),
        sequence=2 * _called_off_before(meeting) + called_off,
        begins=meeting.starts_at.astimezone(LONDON),
        minutes=meeting.minutes,
        summary=f"Moderation talk, audit {reference}",
        description=f"To talk about the moderation of audit {reference}. Sign in: {link}",
        link=link,
        made_at=made_at,
        place=meeting.place,
        cancelled=called_off,
    )


def _called_off_before(meeting: ModerationMeeting) -> int:
    others = select(func.count(ModerationMeeting.id)).where(
        ModerationMeeting.audit_id == meeting.audit_id,
        ModerationMeeting.id != meeting.id,
        ModerationMeeting.cancelled_at.is_not(None),
    )
    if meeting.cancelled_at is not None:
        place = tuple_(ModerationMeeting.cancelled_at, ModerationMeeting.id)
        others = others.where(place < (meeting.cancelled_at, meeting.id))
    return db.session.scalars(others).one()
