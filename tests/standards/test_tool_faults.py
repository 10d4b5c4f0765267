"""What keeps a tool from being published, rule by rule, each at its place."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.domain.toolfaults import faults
from qa_app.domain.tools import FRAMES, Condition, SectionContent, ToolContent
from qa_app.standards.models import FrameKind
from tests.standards.strategies import tools
from tests.tools import GRADED, a_tool, an_ungraded_tool

pytestmark = pytest.mark.one_database


def changed(tool: ToolContent, path: tuple[str | int, ...], value: object) -> ToolContent:
    """The tool with another value at a place."""

    def put(part, steps):
        step, *rest = steps
        if isinstance(step, int):
            return (*part[:step], put(part[step], rest) if rest else value, *part[step + 1 :])
        there = part.get(step) if isinstance(part, dict) else getattr(part, step)
        new = put(there, rest) if rest else value
        return {**part, step: new} if isinstance(part, dict) else replace(part, **{step: new})

    return put(tool, path)


@pytest.mark.parametrize("tool", [a_tool(), an_ungraded_tool()], ids=["graded", "ungraded"])
def test_the_tools_of_these_tests_have_no_fault(tool) -> None:
    assert faults(tool) == []


S, Q = ("sections", 0), ("sections", 0, "questions", 0)
TEXT = ("sections", 0, "questions", 1)
RISK = ("sections", 1, "questions", 0)

FAULTY = [
    # A name, a purpose, a title, what to look for and the question must be there.
    (("name",), " ", "Enter the name of the tool"),
    (("purpose",), "", "Enter what the tool is for"),
    ((*S, "title"), "", "Enter the title of the section"),
    ((*S, "guidance"), "", "Enter what to look for in this section"),
    ((*Q, "wording"), "", "Enter the question"),
    # Lengths are those of the columns and of what somebody will read.
    (("name",), "x" * 201, "Use 200 characters or fewer; there are 201"),
    ((*S, "title"), "x" * 201, "Use 200 characters or fewer; there are 201"),
    ((*Q, "wording"), "x" * 1001, "Use 1,000 characters or fewer; there are 1,001"),
    # Text that could not be stored or printed, or would not survive the file.
    ((*Q, "wording"), "Bell\x07", "Take out the control characters and the spaces around the text"),
    ((*Q, "guidance"), " x", "Take out the control characters and the spaces around the text"),
    # Codes are names in files, addresses and answers.
    (("code",), "Core", "Use small letters, digits and hyphens, beginning with a letter"),
    (("code",), "import", "Use small letters, digits and hyphens, beginning with a letter"),
    ((*S, "code"), "plan!", "Use small letters, digits and hyphens, beginning with a letter"),
    ((*S, "code"), "p" * 41, "Use small letters, digits and hyphens, beginning with a letter"),
    ((*S, "code"), "overall", "Choose another code: overall stands for something else"),
    (("sections", 1, "code"), "plan", "Choose another code: an earlier section is called plan"),
    # A question's code begins with its section's.
    ((*Q, "code"), "risk.there", "Begin with the section’s code and a full stop"),
    ((*Q, "code"), "plan", "Begin with the section’s code and a full stop"),
    ((*Q, "code"), f"plan.{'x' * 60}", "Use 60 characters or fewer"),
    ((*TEXT, "code"), "plan.there", "Choose another code: an earlier question is called plan"),
    # Choices come out of lists.
    (("frame",), "all", "Use one of: open, recently_opened, recently_closed"),
    ((*S, "limiting"), "some", "Use one of: risk, practice, none"),
    ((*Q, "kind"), "number", "Use one of: compliance, quality, text"),
    (("plan_types",), ("looked_after",), "Use only these plans: early_help, child_in_need"),
    ((*S, "plan_types"), ("child_in_need",) * 2, "Name each plan once"),
    ((*Q, "plan_types"), ("LAC",), "Use only these plans"),
    # S1: how far back the list reaches, and how many a month.
    (("frame_months",), 0, "Look back 1 to 24 months"),
    (("frame_months",), 25, "Look back 1 to 24 months"),
    (("usual_number",), 0, "Use a number from 1 to 1,000"),
    (("version",), 0, "Number versions from 1"),
    # P7: only a graded tool is moderated; only one with everything counts in MTM-1 to MTM-3.
    (("counts_in_mtm",), True, None),
    # A7, A3: each grade is described in each section of a graded tool.
    ((*S, "descriptors", "good"), " ", "Enter what Good looks like in this section"),
    ((*S, "descriptors", "inadequate"), "", "Enter what Inadequate looks like in this section"),
    ((*S, "descriptors"), {**GRADED, "fair": "x"}, "Describe only the grades outstanding, good"),
    # An audit has something to ask.
    (("sections",), (), "Add a section"),
    ((*S, "questions"), (), "Add a question to it"),
    # A2: what is asked hangs on a compliance question, asked before.
    ((*TEXT, "only_if"), Condition("plan.none", ("no",)), "Name an earlier question: plan.none"),
    ((*TEXT, "only_if"), Condition("risk.well", ("no",)), "Name an earlier question: risk.well"),
    ((*TEXT, "only_if"), Condition("plan.why-not", ("no",)), "Name an earlier question"),
    ((*S, "only_if"), Condition("plan.there", ("yes",)), "Name an earlier question: plan.there"),
    ((*RISK, "only_if"), Condition("plan.why-not", ("no",)), "Name a compliance question"),
    ((*TEXT, "only_if"), Condition("plan.there", ()), "Name the answers, out of: yes, no"),
    ((*TEXT, "only_if"), Condition("plan.there", ("maybe",)), "Name the answers, out of"),
    ((*TEXT, "only_if"), Condition("plan.there", ("no", "no")), "Name each answer once"),
    # A1: a question tests a standard by its number.
    ((*Q, "standard"), "Local standard", "Name the practice standard by its number, like 2.1"),
    ((*Q, "standard"), "04.1", "Name the practice standard by its number, like 2.1"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "message"), FAULTY)
def test_each_fault_is_found_at_its_place(path, value, message) -> None:
    found = faults(changed(a_tool(), path, value))
    if message is None:
        assert found == []  # this one is graded, moderated and has gates
        return
    mine = [each for each in found if each.path[: len(path)] == path]
    assert any(each.message.startswith(message) for each in mine), found


P7 = [
    # P7: moderation compares grades, so an ungraded tool cannot have it.
    ({"moderated": True}, ("moderated",), "Only a graded tool is moderated"),
    # P7: MTM-1 to MTM-3 count grades, moderation and complete audits.
    ({"counts_in_mtm": True}, ("counts_in_mtm",), "Only a tool that is graded"),
]


@pytest.mark.parametrize(("changes", "path", "message"), P7)
def test_what_a_tool_says_of_itself_holds_together(changes, path, message) -> None:
    found = faults(an_ungraded_tool(**changes))
    assert [each.path for each in found] == [path]
    assert found[0].message.startswith(message)


@pytest.mark.parametrize("lacking", ["moderated", "gates"])
def test_a_graded_tool_counts_only_moderated_and_with_gates(lacking) -> None:
    # P7
    found = faults(a_tool(counts_in_mtm=True, **{lacking: False}))
    assert [each.path for each in found] == [("counts_in_mtm",)]


UNGRADED = [
    # A7: nothing limits an overall grade that there is not.
    ((*S, "limiting"), "risk", ("sections", 0, "limiting")),
    ((*S, "limiting"), "practice", ("sections", 0, "limiting")),
    # A2: a quality question is answered with a grade.
    ((*Q, "kind"), "quality", (*Q, "kind")),
    ((*S, "descriptors"), GRADED, ("sections", 0, "descriptors")),
]


@pytest.mark.parametrize(("path", "value", "place"), UNGRADED)
def test_an_ungraded_tool_has_nothing_that_needs_a_grade(path, value, place) -> None:
    assert place in [each.path for each in faults(changed(an_ungraded_tool(), path, value))]


NEVER = [
    # The tool is for children in care; the section for others only.
    (("child_in_care",), ("early_help",), (), ("sections", 0, "plan_types")),
    # The section is for children in need; the question for others only.
    ((), ("child_in_need",), ("early_help",), (*Q, "plan_types")),
    # Tool and section meet in children in need; the question asks others.
    (
        ("child_in_need", "child_in_care"), ("child_in_need", "early_help"), ("child_in_care",),
        (*Q, "plan_types"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("of_tool", "of_section", "of_question", "place"), NEVER)
def test_nothing_is_kept_that_would_never_be_asked(of_tool, of_section, of_question, place) -> None:
    tool = changed(a_tool(plan_types=of_tool), (*S, "plan_types"), of_section)
    tool = changed(tool, (*Q, "plan_types"), of_question)
    assert place in [each.path for each in faults(tool)]


def test_a_tool_stays_as_small_as_somebody_can_work_through() -> None:
    section = a_tool().sections[0]
    many = tuple(replace(section.questions[0], code=f"plan.q{n}") for n in range(61))
    tool = a_tool(sections=(replace(section, questions=many),) * 41)
    told = {each.path: each.message for each in faults(tool) if each.path[-1] != "code"}
    assert told[("sections",)] == "Use 40 sections or fewer"
    assert told[("sections", 0, "questions")] == "Ask 60 questions or fewer"


def test_a_standard_must_be_in_the_library_where_there_is_one() -> None:
    assert faults(a_tool(), {"4.1"}) == []
    (fault,) = faults(a_tool(), {"4.2"})
    assert fault.path == (*Q, "standard")
    assert fault.message.startswith("There is no practice standard 4.1")


def test_faults_come_in_the_order_of_the_pages() -> None:
    tool = changed(a_tool(purpose=""), (*Q, "wording"), "")
    tool = changed(changed(tool, (*S, "title"), ""), (*RISK, "wording"), "")
    tool = replace(tool, counts_in_mtm=True, gates=False)
    paths = [each.path for each in faults(tool)]
    assert paths == [
        ("purpose",), ("counts_in_mtm",), (*S, "title"), (*Q, "wording"), (*RISK, "wording"),
    ]  # fmt: skip


def test_what_is_only_not_there_yet_says_so() -> None:
    empty = SectionContent(code="plan", title="", limiting="none", guidance="")
    assert all(each.missing for each in faults(a_tool(purpose="", sections=(empty,))))
    assert not any(each.missing for each in faults(a_tool(code="Core")))


def test_the_frames_of_the_domain_are_those_of_the_table() -> None:
    assert set(FRAMES) == {each.value for each in FrameKind}


@settings(max_examples=50, deadline=None)
@given(tools(), st.data())
def test_a_tool_made_without_fault_has_none_and_takes_no_code_twice(tool, data) -> None:
    assert faults(tool) == []
    doubled = data.draw(st.sampled_from(tool.sections))
    found = faults(replace(tool, sections=(*tool.sections, doubled)))
    assert ("sections", len(tool.sections), "code") in [each.path for each in found]
