"""M3: which sections a blind moderator grades first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.blind import READS_IT, first_sections
from qa_app.domain.grades import Limiting

RISK, PRACTICE, NONE = Limiting.RISK, Limiting.PRACTICE, Limiting.NONE
TOOL = [("chronology", NONE), ("voice", PRACTICE), ("risk", RISK), ("plans", PRACTICE)]


@pytest.mark.parametrize(
    ("sections", "number", "always"),
    [
        # M3: risk and safety, and one other section
        (TOOL, 2, {"risk"}),
        # M3: a tool with two sections about risk has both graded, and one other
        ([*TOOL, ("harm", RISK)], 3, {"risk", "harm"}),
        # M3: a tool with none about risk has two others graded
        ([each for each in TOOL if each[1] is not RISK], 2, set()),
        # M3: as many as there are, where the others do not apply to the child
        ([("risk", RISK)], 1, {"risk"}),
        ([("voice", PRACTICE)], 1, {"voice"}),
        ([], 0, set()),
    ],
)
def test_what_is_graded_first(sections, number, always) -> None:
    found = first_sections("a seed", "A-2026-11-001", sections)
    assert len(found) == number
    assert always <= set(found) <= {code for code, _ in sections}


# M3: seeded. The same seed and audit give the same section for ever, in the tool's order.
def test_it_can_be_worked_out_again() -> None:
    assert first_sections("a seed", "A-2026-11-001", TOOL) == ("chronology", "risk")
    assert first_sections("a seed", "A-2026-11-004", TOOL) == ("voice", "risk")
    assert first_sections("other seed", "A-2026-11-001", TOOL) == ("voice", "risk")


@given(st.permutations(TOOL), st.text(max_size=20), st.text(max_size=20))
def test_the_order_of_the_tool_changes_its_order_and_nothing_else(tool, seed, reference) -> None:
    found = first_sections(seed, reference, tool)
    assert set(found) == set(first_sections(seed, reference, TOOL))
    assert list(found) == [code for code, _ in tool if code in found]


def test_over_many_audits_every_other_section_has_its_turn() -> None:
    references = [f"A-2026-11-{number:03}" for number in range(300)]
    others = [next(iter(set(first_sections("s", each, TOOL)) - {"risk"})) for each in references]
    counted = {code: others.count(code) for code in others}
    assert set(counted) == {"chronology", "voice", "plans"}
    assert min(counted.values()) > 60, counted


def test_the_bar_cites_its_rule() -> None:
    assert READS_IT.rule == "M3"
