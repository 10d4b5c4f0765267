"""Tables of themes and learning as CSV and XLSX, safe to open (IN-3): values only, no formula."""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO
from typing import Final

import xlsxwriter

from qa_app.reports.exports import Cell, safe_cell

Rows = Sequence[Sequence[Cell]]

MIME_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_WIDTH: Final = 24


def csv_bytes(headings: Sequence[str], rows: Rows) -> bytes:
    """One line a row under the headings; with its mark a spreadsheet reads it as UTF-8."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(
    name: str, headings: Sequence[str], rows: Rows, about: Sequence[tuple[str, str]]
) -> bytes:
    """A workbook of the table and a sheet that says what it counts."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True})
        for sheet_name, heading, lines in (
            (name, headings, rows),
            ("About", ("About", "Value"), about),
        ):
            sheet = book.add_worksheet(sheet_name)
            sheet.write_row(0, 0, heading, bold)
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(heading) - 1, _WIDTH)
            for number, row in enumerate(lines, 1):
                sheet.write_row(number, 0, row)
    return out.getvalue()
