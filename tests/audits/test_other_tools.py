"""Doing audits with tools that are not graded, have no gates or are not moderated (P7, A2, A7)."""

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import GradeRow, GradeSource
from qa_app.audits.queries import reading_of, timeline_of
from qa_app.database import db
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation import services as moderation
from qa_app.notify.models import Notice
from tests.audits.making import (
    AT,
    Writer,
    answer_comments,
    given,
    nothing_to_correct,
    whole_answers,
)
from tests.audits.with_tools import gap_fields, given_with, small_tool
from tests.tools import a_published_tool

pytestmark = pytest.mark.usefixtures("context")
ANSWERS = {"question.plan.written": "yes", "question.plan.shared": "yes",
           "question.used.daily": "no", "question.plan.else": "Nothing else"}  # fmt: skip


@pytest.fixture
def me(council):
    return council.people["other_auditor"]


def _grades(audit):
    return list(db.session.scalars(select(GradeRow).where(GradeRow.audit_id == audit.id)))


def _checked(council, me, **says):
    audit = given_with(council, small_tool(**says))
    Writer(audit, me)(ANSWERS)
    return audit


# P7: a check that is neither graded nor moderated is finished when it is sent, without a grade.
def test_a_bare_check_is_finished_without_a_grade(council, me):
    audit = services.submit(_checked(council, me), by=me, at=AT)

    assert (audit.state, audit.final_at, audit.final_grade) == (AuditState.FINAL, AT, None)
    assert (audit.auditor_grade, _grades(audit)) == (None, [])
    assert audit.completed_on is not None


# P7: what the timeline and the notice say of it.
def test_the_timeline_and_the_notice_say_that_it_is_not_graded(council, me):
    audit = services.submit(_checked(council, me), by=me, at=AT)
    db.session.commit()

    sentences = [each.sentence for each in timeline_of(audit)]
    assert sentences[:2] == [
        "Finished. This kind of audit is not graded.",
        "Completed by the auditor",
    ]
    notice = db.session.query(Notice).filter_by(key=f"final:{audit.id}").one()
    assert notice.subject == f"Audit {audit.reference} is finished"
    assert "not graded" in notice.body


@pytest.mark.parametrize(
    ("left", "fields"),
    [
        # A2: every question that is asked is answered, with gates or without
        ("question.used.daily", ["used.daily"]),
        ("question.plan.else", ["plan.else"]),
        # A2: what hangs on an answer is asked only after it
        ("question.plan.written", ["plan.written"]),
    ],
)
def test_a_bare_check_with_a_question_left_open_is_not_sent(council, me, left, fields):
    audit = given_with(council, small_tool())
    Writer(audit, me)({name: value for name, value in ANSWERS.items() if name != left})

    assert gap_fields(audit) == fields
    with pytest.raises(services.Incomplete):
        services.submit(audit, by=me, at=AT)


# A2: blank is not an answer.
def test_a_text_question_is_answered_when_it_is_not_blank(council, me):
    audit = _checked(council, me)
    Writer(audit, me)({"question.plan.else": " \n "})
    assert gap_fields(audit) == ["plan.else"]
    Writer(audit, me)({"question.plan.else": "Something"})
    assert gap_fields(audit) == []
    assert reading_of(audit).sections[0].answers[-1] == ("What else?", "Something")


@pytest.mark.parametrize(
    "name",
    [
        # P7: no grades, and no reasons for one
        "overall.grade", "overall.rationale", "overall.why_not_above", "plan.grade",
        "plan.impact", "plan.not_applicable",
        # A7: no limit that could be set aside
        "override.a",
        # A10, A4: without gates neither safety nor findings are asked
        "safe.now", "safe.how_known", "none_found.strength",
    ],
)  # fmt: skip
def test_an_audit_without_grades_has_no_box_for_one(council, me, name):
    audit = given_with(council, small_tool())
    with pytest.raises(services.UnknownField):
        services.box(Draft(audit), name)
    assert services.box(Draft(audit), "plan.evidence").value == ""


# A10, A4, P7: gates without grades ask for safety and findings, and for no reason of a grade.
def test_an_ungraded_tool_with_gates_asks_for_what_is_no_grade(council, me):
    audit = _checked(council, me, gates=True)
    assert gap_fields(audit) == ["none_found.strength", "none_found.development", "safe.now"]
    Writer(audit, me)({"none_found.strength": "None", "none_found.development": "None",
                       "safe.now": "yes", "safe.how_known": "Seen"})  # fmt: skip
    assert services.submit(audit, by=me, at=AT).state is AuditState.FINAL


# A7: a graded tool without gates shows no limits that keep it; M7: its grade is the auditor's.
def test_a_graded_tool_without_gates_needs_its_answers_and_its_overall_grade(council, me):
    audit = _checked(council, me, graded=True)
    assert gap_fields(audit) == ["overall.grade"]
    Writer(audit, me)({"overall.grade": "inadequate", "plan.grade": "good"})
    services.submit(audit, by=me, at=AT)

    assert (audit.state, audit.final_grade) == (AuditState.FINAL, Grade.INADEQUATE)
    finals = [row for row in _grades(audit) if row.source is GradeSource.FINAL]
    assert {row.grade for row in finals} == {Grade.INADEQUATE, Grade.GOOD}
    assert "not moderated" in next(row.reason for row in finals if row.section_id is None)


# M7: an audit of a graded tool is never final without its grade.
def test_a_graded_audit_still_needs_a_grade_to_be_final(council, me):
    audit = _checked(council, me, graded=True)
    with pytest.raises(services.NoOverallGrade):
        services.finalise(audit, {}, "", by=me, at=AT)


# P7: somebody reads it where its tool is moderated, and finishes it without a grade.
def test_a_moderated_check_is_finished_by_its_moderator(council, me):
    audit = services.submit(_checked(council, me, moderated=True), by=me, at=AT)
    nothing_to_correct(audit)
    assert audit.state is AuditState.AWAITING_MODERATION
    head = db.session.get_one(Person, council.people["review_head"])
    taken = moderation.start(audit, head, by=head.id, at=AT)
    moderation.commit(taken, {}, opened_record=False, feedback="Clear.", by=head.id, at=AT)

    assert (audit.state, audit.final_grade, _grades(audit)) == (AuditState.FINAL, None, [])
    assert (taken.committed_at, taken.feedback) == (AT, "Clear.")


# A2, A3: a section that an answer took away keeps its grade, and nobody counts it.
def test_a_section_that_is_no_longer_asked_is_not_graded(council, me):
    audit = _checked(council, me, graded=True, moderated=True)
    Writer(audit, me)({"overall.grade": "good", "plan.grade": "good", "used.grade": "inadequate"})
    nothing_to_correct(services.submit(audit, by=me, at=AT))
    head = db.session.get_one(Person, council.people["review_head"])
    moderation.send_back(
        moderation.start(audit, head, by=head.id, at=AT),
        pins=[services.Pin("Look again")],
        by=head.id,
        at=AT,
    )
    Writer(audit, me)({"question.plan.written": "no", "question.plan.missing": "A letter"})
    answer_comments(audit, me)
    services.submit(audit, by=me, at=AT)

    used = Draft(audit).section("used", unasked=True)
    assert Draft(audit).section("used") is None
    rows = [row.grade for row in _grades(audit) if row.section_id == used.id]
    assert rows == [Grade.INADEQUATE, None]
    assert [each.code for each in reading_of(audit).sections] == ["plan"]
    # A7: a kept grade limits nothing.
    assert list(Draft(audit).section_grades) == ["Plan"]


# A8: what was typed before an answer took its question away is kept, and comes back with it.
def test_an_answer_whose_condition_stopped_holding_is_kept(council, me):
    audit = given_with(council, small_tool())
    write = Writer(audit, me)
    write({"question.plan.written": "no", "question.plan.missing": "A letter"})
    write({"question.plan.written": "yes"})
    draft = Draft(audit)
    assert draft.question("plan.missing") is None
    assert [code for _, inside in [(s, draft.questions_of(s)) for s in draft.sections]
            for code in [q.code for q in inside]] == [
        "plan.written", "plan.shared", "plan.else", "used.daily"]  # fmt: skip
    assert "A letter" not in str(reading_of(audit))

    # Typed while the other tab took the question away: saved all the same.
    write({"question.plan.missing": "A letter and a note"})
    write({"question.plan.written": "approved_exception"})
    assert ("What is there instead?", "A letter and a note") in reading_of(audit).sections[
        0
    ].answers


# A7: with the core tool everything is as it was.
def test_the_core_tool_asks_for_grades_as_before(council, me):
    audit = given(council)
    Writer(audit, me)(whole_answers(audit, grade="inadequate") | {"overall.grade": "good"})
    assert [each for each in gap_fields(audit) if each.startswith("override.")] == [
        "override.a", "override.b", "override.c",
    ]  # fmt: skip


# P7: what a tool says of itself when the audit is given is pinned; another version changes nothing.
def test_a_new_version_of_the_tool_leaves_an_audit_under_way(council, me):
    audit = _checked(council, me)
    a_published_tool(like="small", graded=True, gates=True)
    assert services.submit(audit, by=me, at=AT).final_grade is None
