"""When auditor and moderator talk, when they did, and until when the auditor answers (M4)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid5

from sqlalchemy import case, func, select, tuple_

from qa_app.accounts import settings
from qa_app.accounts.absences import Away, days_away, runs
from qa_app.audits.models import Audit
from qa_app.calendar_file import Appointment
from qa_app.database import db
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.moderation import answer_by
from qa_app.moderation.models import ModerationMeeting, ModerationTalk
from qa_app.moderation.queries.reading import asked_moderation

_LOOKED_AHEAD: Final = timedelta(days=2 * 366)


@dataclass(frozen=True)
class AnswerClock:
    """Until when the auditor answers the moderator, and the absences that made it later (M4)."""

    auditor: str
    due_on: date
    paused: list[Away]


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
    away = days_away(audit.auditor_id, sent_on + timedelta(days=1), sent_on + _LOOKED_AHEAD)
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
