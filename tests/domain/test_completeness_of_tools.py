"""What a draft lacks, by what its tool says of itself (P7)."""

from dataclasses import replace

import pytest

from qa_app.domain.answers import QuestionKind, SafeNow
from qa_app.domain.completeness import DraftFacts, SectionFacts, UnansweredQuestion, gaps
from qa_app.domain.grades import Grade, Limiting

WAITS = UnansweredQuestion("risk.seen", "Was the child seen?", QuestionKind.COMPLIANCE)
TOLD = UnansweredQuestion("risk.told", "What was said?", QuestionKind.TEXT)
EMPTY = DraftFacts(sections=(SectionFacts("risk", "Risk", unanswered=(WAITS, TOLD)),))
FULL = replace(EMPTY, sections=(SectionFacts("risk", "Risk"),))
QUESTIONS = ["risk.seen", "risk.told"]
SECTION = ["grade", "evidence", "impact"]
FOUND = ["none_found.strength", "none_found.development"]
VOICES = [f"voice.{who}.obtained" for who in ("social_worker", "team_manager", "child", "parents")]
REASONS = ["overall.rationale"]


def _fields(facts: DraftFacts) -> list[str]:
    return [gap.field for gap in gaps(facts)]


@pytest.mark.parametrize(
    ("graded", "gated", "expected"),
    [
        # A2 to A7, A10: everything, as before
        (True, True, [*QUESTIONS, *SECTION, *FOUND, *VOICES, "safe.now", "overall.grade",
                      *REASONS]),
        # A2: without gates every question asked is answered; M7: and the grade is there to be final
        (True, False, [*QUESTIONS, "overall.grade"]),
        # P7: with gates and no grades, what is not a grade, nor a reason for one
        (False, True, [*QUESTIONS, *FOUND, *VOICES, "safe.now"]),
        # A2, P7: a bare check asks its questions alone
        (False, False, QUESTIONS),
    ],
)  # fmt: skip
def test_a_tool_asks_for_what_it_says_of_itself(
    graded: bool, gated: bool, expected: list[str]
) -> None:
    assert _fields(replace(EMPTY, graded=graded, gated=gated)) == expected


# A2: answered or not is all that a check without grades and gates is asked.
def test_a_bare_check_with_every_answer_lacks_nothing() -> None:
    assert gaps(replace(FULL, graded=False, gated=False)) == []


# A7: no grade, no limit; and none where the tool has no gates.
@pytest.mark.parametrize(("graded", "gated"), [(True, False), (False, True), (False, False)])
def test_limits_need_a_graded_tool_with_gates(graded: bool, gated: bool) -> None:
    risk = SectionFacts("risk", "Risk", limiting=Limiting.RISK, grade=Grade.INADEQUATE)
    facts = replace(FULL, sections=(risk,), overall=Grade.GOOD, graded=graded, gated=gated)
    assert not [field for field in _fields(facts) if field.startswith("override.")]
    assert [
        field for field in _fields(replace(facts, graded=True, gated=True)) if "override" in field
    ]


# A10: the question about safety belongs to the gates, graded or not.
def test_an_ungraded_audit_with_gates_answers_whether_the_child_is_safe() -> None:
    facts = replace(FULL, graded=False, voices_asked=(), safe_now=SafeNow.NO)
    assert "concern" in _fields(facts)


# A3: a section that is not graded cannot be set aside as not applicable.
def test_not_applicable_sets_aside_only_what_is_graded() -> None:
    section = replace(EMPTY.sections[0], not_applicable=True)
    facts = replace(EMPTY, sections=(section,), gated=False, overall=Grade.GOOD)
    assert _fields(facts) == []
    assert _fields(replace(facts, graded=False)) == QUESTIONS
