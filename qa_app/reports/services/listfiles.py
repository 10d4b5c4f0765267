"""Lists written to files, a row at a time: a long one needs no more memory than a short one.

A CSV is one table with its header row; its last column says as at when. A workbook has the same
table on its first sheet, and says on a second one what it is (AC-11). No cell becomes a formula or
a link (IN-3).
"""

import re
import tempfile
from collections.abc import Iterator, Sequence
from datetime import date
from typing import IO, Final, NamedTuple

from qa_app.domain.calendar import LONDON
from qa_app.domain.errors import DomainError
from qa_app.formatting import datetime_words
from qa_app.reports import exports
from qa_app.reports.exports import Cell
from qa_app.reports.queries.listing import ListTable, Value

MARKING: Final = "OFFICIAL-SENSITIVE"
AS_AT: Final = "As at"
_MOST_ROWS: Final = 1_048_575  # a worksheet's, less the headings
_LONGEST: Final = 32_767  # characters of a worksheet's cell
_IN_MEMORY: Final = 1 << 20
_LONGEST_NAME: Final = 150


class TooLongForExcel(DomainError):
    """A list with more rows than a worksheet holds."""


class Written(NamedTuple):
    """A file at its beginning, and how many rows are in it."""

    file: IO[bytes]
    rows: int


class _Counting:
    """The rows of a list as plain cells, counted as they go by. Dates are texts in ISO form, which
    sort as dates do."""

    def __init__(self, table: ListTable) -> None:
        self.table = table
        self.rows = 0

    def __iter__(self) -> Iterator[Sequence[Cell]]:
        for row in self.table.rows:
            self.rows += 1
            yield [_plain(cell) for cell in row]

    def with_as_at(self) -> Iterator[Sequence[Cell]]:
        """Each row with the moment at which it was read."""
        as_at = self.table.at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M")
        return ([*row, as_at] for row in self)

    def for_excel(self) -> Iterator[Sequence[Cell]]:
        """As many rows, and as much of each cell, as a worksheet takes. TooLongForExcel."""
        for row in self:
            if self.rows > _MOST_ROWS:
                raise TooLongForExcel("This list is too long for Excel. Download it as CSV")
            yield [cell[:_LONGEST] if isinstance(cell, str) else cell for cell in row]

    def about(self) -> Iterator[tuple[str, str]]:
        """What the list is; asked once its rows are written."""
        table = self.table
        yield "List", table.title
        yield "Rows", str(self.rows)
        yield from table.more
        yield "Narrowed to", "; ".join(table.narrowed) or "nothing: everything that you may see"
        yield "Data as at", datetime_words(table.at)
        yield "Marking", MARKING


def csv_file(table: ListTable) -> Written:
    """The list as CSV; with its mark a spreadsheet reads it as UTF-8."""
    file = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- whoever sends it closes it
    counting = _Counting(table)
    for piece in exports.csv_stream([*table.columns, AS_AT], counting.with_as_at()):
        file.write(piece)
    file.seek(0)
    return Written(file, counting.rows)


def xlsx_file(table: ListTable) -> Written:
    """The list as a workbook. TooLongForExcel where a sheet is too short."""
    counting = _Counting(table)
    file = exports.xlsx_file(table.columns, counting.for_excel(), counting.about())
    return Written(file, counting.rows)


def file_name(table: ListTable, layout: str) -> str:
    """What the file is called: the list, the day, and to what it was narrowed."""
    day = table.at.astimezone(LONDON).date()
    parts = [table.name, f"as-at-{day}", *table.narrowed]
    words = "-".join(re.sub(r"[^a-z0-9]+", "-", part.lower()).strip("-") for part in parts)
    return f"{words[:_LONGEST_NAME]}.{layout}"


def _plain(cell: Value) -> Cell:
    return cell.isoformat() if isinstance(cell, date) else cell
