"""Makers of old workbooks: the real one told again under other headings, and small ones."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from python_calamine import CalamineWorkbook

from qa_app.audits.workbook.fields import Known, Reading
from qa_app.audits.workbook.reading import read_workbook
from qa_app.audits.workbook.values import key

DATA = Path(__file__).parent.parent / "data"
LEGACY = DATA / "legacy-audit-log.xlsx"
BROKEN = DATA / "broken-audit-log.xlsx"
EXPECTED = DATA / "legacy-audit-log.expected.csv"

HEADINGS = [
    "Audit No", "Mosaic ID", "Team", "Auditor", "Auditor role", "Date audit completed",
    "Auditor grade", "Moderated by", "Moderated grade", "Concern escalated? (significant harm)",
    "Strengths", "Areas for development", "Actions", "Action due", "Action completed",
]  # fmt: skip
GOOD_ROW: list[Any] = [
    "X1", "300001", "CWD Team", "A Person", "TM", "03/05/2023", "Good", "B Person", "RI", "No",
    "Seen alone", "Plan not SMART", "Put the plan right", "20/05/2023", "ongoing",
]  # fmt: skip
# Not one of these is a heading that anybody would recognise.
STRANGE = {
    "Audit No": "Zeile", "Mosaic ID": "Akte", "Team": "Mannschaft", "Auditor": "Prüferin",
    "Auditor role": "Rang", "Date audit completed": "Tag", "Auditor grade": "Note 1",
    "Moderated by": "Zweite", "Moderated grade": "Note 2",
    "Concern escalated? (significant harm)": "Gefahr?", "Strengths": "Gut", "Actions": "Aufgabe",
    "Areas for development": "Weniger gut", "Action due": "Frist", "Action completed": "Erledigt",
}  # fmt: skip
FIELDS = dict(
    zip(
        HEADINGS,
        (
            "audit_ref", "case_ref", "team", "auditor", "auditor_post", "completed_on",
            "auditor_grade", "moderator", "final_grade", "significant_harm", "strengths",
            "areas_for_development", "action", "action_due_on", "action_done_on",
        ),
        strict=True,
    )
)  # fmt: skip
BY_HAND = [f"{STRANGE[heading]}={field}" for heading, field in FIELDS.items()]


def a_row(**changes: Any) -> list[Any]:
    """The good row with some fields changed: a_row(case_ref="", team="16+ Team")."""
    row = list(GOOD_ROW)
    for field, value in changes.items():
        row[list(FIELDS.values()).index(field)] = value
    return row


def known(**changes: Any) -> Known:
    """What the council knows: the teams of its extract, on the day of the tests."""
    with (DATA / "ssd" / "ssd_department.csv").open(encoding="utf-8-sig", newline="") as file:
        teams = {key(row["dept_team_name"]): row["dept_team_name"] for row in csv.DictReader(file)}
    return Known(**{"today": date(2026, 11, 22), "teams": teams, **changes})


def read(path: Path, **options: Any) -> Reading:
    return read_workbook(path, known=options.pop("known", None) or known(), **options)


def rows_of(path: Path) -> dict[str, list[list[Any]]]:
    """Every sheet's rows, as the spreadsheet has them."""
    with CalamineWorkbook.from_path(path) as workbook:
        return {
            name: workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
            for name in workbook.sheet_names
        }


def write_xlsx(path: Path, sheets: dict[str, Iterable[Sequence[Any]]]) -> Path:
    """A workbook of these sheets; text that begins with "=" becomes a formula."""
    with xlsxwriter.Workbook(path, {"default_date_format": "dd/mm/yyyy"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for number, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if cell != "":
                        sheet.write(number, column, cell)
    return path


def small_xlsx(path: Path, *rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> Path:
    """A workbook of one sheet “Log”: its headings and these rows."""
    return write_xlsx(path, {"Log": [headings, *rows]})


def small_csv(path: Path, *rows: Sequence[Any], encoding: str = "utf-8", sign: str = ",") -> Path:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=sign).writerows([HEADINGS, *rows])
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def told_again(path: Path, rename: Callable[[str], str] = lambda heading: heading) -> Path:
    """The council's workbook again, its headings renamed."""
    sheets = {
        name: [
            [rename(cell) if cell in FIELDS else cell for cell in row]
            if "Mosaic ID" in row
            else row
            for row in rows
        ]
        for name, rows in rows_of(LEGACY).items()
    }
    return write_xlsx(path, sheets)


def told_as_csv(path: Path, encoding: str, sign: str) -> Path:
    """All months of the council's workbook in one CSV file, one after the other."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=sign)
    for rows in rows_of(LEGACY).values():
        writer.writerows([_as_text(cell) for cell in row] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def _as_text(cell: Any) -> str:
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    return str(cell)


def repacked(path: Path, target: Path, **changed: bytes) -> Path:
    """A copy of a workbook with parts changed or added: repacked(a, b, **{"xl/x.bin": b"…"})."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changed:
                new.writestr(name, old.read(name))
        for name, content in changed.items():
            new.writestr(name, content)
    return target
