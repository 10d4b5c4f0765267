"""Reading the council's old workbook: real files, whole and broken, and files that are none."""

import csv
from datetime import date
from pathlib import Path

import pytest

from qa_app.audits.workbook.fields import Field, WorkbookUnusable
from qa_app.audits.workbook.headings import parse_mapping
from tests.audits import workbooks
from tests.audits.workbooks import (
    BROKEN,
    BY_HAND,
    EXPECTED,
    GOOD_ROW,
    HEADINGS,
    LEGACY,
    STRANGE,
    a_row,
    read,
    small_csv,
    small_xlsx,
    write_xlsx,
)

SHEET = "xl/worksheets/sheet1.xml"


def test_every_audit_of_the_councils_workbook_is_read() -> None:
    with EXPECTED.open(encoding="utf-8-sig", newline="") as file:
        expected = list(csv.DictReader(file))
    reading = read(LEGACY)
    assert reading.refused == []
    assert [
        (row.audit_ref, row.case_ref, row.team, f"{row.completed_on:%Y-%m-%d}")
        for row in reading.rows
    ] == [(row["audit"], row["case_id"], row["team"], row["completed"]) for row in expected]
    assert [(row.auditor_grade.words, row.final_grade.words) for row in reading.rows] == [
        (row["auditor_grade"].capitalize(), row["final_grade"].capitalize()) for row in expected
    ]
    assert [row.significant_harm for row in reading.rows] == [
        row["significant_harm"] == "yes" for row in expected
    ]
    assert [row.action_done_on is not None for row in reading.rows] == [
        row["action_done"] == "yes" for row in expected
    ]


def test_blank_rows_totals_and_notes_are_passed_over_and_counted() -> None:
    skipped = read(LEGACY).skipped
    reasons = [item.reason for item in skipped]
    assert (reasons.count("blank row"), reasons.count("totals row")) == (13, 12)
    assert skipped[-1] == ("Notes", None, "no headings recognised")
    assert ("Nov 22", 16, "totals row") in skipped


def test_a_totals_row_is_passed_over_in_the_middle_and_under_the_dates_too(tmp_path: Path) -> None:
    under_dates = ["", "", "", "", "", "Total audits", 1]
    path = small_xlsx(tmp_path / "log.xlsx", a_row(), under_dates, a_row(audit_ref="X2"))
    reading = read(path)
    assert ([row.audit_ref for row in reading.rows], reading.refused) == (["X1", "X2"], [])
    assert reading.skipped == [("Log", 3, "totals row")]


def test_ten_rows_of_the_broken_workbook_are_refused_each_with_its_place_and_reason() -> None:
    reading = read(BROKEN)
    assert [row.audit_ref for row in reading.rows] == ["B001"]
    assert [(fault.row, fault.column, fault.value) for fault in reading.refused] == [
        (3, "Auditor grade", "Adequate"),
        (4, "Date audit completed", "31/02/2023"),
        (5, "Mosaic ID", ""),
        (6, "Audit No", "B001"),
        (7, "Team", "No Such Team"),
        (8, "Auditor role", "Caretaker"),
        (9, "Moderated grade", "Good/RI"),
        (10, "Concern escalated? (significant harm)", "maybe"),
        (11, "Mosaic ID", '=HYPERLINK("http://127.0.0.1/","x")'),
        (12, "Date audit completed", "01/01/2031"),
    ]
    assert {fault.sheet for fault in reading.refused} == {"May 23"}
    assert all(fault.reason for fault in reading.refused)


def test_other_headings_mapped_by_hand_give_the_same_audits(tmp_path: Path) -> None:
    strange = workbooks.told_again(tmp_path / "strange.xlsx", STRANGE.__getitem__)
    with pytest.raises(WorkbookUnusable, match="No sheet has headings"):
        read(strange)
    assert told(read(strange, mapping=parse_mapping(BY_HAND))) == told(read(LEGACY))


@pytest.mark.parametrize(
    ("encoding", "sign"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t"), ("cp1252", ",")],
)
def test_a_csv_file_gives_the_same_audits(tmp_path: Path, encoding: str, sign: str) -> None:
    path = workbooks.told_as_csv(tmp_path / "log.csv", encoding, sign)
    reading = read(path)
    assert told(reading) == told(read(LEGACY))
    assert "headings repeated" in {item.reason for item in reading.skipped}


def told(reading) -> list[bytes]:
    """What the audits say, wherever they stood."""
    return [row.digest for row in reading.rows]


def test_letters_of_an_old_encoding_are_kept(tmp_path: Path) -> None:
    path = small_csv(tmp_path / "log.csv", a_row(auditor="Zoë Núñez"), encoding="cp1252")
    assert read(path).rows[0].auditor == "Zoë Núñez"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        # E1: a concern must be read as it was meant or not at all.
        ({"significant_harm": "perhaps"}, "Concern escalated? (significant harm)"),
        ({"case_ref": "  "}, "Mosaic ID"),
        ({"case_ref": "=A1"}, "Mosaic ID"),
        ({"final_grade": "=A1&B1"}, "Moderated grade"),
        ({"completed_on": ""}, "Date audit completed"),
        ({"auditor_grade": "", "final_grade": ""}, "Moderated grade"),
        ({"action_due_on": "end of May"}, "Action due"),
        ({"action_done_on": "done"}, "Action completed"),
    ],
)
def test_a_row_that_cannot_be_understood_is_refused(
    tmp_path: Path, changes: dict[str, str], column: str
) -> None:
    path = small_xlsx(tmp_path / "log.xlsx", a_row(**changes), a_row(audit_ref="X2"))
    reading = read(path)
    assert [row.audit_ref for row in reading.rows] == ["X2"]
    assert [(fault.sheet, fault.row, fault.column) for fault in reading.refused] == [
        ("Log", 2, column)
    ]


def test_every_fault_of_a_row_is_told_at_once(tmp_path: Path) -> None:
    row = a_row(case_ref="", team="Nowhere", auditor_grade="Fine")
    reading = read(small_xlsx(tmp_path / "log.xlsx", row))
    assert [fault.column for fault in reading.refused] == ["Mosaic ID", "Team", "Auditor grade"]
    assert reading.refused_rows == 1


# I5: what stands in the column of case numbers and is no number may be a child's name.
def test_words_in_the_column_of_case_numbers_are_withheld(tmp_path: Path) -> None:
    path = small_xlsx(tmp_path / "log.xlsx", a_row(case_ref="Zebedee Quillfeather"))
    (fault,) = read(path).refused
    assert (fault.value, fault.reason) == ("(withheld)", "Enter a case number, not words")


def test_of_rows_with_one_reference_the_first_stands_in_whatever_sheet(tmp_path: Path) -> None:
    sheets = {"May": [HEADINGS, GOOD_ROW], "June": [HEADINGS, a_row(audit_ref="x1")]}
    reading = read(write_xlsx(tmp_path / "log.xlsx", sheets))
    assert [(row.sheet, row.row) for row in reading.rows] == [("May", 2)]
    assert reading.refused[0].reason == "The audit in row 2 of May has the same reference"


def test_an_audit_without_a_reference_takes_one_from_what_it_says(tmp_path: Path) -> None:
    first = read(small_xlsx(tmp_path / "a.xlsx", a_row(audit_ref=""), a_row(audit_ref="Z")))
    again = read(small_xlsx(tmp_path / "b.xlsx", a_row(audit_ref="Z"), a_row(audit_ref="")))
    assert first.rows[0].audit_ref == again.rows[1].audit_ref
    twice = read(small_xlsx(tmp_path / "c.xlsx", a_row(audit_ref=""), a_row(audit_ref="")))
    assert (len(twice.rows), len(twice.refused)) == (1, 1)


def test_a_workbook_may_lack_all_but_case_date_and_grade(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("Child ID,Date completed,Grade\n300001,3/5/2023,RI\n\n,,note: late\n")
    reading = read(path)
    (row,) = reading.rows
    assert (row.case_ref, row.completed_on) == ("300001", date(2023, 5, 3))
    assert (row.final_grade, row.team, row.post, row.moderator) == (None, None, None, "")
    assert [(item.row, item.reason) for item in reading.skipped] == [(3, "blank row"), (4, "note")]


def test_teams_that_are_not_known_can_be_taken_as_written(tmp_path: Path) -> None:
    path = small_xlsx(tmp_path / "log.xlsx", a_row(team="New  Team"), a_row(audit_ref="2"))
    reading = read(path, known=workbooks.known(any_team=True))
    assert [row.team for row in reading.rows] == ["New Team", "CWD Team"]


@pytest.mark.parametrize(
    ("headings", "message"),
    [
        (["Audit No", "Mosaic ID", "Mosaic ID", "Date", "Grade"], "two columns headed “Mosaic ID”"),
        (["Mosaic ID", "Date", "Audit date", "Grade"], "“Date” and “Audit date” both look like"),
        (["Reference", "Child", "Date", "Grade"], "no column looks like case reference.*“Child”"),
        (["Ref", "Team", "Action"], "No sheet has headings"),
    ],
)
def test_headings_that_leave_a_doubt_are_not_guessed(
    tmp_path: Path, headings: list[str], message: str
) -> None:
    with pytest.raises(WorkbookUnusable, match=message):
        read(small_xlsx(tmp_path / "log.xlsx", ["1"] * len(headings), headings=headings))


def test_a_column_mapped_by_hand_stands_before_one_that_looks_like_it(tmp_path: Path) -> None:
    headings = ["Mosaic ID", "Date", "Audit date", "Grade"]
    path = small_xlsx(tmp_path / "a.xlsx", ["7", "1/1/2022", "2/2/2022", "RI"], headings=headings)
    reading = read(path, mapping=parse_mapping(["audit DATE=completed_on"]))
    assert reading.rows[0].completed_on == date(2022, 2, 2)
    assert reading.layouts[0].ignored == ["Date"]


@pytest.mark.parametrize(
    ("pairs", "message"),
    [
        (["Team"], "'HEADING=field'"),
        (["Squad=crew"], "no field “crew”.*audit_ref, case_ref"),
        (["A=team", "a=auditor"], "mapped twice"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(pairs: list[str], message: str) -> None:
    with pytest.raises(WorkbookUnusable, match=message):
        parse_mapping(pairs)


def test_a_mapping_of_a_heading_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(WorkbookUnusable, match=r"“mosiac id”\. Did you mean “Mosaic ID”"):
        read(LEGACY, mapping=parse_mapping(["Mosiac ID=case_ref"]))
    assert parse_mapping(["a = b=TEAM", "x=ignore"]) == {"a b": Field.TEAM, "x": None}


def test_rows_and_columns_are_counted_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    rows = [["", "", *row] for row in (["Our log"], [], [], GOOD_ROW, a_row(audit_ref="=1+1"))]
    rows[2] = ["", "", *HEADINGS]
    path = small_xlsx(tmp_path / "log.xlsx", *rows, headings=[])
    reading = read(path)
    assert [(row.row, row.audit_ref) for row in reading.rows] == [(5, "X1"), (6, "0")]


def test_a_csv_that_was_saved_under_another_name_is_known_by_the_name_it_was_chosen_under(
    tmp_path: Path,
) -> None:
    path = small_csv(tmp_path / "kept", GOOD_ROW)
    assert read(path, name="log.csv").rows[0].sheet == "log.csv"
