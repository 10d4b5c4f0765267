"""Reminding whoever has not committed their grades, some working days before the deadline."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.calibration import reminder_is_due
from qa_app.formatting import date_words
from qa_app.moderation.calibration.services.state import path_of
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState
from qa_app.notify.services import Message, queue_many


def remind_before_deadlines(at: datetime) -> int:
    """Promise each reminder whose day has come, once for each deadline; returns how many were new.

    It may run as often as anybody likes: a key that was promised is not promised again.
    """
    today = london_date(at)
    query = (
        select(CalibrationInvite)
        .join(CalibrationInvite.session)
        .where(
            CalibrationSession.state == CalibrationState.OPEN,
            CalibrationSession.deadline >= today,
            CalibrationInvite.invited,
            CalibrationInvite.committed_at.is_(None),
        )
        .options(joinedload(CalibrationInvite.person), joinedload(CalibrationInvite.session))
        .order_by(CalibrationInvite.id)
    )
    messages = [_message(each) for each in db.session.scalars(query) if _is_due(each, at)]
    return queue_many(messages, at) if messages else 0


def _is_due(invite: CalibrationInvite, at: datetime) -> bool:
    today, deadline = london_date(at), invite.session.deadline
    before = settings.number("calibration_reminded_before", today)
    return deadline is not None and reminder_is_due(
        deadline, london_date(invite.invited_at), today, before, settings.calendar()
    )


def _message(invite: CalibrationInvite) -> Message:
    session, person = invite.session, invite.person
    return Message(
        person.id,
        person.email,
        f"Grade the calibration file by {date_words(session.deadline)}",
        "You have not committed your grades yet. What you have saved is kept.",
        path_of(session.id),
        f"calibration:{session.id}:reminded:{session.deadline}:{person.id}",
    )
