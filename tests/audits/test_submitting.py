"""Submission: once, with its day, its grades and those who are told; then moderation's part."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty, GradeRow, GradeSource
from qa_app.audits.queries import standing_grades, timeline_of
from qa_app.database import db, saving
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.notify.models import Notice
from tests.audits.making import AT, Writer, given, submitted, whole_answers, written
from tests.tools import a_published_tool

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def me(council):
    """The auditor."""
    return council.people["other_auditor"]


@pytest.fixture
def moderator(council):
    """A head of another service."""
    return db.session.get_one(Person, council.people["review_head"])


def _grades(audit, source):
    return db.session.scalars(
        select(GradeRow).where(GradeRow.audit_id == audit.id, GradeRow.source == source)
    ).all()


def test_submission_writes_the_day_the_state_and_a_grade_for_each_section(council, me):
    audit = submitted(council)

    assert audit.state is AuditState.AWAITING_MODERATION
    assert (audit.completed_on, audit.completed_month) == (date(2026, 11, 18), date(2026, 11, 1))
    assert audit.submitted_at == AT
    assert audit.auditor_grade is Grade.GOOD
    assert audit.final_grade is None
    rows = _grades(audit, GradeSource.AUDITOR)
    assert len(rows) == 13
    assert {row.grade for row in rows} == {Grade.GOOD}
    assert sum(row.section_id is None for row in rows) == 1


def test_the_day_is_london_s(council, me):
    # 23:30 on 31 October in UTC+0 is that day; 23:30 UTC on 30 June is 1 July in London (DU-6).
    audit = written(council)
    services.submit(audit, by=me, at=datetime(2027, 6, 30, 23, 30, tzinfo=UTC))

    assert audit.completed_on == date(2027, 7, 1)


def test_a_second_submission_is_refused_and_changes_nothing(council, me):
    # CO-2
    audit = submitted(council)
    for _ in range(3):
        with pytest.raises(MoveNotAllowed):
            services.submit(audit, by=me, at=AT + timedelta(days=1))

    assert audit.submitted_at == AT
    assert len(_grades(audit, GradeSource.AUDITOR)) == 13


def test_an_audit_that_was_not_begun_cannot_be_submitted(council, me):
    with pytest.raises(MoveNotAllowed):
        services.submit(given(council), by=me, at=AT)


def _notices(about: str) -> list[Notice]:
    return list(db.session.scalars(select(Notice).where(Notice.key.startswith(about))))


def test_the_head_of_the_childs_service_is_told_of_an_inadequate_once(council, me, moderator):
    # E2: the clock starts with the submission, and a resubmission tells nobody again.
    audit = submitted(council, grade="inadequate")
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    services.return_for_correction(audit, moderator.id, AT)
    services.submit(audit, by=me, at=AT + timedelta(days=2))

    (notice,) = _notices("inadequate:")
    assert notice.person_id == council.people["head"]
    assert "100001" not in notice.subject + notice.body


@pytest.mark.parametrize("grade", ["outstanding", "good", "requires_improvement"])
def test_nobody_is_alarmed_by_another_grade(council, grade):
    submitted(council, grade=grade)

    assert _notices("inadequate:") == []


def test_a_resubmission_keeps_the_day_and_adds_grades(council, me, moderator):
    # measures.md: completed is the first submission, and never moves. M7: rows are only added.
    audit = submitted(council)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    services.return_for_correction(audit, moderator.id, AT)
    assert audit.state is AuditState.RETURNED
    assert len(_notices(f"returned:{audit.id}")) == 1
    Writer(audit, me)({"plan.grade": "not_applicable", "plan.not_applicable": "No plan yet"})
    services.submit(audit, by=me, at=AT + timedelta(days=20))

    assert audit.completed_on == date(2026, 11, 18)
    assert audit.submitted_at == AT + timedelta(days=20)
    assert len(_grades(audit, GradeSource.AUDITOR)) == 26
    db.session.flush()
    plan = Draft(audit).section("plan")
    assert standing_grades(audit.id, GradeSource.AUDITOR)[plan.id] is None


def test_a_tool_that_is_not_moderated_is_final_at_once(council, me):
    # P7, M7: the final grade is the auditor's.
    a_published_tool(like="core", moderated=False, counts_in_mtm=False)
    audit = written(council)
    services.submit(audit, by=me, at=AT)

    assert (audit.state, audit.final_grade, audit.final_at) == (AuditState.FINAL, Grade.GOOD, AT)
    assert len(_grades(audit, GradeSource.FINAL)) == 13


def test_a_tool_without_gates_takes_what_there_is_once_every_question_is_answered(council, me):
    # P7, A2
    a_published_tool(like="core", gates=False, counts_in_mtm=False)
    audit = given(council)
    answers = whole_answers(audit)
    questions = {name: each for name, each in answers.items() if name.startswith("question.")}
    Writer(audit, me)({"overall.grade": "good"} | questions)
    Writer(audit, me)({"question.risk.analysis": ""})
    with pytest.raises(services.Incomplete):
        services.submit(audit, by=me, at=AT)
    Writer(audit, me)({"question.risk.analysis": "good"})
    services.submit(audit, by=me, at=AT)

    assert audit.auditor_grade is Grade.GOOD


def test_the_moderator_reads_it_from_taking_it_until_releasing_it(council, moderator):
    audit = submitted(council)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    assert audit.permission_subject().involves(moderator.id, Party.MODERATOR)
    assert audit.state is AuditState.IN_MODERATION

    services.release_from_moderation(audit, moderator, moderator.id, AT)
    assert not audit.permission_subject().involves(moderator.id, Party.MODERATOR)
    assert audit.state is AuditState.AWAITING_MODERATION


def test_only_one_moderator_takes_an_audit(council, moderator):
    # CO-3
    audit = submitted(council)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    other = db.session.get_one(Person, council.people["director"])
    with pytest.raises(MoveNotAllowed):
        services.take_for_moderation(audit, other, other.id, AT)


def test_taking_it_again_after_a_correction_names_the_moderator_once(council, me, moderator):
    audit = submitted(council)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    services.return_for_correction(audit, moderator.id, AT)
    services.submit(audit, by=me, at=AT)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    db.session.flush()

    parties = select(AuditParty).where(AuditParty.party == Party.MODERATOR)
    assert len(db.session.scalars(parties).all()) == 1


def test_a_final_grade_stands_beside_the_others(council, moderator):
    # M7
    with saving():
        audit = submitted(council)
        risk = Draft(audit).section("risk").id
        services.take_for_moderation(audit, moderator, moderator.id, AT)
        services.record_moderator_grades(
            audit,
            {None: Grade.REQUIRES_IMPROVEMENT, risk: Grade.INADEQUATE},
            {risk: services.GradeReason("threshold", "The threshold was met in May")},
            by=moderator.id,
            at=AT,
        )
        services.finalise(
            audit,
            {None: Grade.REQUIRES_IMPROVEMENT, risk: Grade.INADEQUATE},
            "the moderator's grade",
            moderator.id,
            AT,
        )

    assert (audit.state, audit.final_grade) == (AuditState.FINAL, Grade.REQUIRES_IMPROVEMENT)
    assert audit.auditor_grade is Grade.GOOD
    theirs = {row.section_id: row for row in _grades(audit, GradeSource.MODERATOR)}
    assert (theirs[risk].reason_code, theirs[risk].grade) == ("threshold", Grade.INADEQUATE)
    assert timeline_of(audit)[0].sentence == (
        "Final grade: Requires improvement. The moderator's grade"
    )
    assert len(_notices("final:")) == 1


def test_a_final_grade_needs_an_overall_one(council, moderator):
    audit = submitted(council)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    with pytest.raises(services.NoOverallGrade):
        services.finalise(audit, {}, "", moderator.id, AT)


def test_a_final_audit_is_read_only(council, me, moderator):
    # M8
    audit = submitted(council)
    services.take_for_moderation(audit, moderator, moderator.id, AT)
    services.finalise(audit, {None: Grade.GOOD}, "", moderator.id, AT)
    for move in (
        lambda: Writer(audit, me)({"risk.evidence": "Late"}),
        lambda: services.submit(audit, by=me, at=AT),
        lambda: services.return_for_correction(audit, moderator.id, AT),
        lambda: services.finalise(audit, {None: Grade.INADEQUATE}, "", moderator.id, AT),
    ):
        with pytest.raises(MoveNotAllowed):
            move()
    assert db.session.get_one(Audit, audit.id).final_grade is Grade.GOOD


def test_the_timeline_tells_each_persons_saves_in_one_line(council, me):
    with saving():
        audit = submitted(council, checked=False)

    told = timeline_of(audit)
    sentences = [each.sentence for each in told]
    assert sentences[:3] == [
        "The facts are checked until 23 November 2026",
        "Moderation: All audits are moderated",
        "Sent for moderation",
    ]
    assert sentences[-1] == "Given to the auditor, due 30 November 2026"
    (saves,) = [each for each in sentences if each.startswith("Last wrote")]
    assert saves.endswith(" saves")
    # The choice for moderation (M1) is nobody's: it says no name.
    assert {each.who for each in told} == {"Otto Auditor", "Quinn Lead", ""}
