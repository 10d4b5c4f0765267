"""Inviting people to a session, and opening it to them (M10)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.calendar import add_months, london_date
from qa_app.domain.calibration import Gap, Prepared, gaps
from qa_app.formatting import count_words, date_words
from qa_app.moderation.calibration.queries.files import about, hits_of, parts_of, source_of
from qa_app.moderation.calibration.queries.people import may_be_invited
from qa_app.moderation.calibration.services.state import (
    CalibrationRefused,
    hold,
    invites_of,
    path_of,
)
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState
from qa_app.notify.services import Message, queue_many

MONTHS_AHEAD: Final = 12
"""A deadline that was told is only put off, and a session waits for it: a slip of the pen in the
year must not keep one open for ever."""


def invite(
    session: CalibrationSession,
    people: Collection[UUID],
    deadline: date | None,
    *,
    by: UUID,
    at: datetime,
) -> int:
    """Say who grades the file, and by when; returns how many were added.

    In a draft these people are all who are invited, and are told when it is opened. In an open
    session they come to those who are invited already, and are told now; its deadline is only put
    off. Nobody who had a part in the audit that the file comes from is invited: they know its
    grades. Raises CalibrationRefused and WrongState.
    """
    hold(session, CalibrationState.DRAFT, CalibrationState.OPEN)
    _check_deadline(session, deadline, london_date(at))
    there = {each.person_id: each for each in invites_of(session)}
    added = [each for each in people if each not in there]
    _check_people(session, added, london_date(at))
    if session.state is CalibrationState.DRAFT:
        for person_id in there.keys() - set(people):
            db.session.delete(there[person_id])
    db.session.add_all(
        CalibrationInvite(session_id=session.id, person_id=each, invited_at=at) for each in added
    )
    session.deadline = deadline
    db.session.flush()
    db.session.expire(session, ["invites"])
    history.record("calibration_changed", session, by=by, at=at, invited=sorted(map(str, people)))
    if session.state is CalibrationState.OPEN:
        _tell(session, added, at)
    return len(added)


def _check_deadline(session: CalibrationSession, deadline: date | None, today: date) -> None:
    opened = session.state is CalibrationState.OPEN
    if deadline is None and not opened:
        return
    if deadline is None or deadline < today:
        raise CalibrationRefused("Enter today's date or a later one", "deadline")
    if deadline > add_months(today, MONTHS_AHEAD):
        raise CalibrationRefused(f"Enter a day within the next {MONTHS_AHEAD} months", "deadline")
    if opened and session.deadline is not None and deadline < session.deadline:
        raise CalibrationRefused(
            f"People were told {date_words(session.deadline)}: enter that day or a later one",
            "deadline",
        )


def _check_people(session: CalibrationSession, added: Collection[UUID], today: date) -> None:
    services = may_be_invited(today, source_of(session).people)
    known = {each.person_id for service in services for each in service.people}
    if not known.issuperset(added):
        raise CalibrationRefused(
            "Choose from the people shown: somebody chosen has left, no longer audits or moderates,"
            " or had a part in the audit that the file comes from. Nothing has been changed."
        )


def left_to_do(session: CalibrationSession, invited: int, today: date) -> list[Gap]:
    """What keeps a draft from being opened, in the order of the page."""
    return gaps(
        Prepared(
            about(session),
            len(parts_of(session)),
            invited,
            session.deadline,
            [(hit.part, hit.words) for hit in hits_of(session)],
        ),
        today,
    )


def open_session(session: CalibrationSession, *, by: UUID, at: datetime) -> int:
    """Open it for grading: the file changes no more, and each person invited is told once.

    Returns how many were told. Raises CalibrationRefused while something is left to do, and where
    somebody invited can no longer be.
    """
    hold(session, CalibrationState.DRAFT)
    invites = invites_of(session)
    left = left_to_do(session, len(invites), london_date(at))
    if left:
        raise CalibrationRefused(f"{left[0].words}. Then open the session.")
    people = [each.person_id for each in invites]
    _check_people(session, people, london_date(at))
    session.state, session.opened_at = CalibrationState.OPEN, at
    for each in invites:
        each.invited_at = at
    db.session.flush()
    history.record(
        "calibration_opened",
        session,
        by=by,
        at=at,
        people=count_words(len(people), "person", "people"),
    )
    _tell(session, people, at)
    return len(people)


def _tell(session: CalibrationSession, person_ids: Iterable[UUID], at: datetime) -> None:
    people = db.session.scalars(select(Person).where(Person.id.in_(list(person_ids))))
    until = date_words(session.deadline)
    messages = [
        Message(
            person.id,
            person.email,
            f"You are asked to grade a file for calibration by {until}",
            "Several people grade the same file without seeing each other's grades, and then look "
            f"at them together. Grade it by {until}. It counts in no measure.",
            path_of(session.id),
            f"calibration:{session.id}:invited:{person.id}",
        )
        for person in people
    ]
    if messages:
        queue_many(messages, at)
