"""What came of a closed session: everybody's grades beside each other and the agreed answer (M10).

Read for closed sessions alone. Tries at a gold-standard file are in none of it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.database import db
from qa_app.domain.calibration import (
    OVERALL,
    Compared,
    Spoken,
    agreement_of_many,
    compared,
    spoken,
)
from qa_app.domain.grades import Grade
from qa_app.moderation.calibration.queries.files import Part, parts_of, titles_of
from qa_app.moderation.calibration.queries.lists import agreed_grades
from qa_app.moderation.models import (
    CalibrationGrade,
    CalibrationInvite,
    CalibrationSession,
    CalibrationState,
)


class Given(NamedTuple):
    """A grade with why."""

    grade: Grade
    why: str


class Row(NamedTuple):
    """One person's grades by code; `grades` is None where they did not commit any."""

    person_id: UUID
    name: str
    grades: Mapping[str, Given] | None


class Line(NamedTuple):
    """One thing that was graded: what everybody's grades of it say, and what was agreed."""

    code: str
    title: str
    spoken: Spoken
    agreed: Given | None


@dataclass(frozen=True)
class Results:
    """A closed session. `ac2` is over the sections, by all who committed; `own` is the reader's."""

    session: CalibrationSession
    parts: list[Part]
    rows: list[Row]
    lines: list[Line]
    ac2: float | None
    own: Compared | None

    @property
    def committed(self) -> list[Row]:
        """Those who graded."""
        return [row for row in self.rows if row.grades is not None]


def results_of(session: CalibrationSession, reader: UUID) -> Results:
    """Everything of a closed session. LookupError for one that is not: nobody reads it then."""
    if session.state is not CalibrationState.CLOSED:
        raise LookupError("the grades of a session are read once it is closed")
    parts = parts_of(session)
    rows = [_row(invite) for invite in _invited(session)]
    agreed = agreed_answer(session)
    lines = [
        Line(code, title, spoken(_grades(rows, code), _grade(agreed.get(code))), agreed.get(code))
        for code, title in titles_of(parts).items()
    ]
    sections = [line.spoken.counts for line in lines if line.code != OVERALL]
    mine = next((row.grades for row in rows if row.person_id == reader), None)
    own = None
    if mine is not None and agreed:
        own = compared({code: each.grade for code, each in mine.items()}, agreed_grades(session))
    return Results(session, parts, rows, lines, agreement_of_many(sections), own)


def agreed_answer(session: CalibrationSession) -> dict[str, Given]:
    """The agreed grades with why, by code; empty before they are written."""
    return {code: Given(Grade(each["grade"]), each["why"]) for code, each in session.agreed.items()}


def own_grades(invite: CalibrationInvite | None) -> dict[str, Given]:
    """What one person has graded so far, by code. One query."""
    if invite is None:
        return {}
    query = select(CalibrationGrade).where(CalibrationGrade.invite_id == invite.id)
    return {row.section_code: Given(row.grade, row.why) for row in db.session.scalars(query)}


def stand_of(given: Mapping[str, Given]) -> str:
    """A short mark of these grades with why, to see whether they were changed meanwhile."""
    told = sorted((code, each.grade.value, each.why) for code, each in given.items())
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]


def own_comparison(session: CalibrationSession, mine: Mapping[str, Given]) -> Compared:
    """How one person's grades compare with the agreed ones."""
    return compared({code: each.grade for code, each in mine.items()}, agreed_grades(session))


def _invited(session: CalibrationSession) -> list[CalibrationInvite]:
    query = (
        select(CalibrationInvite)
        .where(CalibrationInvite.session_id == session.id, CalibrationInvite.invited)
        .options(joinedload(CalibrationInvite.person), selectinload(CalibrationInvite.grades))
    )
    found = list(db.session.scalars(query))
    return sorted(found, key=lambda each: (each.person.name.casefold(), each.id))


def _row(invite: CalibrationInvite) -> Row:
    graded = invite.committed_at is not None
    given = {row.section_code: Given(row.grade, row.why) for row in invite.grades}
    return Row(invite.person_id, invite.person.name, given if graded else None)


def _grades(rows: list[Row], code: str) -> list[Grade]:
    return [row.grades[code].grade for row in rows if row.grades is not None and code in row.grades]


def _grade(given: Given | None) -> Grade | None:
    return None if given is None else given.grade
