"""Gentle checks: what an auditor may want to look at again. None of them stops anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.gentle import Answered, look_again, words_in
from qa_app.domain.grades import ComplianceAnswer, Grade

YES, NO = ComplianceAnswer.YES, ComplianceAnswer.NO
NA, EXCEPTION = ComplianceAnswer.NOT_APPLICABLE, ComplianceAnswer.APPROVED_EXCEPTION
TOP, GOOD, RI, LOW = (
    Grade.OUTSTANDING, Grade.GOOD, Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE,
)  # fmt: skip


def words(number: int) -> str:
    return " ".join(["seen"] * number)


# What is looked at                                        → in which part, and with which words
CASES = [
    # A6: nothing asks for words from a Good: an Inadequate asks for no more than a Good does (A10)
    (Answered("r", "Risk", GOOD, words(3)), []),
    (Answered("r", "Risk", RI, words(3)), []),
    # 24 words under an Outstanding or an Inadequate may be too few for another reader to agree
    (Answered("r", "Risk", TOP, words(24)), [("evidence", "24 words of evidence for an Outst")]),
    (Answered("r", "Risk", LOW, words(1)), [("evidence", "1 word of evidence for an Inadequate")]),
    # 25 are enough
    (Answered("r", "Risk", TOP, words(25)), []),
    # evidence that is not there yet is a gap of A3, and said there
    (Answered("r", "Risk", LOW, ""), []),
    # the same words as elsewhere (R8 asks the same before a report)
    (
        Answered("r", "Risk", GOOD, words(30), copied_from="“The plan”"),
        [("evidence", "The same words stand in “The plan”")],
    ),
    # A2: compliance never makes a grade, but a Good where nothing was done is worth a look
    (Answered("r", "Risk", GOOD, "", [NO, NO]), [("grade", "nothing that had to be done was")]),
    (Answered("r", "Risk", TOP, "", [NO, NA]), [("grade", "nothing that had to be done was")]),
    # one thing was done, or was left out for an approved reason
    (Answered("r", "Risk", GOOD, "", [NO, YES]), []),
    (Answered("r", "Risk", GOOD, "", [NO, EXCEPTION]), []),
    # nothing was asked of this child
    (Answered("r", "Risk", GOOD, "", [NA]), []),
    (Answered("r", "Risk", LOW, "", [NA]), []),
    # a lower grade with everything left undone agrees with its answers
    (Answered("r", "Risk", LOW, "", [NO, NO]), []),
    # Inadequate, and all is well
    (Answered("r", "Risk", LOW, "", [YES, EXCEPTION]), [("grade", "everything that was asked is")]),
    (Answered("r", "Risk", LOW, "", [YES], [GOOD]), [("grade", "everything that was asked is")]),
    # all done, but not well
    (Answered("r", "Risk", LOW, "", [YES], [LOW]), []),
    # better or lower than each of its parts
    (
        Answered("r", "Risk", RI, "", [], [GOOD, TOP]),
        [("grade", "each part of the section better")],
    ),
    (Answered("r", "Risk", GOOD, "", [], [RI, LOW]), [("grade", "each part of the section lower")]),
    # among its parts
    (Answered("r", "Risk", GOOD, "", [], [RI, TOP]), []),
    (Answered("r", "Risk", GOOD, "", [], [RI, GOOD]), []),
    # no grade yet: nothing is at odds
    (Answered("r", "Risk", None, words(3), [NO], [LOW]), []),
]


@pytest.mark.parametrize(("section", "expected"), CASES)
def test_what_is_worth_a_second_look(section: Answered, expected: list[tuple[str, str]]) -> None:
    found = look_again(section)
    assert [(each.section, each.part) for each in found] == [("r", part) for part, _ in expected]
    for each, (_, said) in zip(found, expected, strict=True):
        assert said in each.message


def test_the_number_of_words_is_a_setting() -> None:
    section = Answered("r", "Risk", TOP, words(10))
    assert not look_again(section, short_below=10)
    assert look_again(section, short_below=11)


@given(
    grade=st.sampled_from([None, *Grade]),
    evidence=st.text(max_size=200),
    compliance=st.lists(st.sampled_from(ComplianceAnswer), max_size=4),
    quality=st.lists(st.sampled_from(Grade), max_size=4),
)
def test_every_look_is_a_question_about_something_in_the_section(
    grade: Grade | None,
    evidence: str,
    compliance: list[ComplianceAnswer],
    quality: list[Grade],
) -> None:
    found = look_again(Answered("plan", "The plan", grade, evidence, compliance, quality))
    assert len(found) <= 2
    for each in found:
        assert each.part in {"evidence", "grade"}
        assert each.message.endswith("?")
    # A10: what asks for more words asks it of an Outstanding as much as of an Inadequate
    if grade in (GOOD, RI):
        assert not [each for each in found if each.part == "evidence"]


def test_words_are_counted_as_a_reader_would() -> None:
    assert words_in("  Seen  at home\non 3 May. ") == 6
    assert words_in("") == 0
