"""QA highlight report: a month on two pages for senior leaders.

Who reads it has five minutes and answers for the service. What the month tells comes first, then
the published tables for six months, and at the end what is asked of the reader.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.domain.measures import (
    COMPLETED_CATEGORY,
    COMPLETED_MEASURE,
    GRADES_MEASURE,
    OUTSTANDING_CATEGORY,
    OUTSTANDING_MEASURE,
    TOTAL_CATEGORY,
)
from qa_app.formatting import count_words
from qa_app.reports.document import Block, Cell, Chart, Section, Table
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.actions import CONCERNS, concern_figures
from qa_app.reports.figures.grades import (
    AWAITING_MEASURE,
    awaiting,
    beside,
    good_or_better,
    published,
)
from qa_app.reports.kinds.common import (
    figure_cell,
    months_table,
    period_of,
    table_of,
    written_section,
)
from qa_app.reports.kinds.published import (
    awaiting_sentence,
    caption,
    completed_table,
    cycle_sentences,
    earlier_months,
    good_sentence,
    good_table,
    outstanding_sentence,
    outstanding_table,
    shown_months,
)
from qa_app.reports.kinds.recipe import Recipe, Slot, Telling
from qa_app.reports.kinds.saying import paragraphs, plain
from qa_app.reports.measureset import AWAITING
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.specs import Point, counts_over_time_chart, grades_chart

MONTH: Final = Slot(
    "month",
    "What the month tells us",
    "Three or four sentences for somebody who reads nothing else: how many audits, how good the "
    "practice in them was, what is better understood than a month ago, and what worries you. Say "
    "how small the numbers are, and whether anything can be said yet.",
)
LEADERS: Final = Slot(
    "leaders",
    "What leaders need to do",
    "What you ask of senior leaders, each as a line that begins with “- ”: what is to be decided "
    "or done, by which post, by when. Write no names.",
)
SLOTS: Final = (MONTH, LEADERS)


def span(asked: ReportAsked) -> tuple[Month, Month]:
    """Two years and the month itself."""
    return earlier_months(asked)[0], asked.months[0]


def figures(facts: Facts, asked: ReportAsked) -> list[ReportFigure]:
    """The published measures of six months with what stands beside them, good or better of two
    years, and the concerns of this month and the last."""
    now, shown = asked.months[0], shown_months(asked)
    return [
        *published(facts, asked, shown),
        *awaiting(facts, asked, shown),
        *beside(facts, asked, shown),
        *(
            figure
            for month in [*earlier_months(asked), now]
            for figure in good_or_better(facts, asked, str(month), [month])
        ),
        *(
            figure
            for month in (now.previous(), now)
            for figure in concern_figures(facts, asked, str(month), [month])
        ),
    ]


def suggestions(figures: Figures, asked: ReportAsked) -> Mapping[str, Sequence[str]]:
    """What the figures say of the month, and what of it waits for somebody (R6)."""
    return {
        MONTH.code: [each for each in _of_month(figures, asked) if each],
        LEADERS.code: list(_waiting(figures, asked.months[0])),
    }


def _of_month(figures: Figures, asked: ReportAsked) -> Iterator[str]:
    now = asked.months[0]
    yield good_sentence(figures, asked)
    for grade in (Grade.INADEQUATE, Grade.GOOD):
        found = figures.get(GRADES_MEASURE, now, grade.words)
        yield plain(found, ("audits", f"graded {grade.words}"), f"in {now.words}", 2)
    yield from cycle_sentences(figures, now)
    yield outstanding_sentence(figures, now)


def _waiting(figures: Figures, month: Month) -> Iterator[str]:
    done = figures.get(COMPLETED_MEASURE, month, COMPLETED_CATEGORY)
    if done is not None and done.numerator is not None and done.denominator:
        left = done.denominator - done.numerator
        if left:
            yield (
                f"{left:,} of {count_words(done.denominator, 'audit')} due in {month.words} "
                f"{'was' if left == 1 else 'were'} not completed by its last day."
            )
    waiting = figures.get(AWAITING_MEASURE, month, AWAITING)
    if waiting is not None and waiting.numerator:
        verb = "awaits" if waiting.numerator == 1 else "await"
        yield (
            f"{count_words(waiting.numerator, 'audit')} completed in {month.words} {verb} a final "
            "grade."
        )
    stock = figures.get(OUTSTANDING_MEASURE, month, OUTSTANDING_CATEGORY)
    if stock is not None and stock.numerator:
        verb = "was" if stock.numerator == 1 else "were"
        yield (
            f"{count_words(stock.numerator, 'priority action')} {verb} outstanding at the end of "
            f"{month.words}."
        )


def sections(telling: Telling) -> list[Section]:
    """What the month tells, the published tables and what stands beside them, what is asked."""
    # A concern is about one child, and its counts are never large: not in public (R5).
    concerns = [] if telling.public else [_concerns(telling)]
    return [
        written_section(telling, MONTH),
        Section("grades", "Audit grades", tuple(_grades(telling))),
        Section("completed", "Audits completed and moderated", (completed_table(telling),)),
        Section(
            "actions",
            f"Priority actions{' and children we were worried about' if concerns else ''}",
            (outstanding_table(telling), _outstanding_chart(telling), *concerns),
        ),
        written_section(telling, LEADERS),
    ]


def _grades(telling: Telling) -> Iterator[Block]:
    months = shown_months(telling.asked)
    yield months_table(
        telling,
        GRADES_MEASURE,
        months,
        id="mtm-1",
        caption=caption(GRADES_MEASURE, months),
        corner="Grade",
        total=TOTAL_CATEGORY,
    )
    yield from paragraphs(awaiting_sentence(telling, months))
    yield grades_chart("grades-chart", telling.figures, months)
    yield from paragraphs(good_sentence(telling.figures, telling.asked))
    yield good_table(telling)


def _outstanding_chart(telling: Telling) -> Chart:
    points = [
        Point.of(month.words, telling.figures.get(OUTSTANDING_MEASURE, month, OUTSTANDING_CATEGORY))
        for month in shown_months(telling.asked)
    ]
    title = "Outstanding priority actions at the end of each month"
    return counts_over_time_chart("mtm-4-chart", title, points, unit="Actions")


def _concerns(telling: Telling) -> Table:
    """Counts alone: no share of a handful, and nothing about any child."""
    months = [telling.asked.months[0].previous(), telling.asked.months[0]]
    rows = []
    for name in telling.figures.categories(CONCERNS):
        found = [telling.figures.get(CONCERNS, month, name) for month in months]
        rows.append((Cell(name), *(_count_cell(each) for each in found)))
    return table_of(
        telling,
        rows,
        id="concerns",
        caption=f"Concerns about significant harm raised, {period_of(months)}",
        columns=["Concerns", *(month.words for month in months)],
        basis=telling.basis.replace(
            f"Counted by {telling.asked.grades.words} and month of completion",
            "Counted by the day on which the concern was raised",
        ),
    )


def _count_cell(figure: ReportFigure | None) -> Cell:
    if figure is None or figure.numerator is None:
        return figure_cell(figure)
    return Cell(f"{figure.numerator:,}", figure.key, figure.numerator)


RECIPE: Final = Recipe(SLOTS, span, figures, suggestions, sections)
