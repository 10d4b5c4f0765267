"""`qa-app import-audits`, as a script uses it."""

import json
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qa_app.audits.models import Audit
from qa_app.cli import cli
from qa_app.database import db
from tests.audits.workbooks import BROKEN, GOOD_ROW, LEGACY, a_row, small_csv, small_xlsx

TEAM = "Safeguarding Team 1"


@pytest.fixture
def run(app, council):
    """run(arguments…) → what the command printed and its exit code."""

    def invoke(*arguments: object):
        command = cli.commands["import-audits"]
        return app.test_cli_runner().invoke(command, [str(each) for each in arguments])

    return invoke


def audits(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Audit))


def test_json_names_what_was_loaded_skipped_and_refused(app, run, tmp_path: Path) -> None:
    path = small_xlsx(tmp_path / "log.xlsx", a_row(team=TEAM), [], a_row(audit_ref="X2"))
    done = run(path, "--format", "json", "--skip-bad-rows")
    told = json.loads(done.stdout)
    assert done.exit_code == 1
    assert told["loaded"] == 1 == audits(app)
    assert told["skipped"] == [{"sheet": "Log", "row": 3, "reason": "blank row"}]
    assert told["refused"] == [
        {
            "sheet": "Log",
            "row": 4,
            "column": "Team",
            "value": "CWD Team",
            "reason": "No team has this name. Correct it, or add the team first",
        }
    ]


def test_ten_refusals_in_text_and_nothing_loaded(app, run) -> None:
    done = run(BROKEN, "--create-teams")
    # The unknown team is one of the ten, unless teams are added.
    assert (done.exit_code, audits(app)) == (1, 0)
    assert "Nothing was loaded from broken-audit-log.xlsx" in done.stdout
    assert "9 rows refused" in done.stdout
    assert "May 23, row 9, Moderated grade: “Good/RI” Enter Outstanding" in done.stdout


def test_a_good_file_ends_with_0(app, run) -> None:
    done = run(LEGACY, "--create-teams")
    assert (done.exit_code, audits(app)) == (0, 115)
    assert done.stdout.startswith("Loaded 115 audits from legacy-audit-log.xlsx.\n")
    assert "Passed over: 12 rows (totals row)." in done.stdout
    assert "Passed over: sheet Notes (no headings recognised)." in done.stdout
    assert "Not known here, kept as written: 115 case references." not in done.stdout
    assert "case references" in done.stdout


def test_a_trial_changes_nothing(app, run, tmp_path: Path) -> None:
    path = small_csv(tmp_path / "log.csv", a_row(team="New Team"))
    done = run(path, "--create-teams", "--dry-run", "--format", "json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["loaded"], told["new_teams"]) == (0, 1, ["New Team"])
    assert (told["dry_run"], audits(app)) == (True, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--map", "Squad=team"], "No sheet has a heading “squad”"),
        (["--map", "Team=squad"], "there is no field “squad”"),
        (["--map", "Team"], "HEADING=field"),
        (["--format", "xml"], "Invalid value"),
    ],
)
def test_a_mapping_that_does_not_fit_ends_with_2(run, tmp_path, arguments, message) -> None:
    done = run(small_xlsx(tmp_path / "log.xlsx", GOOD_ROW), *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize("name", ["missing.xlsx", "notes.xlsx"])
def test_a_file_that_cannot_be_used_ends_with_2(run, tmp_path: Path, name: str) -> None:
    (tmp_path / "notes.xlsx").write_text("Dear all")
    done = run(tmp_path / name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
