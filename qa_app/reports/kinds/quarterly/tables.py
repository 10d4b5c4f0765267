"""What the chapters share: a chapter's frame, shares set beside earlier ones, and comparisons."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from qa_app.domain.comparing import Call, compare
from qa_app.domain.measures import AUTHORITY
from qa_app.formatting import NOTHING
from qa_app.reports.document import Block, Cell, Section, Table
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.kinds.common import INTERVAL, basis_of_measure, figure_cell, table_of, written
from qa_app.reports.kinds.elsewhere import from_elsewhere
from qa_app.reports.kinds.quarterly.period import Period, Stretch
from qa_app.reports.kinds.recipe import Slot, Telling
from qa_app.reports.kinds.saying import counted_as, interval_cell


@dataclass
class Chapters:
    """What every chapter is made from. `comparisons` counts the comparisons that R6 was asked for,
    so that the method can say how many there were."""

    telling: Telling
    period: Period
    comparisons: int = field(default=0)

    @property
    def figures(self) -> Figures:
        """The figures that may be printed."""
        return self.telling.figures

    def call(self, now: ReportFigure | None, before: ReportFigure | None) -> str:
        """What R6 lets us say of two shares; a dash where one is missing or hidden."""
        counted, was = counted_as(now, "", "", ""), counted_as(before, "", "", "")
        if counted is None or was is None:
            return NOTHING
        called = compare(counted, was)
        if called is not Call.TOO_FEW:
            self.comparisons += 1
        return called.value


def chapter(
    told: Chapters, id: str, title: str, blocks: Iterable[Block], slot: Slot | None = None
) -> Section:
    """A section of blocks from the figures, then what people write in it, then figures from
    elsewhere (R1)."""
    own = (written(told.telling, slot),) if slot else ()
    return Section(id, title, (*blocks, *own, *from_elsewhere(told.telling, id)))


def compared(
    told: Chapters,
    measure: str,
    categories: Sequence[str],
    *,
    id: str,
    caption: str,
    corner: str,
    called: bool = True,
    basis: str | None = None,
    notes: Sequence[str] = (),
    empty: str = "There is nothing to show.",
) -> Table:
    """Shares of the period with their 95% intervals, what they were before, and whether the first
    of those differs (R6). Plain counts have neither interval nor call."""
    period = told.period
    columns = [corner, period.whole.words, INTERVAL, *(each.words for each in period.before)]
    rows = []
    for name in categories:
        now, *before = _found(told.figures, measure, name, period.compared)
        if now is None or now.text == LEFT_OUT:
            continue
        cells = [Cell(name), figure_cell(now), _interval(now), *map(figure_cell, before)]
        rows.append((*cells, *([Cell(told.call(now, before[0]))] if called else [])))
    return table_of(
        told.telling,
        rows,
        id=id,
        caption=f"{caption}, {period.whole.words}",
        columns=[*columns, *([f"Against {period.before[0].words}"] if called else [])],
        basis=basis_of_measure(told.telling, measure) if basis is None else basis,
        notes=notes,
        empty=empty,
    )


def _found(
    figures: Figures, measure: str, category: str, stretches: Sequence[Stretch]
) -> Iterator[ReportFigure | None]:
    return (figures.get(measure, each, category) for each in stretches)


def _interval(figure: ReportFigure) -> Cell:
    return Cell(NOTHING) if figure.denominator is None else interval_cell(figure)


def found_in(figures: Figures, measure: str, stretch: Stretch) -> list[ReportFigure]:
    """The authority's figures of a measure in one stretch, in the report's order."""
    return [each for each in figures.of(measure, scope=AUTHORITY) if each.key.period == stretch.key]


def counted_by(telling: Telling, words: str) -> str:
    """The line under a table that is counted by another day than that of completion."""
    usual = f"Counted by {telling.asked.grades.words} and month of completion"
    return telling.basis.replace(usual, words)
