"""Opens the old workbook (XLSX or CSV) and reads every sheet that has headings; no database."""

import csv
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from qa_app.audits.workbook import headings
from qa_app.audits.workbook.archive import UPLOAD, Formula, Limits, inspect
from qa_app.audits.workbook.fields import Field, Known, Reading, Skipped, WorkbookUnusable
from qa_app.audits.workbook.rows import RowReader

NO_HEADINGS = "no headings recognised"
NOT_A_TABLE = "not a table"
_MACROS = frozenset((".xlsm", ".xltm", ".xlam", ".xlsb"))
_TEXT = frozenset((".csv", ".tsv", ".txt"))
_DELIMITERS = (",", ";", "\t")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Source:
    """One sheet: its name, a way to go through its rows (numbered from 1), its formulas."""

    name: str
    rows: Iterator[tuple[int, list[Any]]]
    formulas: Mapping[tuple[int, int], Formula]


def read_workbook(
    path: Path,
    *,
    known: Known,
    mapping: Mapping[str, Field | None] | None = None,
    limits: Limits = UPLOAD,
    name: str | None = None,
) -> Reading:
    """Read a workbook and check each row.

    `name` is the name under which the file was chosen, where it is kept under another. Raises
    WorkbookUnusable where the file cannot be read, or its headings or `mapping` do not fit; a
    faulty row is no exception but a Fault in the Reading.
    """
    name, mapping = name or path.name, mapping or {}
    suffix = Path(name).suffix.lower()
    if path.stat().st_size > limits.packed:
        megabytes = limits.packed // (1024 * 1024)
        raise WorkbookUnusable(f"Choose a file of at most {megabytes} MB.")
    with path.open("rb") as file:
        reading = Reading(name=name, sha256=hashlib.file_digest(file, "sha256").hexdigest())
        file.seek(0)
        _refuse_wrong_kind(suffix, file.read(8))
        file.seek(0)
        sheets = (
            _text_sheet(file, name, reading)
            if suffix in _TEXT
            else _excel_sheets(file, limits, reading)
        )
        _read_sheets(sheets, reading, known, mapping)
    return reading


def _read_sheets(
    sheets: Iterator[Source],
    reading: Reading,
    known: Known,
    mapping: Mapping[str, Field | None],
) -> None:
    reader = RowReader(reading, known)
    seen: list[str] = []
    likely: list[str] = []
    for sheet in sheets:
        top = list(islice(sheet.rows, headings.ROWS_LOOKED_AT))
        layout = headings.find_headings(sheet.name, top, mapping)
        if layout is None:
            reading.skipped.append(Skipped(sheet.name, None, NO_HEADINGS))
            seen += [str(cell) for _, cells in top for cell in cells if cell]
            likely = likely or headings.likely_headings(top)
            continue
        reading.layouts.append(layout)
        seen += [heading for _, heading in layout.columns.values()] + layout.ignored
        reader.read(layout, (row for row in top if row[0] > layout.heading_row), sheet.formulas)
        reader.read(layout, sheet.rows, sheet.formulas)
    headings.check_mapping_used(mapping, seen)
    if not reading.layouts:
        raise WorkbookUnusable(
            "No sheet has headings that are recognised. Say which columns hold the case number, "
            "the date completed and the grade.",
            "--map 'HEADING=case_ref' --map 'HEADING=completed_on' --map 'HEADING=final_grade'",
            likely,
        )


def _refuse_wrong_kind(suffix: str, start: bytes) -> None:
    if suffix in _MACROS:
        raise WorkbookUnusable(
            "Workbooks that can hold macros are never opened here. "
            "Save it as an ordinary Excel workbook (.xlsx) and choose that."
        )
    if start.startswith(_OLD_EXCEL):
        raise WorkbookUnusable(
            "This workbook is protected by a password, or is of the kind used before 2007 (.xls). "
            "Save it without a password as .xlsx and choose that."
        )
    packed = start.startswith(b"PK")
    if suffix not in _TEXT and suffix != ".xlsx":
        raise WorkbookUnusable("Choose an Excel workbook (.xlsx) or a CSV file (.csv).")
    if packed != (suffix == ".xlsx"):
        raise WorkbookUnusable(
            f"This file is named {suffix} but is something else inside. Open it in Excel, save it "
            "as .xlsx or .csv, and choose that."
        )


def _excel_sheets(file: BinaryIO, limits: Limits, reading: Reading) -> Iterator[Source]:
    scans = inspect(file, limits)
    file.seek(0)
    try:
        with CalamineWorkbook.from_filelike(file) as workbook:
            for sheet in workbook.sheets_metadata:
                if sheet.typ is not SheetTypeEnum.WorkSheet:
                    reading.skipped.append(Skipped(sheet.name, None, NOT_A_TABLE))
                    continue
                found = workbook.get_sheet_by_name(sheet.name)
                scan = scans.get(sheet.name)
                yield _excel_sheet(found, scan.formulas if scan else {})
    except CalamineError as fault:
        raise WorkbookUnusable(
            "This workbook is damaged. Open it in Excel, save it again as .xlsx, and choose that."
        ) from fault


def _excel_sheet(sheet: CalamineSheet, formulas: Mapping[tuple[int, int], Formula]) -> Source:
    """A sheet whose rows begin at its first used column; its formulas are moved likewise."""
    first = sheet.start[1] if sheet.start else 0
    moved = {(row, column - first): formula for (row, column), formula in formulas.items()}
    return Source(sheet.name, iter(enumerate(sheet.iter_rows(), start=1)), moved)


def _text_sheet(file: BinaryIO, name: str, reading: Reading) -> Iterator[Source]:
    text = _decoded(file.read())
    delimiter = max(_DELIMITERS, key=lambda sign: _columns(text, sign))
    rows = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    yield Source(name, _checked(rows), {})


def _checked(rows: Iterator[list[str]]) -> Iterator[tuple[int, list[Any]]]:
    try:
        yield from enumerate(rows, start=1)
    except csv.Error as fault:
        raise WorkbookUnusable(
            "This CSV file is damaged: a quotation mark may be missing. Save it again from Excel "
            "and choose that."
        ) from fault


def _columns(text: str, delimiter: str) -> int:
    rows = csv.reader(StringIO(text[:65_536], newline=""), delimiter=delimiter)
    try:
        return max((len(row) for row in islice(rows, headings.ROWS_LOOKED_AT)), default=0)
    except csv.Error:
        return 0


def _decoded(content: bytes) -> str:
    """The text of a CSV file: Excel writes UTF-8 with a mark, UTF-16 with a mark, or cp1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise WorkbookUnusable("This is not a text file. Save it from Excel as .csv and choose that.")
