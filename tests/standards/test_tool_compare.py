"""What differs between two versions, and what a tool says of itself in words."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.domain import tooledits
from qa_app.domain.toolcompare import Change, differences
from qa_app.domain.tools import (
    LIMITING_WORDS,
    Condition,
    QuestionContent,
    condition_words,
    drawn_from,
    says_of_itself,
    usual_number_words,
)
from tests.standards.strategies import tools
from tests.tools import a_tool, an_ungraded_tool

pytestmark = pytest.mark.one_database

PLAN, RISK = a_tool().sections
HEARD = "It asks whether the child, parents or carers, social worker and team manager were heard."
NEW = QuestionContent("plan.shared", "compliance", "Was it shared?")


def told(new, old=None):
    """The differences as (change, where, what, old, new)."""
    return [
        (each.change, each.where, each.what, each.old, each.new)
        for each in differences(old or a_tool(), new)
    ]


DIFFERENCES = [
    # The tool itself, and what it says of itself (P7).
    (a_tool(name="Sample"), [(Change.CHANGED, "The tool", "Name", "Dip sample", "Sample")]),
    (
        a_tool(voices=False),
        [(Change.CHANGED, "The tool", "Voices",
          HEARD, "It does not ask for the views of the family or of the worker.")],
    ),
    # A section's own words.
    (
        a_tool(sections=(replace(PLAN, title="Plans"), RISK)),
        [(Change.CHANGED, "Section “Plans”", "Title", "The plan", "Plans")],
    ),
    # A7: what it limits.
    (
        a_tool(sections=(replace(PLAN, limiting="none"), RISK)),
        [(Change.CHANGED, "Section “The plan”", "What it limits",
          LIMITING_WORDS["practice"], LIMITING_WORDS["none"])],
    ),
    # A question added, and one taken out.
    (
        a_tool(sections=(replace(PLAN, questions=(PLAN.questions[0], NEW)), RISK)),
        [(Change.ADDED, "Section “The plan”, plan.shared", "Question", "", "Was it shared?"),
         (Change.REMOVED, "Section “The plan”, plan.why-not", "Question", "Why not?", "")],
    ),
    # When a question is asked.
    (
        a_tool(sections=(
            replace(PLAN, questions=(
                PLAN.questions[0],
                replace(PLAN.questions[1], only_if=None, plan_types=("child_in_need",)),
            )), RISK)),
        [(Change.CHANGED, "Section “The plan”, plan.why-not", "Asked for", "every plan",
          "child in need (CIN)"),
         (Change.CHANGED, "Section “The plan”, plan.why-not", "Condition",
          "asked only after “no” or “no, with an approved exception” to plan.there", "")],
    ),
    # A section taken out with its question.
    (
        a_tool(sections=(PLAN,)),
        [(Change.REMOVED, "Section “Risk and safety”", "Section",
          "Look for what kept the child safe.", ""),
         (Change.REMOVED, "Section “Risk and safety”, risk.well", "Question",
          "How well was it done?", "")],
    ),
    # Another order.
    (
        a_tool(sections=(RISK, PLAN)),
        [(Change.MOVED, "The tool", "Order of the sections", "plan, risk", "risk, plan")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("new", "expected"), DIFFERENCES)
def test_each_difference_is_told_with_both_texts(new, expected) -> None:
    assert told(new) == expected


def test_a_section_that_is_new_comes_with_its_questions() -> None:
    assert told(a_tool(), a_tool(sections=(PLAN,))) == [
        (Change.ADDED, "Section “Risk and safety”", "Section", "",
         "Look for what kept the child safe."),
        (Change.ADDED, "Section “Risk and safety”, risk.well", "Question", "",
         "How well was it done?"),
    ]  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(tools(), tools())
def test_a_version_differs_from_another_exactly_where_it_is_another(one, other) -> None:
    assert differences(one, one) == []
    assert differences(one, replace(one, version=one.version + 1, changes="x")) == []
    there, back = differences(one, other), differences(other, one)
    turned = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}
    assert sorted(turned.get(each.change, each.change) for each in there) == sorted(
        each.change for each in back
    )


@settings(max_examples=25, deadline=None)
@given(tools(), st.data())
def test_moving_there_and_back_changes_nothing(tool, data) -> None:
    section = data.draw(st.sampled_from(tool.sections))
    place = tooledits.section_index(tool, section.code)
    moved = tooledits.moved(tool, section.code, None, 1)
    if place < len(tool.sections) - 1:
        assert tooledits.moved(moved, section.code, None, -1) == tool
    else:
        assert moved == tool
    assert tooledits.with_section(tool, section, section.code) == tool
    question = data.draw(st.sampled_from(section.questions))
    assert tooledits.with_question(tool, section.code, question, question.code) == tool


SAYS = [
    # S1: the cases of the list that it is drawn from.
    (a_tool(), "Open cases, whatever the plan."),
    (a_tool(plan_types=("child_in_need", "child_protection")),
     "Open cases of these plans: child in need (CIN) and child protection (CP)."),
    (a_tool(frame="recently_opened", frame_months=3),
     "Cases opened in the last 3 months, whatever the plan."),
    (a_tool(frame="recently_closed", frame_months=1),
     "Cases closed in the last month, whatever the plan."),
]  # fmt: skip


@pytest.mark.parametrize(("tool", "sentence"), SAYS)
def test_the_list_that_it_is_drawn_from_is_said_in_a_sentence(tool, sentence) -> None:
    assert drawn_from(tool) == sentence


def test_a_tool_says_everything_that_p7_asks() -> None:
    # P7
    core = dict(says_of_itself(a_tool(counts_in_mtm=True)))
    plain = dict(says_of_itself(an_ungraded_tool(usual_number=10)))
    assert list(core) == list(plain) == [
        "Drawn from", "How many", "Grades", "Voices", "Before it is sent", "Moderation",
        "Monthly measures",
    ]  # fmt: skip
    assert all(core[about] != plain[about] for about in list(core)[1:])
    assert usual_number_words(None) == "One for each auditor each month."


def test_a_condition_is_said_in_words() -> None:
    words = condition_words(Condition("plan.there", ("yes", "no", "not_applicable")))
    assert words == "asked only after “yes”, “no” or “not applicable” to plan.there"
