"""`qa-app report`: drafts of reports as files, from the rows as they stand (R1, R3, R5, R7, R8)."""

import csv
import json
import subprocess
import sys
from io import BytesIO, StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from qa_app.cli import cli
from qa_app.database import db, saving
from qa_app.reports.models import DataCut, Report
from tests.reports import theme_world as world
from tests.reports.rows import the_published_audits

QUARTERLY = ("quarterly", "--quarter", "2022/23-Q4")
MONTHLY = ("monthly", "--month", "2023-02")


@pytest.fixture
def run(app):
    """run("quarterly", …) → the result of `qa-app report` on the test's database."""

    def invoke(*arguments: object):
        return app.test_cli_runner().invoke(
            cli.commands["report"], [str(each) for each in arguments]
        )

    return invoke


@pytest.fixture
def published(app) -> None:
    with app.app_context(), saving():
        the_published_audits()


def written(run, path: Path, layout: str, *arguments: str) -> bytes:
    result = run(*arguments, "--format", layout, "--out", path)
    assert result.exit_code == 0, result.output
    assert result.stdout == ""
    return path.read_bytes()


def test_json_says_what_the_report_is_and_its_figures(run, published, tmp_path) -> None:
    said = json.loads(written(run, tmp_path / "r.json", "json", *QUARTERLY))
    assert said["report"] == "quarterly"
    assert said["period"] == "2022/23-Q4"
    # R3: a draft is marked as one
    assert said["draft"] is True
    assert "Draft" in said["about"]["Version"]
    assert list(said["figures"][0]) == [
        "measure", "period", "category", "numerator", "denominator", "text", "scope",
    ]  # fmt: skip
    found = {
        (row["measure"], row["period"], row["category"]): row["text"] for row in said["figures"]
    }
    assert found["MTM-1", "2023-02", "Inadequate"] == "6 (40%)"
    assert found["MTM-1", "2022/23-Q4", "Total audits"] == "58"


# CO-6: the same figures in each kind of file, each of which says that it is a draft
def test_every_kind_of_file_is_written(run, published, tmp_path) -> None:
    page = written(run, tmp_path / "r.html", "html", *QUARTERLY).decode()
    assert "16 (51.61%)" in page
    assert "Draft" in page
    assert written(run, tmp_path / "r.pdf", "pdf", *QUARTERLY).startswith(b"%PDF-")
    for layout, part in (("docx", "word/document.xml"), ("xlsx", "xl/workbook.xml")):
        content = written(run, tmp_path / f"r.{layout}", layout, *QUARTERLY)
        assert part in ZipFile(BytesIO(content)).namelist()
    rows = list(
        csv.DictReader(
            StringIO(written(run, tmp_path / "r.csv", "csv", *QUARTERLY).decode("utf-8-sig"))
        )
    )
    assert {"16 (51.61%)", "28 (48.28%)"} <= {row["text"] for row in rows}


@pytest.mark.parametrize("kind", ["highlight", "compliance", "quality-matters"])
def test_each_of_the_monthly_set_is_written(run, published, tmp_path, kind: str) -> None:
    said = json.loads(written(run, tmp_path / "m.json", "json", *MONTHLY, "--kind", kind))
    assert said["report"] == kind
    assert said["period"] == "2023-02"


def test_a_briefing_is_about_a_theme(run, app, published, tmp_path) -> None:
    result = run(*MONTHLY, "--kind", "briefing", "--format", "json", "--out", "-")
    assert result.exit_code == 2
    assert "Choose the theme that the briefing is about" in result.stderr
    result = run(
        *MONTHLY, "--kind", "briefing", "--theme", "none", "--format", "json", "--out", "-"
    )
    assert result.exit_code == 2
    assert "There is no theme “none”. Use one of: " in result.stderr
    code = result.stderr.rstrip().rstrip(".").rpartition(", ")[2]
    briefing = (*MONTHLY, "--kind", "briefing", "--theme", code)
    assert json.loads(written(run, tmp_path / "b.json", "json", *briefing))["theme"] == code


def test_a_briefing_without_a_theme_is_about_the_most_found(run, app, council, tmp_path) -> None:
    with app.app_context(), saving():
        for code in ("voice", "supervision", "voice"):
            world.a_finding(world.an_audited(council, world.FEBRUARY), code)
        # Another month's, and strengths, count for nothing.
        for _ in range(3):
            world.a_finding(world.an_audited(council), "supervision")
            world.a_finding(
                world.an_audited(council, world.FEBRUARY), "supervision", world.STRENGTH
            )
    result = run(*MONTHLY, "--kind", "briefing", "--format", "json", "--out", tmp_path / "b.json")
    assert result.exit_code == 0, result.output
    assert json.loads((tmp_path / "b.json").read_text())["theme"] == "voice"
    assert "The briefing is about “Child" in result.stderr


def test_the_annual_report_is_written(run, published, tmp_path) -> None:
    said = json.loads(written(run, tmp_path / "y.json", "json", "annual", "--year", "2022/23"))
    found = {(row["measure"], row["period"], row["category"]): row for row in said["figures"]}
    assert found["MTM-1", "2022/23", "Total audits"]["numerator"] == 101


# R8: what the checks found is said, a line each, and stops nothing
def test_findings_of_the_checks_stand_on_the_standard_error(run, published, tmp_path) -> None:
    result = run(*QUARTERLY, "--format", "json", "--out", tmp_path / "r.json")
    assert result.exit_code == 0
    lines = result.stderr.splitlines()
    assert any(line.startswith("Imported Inadequate audits without an action: ") for line in lines)


# R1: parameters narrow what is counted, and are printed with it
def test_parameters_narrow_the_report(run, published, tmp_path) -> None:
    asked = (*QUARTERLY, "--selection", "random", "--plan-type", "child_protection")
    said = json.loads(written(run, tmp_path / "r.json", "json", *asked, "--grades", "auditor"))
    assert said["selection"] == "random"
    assert said["plan_types"] == ["child_protection"]
    assert said["grades"] == "auditor"
    assert "Child protection (CP)" in said["about"]["Audits of"]
    total = [row for row in said["figures"] if row["category"] == "Total audits"]
    assert {row["numerator"] for row in total} == {0}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("quarterly", "--quarter", "2022/23"), "Enter a quarter as year and number"),
        (("quarterly", "--quarter", "2098/99-Q4"), "2098/99-Q4 has not begun"),
        (("annual", "--year", "2022"), "Enter a financial year, for example 2022/23, not “2022”"),
        (("monthly", "--month", "2023-02"), "Missing option '--kind'"),
        ((*QUARTERLY, "--service", "Nobody"), "No service is called “Nobody”"),
        ((*QUARTERLY, "--tool", "none"), "There is no audit tool “none”. Use one of: "),
        ((*QUARTERLY, "--plan-type", "none"), "'none' is not one of"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_plainly(run, arguments, said: str) -> None:
    result = run(*arguments, "--format", "json", "--out", "-")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


def test_a_file_that_cannot_be_written_is_said(run, published, tmp_path) -> None:
    nowhere = tmp_path / "nowhere" / "r.json"
    result = run(*QUARTERLY, "--format", "json", "--out", nowhere)
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


# R3: nothing is stored: a version is begun on its page
def test_nothing_is_stored(run, app, published, tmp_path) -> None:
    written(run, tmp_path / "r.json", "json", *QUARTERLY)
    with app.app_context():
        assert db.session.query(DataCut).count() == 0
        assert db.session.query(Report).count() == 0


# R5: the solver of disclosure control prints; the standard output holds the report and no more
def test_the_standard_output_is_clean(app, published, settings) -> None:
    environ = {
        "DATABASE_URL": str(settings["SQLALCHEMY_DATABASE_URI"]),
        "SECRET_KEY": "for tests only: not a secret of anything",
        "QA_HTTP_ON_LOOPBACK": "1",
        "PATH": "/usr/bin:/bin",
    }
    arguments = [*QUARTERLY, "--public", "--format", "json", "--out", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "qa_app.cli", "report", *arguments],
        capture_output=True, env=environ, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["public"] is True
    hidden = [row for row in said["figures"] if row["text"] == "c"]
    assert hidden
    assert {row["numerator"] for row in hidden} == {None}
