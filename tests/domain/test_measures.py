"""The measures, against the authority's published figures."""

import csv
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import Month
from qa_app.domain.grades import PRINT_ORDER, Grade
from qa_app.domain.measures import (
    MEASURES,
    completed_figure,
    figure_text,
    grade_figures,
    moderated_figure,
    outstanding_figure,
    percentage_text,
)

PUBLISHED_COUNTS = Path(__file__).parents[1] / "data" / "published-grades.csv"

PUBLISHED_TABLE = """\
| | November 2022 | December 2022 | January 2023 | February 2023 | March 2023 | April 2023 |
|---|---|---|---|---|---|---|
| Inadequate | 4 (40%) | 16 (48.48%) | 16 (51.61%) | 6 (40%) | 6 (50%) | 3 (21.43%) |
| Requires improvement | 2 (20%) | 14 (42.42%) | 10 (32.26%) | 6 (40%) | 4 (33.33%) | 8 (57.14%) |
| Good | 4 (40%) | 3 (9.09%) | 5 (16.13%) | 3 (20%) | 2 (16.67%) | 3 (21.43%) |
| Outstanding | 0 | 0 | 0 | 0 | 0 | 0 |
| Total audits | 10 | 33 | 31 | 15 | 12 | 14 |
"""


def published_counts() -> dict[Month, dict[Grade, int]]:
    with PUBLISHED_COUNTS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    column = {grade: grade.words for grade in Grade}
    column[Grade.REQUIRES_IMPROVEMENT] = "Requires Improvement"
    return {
        Month.parse(row["month"]): {grade: int(row[column[grade]]) for grade in Grade}
        for row in rows
    }


def test_the_published_table_is_printed_to_the_character() -> None:
    counts = published_counts()
    months = Month.range(Month(2022, 11), Month(2023, 4))
    assert list(counts) == months
    columns = [grade_figures(month, counts[month]) for month in months]
    lines = [["", *(month.words for month in months)], ["---"] * 7]
    lines += [
        [figures[0].category, *(figure.text for figure in figures)]
        for figures in zip(*columns, strict=True)
    ]
    text = "".join("| " + " | ".join(line) + " |\n" for line in lines)
    assert text.replace("|  |", "| |").replace("| --- ", "|---").replace("--- |", "---|") == (
        PUBLISHED_TABLE
    )


def test_a_months_percentages_need_not_add_to_a_hundred() -> None:
    figures = grade_figures(Month(2022, 12), published_counts()[Month(2022, 12)])
    texts = [figure.text for figure in figures if "%" in figure.text]
    shares = [Decimal(text[text.index("(") + 1 : -2]) for text in texts]
    assert sum(shares) == Decimal("99.99")


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "text"),
    [
        (477, 1001, 1, "47.7%"),
        (149, 153, 2, "97.39%"),
        (20, 22, 1, "90.9%"),
        (142, 183, 1, "77.6%"),
        (133, 297, 0, "45%"),
        (28, 36, 0, "78%"),
        # half up, where floating point or banker's rounding would go down
        (1, 8, 0, "13%"),
        (1, 8, 2, "12.5%"),
        (1, 200, 0, "1%"),
        (201, 20_000, 2, "1.01%"),
        (1_005, 100_000, 2, "1.01%"),
        # trailing zeros are dropped, zeros in front of a digit are not
        (1, 1, 2, "100%"),
        (1, 20, 2, "5%"),
        (1, 2_000, 2, "0.05%"),
        (0, 7, 2, "0%"),
    ],
)
def test_percentages_are_rounded_half_up_with_trailing_zeros_dropped(
    numerator: int, denominator: int, decimals: int, text: str
) -> None:
    assert percentage_text(numerator, denominator, decimals) == text


parts = st.integers(1, 10**9).flatmap(
    lambda whole: st.tuples(st.integers(0, whole), st.just(whole))
)


@given(parts, st.integers(0, 6))
def test_percentages_agree_with_exact_decimal_arithmetic(
    part: tuple[int, int], decimals: int
) -> None:
    numerator, denominator = part
    text = percentage_text(numerator, denominator, decimals)
    exact = Decimal(numerator) * 100 / Decimal(denominator)
    printed = Decimal(text[:-1])
    assert abs(printed - exact) <= Decimal(10) ** -decimals / 2 + Decimal("1e-15")
    assert printed == printed.quantize(Decimal(10) ** -decimals, ROUND_HALF_UP)
    assert not ("." in text and text.endswith(("0%", ".%")))


@pytest.mark.parametrize(("numerator", "denominator"), [(1, 0), (0, 0), (-1, 5), (6, 5), (0, -1)])
def test_what_is_no_part_of_a_whole_has_no_percentage(numerator: int, denominator: int) -> None:
    with pytest.raises(ValueError, match="no p"):
        percentage_text(numerator, denominator)


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator", "text"),
    [
        ("MTM-1", 16, 33, "16 (48.48%)"),
        ("MTM-1", 4, 10, "4 (40%)"),
        ("MTM-1", 0, 33, "0"),
        # a month without audits prints 0 and no percentage
        ("MTM-1", 0, 0, "0"),
        ("MTM-1", 10, None, "10"),
        ("MTM-2", 15, 37, "15 / 37 (41%)"),
        ("MTM-2", 0, 37, "0 / 37 (0%)"),
        # where nothing was due MTM-2 prints a dash
        ("MTM-2", 0, 0, "–"),
        ("MTM-3", 15, 15, "15 / 15 (100%)"),
        ("MTM-3", 0, 0, "–"),
        ("MTM-4", 6, None, "6"),
        ("MTM-4", 0, None, "0"),
    ],
)
def test_a_figure_is_printed_as_its_measure_says(
    measure: str, numerator: int, denominator: int | None, text: str
) -> None:
    assert figure_text(measure, numerator, denominator) == text


@pytest.mark.parametrize(
    ("measure", "numerator", "denominator"), [("MTM-1", 1, 0), ("MTM-2", 38, 37), ("MTM-3", 1, 0)]
)
def test_a_figure_that_cannot_be_is_refused_and_not_printed(
    measure: str, numerator: int, denominator: int
) -> None:
    with pytest.raises(ValueError, match="is no part of"):
        figure_text(measure, numerator, denominator)


def test_an_unknown_measure_has_no_figure() -> None:
    with pytest.raises(KeyError):
        figure_text("MTM-9", 1, 2)


def test_a_month_has_four_grades_worst_first_and_a_total() -> None:
    figures = grade_figures("2022-11", {Grade.INADEQUATE: 4, Grade.GOOD: 1})
    assert [figure.category for figure in figures] == [
        *(grade.words for grade in PRINT_ORDER),
        "Total audits",
    ]
    assert [figure.text for figure in figures] == ["4 (80%)", "0", "1 (20%)", "0", "5"]
    assert figures[-1].denominator is None


def test_a_month_without_audits_prints_zeros() -> None:
    assert [figure.text for figure in grade_figures("2022-11", {})] == ["0"] * 5


@given(st.dictionaries(st.sampled_from(Grade), st.integers(0, 5_000)))
def test_the_grades_of_a_month_add_to_its_total(counts: dict[Grade, int]) -> None:
    *grades, total = grade_figures("2022-11", counts)
    assert sum(figure.numerator for figure in grades) == total.numerator
    assert {figure.denominator for figure in grades} == {total.numerator}


def test_the_other_measures_have_one_figure_each() -> None:
    month = Month(2023, 4)
    assert completed_figure(month, 15, 37).to_row() == {
        "measure": "MTM-2",
        "period": "2023-04",
        "category": "Completed",
        "numerator": 15,
        "denominator": 37,
        "text": "15 / 37 (41%)",
        "scope": "authority",
    }
    assert moderated_figure(month, 15, 15, scope="North").to_row() == {
        "measure": "MTM-3",
        "period": "2023-04",
        "category": "Moderated",
        "numerator": 15,
        "denominator": 15,
        "text": "15 / 15 (100%)",
        "scope": "North",
    }
    assert outstanding_figure(month, 6).to_row() == {
        "measure": "MTM-4",
        "period": "2023-04",
        "category": "Outstanding priority actions",
        "numerator": 6,
        "denominator": None,
        "text": "6",
        "scope": "authority",
    }


def test_a_row_has_its_keys_in_the_order_of_the_download() -> None:
    assert list(outstanding_figure("2023-04", 6).to_row()) == [
        "measure", "period", "category", "numerator", "denominator", "text", "scope",
    ]  # fmt: skip


def test_every_measure_is_defined_once_under_its_own_id() -> None:
    assert list(MEASURES) == ["MTM-1", "MTM-2", "MTM-3", "MTM-4"]
    assert all(key == measure.id for key, measure in MEASURES.items())
    # A stock has no denominator, and so no decimals.
    assert all((m.denominator is None) == (m.decimals is None) for m in MEASURES.values())
