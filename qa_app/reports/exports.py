"""Figures and lists as CSV and XLSX, safe to open: no cell becomes a formula or a link."""

import csv
import importlib
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO, StringIO
from itertools import chain
from typing import IO, TYPE_CHECKING, Any, Final, Protocol

from qa_app.domain.measures import MEASURES
from qa_app.formatting import datetime_words
from qa_app.reports import frames
from qa_app.reports.measureset import MeasureSet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

Cell = str | int | None

COLUMNS: Final = ("measure", "period", "category", "numerator", "denominator", "text", "scope")
SAFE: Final = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""Every text stays a text: by default XlsxWriter would make it live."""

_STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MAY_START: Final = frozenset({"'", *_STARTS_A_FORMULA})
_NARROWEST: Final = 12
_WIDEST: Final = 60
_LINES_A_PIECE: Final = 500
_IN_MEMORY: Final = 5_000_000  # bytes of a file that are held before it goes to the disk


class Row(Protocol):
    """A figure that can say itself as a row of COLUMNS."""

    def to_row(self) -> Mapping[str, Cell]:
        """Its values by their columns."""
        ...


def safe_cell(value: Cell) -> Cell:
    """A CSV cell that no spreadsheet runs: a text that would begin a formula gets an apostrophe.

    So does one that already hides such a beginning behind apostrophes, so that taking one away
    gives back what was there.
    """
    # Most cells are ruled out by their first character: a long list has many.
    if not isinstance(value, str) or value[:1] not in _MAY_START:
        return value
    return f"'{value}" if value.lstrip("'").startswith(_STARTS_A_FORMULA) else value


def csv_text(figures: Iterable[Row]) -> str:
    """One line a figure, in the columns of COLUMNS; a missing denominator is an empty cell."""
    out = StringIO()
    writer = _writer(out)
    writer.writerow(COLUMNS)
    for figure in figures:
        row = figure.to_row()
        writer.writerow([safe_cell(row[column]) for column in COLUMNS])
    return out.getvalue()


def csv_stream(heading: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """A list as CSV in pieces, whatever its length; UTF-8 with its mark, for spreadsheets."""
    out = StringIO()
    writer = _writer(out)
    out.write("\ufeff")
    for number, row in enumerate(chain([heading], rows), 1):
        writer.writerow(list(map(safe_cell, row)))
        if number % _LINES_A_PIECE == 0:
            yield _taken(out)
    yield _taken(out)


class _Lines:
    """Rows that end with a line feed alone. The csv module quotes only the line ends that it writes
    itself, so it is told of both: a carriage return inside a cell would otherwise begin a row."""

    def __init__(self, out: StringIO) -> None:
        self.out = out

    def write(self, line: str) -> None:
        """One row."""
        self.out.write(f"{line[:-2]}\n")


def _writer(out: StringIO) -> Any:
    return csv.writer(_Lines(out), lineterminator="\r\n")


def _taken(out: StringIO) -> bytes:
    piece = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return piece


def xlsx_file(
    heading: Sequence[str], rows: Iterable[Sequence[Cell]], about: Iterable[tuple[str, str]]
) -> IO[bytes]:
    """A list as a workbook of two sheets, List and About, row by row without holding it: a file
    that is gone once it is closed, at its beginning. At most 1,048,575 rows."""
    library: Any = importlib.import_module("xlsxwriter")
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 -- the caller's to close
    with library.Workbook(out, {"constant_memory": True, **SAFE}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet("List")
        # In constant memory widths come before the rows, and so from the headings alone.
        for column, words in enumerate(heading):
            sheet.set_column(column, column, min(max(len(words) + 4, _NARROWEST), _WIDEST))
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, heading, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if type(cell) is str:
                    sheet.write_string(number, column, cell)
                else:
                    sheet.write(number, column, cell)
        write_table(book.add_worksheet("About"), ("About", "Value"), list(about), bold)
    out.seek(0)
    return out


def xlsx_bytes(found: MeasureSet) -> bytes:
    """A workbook: a sheet of all figures, one for each measure as printed, one that says how."""
    library: Any = importlib.import_module("xlsxwriter")
    out = BytesIO()
    with library.Workbook(out, {"in_memory": True, **SAFE}) as book:
        bold = book.add_format({"bold": True})
        rows: list[Sequence[Cell]] = [list(figure.to_row().values()) for figure in found.figures]
        write_table(book.add_worksheet("Figures"), COLUMNS, rows, bold)
        for measure in MEASURES:
            write_table(book.add_worksheet(measure), *_as_printed(found, measure), bold)
        write_table(book.add_worksheet("About"), ("About", "Value"), _about(found), bold)
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


def write_table(
    sheet: "Worksheet", heading: Sequence[str], rows: Sequence[Sequence[Any]], bold: "Format"
) -> None:
    """One table: its headings in the first row, which stays in sight; nothing merged."""
    sheet.write_row(0, 0, heading, bold)
    sheet.freeze_panes(1, 1)
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, row)
    for column, cells in enumerate(zip(heading, *rows, strict=True)):
        longest = max(len(str(cell)) for cell in cells)
        sheet.set_column(column, column, min(max(longest + 1, _NARROWEST), _WIDEST))
