"""Which sections and questions are asked, by what was answered before (A2, A3)."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.asking import Part, condition_of, what_is_asked, when_words
from qa_app.domain.grades import ComplianceAnswer
from qa_app.domain.tools import Condition

NO = Condition("plan.written", ("no",))
YES = Condition("plan.written", ("yes", "approved_exception"))
TOOL = (
    (Part("plan"), (
        Part("plan.written"),
        Part("plan.missing", NO),
        Part("plan.shared", YES),
        Part("plan.not-shared", Condition("plan.shared", ("no",))),
    )),
    (Part("used", YES), (
        Part("used.daily"),
        Part("used.why-not", Condition("used.daily", ("no",))),
    )),
    (Part("end"), (Part("end.word", Condition("used.daily", ("yes",))),)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "sections", "questions"),
    [
        # A2: nothing was answered, so nothing that hangs on an answer is asked
        ({}, "plan end", "written"),
        ({"plan.written": None}, "plan end", "written"),
        # A2: the answer asks for what hangs on it, and for nothing else
        ({"plan.written": "no"}, "plan end", "written missing"),
        # A3: a section is asked in the same way, with its questions
        ({"plan.written": "yes"}, "plan used end", "written shared daily"),
        ({"plan.written": "approved_exception"}, "plan used end", "written shared daily"),
        ({"plan.written": "not_applicable"}, "plan end", "written"),
        # A2: one condition after another
        ({"plan.written": "yes", "plan.shared": "no"},
         "plan used end", "written shared not-shared daily"),
        ({"plan.written": "yes", "used.daily": "yes"},
         "plan used end", "written shared daily word"),
        # A2: an answer to what is no longer asked is kept, and asks for nothing
        ({"plan.written": "no", "plan.shared": "no", "used.daily": "yes"},
         "plan end", "written missing"),
    ],
)  # fmt: skip
def test_what_is_asked_follows_from_earlier_answers(
    answers: Mapping[str, str | None], sections: str, questions: str
) -> None:
    asked = what_is_asked(TOOL, answers)
    assert asked.sections == set(sections.split())
    assert {code.partition(".")[2] for code in asked.questions} == set(questions.split())


ANSWERS = st.dictionaries(
    st.sampled_from([part.code for _, inside in TOOL for part in inside]),
    st.sampled_from([None, *(each.value for each in ComplianceAnswer)]),
)


@given(ANSWERS)
def test_nothing_is_asked_whose_condition_was_not_asked_and_met(
    answers: dict[str, str | None],
) -> None:
    asked = what_is_asked(TOOL, answers)
    for section, inside in TOOL:
        assert all(part.code not in asked.questions for part in inside) or (
            section.code in asked.sections
        )
        for part in (section, *inside):
            if part.only_if and part.code in asked.sections | asked.questions:
                assert part.only_if.question in asked.questions
                assert answers[part.only_if.question] in part.only_if.answers


@given(ANSWERS, st.sampled_from([None, *(each.value for each in ComplianceAnswer)]))
def test_answers_to_what_is_not_asked_change_nothing(
    answers: dict[str, str | None], other: str | None
) -> None:
    asked = what_is_asked(TOOL, answers)
    changed = {
        code: answer if code in asked.questions else other for code, answer in answers.items()
    }
    assert what_is_asked(TOOL, changed) == asked


def test_a_stored_condition_is_read() -> None:
    assert condition_of(None) is None
    assert condition_of({}) is None
    stored = {"question": "plan.written", "answers": ["yes", "approved_exception"]}
    assert condition_of(stored) == YES


def test_a_condition_in_words_names_each_answer() -> None:
    assert when_words(NO, "Is there a plan?") == (
        "Answer this if you answered “No” to “Is there a plan?”"
    )
    assert when_words(YES, "Is there a plan?") == (
        "Answer this if you answered “Yes” or “No, with an approved exception” to "
        "“Is there a plan?”"
    )
