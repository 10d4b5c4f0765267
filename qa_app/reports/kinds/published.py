"""The published measures of a month as its reports print them, with what stands beside them."""

from collections.abc import Iterator, Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.comparing import how_many
from qa_app.domain.measures import (
    COMPLETED_CATEGORY,
    COMPLETED_MEASURE,
    MEASURES,
    MODERATED_CATEGORY,
    MODERATED_MEASURE,
    OUTSTANDING_CATEGORY,
    OUTSTANDING_MEASURE,
)
from qa_app.formatting import count_words
from qa_app.reports.document import Cell, Table
from qa_app.reports.figures import Figures
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.figures.grades import (
    AWAITING_MEASURE,
    BESIDE_COMPLETED,
    BESIDE_OUTSTANDING,
    GOOD_CATEGORY,
    GOOD_MEASURES,
    RANDOM_MEASURE,
)
from qa_app.reports.kinds.common import (
    INTERVAL,
    Row,
    basis_of_measure,
    figure_cell,
    grid,
    months_ending,
    period_of,
    row_of,
    table_of,
)
from qa_app.reports.kinds.recipe import Telling
from qa_app.reports.kinds.saying import both, interval_cell, moved
from qa_app.reports.measureset import AWAITING
from qa_app.reports.reportasked import ReportAsked

SHOWN: Final = 6
"""Months in a table, as the authority publishes them."""
EARLIER: Final = 24
"""Earlier months from which limits are drawn: 12 with audits are enough, and months set aside and
months in which nothing was done are none (R6)."""

GOOD: Final = GOOD_MEASURES[Whose.AUTHORITY]
GOOD_WORDS: Final = ("audits", "graded Good or better")
_CYCLE_WORDS: Final = (
    (
        COMPLETED_MEASURE,
        COMPLETED_CATEGORY,
        ("due audits", "completed by the last day of the month"),
    ),
    (MODERATED_MEASURE, MODERATED_CATEGORY, ("audits completed in time", "moderated")),
)


def shown_months(asked: ReportAsked) -> list[Month]:
    """The months of its tables: six, the last of them the report's."""
    return months_ending(asked.months[0], SHOWN)


def earlier_months(asked: ReportAsked) -> list[Month]:
    """The months before the report's, from which limits are drawn."""
    return months_ending(asked.months[0], EARLIER + 1)[:-1]


def good_sentence(figures: Figures, asked: ReportAsked) -> str:
    """Good or better in the month against the month before and the earlier ones (Q-1, R6)."""
    now = asked.months[0]
    before = now.previous()
    return moved(
        figures.get(GOOD, now, GOOD_CATEGORY),
        figures.get(GOOD, before, GOOD_CATEGORY),
        [figures.get(GOOD, month, GOOD_CATEGORY) for month in earlier_months(asked)],
        GOOD_WORDS,
        (f"in {now.words}", f"in {before.words}"),
    )


def cycle_sentences(figures: Figures, now: Month) -> Iterator[str]:
    """MTM-2 and MTM-3 in the month and in the one before, as their measures write them."""
    for measure, category, words in _CYCLE_WORDS:
        found, was = (figures.get(measure, each, category) for each in (now, now.previous()))
        when = (f"in {now.words}", f"in {now.previous().words}")
        yield both(found, was, words, when, MEASURES[measure].decimals or 0)


def outstanding_sentence(figures: Figures, month: Month) -> str:
    """How many priority actions were outstanding at the ends of this month and the one before."""
    found, was = (
        figures.get(OUTSTANDING_MEASURE, each, OUTSTANDING_CATEGORY)
        for each in (month, month.previous())
    )
    if found is None or found.numerator is None:
        return ""
    verb = "was" if found.numerator == 1 else "were"
    said = (
        f"At the end of {month.words} {count_words(found.numerator, 'priority action')} {verb} "
        "outstanding after Inadequate audits with a concern about significant harm"
    )
    if was is None or was.numerator is None:
        return f"{said}."
    return f"{said}; at the end of {month.previous().words} there {_were(was.numerator)}."


def _were(number: int) -> str:
    return f"was {number:,}" if number == 1 else f"were {number:,}"


def caption(measure: str, months: Sequence[Month]) -> str:
    """``MTM-1: Audit grades each month, November 2022 to April 2023``."""
    return f"{measure}: {MEASURES[measure].title}, {period_of(months)}"


def awaiting_sentence(telling: Telling, months: Sequence[Month]) -> str:
    """Beside MTM-1 and never inside it: what still waits for a final grade, month by month."""
    every = [(month, telling.figures.get(AWAITING_MEASURE, month, AWAITING)) for month in months]
    found = [(month, figure.text) for month, figure in every if figure is not None]
    if any(text == LEFT_OUT for _, text in found):
        return ""
    said = [f"{text} in {month.words}" for month, text in found if text != "0"]
    if not said:
        return "No audit of these months awaits a final grade."
    return f"Awaiting a final grade, and not in the table: {', '.join(said)}."


def good_table(telling: Telling) -> Table:
    """Good or better by month with its interval; cases chosen at random alone beside it (S5)."""
    months = shown_months(telling.asked)
    good, random = (
        [telling.figures.get(measure, month, GOOD_CATEGORY) for month in months]
        for measure in (GOOD, RANDOM_MEASURE)
    )
    rows = [
        (Cell(GOOD_CATEGORY), *map(figure_cell, good)),
        (Cell(INTERVAL), *map(interval_cell, good)),
    ]
    if any(each is not None and each.denominator != 0 for each in random):
        rows.append((Cell("Randomly chosen cases alone"), *map(figure_cell, random)))
    return table_of(
        telling,
        rows,
        id="good-or-better",
        caption=f"Q-1: audits graded Good or better, {period_of(months)}",
        columns=["Measure", *(month.words for month in months)],
        basis=basis_of_measure(telling, GOOD),
        notes=[how_many(1)],
    )


BESIDE_NOTE: Final = "Rows without a measure’s number stand beside it, never inside it."


def completed_table(telling: Telling) -> Table:
    """MTM-2 and MTM-3 by month, with what was expected, exempt, late and others' beside them."""
    months = shown_months(telling.asked)
    rows = [
        row_of(COMPLETED_MEASURE, months, COMPLETED_CATEGORY, heading="MTM-2: completed of due"),
        row_of(
            MODERATED_MEASURE, months, MODERATED_CATEGORY, heading="MTM-3: moderated of completed"
        ),
    ]
    return grid(
        telling,
        id="mtm-2-and-3",
        caption=f"{MEASURES[COMPLETED_MEASURE].title}, and moderated, {period_of(months)}",
        columns=["Measure", *(month.words for month in months)],
        rows=[*rows, *_beside(telling, BESIDE_COMPLETED, months)],
        basis=basis_of_measure(telling, COMPLETED_MEASURE),
        notes=[f"IROs are independent reviewing officers. {BESIDE_NOTE}"],
    )


def outstanding_table(telling: Telling) -> Table:
    """MTM-4 by month, with what stands beside it where there is any."""
    months = shown_months(telling.asked)
    row = row_of(OUTSTANDING_MEASURE, months, OUTSTANDING_CATEGORY, heading="MTM-4: outstanding")
    beside = _beside(telling, BESIDE_OUTSTANDING, months)
    return grid(
        telling,
        id="mtm-4",
        caption=f"{MEASURES[OUTSTANDING_MEASURE].title}, {period_of(months)}",
        columns=["Measure", *(month.words for month in months)],
        rows=[row, *beside],
        basis=basis_of_measure(telling, OUTSTANDING_MEASURE),
        notes=[BESIDE_NOTE] if beside else [],
    )


def _beside(telling: Telling, measure: str, months: Sequence[Month]) -> list[Row]:
    """The counts that stand beside a measure and are more than none in any month."""
    return [
        row_of(measure, months, name)
        for name in telling.figures.categories(measure)
        if any(_is_more_than_none(telling, measure, month, name) for month in months)
    ]


def _is_more_than_none(telling: Telling, measure: str, month: Month, name: str) -> bool:
    found = telling.figures.get(measure, month, name)
    return found is not None and found.numerator != 0
