"""Grading a file blind: saved as it goes, committed once (M10)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.moderation.calibration.queries.files import parts_of, titles_of
from qa_app.moderation.calibration.queries.results import Given, stand_of
from qa_app.moderation.calibration.services.state import (
    CalibrationRefused,
    WrongState,
    hold,
    invites_of,
    path_of,
    refuse_other_states,
)
from qa_app.moderation.models import (
    CalibrationGrade,
    CalibrationInvite,
    CalibrationSession,
    CalibrationState,
)
from qa_app.notify.services import queue


class SavedElsewhere(DomainError):
    """The same person saved other grades in another window after this page was made."""


def save_grades(
    session: CalibrationSession,
    given: Mapping[str, Given],
    *,
    by: UUID,
    at: datetime,
    stand: str | None = None,
) -> None:
    """Keep these grades with why, by code, to go on later; those that are not given stay.

    `stand` is the mark of what was stored when the page was made (`stand_of`). Raises WrongState
    where the session is not open to this person, or they have committed; CalibrationRefused for
    what is not in the file; SavedElsewhere where other grades were stored since (A8).
    """
    invite = _own(session, by, at)
    unknown = given.keys() - titles_of(parts_of(session)).keys()
    if unknown:
        raise CalibrationRefused("Grade the sections that are shown. Nothing has been changed.")
    there = _rows(invite)
    before = {code: _given(row) for code, row in there.items()}
    if stand is not None and stand != stand_of(before):
        raise SavedElsewhere(
            "You saved other grades in another window meanwhile; they are shown below each answer. "
            "Put here what you want to keep, and save again."
        )
    changed = [code for code, each in given.items() if not _is_same(there.get(code), each)]
    for code in changed:
        row = there.get(code) or CalibrationGrade(invite_id=invite.id, section_code=code)
        row.grade, row.why = given[code]
        db.session.add(row)
    db.session.flush()
    if changed:
        history.record("calibration_graded", session, by=by, at=at, fields=changed)


def commit_grades(session: CalibrationSession, *, by: UUID, at: datetime) -> None:
    """Commit one's grades: they change no more. Every part has a grade, and why.

    Raises CalibrationRefused where one is missing, and WrongState as `save_grades` does.
    """
    invite = _own(session, by, at)
    missing = not_graded(session, {code: _given(row) for code, row in _rows(invite).items()})
    if missing:
        raise CalibrationRefused(f"{missing[0][1]}. Then commit your grades.")
    invite.committed_at = at
    db.session.flush()
    history.record("calibration_committed", session, by=by, at=at)
    if invite.invited:
        _tell_when_all_have(session, at)


def not_graded(session: CalibrationSession, given: Mapping[str, Given]) -> list[tuple[str, str]]:
    """What is missing before the grades can be committed: code and instruction, in page order."""
    missing = []
    for code, title in titles_of(parts_of(session)).items():
        if code not in given:
            missing.append((code, f"Select a grade for {_small(title)}"))
        elif not given[code].why.strip():
            missing.append((code, f"Say why you grade {_small(title)} so"))
    return missing


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]


def _own(session: CalibrationSession, by: UUID, at: datetime) -> CalibrationInvite:
    """This person's own part, with the session held; made at the first save of a try."""
    hold(session, CalibrationState.OPEN, CalibrationState.CLOSED)
    query = (
        select(CalibrationInvite)
        .where(CalibrationInvite.session_id == session.id, CalibrationInvite.person_id == by)
        .execution_options(populate_existing=True)
    )
    invite = db.session.scalars(query).one_or_none()
    _refuse_unless_theirs_to_grade(session, invite)
    if invite is None:
        invite = CalibrationInvite(
            session_id=session.id, person_id=by, invited=False, invited_at=at
        )
        db.session.add(invite)
        db.session.flush()
        db.session.expire(session, ["invites"])
    if invite.committed_at is not None:
        raise WrongState("You have committed your grades: they change no more.")
    return invite


def _refuse_unless_theirs_to_grade(
    session: CalibrationSession, invite: CalibrationInvite | None
) -> None:
    practising = invite is None or not invite.invited
    if practising and session.state is CalibrationState.CLOSED and session.gold:
        return
    if practising and session.state is CalibrationState.OPEN:
        raise WrongState("You are not invited to this session. Nothing has been changed.")
    refuse_other_states(session, [CalibrationState.OPEN])


def _rows(invite: CalibrationInvite) -> dict[str, CalibrationGrade]:
    query = select(CalibrationGrade).where(CalibrationGrade.invite_id == invite.id)
    return {row.section_code: row for row in db.session.scalars(query)}


def _given(row: CalibrationGrade) -> Given:
    return Given(row.grade, row.why)


def _is_same(row: CalibrationGrade | None, given: Given) -> bool:
    return row is not None and _given(row) == given


def _tell_when_all_have(session: CalibrationSession, at: datetime) -> None:
    invites = invites_of(session)
    if any(each.committed_at is None for each in invites):
        return
    maker = db.session.get_one(Person, session.made_by)
    queue(
        maker.id,
        maker.email,
        "Everybody has committed their grades in a calibration session",
        "All who were invited have graded the file. You can close the session: then each of them "
        "sees all the grades beside each other.",
        path_of(session.id),
        f"calibration:{session.id}:all:{len(invites)}",
        at,
    )
