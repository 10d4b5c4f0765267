"""What is asked of every shipped tool, for any answers: questions, gaps and reading agree (A2)."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from qa_app.audits.draft import Draft
from qa_app.audits.models import AuditText, QuestionAnswer
from qa_app.audits.queries import reading_of
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import GRADES, ComplianceAnswer, PlanType
from qa_app.standards.models import Question
from qa_app.standards.queries import tools
from tests.audits.making import AT
from tests.audits.with_tools import given_with
from tests.council import Council

CODES = ("core", "delegated-authority", "early-help", "mash-decision", "practice-observation",
         "re-audit", "supervision")  # fmt: skip
VALUES = {
    QuestionKind.COMPLIANCE: (None, *ComplianceAnswer),
    QuestionKind.QUALITY: (None, *GRADES),
    QuestionKind.TEXT: (None, " ", "An answer"),
}


@pytest.fixture
def audit_of(context, council: Council) -> Callable:
    """audit_of(code) → an audit with this tool, of a case that it is made for."""

    def make(code: str):
        tool = tools()[code]
        if tool.plan_types:
            case = db.session.get_one(Case, council.cases["100001"])
            case.plan_type = PlanType(tool.plan_types[0])
        return given_with(council, tool)

    return make


def _answer(audit, questions: list[Question], answers: dict[str, object]) -> None:
    """Store these answers and no others."""
    for table in (QuestionAnswer, AuditText):
        db.session.execute(delete(table).where(table.audit_id == audit.id))
    for each in questions:
        value = answers[each.code]
        if value is None:
            continue
        if each.kind is QuestionKind.TEXT:
            db.session.add(AuditText(audit_id=audit.id, field=f"question.{each.code}", text=value,
                                     salt="s", saved_at=AT, saved_by=audit.auditor_id))  # fmt: skip
            continue
        column = "grade" if each.kind is QuestionKind.QUALITY else "compliance"
        db.session.add(QuestionAnswer(audit_id=audit.id, question_id=each.id, saved_at=AT,
                                      **{column: value}))  # fmt: skip
    db.session.flush()


def _is_asked(question: Question, by_code: dict, plan: PlanType, answers: dict) -> bool:
    """The rule as one would say it, question by question."""

    def holds(only_if) -> bool:
        if only_if is None:
            return True
        other = by_code.get(only_if["question"])
        return (
            other is not None
            and _is_asked(other, by_code, plan, answers)
            and answers[other.code] in only_if["answers"]
        )

    in_plan = question.applies_to(plan) and question.section.applies_to(plan)
    return in_plan and holds(question.section.only_if) and holds(question.only_if)


# A2: an unasked question is never a gap, an asked one without an answer always; A3 for sections.
@pytest.mark.parametrize("code", CODES)
def test_gaps_name_the_questions_that_are_asked_and_not_answered(audit_of, code: str) -> None:
    audit = audit_of(code)
    questions = [each for section in audit.tool_version.sections for each in section.questions]
    by_code = {each.code: each for each in questions}

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.data(), st.sampled_from(audit.tool_version.plan_types or list(PlanType)))
    def agree(data, plan) -> None:
        audit.plan_type = PlanType(plan)
        answers = {each.code: data.draw(st.sampled_from(VALUES[each.kind])) for each in questions}
        _answer(audit, questions, answers)
        asked = [
            each.code for each in questions if _is_asked(each, by_code, audit.plan_type, answers)
        ]
        open_ones = {each for each in asked if not str(answers[each] or "").strip()}
        draft = Draft(audit)

        gaps = {gap.field for gap in draft.gaps if gap.field in by_code}
        assert gaps == open_ones
        shown = [each for section in draft.sections for each in draft.questions_of(section)]
        assert sorted(each.code for each in shown) == sorted(asked)
        for each in questions:
            assert (draft.question(each.code) is not None) == (each.code in asked)
            assert draft.question(each.code, unasked=True) or not (
                each.applies_to(audit.plan_type) and each.section.applies_to(audit.plan_type)
            )
        reading = reading_of(audit)
        assert [each.code for each in reading.sections] == [each.code for each in draft.sections]
        assert sum(len(each.answers) for each in reading.sections) == len(asked)

    agree()
