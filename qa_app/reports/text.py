"""The measures as plain text: one aligned table, months as columns."""

from collections.abc import Iterator, Sequence

from qa_app.domain.measures import MEASURES
from qa_app.reports import frames
from qa_app.reports.measureset import MeasureSet

_GAP = "  "


def as_text(found: MeasureSet) -> str:
    """MTM-1 to MTM-4 for a terminal or a file, with basis and data cut below each table."""
    heading = ["", *(month.words for month in found.asked.months)]
    tables = {measure: _rows(found, measure) for measure in MEASURES}
    widths = _widths([heading, *(row for rows in tables.values() for row in rows)])
    blocks = []
    for measure, rows in tables.items():
        lines = [_line(row, widths) for row in [heading, *rows]]
        blocks.append("\n".join([found.caption(measure), "", *lines, "", found.basis(measure)]))
    return "\n\n\n".join(blocks)


def _rows(found: MeasureSet, measure: str) -> list[list[str]]:
    return [*frames.texts(found.of(measure)), *_beside(found, measure)]


def _beside(found: MeasureSet, measure: str) -> Iterator[list[str]]:
    for each in found.beside_of(measure):
        yield [f"({each.words})", *(str(each.numbers[month]) for month in found.asked.months)]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(map(len, column)) for column in zip(*rows, strict=True)]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return _GAP.join(padded).rstrip()
