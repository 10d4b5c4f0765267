"""Learning and its effect: each response's measure in the months before and after it (T3, R6)."""

from collections.abc import Iterator
from dataclasses import dataclass

from qa_app.reports.document import Block, Cell, Section
from qa_app.reports.figures import ReportFigure
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.figures.learning import AFTER, BEFORE
from qa_app.reports.kinds.common import INTERVAL, figure_cell, table_of
from qa_app.reports.kinds.quarterly.slots import LEARNING
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter
from qa_app.reports.kinds.saying import interval_cell, paragraphs
from qa_app.reports.specs import Pair, Point, pairs_chart

_NOT_YET = Cell("no month is over yet")
_NO_CAUSE = (
    "A difference between before and after does not say that the response made it: other things "
    "changed as well. Targeted, thematic and re-audits are left out on both sides."
)


@dataclass(frozen=True)
class _Both:
    """A response with its two sides, the one after None while none of its months is over."""

    name: str
    before: ReportFigure
    after: ReportFigure | None


def section(told: Chapters) -> Section:
    """The chapter. A public version tells of learning in words alone: the months of a response lie
    across those of other tables, and would give small counts away (R5)."""
    blocks = [] if told.telling.public else list(_blocks(told))
    return chapter(told, LEARNING.code, LEARNING.heading, blocks, LEARNING)


def _blocks(told: Chapters) -> Iterator[Block]:
    found = list(_found(told))
    if not found:
        return
    whole = [each for each in found if each.after is not None and each.after.denominator]
    if whole:
        yield pairs_chart("learning-chart", "Before and after what was done", _pairs(whole))
    yield table_of(
        told.telling,
        [_row(told, each) for each in found],
        id="learning-before-after",
        caption="What was done about themes: its measure before and after",
        columns=["What was done", "Before", INTERVAL, "After", INTERVAL, "Against before"],
    )
    yield from paragraphs(_NO_CAUSE)


def _found(told: Chapters) -> Iterator[_Both]:
    after = {(each.key.category, each.key.scope): each for each in told.figures.of(AFTER)}
    for before in told.figures.of(BEFORE):
        if before.text != LEFT_OUT:
            key = (before.key.category, before.key.scope)
            yield _Both(before.key.category, before, after.get(key))


def _row(told: Chapters, both: _Both) -> tuple[Cell, ...]:
    before = (figure_cell(both.before), interval_cell(both.before))
    if both.after is None:
        return (Cell(both.name), *before, _NOT_YET, Cell("–"), Cell("–"))
    after = (figure_cell(both.after), interval_cell(both.after))
    return (Cell(both.name), *before, *after, Cell(told.call(both.after, both.before)))


def _pairs(found: list[_Both]) -> list[Pair]:
    return [
        Pair(each.name, Point.of("Before", each.before), Point.of("After", each.after))
        for each in found
    ]
