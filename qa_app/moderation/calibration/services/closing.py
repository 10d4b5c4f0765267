"""Closing a session, writing the agreed answer, and keeping the file for new auditors (M10)."""

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.calibration import closing_barred
from qa_app.moderation.calibration.queries.files import ABOUT, SOURCE, parts_of, titles_of
from qa_app.moderation.calibration.queries.results import Given
from qa_app.moderation.calibration.services.state import (
    CalibrationRefused,
    hold,
    invites_of,
    path_of,
)
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState
from qa_app.notify.services import Message, queue_many


def why_not_close(
    session: CalibrationSession, invites: list[CalibrationInvite], today: date
) -> str | None:
    """Why an open session cannot be closed yet, in words; None where it can be."""
    committed = sum(each.committed_at is not None for each in invites)
    return closing_barred(session.deadline or today, len(invites), committed, today)


def close(session: CalibrationSession, *, by: UUID, at: datetime) -> None:
    """Close it, once all have committed or the deadline has passed: now everybody invited sees all.

    The link to the audit that the file comes from is cut: nothing leads back to a child any more.
    Raises CalibrationRefused before that, and WrongState where it is not open.
    """
    hold(session, CalibrationState.OPEN)
    invites = invites_of(session)
    barred = why_not_close(session, invites, london_date(at))
    if barred is not None:
        raise CalibrationRefused(f"{barred}. Nothing has been changed.")
    session.state, session.closed_at = CalibrationState.CLOSED, at
    introduction = {k: text for k, text in session.file.get(ABOUT, {}).items() if k != SOURCE}
    session.file = {**session.file, ABOUT: introduction}
    db.session.flush()
    history.record("calibration_closed", session, by=by, at=at)
    _tell(session, [each.person_id for each in invites], at)


def agree(
    session: CalibrationSession,
    agreed: Mapping[str, Given],
    *,
    why: str,
    learnt: str,
    by: UUID,
    at: datetime,
) -> None:
    """Write what those who met agreed: a grade of each part with why, and what was learnt.

    Raises CalibrationRefused where a part is missing, and WrongState before the session is closed.
    """
    hold(session, CalibrationState.CLOSED)
    titles = titles_of(parts_of(session))
    if agreed.keys() != titles.keys():
        raise CalibrationRefused(
            "Select the agreed grade of each section and of the whole. Nothing has been changed."
        )
    # In the order of the page, as JSON keeps it.
    session.agreed = {
        code: {"grade": agreed[code].grade.value, "why": agreed[code].why} for code in titles
    }
    session.agreed_why, session.learnt = why, learnt
    db.session.flush()
    history.record("calibration_changed", session, by=by, at=at, fields=["agreed"])


def mark_gold(session: CalibrationSession, gold: bool, *, by: UUID, at: datetime) -> None:
    """Put a closed session's file among those that new auditors practise on, or take it from there.

    Raises CalibrationRefused while there is no agreed answer to compare with.
    """
    hold(session, CalibrationState.CLOSED)
    if gold and not session.agreed:
        raise CalibrationRefused(
            "Write the agreed answer first: whoever practises on the file is shown it."
        )
    if session.gold is gold:
        return
    session.gold = gold
    db.session.flush()
    history.record("calibration_changed", session, by=by, at=at, fields=["gold"], gold=gold)


def _tell(session: CalibrationSession, person_ids: list[UUID], at: datetime) -> None:
    people = db.session.scalars(select(Person).where(Person.id.in_(person_ids)))
    queue_many(
        [
            Message(
                person.id,
                person.email,
                "A calibration session that you were invited to is closed",
                "You can now see how everybody graded the file. It counts in no measure.",
                path_of(session.id),
                f"calibration:{session.id}:closed:{person.id}",
            )
            for person in people
        ],
        at,
    )
