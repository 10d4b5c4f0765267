"""A tool's file: every fault by its line, and nothing lost on the way out and in."""

from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.standards.services.shipping import shipped_tools
from qa_app.standards.toolfile import read_tool, write_tool
from tests.standards.strategies import tools
from tests.tools import a_tool

pytestmark = pytest.mark.one_database

FILE = """\
code: dip
name: Dip sample
version: 1
purpose: To see whether it was done.
plan_types: []
frame: open
graded: true
voices: true
gates: true
moderated: true
counts_in_mtm: false
changes: ""
sections:
  - code: plan
    title: The plan
    limiting: practice
    guidance: Look for a plan that the family would know.
    plan_types: []
    descriptors:
      outstanding: What Outstanding looks like.
      good: What Good looks like.
      requires_improvement: What Requires improvement looks like.
      inadequate: What Inadequate looks like.
    questions:
      - code: plan.there
        kind: compliance
        wording: Is there a plan?
        standard: "4.1"
      - code: plan.why-not
        kind: text
        wording: Why not?
        only_if: {question: plan.there, answers: ["no", "approved_exception"]}
  - code: risk
    title: Risk and safety
    limiting: risk
    guidance: Look for what kept the child safe.
    plan_types: []
    only_if:
      question: plan.there
      answers: ["yes"]
    descriptors:
      outstanding: What Outstanding looks like.
      good: What Good looks like.
      requires_improvement: What Requires improvement looks like.
      inadequate: What Inadequate looks like.
    questions:
      - code: risk.well
        kind: quality
        wording: How well was it done?
"""


def told(text: str | bytes) -> list[str]:
    """What the reading says of a file, a line each."""
    data = text if isinstance(text, bytes) else text.encode()
    return [str(fault) for fault in read_tool(data).faults]


def test_a_file_is_read_as_the_tool_that_it_looks_like() -> None:
    assert read_tool(FILE.encode()).tool == a_tool()


def test_a_tool_is_written_as_people_would_write_it() -> None:
    assert write_tool(a_tool()) == FILE


def edited(old: str, new: str, count: int = 1) -> str:
    assert old in FILE
    return FILE.replace(old, new, count)


# What somebody who writes a tool in an editor gets wrong, and what the reading says of it.
FAULTS = [
    ("", "Line 1: The file is empty: download a tool to see what one looks like."),
    ("- a\n- b", "Line 1: This needs keys with values: code, name, version,"),
    # keys
    (edited("wording: Why not?", "wordng: Why not?"),
     "Line 31: Take out or rename the key “wordng”: did you mean “wording”?."),
    (edited("wording: Why not?", "wordng: Why not?"),
     "Line 29: Add the key “wording” to this part."),
    (edited("frame: open", "colour: red"),
     "Line 6: Take out or rename the key “colour”: use code, name, version,"),
    (edited("frame: open", "name: Another"),
     "Line 6: Take out one of the two “name” of this part: line 2 has it already."),
    (edited("graded: true\n", ""), "Line 1: Add the key “graded” to this part."),
    # values
    (edited("name: Dip sample", "name: 2023"), 'Line 2: Put the text of name in quotes: "2023".'),
    (edited("name: Dip sample", "name: [Dip]"), "Line 2: Give name one text."),
    (edited("version: 1", "version: one"), "Line 3: Write a whole number for version, like 12."),
    (edited("version: 1", "version: 0x10"), "Line 3: Write a whole number for version"),
    (edited("graded: true", "graded: yes"),
     "Line 7: Write true or false for graded, without quotes."),
    (edited("plan_types: []", "plan_types: early_help"), "Line 5: Give plan_types a list."),
    (edited("plan_types: []", "plan_types: [1]"), "Line 5: Put the text of plan_types in quotes"),
    (edited('answers: ["no", "approved_exception"]', "answers: [false]"),
     'Line 32: Put the text of answers in quotes: "false".'),
    (edited("  - code: risk\n", "  - risk\n  - code: risk\n"),
     "Line 33: This needs keys with values: code, title, limiting, guidance, questions."),
    # what the domain says, at the line of the key
    (edited("wording: Why not?", 'wording: ""'), "Line 31: wording: Enter the question."),
    (edited("code: plan.why-not", "code: why-not"),
     "Line 29: code: Begin with the section’s code and a full stop, like plan.seen-alone."),
    (edited('standard: "4.1"', "standard: Local"), "Line 28: standard: Name the practice standard"),
    (edited("frame: open", "frame: all"), "Line 6: frame: Use one of: open"),
    (edited("good: What Good looks like.", 'good: ""'),
     "Line 21: good: Enter what Good looks like in this section."),
    (edited("question: plan.there, ", "question: plan.gone, "),
     "Line 32: question: Name an earlier question: plan.gone is none."),
    (edited("moderated: true", "moderated: false").replace("mtm: false", "mtm: true"),
     "Line 11: counts_in_mtm: Only a tool that is graded"),
    # YAML itself
    (edited("name: Dip sample", "name: Dip: sample"), "Line 2: Put quotes around the text"),
    (edited("name: Dip sample", "name: 'Dip sample"), "Line 2: Close the quotes that are opened"),
    (edited("name: Dip sample", "name: Dip\n\tsample: x"), "Line 3: Put the text in quotes, and"),
    (edited("name: Dip sample", "name: &a Dip"), "Line 2: Write the text out: references"),
    (edited("name: Dip sample", "name: *a"), "Line 2: Write the text out: references"),
    (edited("name: Dip sample", "name: !!str Dip"), "Line 2: Take out the tag"),
    (edited("name: Dip sample", "name: !!python/object:os.system x"), "Line 2: Take out the tag"),
    (f"%YAML 1.1\n---\n{FILE}", "Line 2: Take out the lines that begin with %."),
    (f"{FILE}---\ncode: x", "Line 50: Keep one tool in a file"),
    (edited("plan_types: []", "plan_types: [a"), "Line 5: Close the bracket that is opened here"),
    (edited("plan_types: []", f"plan_types: {'[' * 30}"), "Line 5: This is nested too deeply"),
    (edited("name: Dip sample", "name: Dip\x07"), "Line 2: Take out the character"),
    (FILE.encode().replace(b"Dip", b"D\xefp"), "Line 2: Save the file as text in UTF-8"),
    (b"# " + b"x" * 1_000_000, "Line 1: The file is larger than 1 MB"),
    ("code: {? [a]: b}", "Line 1: Give code one text."),
    ("? [a]\n: b", "Line 1: Take out or rename the key “”: use code, name,"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_each_fault_is_told_with_its_line_and_what_to_do(text, message) -> None:
    said = told(text)
    assert any(each.startswith(message) for each in said), said
    assert read_tool(text if isinstance(text, bytes) else text.encode()).tool is None


def test_all_faults_are_told_at_once_in_the_order_of_the_lines() -> None:
    text = edited("name: Dip sample", "name: 7").replace("kind: text", "kind: prose")
    text = text.replace("title: Risk and safety\n", "titel: Risk and safety\n")
    assert [each.split(":")[0] for each in told(text)] == [
        "Line 2", "Line 30", "Line 33", "Line 34",
    ]  # fmt: skip


def test_a_fault_is_told_once() -> None:
    # That its name is no text is said; that it has no name is not said as well.
    assert told(edited("name: Dip sample", "name: 7")) == [
        'Line 2: Put the text of name in quotes: "7".'
    ]


def test_no_and_yes_are_words() -> None:
    # YAML 1.2: the answers of a condition need no quotes.
    text = edited('answers: ["no", "approved_exception"]', "answers: [no, approved_exception]")
    assert read_tool(text.encode()).tool == a_tool()


def test_an_empty_value_is_an_empty_text() -> None:
    assert read_tool(edited('changes: ""', "changes:").encode()).tool == a_tool()


def test_a_draft_without_sections_is_written_too() -> None:
    text = write_tool(a_tool(sections=()))
    assert text.endswith("sections: []\n")
    assert told(text) == ["Line 13: sections: Add a section."]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter() -> None:
    assert read_tool(b"\xef\xbb\xbf" + FILE.replace("\n", "\r\n").encode()).tool == a_tool()


def test_a_standard_that_the_library_does_not_have_is_told_by_its_line() -> None:
    reading = read_tool(FILE.encode(), {"4.2"})
    assert [fault.line for fault in reading.faults] == [28]


@settings(max_examples=50, deadline=None)
@given(tools())
def test_what_is_written_is_read_again_as_the_same_tool(tool) -> None:
    reading = read_tool(write_tool(tool).encode())
    assert reading.faults == ()
    assert reading.tool == tool


@settings(max_examples=50, deadline=None)
@given(tools())
def test_long_text_is_folded_where_that_keeps_it(tool) -> None:
    for line in write_tool(tool).splitlines():
        # Longer lines are text that folding would change, or words longer than a line.
        assert len(line) <= 100 or '"' in line or " " not in line.strip()


@settings(max_examples=50, deadline=None)
@given(
    st.binary(max_size=300)
    | st.text(max_size=300).map(lambda text: text.encode("utf-8", "replace"))
)
def test_whatever_is_uploaded_gets_an_answer(data) -> None:
    reading = read_tool(data)
    assert reading.tool is None
    assert all(fault.line >= 1 and fault.message for fault in reading.faults)
    assert reading.faults


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(FILE)), st.integers(0, 40), st.text(max_size=5))
def test_a_file_with_something_torn_out_gets_an_answer(start, length, instead) -> None:
    torn = FILE[:start] + instead + FILE[start + length :]
    reading = read_tool(torn.encode("utf-8", "replace"))
    assert (reading.tool is None) == bool(reading.faults)


SHIPPED = sorted(
    file.name for file in files("qa_app.standards").joinpath("shipped", "tools").iterdir()
)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_file_is_free_of_faults_and_survives_the_way_out_and_in(name) -> None:
    data = files("qa_app.standards").joinpath("shipped", "tools", name).read_bytes()
    reading = read_tool(data)
    assert reading.faults == ()
    assert name == f"{reading.tool.code}.yaml"
    assert read_tool(write_tool(reading.tool).encode()).tool == reading.tool


# P7: (code, graded, voices, gates, moderated, counts in MTM-1 to MTM-3) of each shipped tool.
SAYS = [
    # The core tool alone counts.
    ("core", True, True, True, True, True),
    # A ten-case compliance check is neither graded nor moderated.
    ("delegated-authority", False, False, False, False, False),
]


@pytest.mark.parametrize(("code", *("graded", "voices", "gates", "moderated", "counts")), SAYS)
def test_a_shipped_tool_says_p7_for_itself(code, graded, voices, gates, moderated, counts) -> None:
    tool = next(each for each in shipped_tools() if each.code == code)
    assert (tool.graded, tool.voices, tool.gates, tool.moderated, tool.counts_in_mtm) == (
        graded, voices, gates, moderated, counts,
    )  # fmt: skip


def test_the_tools_that_the_issue_names_are_shipped_and_only_the_core_one_counts() -> None:
    # P7
    shipped = {tool.code: tool for tool in shipped_tools()}
    assert set(shipped) >= {
        "core", "early-help", "mash-decision", "supervision", "delegated-authority",
        "practice-observation", "re-audit",
    }  # fmt: skip
    assert [code for code, tool in shipped.items() if tool.counts_in_mtm] == ["core"]
    assert shipped["delegated-authority"].usual_number == 10
