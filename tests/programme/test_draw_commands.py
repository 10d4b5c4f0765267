"""`qa-app draw` and `qa-app redraw` as a script meets them (S1 to S4)."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app.database import db, saving
from qa_app.domain.calendar import Month
from qa_app.programme.commands import draw, redraw
from qa_app.programme.models import Draw, Frame
from tests.programme.draw_making import MAY, a_cycle, add_cases, load_extract

KEYS = ["frame_hash", "rules", "strata", "drawn", "reserves", "exclusions"]


@pytest.fixture
def run(app: Flask, council):
    """run(command, *options) → the result; there are 15 open cases as at today."""
    with app.app_context(), saving():
        add_cases(council, 12)

    def invoke(command, *options: str):
        return app.test_cli_runner().invoke(command, list(options))

    return invoke


def _plan(app: Flask, month: Month = MAY) -> None:
    with app.app_context(), saving():
        a_cycle(month)


def _stored(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return tuple(
            db.session.scalar(select(func.count()).select_from(model)) for model in (Draw, Frame)
        )


def test_a_dry_run_prints_json_only_and_needs_no_planned_month(app, run) -> None:
    # S2
    options = ("--cycle", "2023-05", "--tool", "core", "--size", "5", "--seed", "7", "--by", "team")
    result = run(draw, *options, "--dry-run", "--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert list(told) == KEYS
    assert len(told["drawn"]) == 5
    assert {key: told["rules"][key] for key in ("cycle", "tool", "size", "seed", "by")} == {
        "cycle": "2023-05", "tool": "core", "size": 5, "seed": "7", "by": "team",
    }  # fmt: skip
    assert [set(each) for each in told["exclusions"]] == [{"reason", "rule", "count", "cases"}] * 6
    assert _stored(app) == (0, 0)


def test_a_draw_is_stored_and_is_the_dry_run(app, run) -> None:
    # S2
    _plan(app)
    options = ("--cycle", "2023-05", "--size", "5", "--seed", "7", "--format", "json")
    dry = json.loads(run(draw, *options, "--dry-run").stdout)
    assert json.loads(run(draw, *options).stdout) == dry
    assert _stored(app) == (1, 1)
    result = run(draw, *options)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "D-0001 was made with this tool already" in result.stderr


@pytest.mark.parametrize(
    ("options", "words"),
    [
        # P1: the message says how to plan it
        (("--cycle", "2023-06", "--size", "5"), "June 2023 is not planned yet"),
        (("--cycle", "2023-05", "--tool", "nought", "--size", "5"), "There are: core"),
        (("--cycle", "2023-05"), "Enter how many cases"),
        # S2: a stratum that is not there
        (("--cycle", "2023-05", "--fixed", "Nowhere=3"), "no team “Nowhere”"),
        # S1
        (("--cycle", "2023-05", "--size", "5", "--as-at", "2099-01-01"), "newest list of cases"),
    ],
)
def test_what_is_refused_ends_with_1_and_says_what_to_do(app, run, options, words) -> None:
    _plan(app)
    result = run(draw, *options, "--format", "json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert _stored(app) == (0, 0)


@pytest.mark.parametrize(
    "options",
    [
        ("--cycle", "May", "--size", "5"),
        ("--cycle", "2023-05", "--size", "0"),
        ("--cycle", "2023-05", "--fixed", "North"),
        ("--cycle", "2023-05", "--fixed", "North=-3"),
        ("--cycle", "2023-05", "--by", "shoes"),
        ("--cycle", "2023-05", "--size", "5", "--as-at", "yesterday"),
        ("--size", "5"),
    ],
)
def test_unusable_arguments_end_with_2(run, options) -> None:
    assert run(draw, *options).exit_code == 2


def test_without_an_import_it_says_so(app: Flask) -> None:
    # S1
    result = app.test_cli_runner().invoke(draw, ["--cycle", "2023-05", "--size", "5", "--dry-run"])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "Import the case system’s extract first" in result.stderr


def test_fixed_numbers_by_stratum(run) -> None:
    # S2
    fixed = ("--fixed", "Safeguarding Team 1=4", "--fixed", "Children in Care Team=1")
    options = ("--cycle", "2023-05", *fixed, "--seed", "7", "--dry-run", "--format", "json")
    told = json.loads(run(draw, *options).stdout)
    assert {each["stratum"]: each["drawn"] for each in told["strata"]} == {
        "Children in Care Team": 1, "Safeguarding Team 1": 4,
    }  # fmt: skip


def test_the_text_says_what_was_drawn_and_what_was_left_out(app, run) -> None:
    _plan(app)
    text = run(draw, "--cycle", "2023-05", "--size", "5", "--seed", "7").stdout
    assert "5 of 5 cases drawn for 2023-05 with tool core" in text
    assert "Left out (S3): Audited lately, or being audited: 0" in text
    assert text.rstrip().endswith("Stored as draw D-0001.")
    dry = run(draw, "--cycle", "2023-07", "--size", "5", "--dry-run").stdout
    assert dry.rstrip().endswith("Nothing was stored.")


def test_a_redraw_is_equal_after_a_new_import(app, run) -> None:
    # S2: the list that it was drawn from is stored with it
    _plan(app)
    drawn = json.loads(
        run(draw, "--cycle", "2023-05", "--size", "5", "--seed", "7", "--format", "json").stdout
    )
    with app.app_context():
        load_extract()
    result = run(redraw, "1", "--format", "json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (told["draw"], told["equal"], told["differences"]) == ("D-0001", True, [])
    assert told["again"] == drawn
    assert run(redraw, "D-0001").stdout == "Draw D-0001: equal.\n"


def test_a_redraw_that_differs_ends_with_1_and_says_what(app, run) -> None:
    # S2
    _plan(app)
    run(draw, "--cycle", "2023-05", "--size", "5", "--seed", "7")
    with app.app_context(), saving():
        made = db.session.scalars(select(Draw)).one()
        made.rules = made.rules | {"seed": "8"}
    result = run(redraw, "1")
    assert result.exit_code == 1
    assert "NOT equal" in result.stdout
    assert "- The seed, the number or the date differs from the rules of the draw." in result.stdout
    told = json.loads(run(redraw, "1", "--format", "json").stdout)
    assert told["equal"] is False


def test_a_redraw_of_nothing_says_so(run) -> None:
    result = run(redraw, "99")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "There is no draw “99”" in result.stderr
