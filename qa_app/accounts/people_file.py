"""Reading a people file: CSV or XLSX, headings in their usual spellings, rows as plain text."""

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from qa_app.domain.errors import DomainError

LARGEST: Final = 20 * 1024 * 1024
MOST_ROWS: Final = 50_000
HEADINGS_WITHIN: Final = 20
REQUIRED: Final = ("staff_id", "email")

SPELLINGS: Final[dict[str, tuple[str, ...]]] = {
    "staff_id": (
        *("staffid", "staffno", "staffnumber", "staffref", "employeeid", "employeeno"),
        *("employeenumber", "payrollnumber", "payrollno", "payrollid", "personnelnumber"),
    ),
    "email": ("email", "emailaddress", "workemail", "workemailaddress", "mail"),
    "manager": (
        *("linemanager", "linemanagerid", "linemanagerstaffid", "linemanagersstaffid", "manager"),
        *("linemanagerstaffno", "linemanagerstaffnumber", "linemanagersstaffnumber", "managerid"),
        *("linemanageremployeeid", "linemanageremployeenumber", "managerstaffid", "reportsto"),
        *("linemanagerpayrollnumber", "manageremployeenumber", "managerstaffnumber"),
    ),
    "name": ("name", "fullname", "staffname", "employeename", "person"),
    "job_title": ("jobtitle", "job", "title", "post", "posttitle", "position"),
    "team": ("team", "teamname", "teamcode", "department", "unit", "service"),
    "role": ("role", "roles", "servicerole", "accessrole"),
}


class PeopleFileUnusable(DomainError):
    """The file cannot be read at all, or lacks a column that is needed."""


class FileRow(NamedTuple):
    """One row: where it stands, and its cells by field (stripped text)."""

    sheet: str
    number: int
    cells: dict[str, str]


class PeopleFile(NamedTuple):
    """The rows, and the heading that each field was found under."""

    rows: list[FileRow]
    headings: dict[str, str]


def read_people_file(path: Path) -> PeopleFile:
    """Read the first sheet that has the headings. Raises PeopleFileUnusable."""
    try:
        if path.stat().st_size > LARGEST:
            raise PeopleFileUnusable(f"{path.name} is larger than 20 MB")
        data = path.read_bytes()
    except OSError:
        raise PeopleFileUnusable(f"{path.name} cannot be opened") from None
    sheets = _workbook(data) if zipfile.is_zipfile(io.BytesIO(data)) else {path.name: _csv(data)}
    for sheet, rows in sheets.items():
        found = _headings(rows)
        if found is not None:
            return _rows(sheet, rows, *found)
    raise PeopleFileUnusable(
        f"{path.name} has no row of headings with “Staff id” and “E-mail”: these two are needed"
    )


def _workbook(data: bytes) -> dict[str, list[list[str]]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        return {
            name: [
                [_text(cell) for cell in row]
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
        }
    except (CalamineError, OSError, ValueError) as error:
        raise PeopleFileUnusable("The workbook cannot be read: save it as XLSX again") from error


def _text(cell: Any) -> str:
    # A spreadsheet keeps a staff number as 12345.0.
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).split())


def _csv(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise PeopleFileUnusable("The file is neither CSV nor XLSX")
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [
            [_text(cell) for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error:
        raise PeopleFileUnusable("The CSV file cannot be read: save it as CSV again") from None


def _field(heading: str) -> str | None:
    plain = re.sub(r"[^a-z0-9]", "", heading.lower())
    return next((field for field, words in SPELLINGS.items() if plain in words), None)


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[int, str]] | None:
    """The row of headings below any title, and the field of each column that has one."""
    for number, row in enumerate(rows[:HEADINGS_WITHIN]):
        fields: dict[int, str] = {}
        for column, heading in enumerate(row):
            field = _field(heading)
            if field is not None and field not in fields.values():
                fields[column] = field
        if set(REQUIRED) <= set(fields.values()):
            return number, fields
    return None


def _rows(
    sheet: str, rows: Sequence[Sequence[str]], heading: int, fields: dict[int, str]
) -> PeopleFile:
    if len(rows) > MOST_ROWS:
        raise PeopleFileUnusable(f"The file has more than {MOST_ROWS:,} rows")
    found = [
        FileRow(sheet, number, _cells(row, fields))
        for number, row in enumerate(rows[heading + 1 :], heading + 2)
    ]
    words = {field: rows[heading][column] for column, field in fields.items()}
    return PeopleFile([row for row in found if any(row.cells.values())], words)


def _cells(row: Iterable[str], fields: dict[int, str]) -> dict[str, str]:
    cells = list(row)
    return {field: cells[column] if column < len(cells) else "" for column, field in fields.items()}
