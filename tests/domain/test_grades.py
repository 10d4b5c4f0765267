"""The grades and the limiting rules (A7)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.grades import (
    GRADES,
    PRINT_ORDER,
    ComplianceAnswer,
    Grade,
    Limiting,
    LimitingRule,
    PlanType,
    Selection,
    is_better,
    limits_broken,
    listed,
    steps_between,
    worse_of,
)

OUT, GOOD, RI, BAD = GRADES
RISK, PRACTICE, NONE = Limiting
Sections = dict[str, tuple[Limiting, Grade | None]]


def test_grades_are_listed_best_to_worst_for_choices_and_worst_first_for_the_table() -> None:
    assert [grade.words for grade in GRADES] == [
        "Outstanding",
        "Good",
        "Requires improvement",
        "Inadequate",
    ]
    assert tuple(reversed(GRADES)) == PRINT_ORDER


def test_the_worse_of_grades_is_found_whatever_their_order() -> None:
    assert worse_of(GOOD, BAD) is BAD
    assert worse_of(RI, OUT, GOOD) is RI
    assert worse_of(OUT) is OUT


@given(st.sampled_from(GRADES), st.sampled_from(GRADES))
def test_of_two_different_grades_one_is_better(first: Grade, second: Grade) -> None:
    assert is_better(first, second) + is_better(second, first) == (first is not second)
    assert is_better(first, second) == (first is not second and worse_of(first, second) is second)
    assert steps_between(first, second) == steps_between(second, first)


def test_steps_between_grades_are_counted_in_grades() -> None:
    assert [steps_between(OUT, grade) for grade in GRADES] == [0, 1, 2, 3]


LIMIT_CASES: list[tuple[str, Grade, Sections, list[tuple[str, Grade]]]] = [
    # A7 a: risk and safety Inadequate → overall Inadequate
    ("risk", RI, {"Risk": (RISK, BAD), "Plan": (PRACTICE, GOOD)}, [("a", BAD)]),
    ("risk, obeyed", BAD, {"Risk": (RISK, BAD)}, []),
    # A7 b: any other section Inadequate → overall no better than Requires improvement
    ("practice", GOOD, {"Risk": (RISK, GOOD), "Plan": (PRACTICE, BAD)}, [("b", RI)]),
    ("practice, obeyed", RI, {"Plan": (PRACTICE, BAD), "Visits": (PRACTICE, RI)}, []),
    # A7 c: two practice sections Inadequate → overall Inadequate
    ("two", RI, {"Plan": (PRACTICE, BAD), "Visits": (PRACTICE, BAD)}, [("c", BAD)]),
    ("two, Good", GOOD, {"Plan": (PRACTICE, BAD), "Visits": (PRACTICE, BAD)},
     [("b", RI), ("c", BAD)]),
    # A7 d: Outstanding needs no section below Good
    ("outstanding", OUT, {"Risk": (RISK, OUT), "Plan": (PRACTICE, RI)}, [("d", GOOD)]),
    ("outstanding over risk", OUT, {"Risk": (RISK, RI), "Plan": (PRACTICE, OUT)}, [("d", GOOD)]),
    ("outstanding, Good beneath", OUT, {"Risk": (RISK, GOOD), "Plan": (PRACTICE, GOOD)}, []),
    # A7: a grade better than several rules allow breaks each of them
    ("all at once", OUT, {"Risk": (RISK, BAD), "A": (PRACTICE, BAD), "B": (PRACTICE, BAD)},
     [("a", BAD), ("b", RI), ("c", BAD), ("d", GOOD)]),
    # A7: chronology and recording never limit
    ("recording", OUT,
     {"Chronology": (NONE, BAD), "Recording": (NONE, BAD), "Plan": (PRACTICE, OUT)}, []),
    # A3: a section that is not graded yet, or not applicable, limits nothing
    ("ungraded", OUT, {"Risk": (RISK, None), "Plan": (PRACTICE, None)}, []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("overall", "sections", "broken"),
    [case[1:] for case in LIMIT_CASES],
    ids=[case[0] for case in LIMIT_CASES],
)
def test_the_overall_grade_is_limited_by_its_sections(
    overall: Grade, sections: Sections, broken: list[tuple[str, Grade]]
) -> None:
    limits = limits_broken(overall, sections)
    assert [(limit.rule.value, limit.cap) for limit in limits] == broken


def test_a_broken_limit_is_said_in_a_sentence_that_names_the_sections() -> None:
    sections: Sections = {
        "Risk and safety": (RISK, BAD),
        "Assessment": (PRACTICE, BAD),
        "Plan": (PRACTICE, BAD),
    }
    assert [limit.sentence for limit in limits_broken(OUT, sections)] == [
        "Risk and safety is graded Inadequate, so the overall grade must be Inadequate",
        (
            "Assessment and Plan are graded Inadequate, so the overall grade can be no better than "
            "Requires improvement"
        ),
        "Assessment and Plan are graded Inadequate, so the overall grade must be Inadequate",
        (
            "Risk and safety, Assessment and Plan are graded below Good, so the overall grade "
            "cannot be Outstanding"
        ),
    ]


section_grades = st.dictionaries(
    st.text(min_size=1, max_size=5),
    st.tuples(st.sampled_from(Limiting), st.sampled_from([*GRADES, None])),
    max_size=8,
)


@given(section_grades)
def test_an_inadequate_overall_grade_never_breaks_a_limit(sections: Sections) -> None:
    assert limits_broken(BAD, sections) == []


@given(st.sampled_from(GRADES), section_grades)
def test_taking_the_worst_cap_always_obeys_every_limit(overall: Grade, sections: Sections) -> None:
    broken = limits_broken(overall, sections)
    obeyed = worse_of(overall, *(limit.cap for limit in broken))
    assert limits_broken(obeyed, sections) == []


@given(section_grades)
def test_a_better_overall_grade_breaks_every_limit_that_a_worse_one_does(
    sections: Sections,
) -> None:
    rules = [{limit.rule for limit in limits_broken(grade, sections)} for grade in GRADES]
    assert all(worse <= better for better, worse in pairwise(rules))
    assert rules[0] <= set(LimitingRule)


def test_a_list_reads_as_english() -> None:
    assert [listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "a",
        "a and b",
        "a, b and c",
    ]


def test_codes_have_words_for_pages() -> None:
    assert [plan.words for plan in PlanType] == [
        "Early help (EH)",
        "Child in need (CIN)",
        "Child protection (CP)",
        "Child in care (CIC)",
        "Care experienced (care leaver)",
        "Private fostering",
        "Fostering household",
    ]
    assert [selection.words for selection in Selection] == [
        "Random",
        "Targeted",
        "Thematic",
        "Re-audit",
        "Not recorded",
    ]
    assert [answer.words for answer in ComplianceAnswer] == [
        "Yes",
        "No",
        "Not applicable",
        "No, with an approved exception",
    ]
