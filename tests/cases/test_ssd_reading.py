"""Reading an extract: whatever wrote it, and whatever is wrong with it."""

import csv
import random
from datetime import date
from pathlib import Path

import pytest

from qa_app.cases.ssd.extract import Known, read_extract
from qa_app.cases.ssd.report import ExtractUnusable
from qa_app.domain.grades import PlanType
from tests.cases.small_extract import (
    AS_AT,
    INVOLVEMENTS,
    PERSON,
    REAL,
    STAFF,
    TEAMS,
    faults,
    read,
    rows_of,
    write,
)

COMPARED = ("teams", "professionals", "cases", "involvements")


def content(extract) -> list:
    """What the extract comes to, without the lines on which it stood."""
    compared = [getattr(extract, name) for name in COMPARED]
    return [[row[1:] if isinstance(row, tuple) else row for row in part] for part in compared]


def rewrite(directory: Path, change, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """The real extract again, each file's rows (headings first) passed through `change`."""
    directory.mkdir(exist_ok=True)
    for path in REAL.glob("*.csv"):
        with path.open(newline="", encoding="utf-8") as file:
            rows = change(list(csv.reader(file)))
        with (directory / path.name).open("w", newline="", encoding=encoding) as file:
            csv.writer(file, delimiter=delimiter).writerows(rows)
    return directory


def uk(cell: str) -> str:
    """An ISO date as an English spreadsheet writes it; anything else as it is."""
    parts = cell.split("-")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return cell
    return f"{parts[2]}/{parts[1]}/{parts[0]} 00:00"


def each_cell(change):
    return lambda rows: [rows[0], *[[change(cell) for cell in row] for row in rows[1:]]]


def shuffled(rows: list) -> list:
    rest = rows[1:]
    random.Random(7).shuffle(rest)
    return [rows[0], *rest]


def extra_columns(rows: list) -> list:
    return [["Extracted", *row, f"Note {n}"] for n, row in enumerate(rows)]


def headings_otherwise(rows: list) -> list:
    return [[f" {heading.upper()} " for heading in rows[0]], *rows[1:]]


WAYS = {
    "utf-8 with BOM": {"change": list, "encoding": "utf-8-sig"},
    "cp1252": {"change": each_cell(lambda cell: cell), "encoding": "cp1252"},
    "utf-16": {"change": list, "encoding": "utf-16"},
    "UK dates with times": {"change": each_cell(uk)},
    "NULL for nothing": {"change": each_cell(lambda cell: cell or "NULL")},
    "spaces round cells": {"change": each_cell(lambda cell: f" {cell} ")},
    "rows shuffled": {"change": shuffled},
    "extra columns": {"change": extra_columns},
    "headings in capitals": {"change": headings_otherwise},
    "semicolons": {"change": list, "delimiter": ";"},
    "blank rows": {"change": lambda rows: [row for one in rows for row in (one, [], ["", ""])]},
    "every row twice": {"change": lambda rows: [rows[0], *rows[1:], *rows[1:]]},
}


@pytest.mark.parametrize("way", WAYS)
def test_an_extract_reads_the_same_whatever_wrote_it(way: str, tmp_path: Path) -> None:
    expected = read_extract(REAL, AS_AT)
    found = read_extract(rewrite(tmp_path, **WAYS[way]), AS_AT)
    assert found.report.faults == []
    assert content(found) == content(expected)


def test_the_councils_extract_is_read_whole() -> None:
    extract = read_extract(REAL, AS_AT)
    assert (len(extract.teams), len(extract.professionals)) == (28, 132)
    assert (len(extract.cases), len(extract.involvements)) == (1308, 2233)
    plans = [case.plan_type for case in extract.cases]
    assert {plan: plans.count(plan) for plan in set(plans)} == {
        PlanType.CHILD_IN_NEED: 525,
        PlanType.CHILD_IN_CARE: 300,
        PlanType.CHILD_PROTECTION: 220,
        PlanType.EARLY_HELP: 180,
        PlanType.CARE_EXPERIENCED: 83,
    }
    assert all(case.worker and case.team for case in extract.cases)
    assert sum(case.iro is not None for case in extract.cases) == 300
    assert sum(case.chair is not None for case in extract.cases) == 220


def test_no_object_of_an_extract_holds_a_childs_name_number_or_birth_date() -> None:
    extract = read_extract(REAL, AS_AT)
    everything = repr([getattr(extract, name) for name in (*COMPARED, "report")])
    staff = {row["prof_professional_name"] for row in rows_of(REAL / "ssd_professionals.csv")}
    for child in rows_of(REAL / "ssd_person.csv"):
        name = f"{child['pers_forename']} {child['pers_surname']}"
        assert name in staff or name not in everything
        assert not child["pers_common_child_id"] or child["pers_common_child_id"] not in everything


FAULTS = {
    # what is wrong: (changes, [(file, row, column, value)])
    "a child's number twice, with different content": (
        {"ssd_person": ["+", "100002,Other,Name,2010-01-01,"]},
        [
            ("ssd_cin_episodes.csv", 3, "cine_person_id", "100002"),
            ("ssd_family.csv", 3, "fami_person_id", "100002"),
            ("ssd_involvements.csv", 4, "invo_person_id", "100002"),
            ("ssd_person.csv", 3, "pers_person_id", "100002"),
            ("ssd_person.csv", 4, "pers_person_id", "100002"),
        ],
    ),
    "two children under one number, told apart by their names alone": (
        {"ssd_person": [*PERSON[:2], PERSON[2], PERSON[2].replace("Ottoline", "Other")]},
        [
            ("ssd_cin_episodes.csv", 3, "cine_person_id", "100002"),
            ("ssd_family.csv", 3, "fami_person_id", "100002"),
            ("ssd_involvements.csv", 4, "invo_person_id", "100002"),
            ("ssd_person.csv", 3, "pers_person_id", "100002"),
            ("ssd_person.csv", 4, "pers_person_id", "100002"),
        ],
    ),
    "an unknown worker": (
        {"ssd_involvements": ["+", "I9,W99,Allocated Case Worker,D2,2022-01-10,,100001"]},
        [("ssd_involvements.csv", 5, "invo_professional_id", "W99")],
    ),
    "an unknown team": (
        {"ssd_involvements": ["+", "I9,W1,Allocated Case Worker,D99,2022-01-10,,100001"]},
        [("ssd_involvements.csv", 5, "invo_professional_team", "D99")],
    ),
    "an unknown child": (
        {"ssd_involvements": ["+", "I9,W1,Allocated Case Worker,D2,2022-01-10,,999"]},
        [("ssd_involvements.csv", 5, "invo_person_id", "999")],
    ),
    "a name in a column of identifiers": (
        {"ssd_involvements": ["+", "I9,W1,Allocated Case Worker,D2,2022-01-10,,Quillfeather"]},
        [("ssd_involvements.csv", 5, "invo_person_id", "withheld")],
    ),
    "a day that is not in the calendar": (
        {"ssd_involvements": ["+", "I9,W1,Allocated Case Worker,D2,31/02/2023,,100001"]},
        [("ssd_involvements.csv", 5, "invo_involvement_start_date", "31/02/2023")],
    ),
    "an end before its start": (
        {"ssd_involvements": ["+", "I9,W1,IRO,D2,2022-01-10,2022-01-09,100001"]},
        [("ssd_involvements.csv", 5, "invo_involvement_end_date", "2022-01-09")],
    ),
    "a start after the extract's date": (
        {"ssd_involvements": ["+", "I9,W1,IRO,D2,2023-05-01,,100001"]},
        [("ssd_involvements.csv", 5, "invo_involvement_start_date", "2023-05-01")],
    ),
    "a birth after the extract's date": (
        {"ssd_person": ["+", "100003,Late,Comer,2023-05-01,"]},
        [("ssd_person.csv", 4, "pers_dob", "withheld")],
    ),
    "an impossible birth date": (
        {"ssd_person": ["+", "100003,Late,Comer,31/02/2010,"]},
        [("ssd_person.csv", 4, "pers_dob", "withheld")],
    ),
    "nothing where the row's identifier should be": (
        {"ssd_person": ["+", "NULL,No,Body,2010-01-01,"]},
        [("ssd_person.csv", 4, "pers_person_id", "")],
    ),
    "an NHS number where the case reference should be": (
        {"ssd_person": ["+", "9434765900,Num,Ber,2010-01-01,"]},
        [("ssd_person.csv", 4, "pers_person_id", "withheld")],
    ),
    # I5: whatever may be a name, a date or an NHS number is not kept as an identifier.
    "a name where the family's number should be": (
        {"ssd_family": ["+", "FT3,Quillfeather,100002"]},
        [("ssd_family.csv", 4, "fami_family_id", "withheld")],
    ),
    "a birth date where the involvement's number should be": (
        {"ssd_involvements": ["+", "01/01/2010,W1,IRO,D2,2022-01-10,,100001"]},
        [("ssd_involvements.csv", 5, "invo_involvements_id", "withheld")],
    ),
    "an NHS number where the staff number should be": (
        {"ssd_professionals": [*STAFF, "W9,9434765900,One Soul,,"]},
        [("ssd_professionals.csv", 6, "prof_staff_id", "withheld")],
    ),
    "an NHS number among the words of a job title": (
        {"ssd_professionals": [*STAFF, "W9,S9,One Soul,Worker 943 476 5900,"]},
        [("ssd_professionals.csv", 6, "prof_professional_job_title", "withheld")],
    ),
    "an end before its start, shown as it is written": (
        {"ssd_involvements": ["+", "I9,W1,IRO,D2,10/01/2022,09/01/2022 00:00,100001"]},
        [("ssd_involvements.csv", 5, "invo_involvement_end_date", "09/01/2022 00:00")],
    ),
    "a comma too many": (
        {"ssd_person": ["+", "100003,Zoë, Ann,Comma,2010-01-01,9434765900"]},
        [("ssd_person.csv", 4, "", "withheld")],
    ),
    "a team beneath an unknown one, and all beneath it": (
        {"ssd_department": [*TEAMS, "D4,Lost,D77", "D5,Beneath,D4"]},
        [
            ("ssd_department.csv", 5, "dept_team_parent_id", "D77"),
            ("ssd_department.csv", 6, "dept_team_parent_id", "D4"),
        ],
    ),
    "teams in a circle": (
        {"ssd_department": [*TEAMS, "D4,Chicken,D5", "D5,Egg,D4"]},
        [
            ("ssd_department.csv", 5, "dept_team_parent_id", "D5"),
            ("ssd_department.csv", 6, "dept_team_parent_id", "D4"),
        ],
    ),
    "a professional in an unknown team": (
        {"ssd_professionals": [*STAFF, "W9,S9,Lost Soul,Social Worker,Nowhere Team"]},
        [("ssd_professionals.csv", 6, "prof_professional_department", "withheld")],
    ),
    "two professionals with one staff number": (
        {"ssd_professionals": [*STAFF, "W8,S8,One Soul,,", "W9,S8,Other Soul,,"]},
        [
            ("ssd_professionals.csv", 6, "prof_staff_id", "S8"),
            ("ssd_professionals.csv", 7, "prof_staff_id", "S8"),
        ],
    ),
    "a heading that is missing": (
        {"ssd_family": ["fami_table_id,fami_family", "FT1,F1"]},
        [
            ("ssd_family.csv", 1, "fami_family_id", ""),
            ("ssd_family.csv", 1, "fami_person_id", ""),
        ],
    ),
    "a file without anything in it": (
        {"ssd_family": []},
        [
            ("ssd_family.csv", 1, "fami_family_id", ""),
            ("ssd_family.csv", 1, "fami_person_id", ""),
        ],
    ),
}


@pytest.mark.parametrize("wrong", FAULTS)
def test_a_fault_names_file_row_column_value_and_reason(wrong: str, tmp_path: Path) -> None:
    changes, expected = FAULTS[wrong]
    extract = read(tmp_path, **changes)
    assert faults(extract) == expected
    assert all(fault.reason for fault in extract.report.faults)


@pytest.mark.parametrize("wrong", FAULTS)
def test_no_fault_tells_a_childs_name_number_or_birth_date(wrong: str, tmp_path: Path) -> None:
    # I5
    changes, _ = FAULTS[wrong]
    told = repr(read(tmp_path, **changes).report)
    secrets = ("Quillfeather", "Zebedee", "94347659", "943 476", "2010-01-01", "01/01/2010")
    for secret in (*secrets, "31/02/2010", "Comer"):
        assert secret not in told


def test_a_council_whose_own_numbers_are_unusual_is_read_all_the_same(tmp_path: Path) -> None:
    # Where most of a column looks so, it is that system's way of numbering.
    team = "dept_team_id,dept_team_name,dept_team_parent_id"
    extract = read(
        tmp_path,
        ssd_department=[team, "ROOT,Children,", "NORTH,North,ROOT", "SOUTH,South,ROOT"],
        ssd_professionals=[*STAFF[:1], "1234567890,S1,Wanda Worker,Social Worker,North"],
        ssd_involvements=[INVOLVEMENTS[0], "I1,1234567890,IRO,NORTH,2022-01-10,,100001"],
    )
    assert faults(extract) == []


def test_what_depends_on_a_refused_row_is_refused_and_says_which(tmp_path: Path) -> None:
    extract = read(tmp_path, ssd_professionals=[*STAFF[:-1], "W4,S4,Hedda Head,Head,D9"],
                   ssd_involvements=["+", "I9,W4,IRO,,2022-01-10,,100001"])  # fmt: skip
    reasons = {fault.file: fault.reason for fault in extract.report.faults}
    assert reasons["ssd_involvements.csv"] == ("worker refused: row 5 of ssd_professionals.csv")
    assert [i.id for i in extract.involvements] == ["I1", "I2", "I3"]


def test_identical_rows_count_once_and_are_listed_as_passed_over(tmp_path: Path) -> None:
    extract = read(tmp_path, ssd_person=[*PERSON, PERSON[1], PERSON[1]])
    assert extract.report.faults == []
    assert len(extract.cases) == 2
    assert [item[:3] for item in extract.report.skipped] == [
        ("ssd_person.csv", 4, "the same as row 2"),
        ("ssd_person.csv", 5, "the same as row 2"),
    ]


def test_the_row_is_the_one_that_a_spreadsheet_shows(tmp_path: Path) -> None:
    broken = [INVOLVEMENTS[0], "", '"I1",W1,"Allocated\nCase Worker",D2,2022-01-10,,100001']
    extract = read(tmp_path, ssd_involvements=[*broken, "I2,W99,IRO,D3,2022-03-01,,100001"])
    assert faults(extract) == [("ssd_involvements.csv", 4, "invo_professional_id", "W99")]


def test_a_quotation_mark_left_open_refuses_the_rows_it_swallows(tmp_path: Path) -> None:
    extract = read(
        tmp_path, ssd_family=["fami_family_id,fami_person_id", '"F1,100001', "F1,100002"]
    )
    assert faults(extract) == [("ssd_family.csv", 2, "", "withheld")]


@pytest.mark.parametrize(
    "left_out",
    ["ssd_department", "ssd_professionals", "ssd_family", "ssd_cp_plans", "ssd_involvements"],
)
def test_a_missing_table_is_no_fault(left_out: str, tmp_path: Path) -> None:
    extract = read(tmp_path, **{left_out: None})
    assert extract.report.faults == []
    assert len(extract.cases) == 2
    assert f"{left_out}.csv" in extract.report.missing


def test_without_a_table_its_identifiers_are_those_of_earlier_extracts(tmp_path: Path) -> None:
    known = Known({"D2": "North"}, {"W1"})
    directory = write(tmp_path, ssd_department=None, ssd_professionals=None)
    extract = read_extract(directory, AS_AT, known)
    # W3 is not known, and what he was to a case cannot be placed.
    assert [i.id for i in extract.involvements] == ["I1", "I3"]
    assert extract.cases[0].team == "D2"
    assert any(item.rows == 1 for item in extract.report.skipped)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: (d / "ssd_person.csv").unlink(), "has no ssd_person.csv"),
        (lambda d: (d / "ssd_person.csv").write_text("a,b\n1,2\n"), "no heading pers_person_id"),
        (lambda d: (d / "PERSON.CSV").write_text("a\n"), "are both ssd_person"),
    ],
)
def test_without_persons_there_is_nothing_to_import(tmp_path: Path, spoil, message: str) -> None:
    write(tmp_path)
    spoil(tmp_path)
    with pytest.raises(ExtractUnusable, match=message):
        read_extract(tmp_path, AS_AT)


def test_a_directory_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ExtractUnusable, match="There is no directory"):
        read_extract(tmp_path / "nowhere", AS_AT)


def test_files_are_found_in_any_case_and_without_their_prefix(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "ssd_person.csv").rename(tmp_path / "Person.CSV")
    (tmp_path / "readme.txt").write_text("not a table")
    assert len(read_extract(tmp_path, AS_AT).cases) == 2


def test_a_child_with_nothing_recorded_is_no_case(tmp_path: Path) -> None:
    extract = read(tmp_path, ssd_person=["+", "100003,New,Child,2010-01-01,"])
    assert [case.reference for case in extract.cases] == ["100001", "100002"]
    assert [(item.file, item.rows) for item in extract.report.skipped] == [("ssd_person.csv", 1)]


def test_an_early_help_organisation_outside_the_council_is_no_fault(tmp_path: Path) -> None:
    heading = "earl_episode_id,earl_person_id,earl_episode_start_date,earl_episode_organisation"
    rows = [heading, "E1,100001,2022-01-01,Oakfield Primary School", "E2,100001,2022-01-01,D99"]
    extract = read(tmp_path, ssd_early_help_episodes=rows)
    assert faults(extract) == [
        ("ssd_early_help_episodes.csv", 3, "earl_episode_organisation", "D99")
    ]


def test_the_as_at_date_decides_what_is_open(tmp_path: Path) -> None:
    changes = {"ssd_cp_plans": ["+", "CP2,100002,2022-05-01,2023-04-10"]}
    assert read(tmp_path, **changes).cases[1].plan_type is PlanType.CHILD_IN_NEED
    earlier = read(tmp_path, date(2023, 4, 9), **changes)
    assert earlier.cases[1].plan_type is PlanType.CHILD_PROTECTION
