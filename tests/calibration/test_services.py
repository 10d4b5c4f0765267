"""What may be done to a calibration session, when, and who is told (M10)."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app import history
from qa_app.database import db
from qa_app.domain.calibration import OVERALL
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, PlanType
from qa_app.history import Event
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.files import about, parts_of
from qa_app.moderation.calibration.queries.results import Given, own_grades, results_of
from qa_app.moderation.calibration.queries.seen import Shown
from qa_app.moderation.models import (
    CalibrationGrade,
    CalibrationInvite,
    CalibrationSession,
    CalibrationState,
)
from qa_app.notify.models import Notice
from qa_app.standards.queries import current_version
from tests.calibration.making import (
    AT,
    DEADLINE,
    LATER,
    a_closed_one,
    a_draft,
    an_open_one,
    commit,
    grades,
    ids,
)
from tests.council import Council

OUT, GOOD, RI, BAD = GRADES
DAY = timedelta(days=1)


def told(council: Council, part: str) -> list[str]:
    """Who was told something of a session, by the middle of the notice's key."""
    keys = {person_id: key for key, person_id in council.people.items()}
    notices = db.session.scalars(select(Notice).where(Notice.key.contains(f":{part}:")))
    return sorted(keys[each.person_id] for each in notices)


def verbs() -> list[str]:
    history._seal(db.session())
    found = db.session.scalars(
        select(Event.verb).where(Event.verb.like("calibration%")).order_by(Event.sequence)
    )
    return list(found)


def test_the_whole_way_of_a_session(context: Flask, council: Council) -> None:
    people, lead = council.people, council.people["qa_lead"]
    session = an_open_one(council, ("auditor", "iro"))
    assert session.state is CalibrationState.OPEN
    assert told(council, "invited") == ["auditor", "iro"]
    commit(session, people["auditor"], grades(session, GOOD))
    commit(session, people["iro"], grades(session, RI, risk=BAD))
    # the QA lead is told that it can be closed
    assert told(council, "all") == ["qa_lead"]
    services.close(session, by=lead, at=AT)
    assert told(council, "closed") == ["auditor", "iro"]
    services.agree(session, grades(session, GOOD), why="Plain", learnt="", by=lead, at=AT)
    services.mark_gold(session, True, by=lead, at=AT)
    results = results_of(session, people["iro"])
    assert [row.name for row in results.rows] == ["Ada Auditor", "Iris Reviewer"]
    assert [line.code for line in results.lines] == ["assessment", "risk", OVERALL]
    assert [line.spoken.spread for line in results.lines] == [
        "Good to Requires improvement", "Good to Inadequate", "Good to Requires improvement",
    ]  # fmt: skip
    assert (results.own.n, results.own.same, results.own.severe) == (3, 0, 3)
    assert results.ac2 is not None
    assert verbs() == [
        "calibration_made", "calibration_changed", "calibration_changed", "calibration_changed",
        "calibration_changed", "calibration_opened", "calibration_graded",
        "calibration_committed", "calibration_graded", "calibration_committed",
        "calibration_closed", "calibration_changed", "calibration_changed",
    ]  # fmt: skip


def test_the_history_holds_no_grade_and_no_word_of_it(context: Flask, council: Council) -> None:
    # I1, M10: events hold codes of fields and ids
    session = an_open_one(council)
    commit(session, council.people["iro"], grades(session, BAD, "CANARY-REASON"))
    history._seal(db.session())
    for event in db.session.scalars(select(Event).where(Event.verb.like("calibration%"))):
        text = str(event.details)
        assert "CANARY" not in text
        assert "inadequate" not in text


def test_a_notice_says_when_and_nothing_of_the_file(context: Flask, council: Council) -> None:
    session = an_open_one(council, title="CANARY-TITLE")
    notices = list(db.session.scalars(select(Notice).where(Notice.path.contains("calibration"))))
    assert len(notices) == 3
    for each in notices:
        assert "27 November 2026" in each.subject
        assert each.path == f"/calibration/{session.id}"
        assert "CANARY" not in each.subject + each.body
        assert "What was read" not in each.body


# M10: each step in its own state alone; a refusal says so and changes nothing.
@pytest.mark.parametrize(
    ("made", "step", "words"),
    [
        (a_draft, "save", "has not been opened yet"),
        (a_draft, "commit", "has not been opened yet"),
        (a_draft, "close", "has not been opened yet"),
        (a_draft, "agree", "has not been opened yet"),
        (a_draft, "gold", "has not been opened yet"),
        (an_open_one, "describe", "changes no more"),
        (an_open_one, "write", "changes no more"),
        (an_open_one, "open", "changes no more"),
        (an_open_one, "discard", "changes no more"),
        (an_open_one, "agree", "was opened on"),
        (an_open_one, "gold", "was opened on"),
        (a_closed_one, "describe", "was closed on"),
        (a_closed_one, "write", "was closed on"),
        (a_closed_one, "invite", "was closed on"),
        (a_closed_one, "open", "was closed on"),
        (a_closed_one, "save", "was closed on"),
        (a_closed_one, "commit", "was closed on"),
        (a_closed_one, "close", "was closed on"),
        (a_closed_one, "discard", "was closed on"),
    ],
)
def test_each_step_is_taken_in_its_own_state(
    context: Flask, council: Council, made, step, words
) -> None:
    session, lead = made(council), council.people["qa_lead"]
    grader, state = council.people["auditor"], session.state
    steps = {
        "describe": lambda: services.describe(
            session, title="T", about="A", age_band="", by=lead, at=AT
        ),
        "write": lambda: services.write_section(
            session, "risk", evidence="E", impact="", answers="", by=lead, at=AT
        ),
        "invite": lambda: services.invite(session, [], DEADLINE, by=lead, at=AT),
        "open": lambda: services.open_session(session, by=lead, at=AT),
        "discard": lambda: services.discard(session, by=lead, at=AT),
        "save": lambda: services.save_grades(session, grades(session), by=grader, at=AT),
        "commit": lambda: services.commit_grades(session, by=grader, at=AT),
        "close": lambda: services.close(session, by=lead, at=LATER),
        "agree": lambda: services.agree(
            session, grades(session), why="W", learnt="", by=lead, at=LATER
        ),
        "gold": lambda: services.mark_gold(session, True, by=lead, at=LATER),
    }
    with pytest.raises(services.WrongState, match=words):
        steps[step]()
    assert session.state is state


def test_a_draft_can_be_thrown_away_with_whom_it_names(context: Flask, council: Council) -> None:
    session, lead = a_draft(council), council.people["qa_lead"]
    services.invite(session, ids(council, "auditor", "iro"), DEADLINE, by=lead, at=AT)
    services.discard(session, by=lead, at=AT)
    for table in (CalibrationSession, CalibrationInvite, CalibrationGrade):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
    assert told(council, "invited") == []


@pytest.mark.parametrize(
    ("code", "plan", "message"),
    [
        # P7: a tool without grades has nothing to compare
        ("delegated-authority", PlanType.CHILD_PROTECTION, "Choose a tool that is graded"),
        ("early-help", PlanType.CHILD_IN_CARE, "Choose a plan that this tool is for"),
    ],
)
def test_a_file_is_made_with_a_graded_tool_for_its_plan(
    context: Flask, council: Council, code, plan, message
) -> None:
    tool = current_version(code)
    with pytest.raises(services.CalibrationRefused, match=message):
        services.make_typed(tool, plan, "T", by=council.people["qa_lead"], at=AT)


def test_a_section_left_empty_is_not_graded(context: Flask, council: Council) -> None:
    session, lead = a_draft(council), council.people["qa_lead"]
    services.write_section(session, "risk", evidence="", impact="", answers="", by=lead, at=AT)
    assert [each.code for each in parts_of(session)] == ["assessment"]
    with pytest.raises(services.CalibrationRefused, match="no such section"):
        services.write_section(
            session, "nonsense", evidence="E", impact="", answers="", by=lead, at=AT
        )


# M10: whoever audits or moderates today, with an open account; nobody else, by whatever way.
@pytest.mark.parametrize(
    ("key", "may"),
    [
        ("auditor", True), ("iro", True), ("chair", True), ("head", True), ("director", True),
        ("worker", False), ("qa_lead", False), ("viewer", False), ("administrator", False),
    ],
)  # fmt: skip
def test_who_may_be_invited(context: Flask, council: Council, key, may) -> None:
    session, lead = a_draft(council), council.people["qa_lead"]
    if may:
        assert services.invite(session, ids(council, key), DEADLINE, by=lead, at=AT) == 1
        return
    with pytest.raises(services.CalibrationRefused, match="Choose from the people shown"):
        services.invite(session, ids(council, key), DEADLINE, by=lead, at=AT)


def test_in_a_draft_those_named_last_are_invited_and_nobody_is_told(
    context: Flask, council: Council
) -> None:
    session, lead = a_draft(council), council.people["qa_lead"]
    services.invite(session, ids(council, "auditor", "iro"), None, by=lead, at=AT)
    services.invite(session, ids(council, "iro", "head"), DEADLINE, by=lead, at=AT)
    found = {each.person_id for each in Shown.find(session.id).session.invites}
    assert found == set(ids(council, "iro", "head"))
    assert told(council, "invited") == []


def test_an_open_session_takes_more_people_and_loses_none(context: Flask, council: Council) -> None:
    session, lead = an_open_one(council, ("auditor", "iro")), council.people["qa_lead"]
    assert services.invite(session, ids(council, "head"), DEADLINE, by=lead, at=AT) == 1
    assert services.invite(session, ids(council, "head"), DEADLINE, by=lead, at=AT) == 0
    # each of them is told once
    assert told(council, "invited") == ["auditor", "head", "iro"]


@pytest.mark.parametrize(
    ("deadline", "words"),
    [
        # M10: a deadline that people were told is never brought forward, nor taken away
        (DEADLINE - DAY, "People were told 27 November 2026"),
        (date(2026, 11, 17), "Enter today's date or a later one"),
        (None, "Enter today's date or a later one"),
        # M10: a session waits for its deadline: a slip in the year would keep it open for ever
        (date(2206, 11, 27), "Enter a day within the next 12 months"),
    ],
)
def test_a_deadline_is_only_put_off(context: Flask, council: Council, deadline, words) -> None:
    session, lead = an_open_one(council), council.people["qa_lead"]
    with pytest.raises(services.CalibrationRefused, match=words) as refused:
        services.invite(session, [], deadline, by=lead, at=AT)
    assert refused.value.field == "deadline"
    services.invite(session, [], DEADLINE + DAY, by=lead, at=AT)
    assert session.deadline == DEADLINE + DAY


def test_it_is_not_opened_while_something_is_missing(context: Flask, council: Council) -> None:
    session, lead = a_draft(council), council.people["qa_lead"]
    with pytest.raises(services.CalibrationRefused, match="Invite at least 2 people"):
        services.open_session(session, by=lead, at=AT)
    services.invite(session, ids(council, "auditor", "iro"), DEADLINE, by=lead, at=AT)
    with pytest.raises(services.CalibrationRefused, match="The deadline has passed"):
        services.open_session(session, by=lead, at=LATER)
    services.describe(session, title="About Mrs Smith", about="A", age_band="", by=lead, at=AT)
    with pytest.raises(services.CalibrationRefused, match="Remove “Mrs Smith”"):
        services.open_session(session, by=lead, at=AT)
    assert session.state is CalibrationState.DRAFT


# M10: saved as they go; those not given stay; committed once, each with why.
def test_grades_are_saved_as_they_go_and_committed_once(context: Flask, council: Council) -> None:
    session, person = an_open_one(council), council.people["iro"]
    services.save_grades(session, {"risk": Given(GOOD, "")}, by=person, at=AT)
    services.save_grades(session, {OVERALL: Given(RI, "Late")}, by=person, at=AT)
    mine = own_grades(Shown.find(session.id).invite_of(person))
    assert mine == {"risk": Given(GOOD, ""), OVERALL: Given(RI, "Late")}
    with pytest.raises(services.CalibrationRefused, match="Select a grade for "):
        services.commit_grades(session, by=person, at=AT)
    services.save_grades(session, {"assessment": Given(BAD, "Thin")}, by=person, at=AT)
    with pytest.raises(services.CalibrationRefused, match="Say why you grade"):
        services.commit_grades(session, by=person, at=AT)
    commit(session, person, grades(session))
    with pytest.raises(services.WrongState, match="they change no more"):
        services.save_grades(session, grades(session, BAD), by=person, at=AT)
    with pytest.raises(services.WrongState, match="they change no more"):
        services.commit_grades(session, by=person, at=AT)
    assert own_grades(Shown.find(session.id).invite_of(person)) == grades(session)


def test_grades_of_what_is_not_in_the_file_are_refused(context: Flask, council: Council) -> None:
    session, person = an_open_one(council), council.people["iro"]
    with pytest.raises(services.CalibrationRefused, match="sections that are shown"):
        services.save_grades(session, {"chronology": Given(GOOD, "")}, by=person, at=AT)


# M10: nobody grades who was not invited, whatever they are.
@pytest.mark.parametrize("key", ["other_auditor", "director", "qa_lead", "worker"])
def test_nobody_grades_an_open_session_uninvited(context: Flask, council: Council, key) -> None:
    session = an_open_one(council)
    with pytest.raises(services.WrongState, match="You are not invited"):
        services.save_grades(session, grades(session), by=council.people[key], at=AT)
    assert db.session.scalar(select(func.count()).select_from(CalibrationGrade)) == 0


# A8: two windows of one person: the second is told, and neither is lost.
def test_another_window_does_not_overwrite_what_was_saved(context: Flask, council: Council) -> None:
    session, person = an_open_one(council), council.people["iro"]
    first = {"risk": Given(GOOD, "First")}
    services.save_grades(session, first, by=person, at=AT)
    with pytest.raises(services.SavedElsewhere):
        services.save_grades(
            session, {"risk": Given(BAD, "Second")}, by=person, at=AT, stand="another"
        )
    assert own_grades(Shown.find(session.id).invite_of(person)) == first


def test_it_is_closed_when_all_have_committed_or_after_the_deadline(
    context: Flask, council: Council
) -> None:
    session, lead = an_open_one(council, ("auditor", "iro")), council.people["qa_lead"]
    commit(session, council.people["iro"], grades(session))
    with pytest.raises(services.CalibrationRefused, match="1 of 2 have committed"):
        services.close(session, by=lead, at=AT)
    services.close(session, by=lead, at=LATER)
    rows = {row.name: row.grades for row in results_of(session, lead).rows}
    # who did not commit is shown as not having graded
    assert rows["Ada Auditor"] is None
    assert rows["Iris Reviewer"] is not None


def test_what_was_saved_and_never_committed_is_in_no_result(
    context: Flask, council: Council
) -> None:
    session, lead = an_open_one(council, ("auditor", "iro")), council.people["qa_lead"]
    services.save_grades(session, grades(session, BAD), by=council.people["auditor"], at=AT)
    services.close(session, by=lead, at=LATER)
    results = results_of(session, lead)
    assert [row.grades for row in results.rows] == [None, None]
    assert all(line.spoken.n == 0 for line in results.lines)
    assert results.ac2 is None


def test_the_results_of_an_open_session_are_read_by_nothing(
    context: Flask, council: Council
) -> None:
    session = an_open_one(council)
    with pytest.raises(LookupError):
        results_of(session, council.people["qa_lead"])


def test_the_agreed_answer_is_whole_and_comes_before_gold(context: Flask, council: Council) -> None:
    session, lead = a_closed_one(council, agreed=None), council.people["qa_lead"]
    with pytest.raises(services.CalibrationRefused, match="Write the agreed answer first"):
        services.mark_gold(session, True, by=lead, at=LATER)
    some = {"risk": Given(GOOD, "")}
    with pytest.raises(services.CalibrationRefused, match="Select the agreed grade of each"):
        services.agree(session, some, why="W", learnt="", by=lead, at=LATER)
    services.agree(session, grades(session), why="W", learnt="L", by=lead, at=LATER)
    services.mark_gold(session, True, by=lead, at=LATER)
    services.mark_gold(session, True, by=lead, at=LATER)
    assert session.gold
    assert verbs().count("calibration_changed") == 6  # the second time changes nothing


# M10: new auditors practise; their tries are in no result.
def test_a_try_counts_nowhere(context: Flask, council: Council) -> None:
    session, people = a_closed_one(council, gold=True), council.people
    before = results_of(session, people["qa_lead"])
    commit(session, people["chair"], grades(session, BAD), LATER)
    after = results_of(session, people["qa_lead"])
    assert (before.rows, before.lines, before.ac2) == (after.rows, after.lines, after.ac2)
    assert told(council, "all") == ["qa_lead"]
    services.mark_gold(session, False, by=people["qa_lead"], at=LATER)
    with pytest.raises(services.WrongState, match="was closed on"):
        services.save_grades(session, grades(session), by=people["head"], at=LATER)


def test_whoever_was_invited_does_not_try_it_again(context: Flask, council: Council) -> None:
    session = a_closed_one(council, not_graded=("head",), gold=True)
    for key in ("auditor", "head"):
        with pytest.raises(DomainError):
            services.save_grades(session, grades(session), by=council.people[key], at=LATER)


@pytest.mark.parametrize(
    ("days", "people"),
    [
        # M10: two working days before 27 November, whoever has not committed, once
        (6, []),
        (7, ["auditor", "head"]),
        (9, ["auditor", "head"]),
        (10, []),
    ],
)
def test_reminders_go_to_whoever_has_not_committed(
    context: Flask, council: Council, days, people
) -> None:
    session = an_open_one(council)
    commit(session, council.people["iro"], grades(session))
    at = AT + timedelta(days=days)
    assert services.remind_before_deadlines(at) == len(people)
    assert services.remind_before_deadlines(at + timedelta(hours=3)) == 0
    assert told(council, "reminded") == people


def test_a_deadline_that_is_put_off_is_reminded_of_anew(context: Flask, council: Council) -> None:
    session, lead = an_open_one(council, ("auditor", "iro")), council.people["qa_lead"]
    assert services.remind_before_deadlines(AT + timedelta(days=7)) == 2
    services.invite(session, [], date(2026, 12, 11), by=lead, at=AT + timedelta(days=8))
    assert services.remind_before_deadlines(AT + timedelta(days=9)) == 0
    assert services.remind_before_deadlines(AT + timedelta(days=21)) == 2


def test_drafts_and_closed_sessions_remind_nobody(context: Flask, council: Council) -> None:
    a_draft(council)
    session, lead = an_open_one(council, ("auditor", "iro")), council.people["qa_lead"]
    for key in ("auditor", "iro"):
        commit(session, council.people[key], grades(session))
    services.close(session, by=lead, at=AT)
    assert services.remind_before_deadlines(AT + timedelta(days=7)) == 0


def test_the_introduction_is_kept_when_the_session_is_closed(
    context: Flask, council: Council
) -> None:
    session = a_closed_one(council)
    assert about(session) == "A child of a family of three."
    assert about(session, "age_band") == "5 to 9"
