"""Workbooks and CSV: values only, read back as they were written (IN-3, AC-11)."""

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from qa_app.reports import exports, render
from qa_app.reports.document import Cell, Document, Section, Table
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.render.workbook import tables_of
from tests.reports.papers import figures, report

pytestmark = pytest.mark.one_database

PAYLOADS = (
    # IN-3: what begins a formula in one spreadsheet or another.
    "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1",
    # IN-3: their full-width forms.
    "＝1+1", "＋1", "－1", "＠SUM(A1)",
    # IN-3: an array formula, and what would become a link.
    "{=1+1}", "http://evil.test/", "mailto:a@evil.test", "internal:Sheet1!A1",
    "external:c:\\x.xlsx",
    '=HYPERLINK("http://evil.test","see")', "'=1+1", "''+1", "0123",
)  # fmt: skip


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def nothing_is_live(content: bytes) -> None:
    """No formula, no link, nothing merged, nothing outside: in any part of the file."""
    with ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            part = archive.read(name).decode("utf-8", "replace")
            assert not re.search(r"<f[ >]|<hyperlink|<mergeCell|TargetMode=\"External\"", part), (
                name
            )


def with_payload(payload: str) -> Document:
    table = Table(
        "t",
        payload,
        ("Name", payload),
        ((Cell(payload), Cell(payload, number=7)), (Cell("x"), Cell(payload))),
        basis=payload,
        notes=(payload,),
    )
    about = ((payload, payload),)
    return Document("highlight", payload, payload, about, (Section("s", payload, (table,)),))


def unsafe(cell: str) -> str:
    """What safe_cell was given, from what it gave."""
    is_marked = cell.startswith("'") and exports.safe_cell(cell[1:]) != cell[1:]
    return cell[1:] if is_marked else cell


def test_the_workbook_has_one_table_a_sheet() -> None:
    found = sheets(render.write(report(), figures(), "xlsx"))
    assert list(found) == [
        "About",
        "Figures",
        "1 Audits by grade, November 202",
        "2 Section grades by team Good o",
        "3 Learning responses",
    ]
    assert found["Figures"][0] == list(exports.COLUMNS)
    assert found["Figures"][1][3:6] == [4, 10, "4"]
    assert found["Figures"][-1][3:6] == ["", "", "c"]
    tables = list(tables_of(report().sections))
    for name, table in zip(list(found)[2:], tables, strict=True):
        assert found[name][0] == list(table.columns)
        assert len(found[name]) == 1 + len(table.every_row)
    assert ["Marking", "OFFICIAL-SENSITIVE"] in found["About"]
    assert ["Data as at", "3 May 2023, 10:42"] in found["About"]


# AC-11: a header row in sight, nothing merged; values only, no formula at all.
def test_headings_stay_in_sight() -> None:
    content = render.write(report(), figures(), "xlsx")
    nothing_is_live(content)
    with ZipFile(BytesIO(content)) as archive:
        for number in range(1, 6):
            sheet = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
            assert 'state="frozen"' in sheet
            assert "<cols>" in sheet


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_every_text_of_a_workbook_is_text(payload: str) -> None:
    found = Figures((ReportFigure(Key(payload, payload, payload, payload), 1, 2, payload),))
    content = render.write(with_payload(payload), found, "xlsx")
    nothing_is_live(content)
    rows = sheets(content)
    assert rows["Figures"][1] == [payload, payload, payload, 1, 2, payload, payload]
    last = rows[next(reversed(rows))]
    assert last[0] == ["Name", payload]
    assert last[1] == [payload, 7]
    assert last[2] == ["x", payload]
    assert [payload, payload] in rows["About"]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_in_a_csv_is_text_and_reads_back(payload: str) -> None:
    found = Figures((ReportFigure(Key(payload, "2023-02", payload, payload), 1, 2, payload),))
    content = render.write(with_payload(payload), found, "csv").decode("utf-8-sig")
    _, row = csv.reader(StringIO(content, newline=""))
    assert not row[0].startswith(exports._STARTS_A_FORMULA)
    assert unsafe(row[0]) == unsafe(row[5]) == payload


TEXTS = st.one_of(
    st.sampled_from(PAYLOADS),
    st.text(alphabet="=+-@'\t\n {}1Aé＝,\"", max_size=8),
)


# IN-3: values round-trip, whatever they are.
@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=8))
def test_a_list_as_csv_reads_back(rows: list[list[str]]) -> None:
    content = b"".join(exports.csv_stream(("One", "Two"), rows)).decode("utf-8-sig")
    heading, *found = csv.reader(StringIO(content, newline=""))
    assert heading == ["One", "Two"]
    assert [[unsafe(cell) for cell in row] for row in found] == rows
    live = [cell for row in found for cell in row if cell.startswith(exports._STARTS_A_FORMULA)]
    assert not live


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_list_as_a_workbook_is_text(payload: str) -> None:
    rows: list[Sequence[str | int | None]] = [[payload, 3], ["x", None]]
    with exports.xlsx_file(("Name", "Count"), rows, [("Basis", payload)]) as file:
        content = file.read()
    nothing_is_live(content)
    found = sheets(content)
    assert found["List"] == [["Name", "Count"], [payload, 3], ["x", ""]]
    assert found["About"] == [["About", "Value"], ["Basis", payload]]


def test_a_long_list_comes_in_pieces() -> None:
    rows = ([number, "a name"] for number in range(1_600))
    pieces = list(exports.csv_stream(("Number", "Name"), rows))
    assert len(pieces) == 4
    assert b"".join(pieces).count(b"\n") == 1_601


def test_an_empty_list_has_its_heading() -> None:
    assert b"".join(exports.csv_stream(("Number",), ())) == "\ufeffNumber\n".encode()


# Nothing that a file of XML cannot hold stops a report.
def test_what_no_file_can_hold_is_left_out() -> None:
    document = replace(with_payload("a\x00b\ud800c"), title="a\x00b\ud800c")
    found = sheets(render.write(document, Figures(), "xlsx"))
    assert found["About"][1] == ["Report", "abc"]
    assert render.write(document, Figures(), "docx")
    assert b"\\u0000" in render.write(document, Figures(), "json")
