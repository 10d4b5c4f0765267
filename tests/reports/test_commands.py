"""`qa-app measures`, alone and after the two imports."""

import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from qa_app.cli import cli
from qa_app.database import saving
from tests.reports.rows import the_published_audits
from tests.reports.test_measures import GOLDEN, barred

DATA = Path(__file__).parents[1] / "data"
MONTHS = ("--from", "2022-11", "--to", "2023-04")


@pytest.fixture
def run(app):
    """run("measures", …) → the result of one command on the test's database."""

    def invoke(name: str, *arguments: str):
        return app.test_cli_runner().invoke(cli.commands[name], [str(each) for each in arguments])

    return invoke


@pytest.fixture
def published(app):
    with app.app_context(), saving():
        the_published_audits()


def test_the_text_is_the_published_table(run, published) -> None:
    result = run("measures", *MONTHS)
    assert result.exit_code == 0
    assert GOLDEN in barred(result.stdout)


def test_json_is_rows_and_nothing_else(run, published) -> None:
    rows = json.loads(run("measures", *MONTHS, "--format", "json").stdout)
    assert len(rows) == 6 * (5 + 3)
    assert list(rows[0]) == [
        "measure",
        "period",
        "category",
        "numerator",
        "denominator",
        "text",
        "scope",
    ]
    found = {(row["measure"], row["period"], row["category"]): row for row in rows}
    assert found["MTM-1", "2022-12", "Inadequate"]["text"] == "16 (48.48%)"
    assert found["MTM-1", "2022-12", "Inadequate"]["denominator"] == 33
    assert found["MTM-1", "2022-12", "Total audits"]["denominator"] is None
    assert found["MTM-2", "2022-12", "Completed"]["text"] == "–"
    assert found["MTM-4", "2022-12", "Outstanding priority actions"]["denominator"] is None
    assert {row["scope"] for row in rows} == {"authority"}


def test_csv_has_the_same_columns(run, published) -> None:
    rows = list(csv.reader(StringIO(run("measures", *MONTHS, "--format", "csv").stdout)))
    assert rows[0] == ["measure", "period", "category", "numerator", "denominator", "text", "scope"]
    assert rows[1] == ["MTM-1", "2022-11", "Inadequate", "4", "10", "4 (40%)", "authority"]
    assert len(rows) == 1 + 6 * 8


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2022-13", "--to", "2023-04"), "Enter a month as year and month"),
        (("--from", "2023-04", "--to", "2022-11"), "is after the last, 2022-11"),
        (("--from", "2023-04", "--to", "2999-01"), "has not begun"),
        ((*MONTHS, "--team", "Nobody"), "No team is called “Nobody”"),
        ((*MONTHS, "--team", "A", "--service", "B"), "Give one of --team"),
        ((*MONTHS, "--grades", "best"), "'best' is not one of"),
        (("--from", "2022-11"), "Missing option '--to'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_plainly(run, arguments, said) -> None:
    result = run("measures", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_councils_own_files_come_out_as_its_published_figures(run) -> None:
    run("import-ssd", DATA / "ssd", "--as-at", "2023-04-30")
    imported = run("import-audits", DATA / "legacy-audit-log.xlsx")
    assert imported.exit_code == 0, imported.output
    assert GOLDEN in barred(run("measures", *MONTHS).stdout)
    rows = json.loads(run("measures", *MONTHS, "--format", "json").stdout)
    stock = {row["period"]: row["numerator"] for row in rows if row["measure"] == "MTM-4"}
    assert stock["2023-04"] == 6
    by_auditor = run("measures", *MONTHS, "--grades", "auditor", "--format", "json").stdout
    expected = auditors_grades()
    for row in json.loads(by_auditor):
        if row["measure"] == "MTM-1" and row["denominator"] is not None:
            key = (row["period"], row["category"])
            assert row["numerator"] == expected.get(key, 0), key


def auditors_grades() -> dict[tuple[str, str], int]:
    """Auditors' grades by month in the workbook's clean content."""
    counted: dict[tuple[str, str], int] = {}
    with (DATA / "legacy-audit-log.expected.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["month"], row["auditor_grade"].capitalize())
            counted[key] = counted.get(key, 0) + 1
    return counted


def test_the_app_starts_without_the_tables_library() -> None:
    # docs/adr/0006-figures-start-fast.md
    code = "import sys, qa_app.cli; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
