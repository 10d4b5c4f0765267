"""`qa-app import-ssd` as a script meets it, and what must never come out of it (I5)."""

import csv
import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.cases.commands import import_ssd
from qa_app.cases.models import Case
from qa_app.database import Base, db
from tests.cases.small_extract import PERSON, REAL, rows_of, write

CANARIES = ("2013-02-28", "28/02/2013", "20130228", "2013-02-30", "30/02/2013")


@pytest.fixture
def run(app: Flask):
    """run("--format", "json", directory=…) → the result, with exit_code, stdout and stderr."""

    def invoke(*options: str, directory: Path, as_at: str = "2023-04-30"):
        arguments = [str(directory), "--as-at", as_at, *options]
        return app.test_cli_runner().invoke(import_ssd, arguments)

    return invoke


def test_json_on_stdout_says_what_was_loaded_skipped_and_refused(run, tmp_path: Path) -> None:
    person = ["+", PERSON[1], "100003,Too,Early,31/02/2010,"]
    result = run("--format", "json", directory=write(tmp_path, ssd_person=person))
    told = json.loads(result.stdout)
    assert result.exit_code == 1
    assert told["loaded"] == 12
    assert told["skipped"] == [
        {"file": "ssd_person.csv", "row": 4, "reason": "the same as row 2", "rows": 1}
    ]
    assert told["refused"] == [
        {
            "sheet": "ssd_person.csv",
            "file": "ssd_person.csv",
            "row": 5,
            "column": "pers_dob",
            "value": "withheld",
            "reason": "is not a day in the calendar",
        }
    ]


def test_a_second_run_loads_nothing(run) -> None:
    first = run("--format", "json", directory=REAL)
    second = run("--format", "json", directory=REAL)
    assert (first.exit_code, second.exit_code) == (0, 0)
    told = json.loads(second.stdout)
    assert (told["loaded"], told["changed"], told["unchanged"]) == (0, 0, 3701)


def test_the_text_is_sentences_with_counts_and_each_refusal(run, tmp_path: Path) -> None:
    directory = write(tmp_path, ssd_family=["+", "FT9,F9,999"])
    result = run(directory=directory)
    assert result.exit_code == 1
    assert "Loaded 12 records from the extract as at 2023-04-30." in result.stdout
    assert "  Cases: 2 new, 0 changed, 0 unchanged." in result.stdout
    refusal = (
        "  ssd_family.csv, row 4, fami_person_id: “999” unknown child: it is not in ssd_person.csv."
    )
    assert refusal in result.stdout


@pytest.mark.parametrize("option", ["--dry-run", "--strict"])
def test_a_trial_and_a_strict_run_leave_no_case(
    run, app: Flask, option: str, tmp_path: Path
) -> None:
    directory = write(tmp_path, ssd_family=["+", "FT9,F9,999"])
    assert run(option, directory=directory).exit_code == 1
    with app.app_context():
        assert db.session.scalars(select(Case)).all() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "--as-at", "2023-04-30"], "There is no directory nowhere."),
        ([".", "--as-at", "30 April"], "is not a date: write it as 2023-04-30."),
        (["."], "Missing option '--as-at'"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_a_plain_message(app: Flask, arguments, said) -> None:
    result = app.test_cli_runner().invoke(import_ssd, [*arguments, "--format", "json"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


def test_an_extract_without_persons_ends_with_2(run, tmp_path: Path) -> None:
    result = run(directory=write(tmp_path, ssd_person=None))
    assert result.exit_code == 2
    assert "has no ssd_person.csv" in result.stderr


def spoilt_extract(directory: Path) -> Path:
    """The council's extract with canary birth dates in every way, and names in wrong columns."""
    directory.mkdir()
    for path in REAL.glob("*.csv"):
        (directory / path.name).write_bytes(path.read_bytes())
    people = rows_of(REAL / "ssd_person.csv")
    for number, row in enumerate(people):
        row["pers_dob"] = CANARIES[number % 100 if number % 100 < len(CANARIES) else 0]
    people[7]["pers_person_id"] = f"{people[7]['pers_forename']} {people[7]['pers_surname']}"
    people[8]["pers_person_id"] = people[0]["pers_common_child_id"]
    _write(directory / "ssd_person.csv", people)
    involvements = rows_of(REAL / "ssd_involvements.csv")
    for number, column in enumerate(involvements[0]):
        involvements[number][column] = f"{people[1]['pers_forename']} {people[1]['pers_surname']}"
        involvements[number + 20][column] = people[0]["pers_common_child_id"]
    _write(directory / "ssd_involvements.csv", involvements)
    return directory


def _write(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def stored(app: Flask) -> bytes:
    """Everything in the database: its rows as text and, on SQLite, the bytes of its files."""
    with app.app_context():
        tables = Base.metadata.sorted_tables
        rows = [repr(row) for table in tables for row in db.session.execute(select(table))]
        url = db.engine.url
    everything = "\n".join(rows).encode()
    if url.get_backend_name() == "sqlite":
        for path in Path(url.database).parent.glob(f"{Path(url.database).name}*"):
            everything += path.read_bytes()
    return everything


@pytest.mark.parametrize("options", [(), ("--format", "json"), ("--dry-run",)])
def test_no_childs_name_number_or_birth_date_is_stored_or_told(
    run, app: Flask, tmp_path: Path, capfd, caplog, options: tuple[str, ...]
) -> None:
    # I5: searched for in the database's own bytes, and in all that is printed or logged.
    result = run(*options, directory=spoilt_extract(tmp_path / "spoilt"))
    assert result.exit_code == 1
    staff = {row["prof_professional_name"] for row in rows_of(REAL / "ssd_professionals.csv")}
    children = rows_of(REAL / "ssd_person.csv")
    names = {f"{child['pers_forename']} {child['pers_surname']}" for child in children} - staff
    numbers = {child["pers_common_child_id"] for child in children} - {""}
    printed = "".join(capfd.readouterr())
    everything = stored(app) + f"{result.output}{printed}{caplog.text}".encode()
    assert b"200067" in everything or "--dry-run" in options or b"200077" in everything
    found = [secret for secret in (*names, *numbers, *CANARIES) if secret.encode() in everything]
    assert found == []
