"""Grades with their trend: MTM-1, good or better with its interval, and what may be called a change
(R6)."""

from collections.abc import Iterator, Sequence

from qa_app.domain.comparing import comparison, statement
from qa_app.domain.grades import PRINT_ORDER
from qa_app.domain.measures import GRADES_MEASURE, TOTAL_CATEGORY
from qa_app.reports.document import Block, Cell, Chart, Section, Table
from qa_app.reports.figures import Figures
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.grades import GOOD_CATEGORY, GOOD_MEASURES, RANDOM_MEASURE
from qa_app.reports.figures.trend import MonthHeld, called_words, held
from qa_app.reports.kinds.common import (
    INTERVAL,
    basis_of_measure,
    figure_cell,
    grid,
    row_of,
    table_of,
)
from qa_app.reports.kinds.quarterly.period import Period, Stretch
from qa_app.reports.kinds.quarterly.slots import GRADES
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter
from qa_app.reports.kinds.saying import counted_as, hidden_sentence, interval_cell, paragraphs
from qa_app.reports.specs import Point, grades_chart, share_over_time_chart

Q1 = GOOD_MEASURES[Whose.AUTHORITY]
Q1_BY_SERVICE = GOOD_MEASURES[Whose.SERVICE]
_MANY = 12
_MOST = 15
"""Months of a year, and months that still stand side by side in a chart."""
WORDS = ("audits", "graded Good or better")


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "grades", "Grades and their trend", _blocks(told), GRADES)


def sentences(figures: Figures, period: Period) -> list[str]:
    """Good or better in the period against each that it is compared with (R6)."""
    now = figures.get(Q1, period.whole, GOOD_CATEGORY)
    counted = counted_as(now, *WORDS, period.whole.when)
    if counted is None:
        return [] if now is None else [hidden_sentence(*WORDS, period.whole.when)]
    told = []
    for each in period.before:
        was = counted_as(figures.get(Q1, each, GOOD_CATEGORY), *WORDS, each.when)
        if was is not None and was.n:
            told.append(comparison(counted, was))
    return told or [statement(counted)]


def _together(said: Sequence[str], period: Period) -> str:
    """The comparisons as one paragraph, which says the period's own figure once."""
    told = list(said[:1])
    when = f"{period.whole.when[:1].upper()}{period.whole.when[1:]}"
    for sentence in said[1:]:
        own, stop, rest = sentence.partition("). ")
        if not stop or not told[0].startswith(own):
            told.append(sentence)
        else:
            told.append(rest.replace("That is", f"{when} it was", 1))
    return " ".join(told)


def _blocks(told: Chapters) -> Iterator[Block]:
    period, telling = told.period, told.telling
    columns = (*period.columns, *period.before)
    yield grid(
        telling,
        id="mtm-1",
        caption=f"MTM-1: Audit grades, {period.whole.words}",
        columns=["Grade", *(each.words for each in columns)],
        rows=[row_of(GRADES_MEASURE, columns, grade.words) for grade in PRINT_ORDER],
        total=row_of(GRADES_MEASURE, columns, TOTAL_CATEGORY),
        notes=["Percentages are rounded, so a column need not add up to 100."],
    )
    yield grades_chart("grades-chart", told.figures, period.parts)
    yield from paragraphs(_together(sentences(told.figures, period), period))
    now, *before = (told.figures.get(Q1, each, GOOD_CATEGORY) for each in period.compared)
    for was in before:
        told.call(now, was)
    yield _good(told, columns)
    months = held(told.figures, Q1, GOOD_CATEGORY, period.run)
    yield _chart(period, months)
    yield _trend(told, months)
    yield _by_service(told)


def _good(told: Chapters, columns: Sequence[Stretch]) -> Table:
    random = [told.figures.get(RANDOM_MEASURE, each, GOOD_CATEGORY) for each in columns]
    beside = any(each is not None and each.denominator != 0 for each in random)
    rows = []
    for each, chosen in zip(columns, random, strict=True):
        found = told.figures.get(Q1, each, GOOD_CATEGORY)
        cells = (Cell(each.words), figure_cell(found), interval_cell(found))
        rows.append((*cells, *([figure_cell(chosen)] if beside else [])))
    return table_of(
        told.telling,
        rows,
        id="good-or-better",
        caption=f"Q-1: Audits graded Good or better, {told.period.whole.words}",
        columns=[
            "Period",
            "Good or better",
            INTERVAL,
            *(["Randomly chosen cases alone"] if beside else []),
        ],
        basis=basis_of_measure(told.telling, Q1),
    )


def _chart(period: Period, months: Sequence[MonthHeld]) -> Chart:
    """The months of the period with those before it; a year's alone, so that they can be read."""
    points = [Point.of(each.month.words, each.figure) for each in months]
    title = "Audits graded Good or better, month by month"
    own = len(period.whole.months)
    if own < _MANY or any(point.hidden for point in points[:-own]):
        return share_over_time_chart("good-chart", title, points[-max(own, _MOST) :])
    earlier = [point.counted for point in points[:-own] if point.counted]
    return share_over_time_chart("good-chart", title, points[-own:], earlier=earlier)


def _trend(told: Chapters, months: Sequence[MonthHeld]) -> Table:
    told.comparisons += sum(each.limits is not None for each in months)
    rows = [
        (
            Cell(each.month.words),
            figure_cell(each.figure),
            interval_cell(each.figure),
            Cell(each.limits_words),
            Cell(called_words(each.called)),
        )
        for each in months
    ]
    return table_of(
        told.telling,
        rows,
        id="good-by-month",
        caption="Q-1: Audits graded Good or better, month by month",
        columns=["Month", "Good or better", INTERVAL, "Limits of chance", "Against earlier months"],
        basis=basis_of_measure(told.telling, Q1),
        notes=[
            (
                "Limits are the counts between which a month of this size lies by chance alone, "
                "drawn from at least 12 earlier months with audits. A month outside them is "
                "called higher or lower (rule R6)."
            )
        ],
    )


def _by_service(told: Chapters) -> Table:
    """Each service with its interval, in the order of names: the first and the last of several
    differ by chance alone, so nobody is ranked (R6)."""
    whole = told.period.whole
    rows = []
    for service in told.figures.scopes(Q1_BY_SERVICE):
        found = told.figures.get(Q1_BY_SERVICE, whole, GOOD_CATEGORY, service)
        rows.append((Cell(service), figure_cell(found), interval_cell(found)))
    return table_of(
        told.telling,
        rows,
        id="good-by-service",
        caption=f"Q-1: Audits graded Good or better by service, {whole.words}",
        columns=["Service", "Good or better", INTERVAL],
        basis=basis_of_measure(told.telling, Q1),
        empty="No audit of these months has a final grade.",
    )
