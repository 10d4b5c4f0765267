"""The demonstration's calibration sessions (M10)."""

import pytest
from sqlalchemy import select

from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.moderation.calibration.queries.files import hits_of, parts_of, titles_of
from qa_app.moderation.calibration.queries.lists import all_sessions, my_past, my_sessions
from qa_app.moderation.calibration.queries.results import Given
from qa_app.moderation.calibration.services import left_to_do, not_graded
from qa_app.moderation.models import CalibrationSession, CalibrationState
from tests.demo.conftest import AT, TODAY
from tests.demo.test_moderation import login

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]

_C = CalibrationState


def session_in(state: CalibrationState) -> CalibrationSession:
    query = select(CalibrationSession).where(CalibrationSession.state == state)
    return db.session.scalars(query).one()


def test_one_session_is_over_one_is_open_and_one_is_a_draft():
    states = {each.session.state: (each.invited, each.committed) for each in all_sessions()}
    assert states == {_C.DRAFT: (0, 0), _C.OPEN: (5, 1), _C.CLOSED: (6, 6)}


@pytest.mark.parametrize("state", list(_C))
def test_no_file_identifies_anybody(state):
    # A11, M10
    session = session_in(state)
    assert hits_of(session) == []
    assert parts_of(session)


def test_everybody_graded_every_part_of_the_closed_one_and_said_why():
    # M10
    session = session_in(_C.CLOSED)
    for invite in session.invites:
        given = {row.section_code: Given(row.grade, row.why) for row in invite.grades}
        assert not_graded(session, given) == []
        assert invite.invited_at < invite.committed_at < session.closed_at < AT
        assert london_date(invite.committed_at) <= session.deadline


def test_the_closed_one_has_an_agreed_answer_and_is_there_to_practise_on():
    # M10
    session = session_in(_C.CLOSED)
    assert session.gold
    assert session.agreed.keys() == titles_of(parts_of(session)).keys()
    assert session.agreed_why
    assert session.learnt
    grades = {row.grade for invite in session.invites for row in invite.grades}
    assert len(grades) >= 3
    assert my_sessions(login("team.manager").id).to_practise
    for key in ("auditor", "head.of.service"):
        assert my_past(login(key).id)[0].found.n == len(session.agreed)


@pytest.mark.parametrize("key", ["auditor", "head.of.service"])
def test_the_open_one_is_asked_of_those_one_signs_in_as(key: str):
    # M10
    (mine,) = my_sessions(login(key).id).to_grade
    assert mine.session.state is _C.OPEN
    assert mine.session.deadline > TODAY
    assert not mine.invite.grades


def test_the_draft_says_what_is_left_to_do():
    draft = session_in(_C.DRAFT)
    assert [gap.part for gap in left_to_do(draft, 0, TODAY)] == ["invite", "invite"]
