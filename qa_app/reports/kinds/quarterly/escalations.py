"""Escalations and actions: concerns, priority actions, what was on time, what is left (E1-E9)."""

from collections.abc import Iterator

from qa_app.domain.measures import OUTSTANDING_CATEGORY, OUTSTANDING_MEASURE
from qa_app.reports.document import Block, Cell, Section, Table
from qa_app.reports.figures import Key, ReportFigure
from qa_app.reports.figures.actions import (
    ALL,
    BY_WORD,
    CONCERN_CATEGORIES,
    CONCERNS,
    DELAY,
    FLOW,
    FLOWS,
    ON_TIME,
    OUTCOMES,
    PRIORITY_BY_WORD,
    WORDS,
)
from qa_app.reports.figures.grades import BESIDE_OUTSTANDING
from qa_app.reports.kinds.common import Row, basis_of_measure, figure_cell, grid, row_of, table_of
from qa_app.reports.kinds.quarterly.period import Stretch
from qa_app.reports.kinds.quarterly.slots import ESCALATIONS
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, counted_by


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "escalations", "Escalations and actions", _blocks(told), ESCALATIONS)


def _blocks(told: Chapters) -> Iterator[Block]:
    yield _stock(told)
    if not told.telling.public:
        # A concern is about one child, and its counts are never large.
        yield _counts(
            told,
            CONCERNS,
            CONCERN_CATEGORIES,
            "concerns",
            "Concerns about significant harm",
            "the day on which each was raised",
        )
    yield _on_time(told)
    yield _counts(
        told,
        FLOW,
        FLOWS,
        "actions-flow",
        "Actions raised and ended",
        "the day on which it happened",
    )
    yield _left(told)


def _stock(told: Chapters) -> Table:
    ends = [
        Stretch(str(e.last), f"End of {e.last.words}", "", (e.last,)) for e in told.period.parts
    ]
    rows: list[Row] = [row_of(OUTSTANDING_MEASURE, ends, OUTSTANDING_CATEGORY)]
    for name in told.figures.categories(BESIDE_OUTSTANDING):
        rows.append(row_of(BESIDE_OUTSTANDING, ends, name, heading=f"Beside it: {name}"))
    return grid(
        told.telling,
        id="mtm-4",
        caption=(
            "MTM-4: Outstanding priority actions after an Inadequate audit with a concern about "
            f"significant harm, {told.period.whole.words}"
        ),
        columns=["What is counted", *(each.words for each in ends)],
        rows=rows,
        basis=basis_of_measure(told.telling, OUTSTANDING_MEASURE),
    )


def _counts(
    told: Chapters, measure: str, names: tuple[str, ...], id: str, caption: str, day: str
) -> Table:
    period = told.period
    rows = []
    for name in names:
        found = (told.figures.get(measure, each, name) for each in period.compared)
        rows.append((Cell(name), *map(_count, found)))
    return table_of(
        told.telling,
        rows,
        id=id,
        caption=f"{caption}, {period.whole.words}",
        columns=["What is counted", *(each.words for each in period.compared)],
        basis=counted_by(told.telling, f"Counted by {day}"),
    )


def _count(figure: ReportFigure | None) -> Cell:
    """Counts alone: nobody makes a share of a handful."""
    if figure is None or figure.numerator is None:
        return figure_cell(figure)
    return Cell(f"{figure.numerator:,}", figure.key, figure.numerator)


def _on_time(told: Chapters) -> Table:
    period = told.period
    columns = (*period.columns, *period.before)
    names = [*(words for _, words in OUTCOMES), DELAY]
    return grid(
        told.telling,
        id="q-5",
        caption=f"Q-5: Actions done on time, {period.whole.words}",
        columns=["Of actions first due in the period", *(each.words for each in columns)],
        rows=[row_of(ON_TIME, columns, name) for name in names],
        basis=counted_by(told.telling, "Counted by month of the first due date"),
        notes=[
            (
                "On time is by the date first set, whatever became of it since, and only once "
                "somebody else has verified it. Imported and withdrawn actions are in neither "
                "number."
            )
        ],
    )


def _left(told: Chapters) -> Table:
    period = told.period.whole.key
    names = [*(word.words for word in WORDS), ALL]
    rows: list[Row] = [
        (name, [Key(each, period, name) for each in (BY_WORD, PRIORITY_BY_WORD)]) for name in names
    ]
    *words, total = rows
    return grid(
        told.telling,
        id="actions-left",
        caption="Actions raised by then and outstanding at the data cut, by the word of each",
        columns=["Word", "All actions", "Priority actions"],
        rows=words,
        total=total,
        basis=counted_by(told.telling, "Counted at the data cut"),
        notes=[
            (
                "Done and not verified yet is still outstanding (rule E5). Overdue: past its due "
                "date, or past the day for verifying it; at risk: due within 2 working days; on "
                "track: in progress with more than 2 days left; not due: open, with more than 2 "
                "days left."
            )
        ],
    )
