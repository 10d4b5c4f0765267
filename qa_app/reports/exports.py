"""The measures as CSV and XLSX, safe to open: no cell of ours becomes a formula or a link."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from qa_app.domain.measures import MEASURES, Figure
from qa_app.formatting import datetime_words
from qa_app.reports import frames
from qa_app.reports.measureset import MeasureSet

Cell = str | int | None

COLUMNS: Final = ("measure", "period", "category", "numerator", "denominator", "text", "scope")
_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NARROWEST: Final = 12
_WIDEST: Final = 60


def safe_cell(value: Cell) -> Cell:
    """A CSV cell that no spreadsheet runs: a text that would begin a formula gets an apostrophe."""
    if isinstance(value, str) and value.startswith(_STARTS_A_FORMULA):
        return f"'{value}"
    return value


def csv_text(figures: Iterable[Figure]) -> str:
    """One line a figure, in the columns of COLUMNS; a missing denominator is an empty cell."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for figure in figures:
        row = figure.to_row()
        writer.writerow([safe_cell(row[column]) for column in COLUMNS])
    return out.getvalue()


def xlsx_bytes(found: MeasureSet) -> bytes:
    """A workbook: a sheet of all figures, one for each measure as printed, one that says how."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        rows: list[Sequence[Cell]] = [list(figure.to_row().values()) for figure in found.figures]
        _write(book.add_worksheet("Figures"), COLUMNS, rows, bold)
        for measure in MEASURES:
            _write(book.add_worksheet(measure), *_as_printed(found, measure), bold)
        _write(book.add_worksheet("About"), ("About", "Value"), _about(found), bold)
    return out.getvalue()


def _as_printed(found: MeasureSet, measure: str) -> tuple[list[str], list[Sequence[Cell]]]:
    heading = ["Category", *(month.words for month in found.asked.months)]
    beside: list[Sequence[Cell]] = [
        [f"Beside it: {each.words}", *(str(each.numbers[month]) for month in found.asked.months)]
        for each in found.beside_of(measure)
    ]
    return heading, [*frames.texts(found.of(measure)), *beside]


def _about(found: MeasureSet) -> list[Sequence[Cell]]:
    asked = found.asked
    return [
        ["Months", found.months_words],
        ["Scope", asked.scope],
        ["Grades", asked.grades.words],
        ["Selection", asked.selection.words],
        ["Data as at", datetime_words(asked.at)],
        ["Provisional", "yes" if found.provisional else "no"],
        *([measure, found.basis(measure)] for measure in MEASURES),
    ]


def _write(
    sheet: Worksheet, heading: Sequence[str], rows: Sequence[Sequence[Cell]], bold: Format
) -> None:
    """One table: its headings in the first row, which stays in sight; nothing merged."""
    sheet.write_row(0, 0, heading, bold)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
    for column, cells in enumerate(zip(heading, *rows, strict=True)):
        longest = max(len(str(cell)) for cell in cells)
        sheet.set_column(column, column, min(max(longest + 1, _NARROWEST), _WIDEST))
