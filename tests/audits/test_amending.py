"""After the final grade an audit is only amended, by the QA lead, with what it was kept (M8)."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from qa_app.audits import services
from qa_app.audits.models import (
    Amendment,
    Audit,
    AuditSource,
    AuditText,
    GradeRow,
    GradeSource,
    TextVersion,
)
from qa_app.audits.queries import reading_of, standing_grades
from qa_app.audits.queries.amending import amendable, amendments_of
from qa_app.audits.queries.versions import earlier_texts
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade, PlanType
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.finals import AUDITOR, BEFORE, LEAD, MODERATOR, STANDS, a_final_audit
from tests.audits.making import AT, Writer, submitted
from tests.audits.with_tools import given_with, small_tool
from tests.reports.rows import an_audit

pytestmark = pytest.mark.usefixtures("context")
LATER = AT + timedelta(days=30)
WHY = "The panel’s minutes came to light"
EVIDENCE = "text.risk.evidence"


@pytest.fixture
def lead(council):
    return council.people[LEAD]


def stands(audit: Audit, field: str) -> str:
    return next(each.stands for each in amendable(audit) if each.field == field)


def amend(audit: Audit, field: str, new: str, by, **more) -> Amendment:
    shown = more.pop("shown", None) or stands(audit, field)
    values = {"shown": shown, "reason": WHY, "at": LATER} | more
    return services.amend(audit, field, new, by=by, **values)


def finals(audit: Audit) -> list[GradeRow]:
    query = (
        select(GradeRow)
        .where(GradeRow.audit_id == audit.id, GradeRow.source == GradeSource.FINAL)
        .order_by(GradeRow.at, GradeRow.id)
    )
    return list(db.session.scalars(query))


# M8, M7: the old row stays, a new one stands, and the audit repeats it.
def test_the_overall_grade_is_amended_beside_the_old_one(council, lead):
    audit = a_final_audit(council)
    before = len(finals(audit))
    row = amend(audit, "grade.overall", "requires_improvement", lead)
    assert (row.old, row.new, row.reason, row.by) == ("good", "requires_improvement", WHY, lead)
    assert audit.final_grade is Grade.REQUIRES_IMPROVEMENT
    assert len(finals(audit)) == before + 1
    newest = finals(audit)[-1]
    assert (newest.grade, newest.section_id, newest.by) == (audit.final_grade, None, lead)
    assert newest.reason == f"Amended: {WHY}"
    # Nobody else's grade moves, and neither does the day on which it became final.
    assert (audit.auditor_grade, audit.state) == (Grade.GOOD, AuditState.FINAL)
    assert audit.final_at == AT


def test_a_sections_grade_is_amended_alone(council, lead):
    audit = a_final_audit(council)
    amend(audit, "grade.risk", "inadequate", lead)
    assert audit.final_grade is Grade.GOOD
    reading = reading_of(audit)
    assert {each.code for each in reading.sections if each.final_grade is Grade.INADEQUATE} == {
        "risk"
    }
    assert standing_grades(audit.id, GradeSource.FINAL)[None] is Grade.GOOD


# M8, A1: what was asked of this child was asked by the old plan, and stays as it was answered.
def test_an_amended_plan_type_takes_no_answer_away(council, lead):
    audit = a_final_audit(council)
    before = reading_of(audit)
    amend(audit, "plan_type", "child_in_care", lead)
    amend(audit, "plan_type", "care_experienced", lead)
    db.session.flush()
    assert audit.plan_type is PlanType.CARE_EXPERIENCED
    assert reading_of(audit).sections == before.sections
    assert [(each.old, each.new) for each in amendments_of(audit)] == [
        ("Child in care (CIC)", "Care experienced (care leaver)"),
        ("Child protection (CP)", "Child in care (CIC)"),
    ]


def test_an_amended_text_stays_among_the_earlier_versions(council, lead):
    audit = a_final_audit(council)
    row = amend(audit, EVIDENCE, "What the visits show", lead)
    # I1: an amendment cannot be deleted, so it holds no narrative: the versions do.
    assert row.new == str(int(row.old) + 1)
    assert STANDS not in (row.old, row.new)
    assert next(e for e in reading_of(audit).sections if e.code == "risk").evidence == (
        "What the visits show"
    )
    newest, *_ = earlier_texts(audit.id, "risk.evidence").rows
    assert (newest.writer, newest.replacer) == ("Otto Auditor", "Quinn Lead")
    (shown,) = amendments_of(audit)
    assert (shown.old, shown.new) == (STANDS, "What the visits show")
    assert (shown.by, shown.reason, shown.is_text) == ("Quinn Lead", WHY, True)
    assert shown.what == "text of “Risk and safety: evidence”"


def test_a_text_amended_twice_shows_each_step(council, lead):
    audit = a_final_audit(council)
    for words in ("Second", "Third"):
        amend(audit, EVIDENCE, words, lead)
    assert [(each.old, each.new) for each in amendments_of(audit)] == [
        ("Second", "Third"), (STANDS, "Second"),
    ]  # fmt: skip
    # I4: once retention has emptied the earlier texts, that it was amended still shows.
    db.session.execute(delete(TextVersion))
    assert [each.old for each in amendments_of(audit)] == ["", ""]


# M8: told once, without a value.
def test_the_auditor_and_the_moderators_are_told_without_a_value(council, lead):
    audit = a_final_audit(council)
    row = amend(audit, "grade.overall", "inadequate", lead)
    told = list(db.session.scalars(select(Notice).where(Notice.key.startswith("amended:"))))
    assert {each.person_id for each in told} == {
        council.people[AUDITOR], council.people[MODERATOR],
    }  # fmt: skip
    assert len(told) == 2
    words = " ".join(f"{each.subject} {each.body} {each.path}" for each in told).lower()
    assert not any(each in words for each in ("inadequate", "good", "grade", WHY.lower()))
    db.session.commit()
    (event,) = db.session.scalars(select(Event).where(Event.verb == "audit_amended"))
    assert event.sentence == "Amended the overall final grade"
    assert event.audit_id == row.audit_id
    assert not any(each in str(event.details) for each in ("inadequate", WHY))


REFUSED = [
    # M8: another value than the one that stands
    ("grade.overall", {"new": "good"}, "what stands already"),
    (EVIDENCE, {"new": f" {STANDS} "}, "what stands already"),
    # M8: one that there is
    ("grade.overall", {"new": "splendid"}, "Select one of the answers"),
    ("plan_type", {"new": "none"}, "Select one of the answers"),
    (EVIDENCE, {"new": "  "}, "Enter the new text of “Risk and safety: evidence”"),
    # M8: with a reason
    ("grade.overall", {"new": "inadequate", "reason": " "}, "Enter why it is amended"),
    # A8: of what its amender saw
    ("grade.overall", {"new": "inadequate", "shown": "outstanding"}, "while you looked at it"),
    (EVIDENCE, {"new": "Another", "shown": "1"}, "while you looked at it"),
    # A11: names nobody, in the text and in the reason
    (EVIDENCE, {"new": "Ring 07700 900123"}, "This may be a telephone number"),
    ("plan_type", {"new": "child_in_care", "reason": "Mail a@b.org"}, "This may be"),
]


@pytest.mark.parametrize(("field", "values", "words"), REFUSED)
def test_what_is_refused_changes_nothing(council, lead, field, values, words):
    audit = a_final_audit(council)
    rows = len(finals(audit))
    with pytest.raises(DomainError, match=words):
        amend(audit, field, values.pop("new"), lead, **values)
    assert (audit.final_grade, audit.plan_type) == (Grade.GOOD, PlanType.CHILD_PROTECTION)
    assert len(finals(audit)) == rows
    assert not db.session.query(Amendment).count()
    kept = db.session.query(AuditText).filter_by(audit_id=audit.id, field="risk.evidence").one()
    assert kept.text == STANDS


def test_words_that_identify_nobody_may_be_confirmed(council, lead):
    audit = a_final_audit(council)
    amend(audit, EVIDENCE, "Ring 07700 900123", lead, harmless="A service’s number")
    assert [each.new for each in amendments_of(audit)] == ["Ring 07700 900123"]


NOT_THERE = [
    # M8: a section that this child's audit does not have, or that has no final grade
    "grade.moon",
    # M8: what is derived or counted is not typed
    "state", "completed_on", "grade.auditor", "auditor_grade",
    # M8: a text that nobody wrote, or no box at all
    "text.none_found.strength", "text.moon.evidence", "text.question.moon", "text.", "",
]  # fmt: skip


@pytest.mark.parametrize("field", NOT_THERE)
def test_nothing_else_is_amended(council, lead, field):
    audit = a_final_audit(council)
    with pytest.raises(services.NothingToAmend):
        amend(audit, field, "good", lead, shown="1")


@pytest.mark.parametrize("state", [each for each in AuditState if each is not AuditState.FINAL])
def test_only_a_final_audit_is_amended(council, lead, state):
    audit = submitted(council)
    audit.state = state
    assert amendable(audit) == []
    with pytest.raises(services.NotFinal, match="Only a final audit"):
        amend(audit, "plan_type", "child_in_care", lead, shown="child_protection")


# P7: an audit that is not graded has no grade to amend; its plan type and its texts can be.
def test_an_ungraded_audit_has_no_grade_to_amend(council, lead):
    me = council.people[AUDITOR]
    audit = given_with(council, small_tool())
    Writer(audit, me)({"question.plan.written": "no", "question.plan.missing": "A letter",
                       "question.plan.else": "No"})  # fmt: skip
    services.submit(audit, by=me, at=AT)
    assert audit.state is AuditState.FINAL
    assert [each.field for each in amendable(audit)] == [
        "plan_type", "text.question.plan.missing", "text.question.plan.else",
    ]  # fmt: skip
    with pytest.raises(services.NothingToAmend):
        amend(audit, "grade.overall", "good", lead, shown="good")
    amend(audit, "text.question.plan.missing", "A letter of 3 May", lead)
    assert amendments_of(audit)[0].what == "text of “What is there instead?”"


# M8: an imported audit is amended like any other, as far as it has something.
def test_an_imported_audit_is_amended(council, lead):
    audit = an_audit(AT.date(), Grade.GOOD, Grade.GOOD)
    assert audit.source is AuditSource.IMPORTED
    assert [each.field for each in amendable(audit)] == ["grade.overall", "plan_type"]
    amend(audit, "grade.overall", "inadequate", lead)
    amend(audit, "plan_type", "child_in_need", lead, shown="")
    assert (audit.final_grade, audit.plan_type) == (Grade.INADEQUATE, PlanType.CHILD_IN_NEED)
    assert [each.old for each in amendments_of(audit)] == ["not recorded", "Good"]


# M8: the database refuses to change or delete an amendment.
@pytest.mark.parametrize(
    "statement", [update(Amendment).values(reason="Another"), delete(Amendment)]
)
def test_an_amendment_cannot_be_changed(council, lead, statement):
    audit = a_final_audit(council)
    amend(audit, "grade.overall", "inadequate", lead)
    db.session.commit()
    with pytest.raises(DBAPIError):
        db.session.execute(statement)
    db.session.rollback()
    assert db.session.execute(text("SELECT count(*) FROM amendment")).scalar_one() == 1


def test_an_audit_that_was_never_amended_says_nothing(council):
    audit = a_final_audit(council)
    assert amendments_of(audit) == []
    earlier = [each.words for each in earlier_texts(audit.id, "risk.evidence").rows]
    assert earlier == [len(BEFORE.split())]
