"""`qa-app agreement` on a council's own workbook, worked again from its clean content (M9).

Nothing here uses the module that is tested: plain arithmetic on the rows of the CSV file, audit by
audit, where the module counts a table first.
"""

import csv
import json
import re
from fractions import Fraction
from pathlib import Path

import pytest

from qa_app.accounts import settings
from qa_app.cli import cli
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date

DATA = Path(__file__).parents[1] / "data"
MONTHS = ("--from", "2022-11", "--to", "2023-04")
KEYS = [
    "n", "exact", "within_one", "kappa_linear", "kappa_linear_low", "kappa_linear_high",
    "ac2_linear", "ac2_linear_low", "ac2_linear_high", "lenient", "severe",
]  # fmt: skip
# How good a grade is, 3 to 0.
MARK = {"outstanding": 3, "good": 2, "requires improvement": 1, "inadequate": 0}


@pytest.fixture
def run(app):
    """run("agreement", …) → the result of one command on the test's database."""

    def invoke(name: str, *arguments: str):
        return app.test_cli_runner().invoke(cli.commands[name], [str(each) for each in arguments])

    return invoke


@pytest.fixture
def imported(run):
    """The council's teams and people, and the 115 audits of its workbook."""
    run("import-ssd", DATA / "ssd", "--as-at", "2023-04-30")
    done = run("import-audits", DATA / "legacy-audit-log.xlsx")
    assert done.exit_code == 0, done.output


def clean_rows() -> list[dict[str, str]]:
    with (DATA / "legacy-audit-log.expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def marks(rows) -> list[tuple[int, int]]:
    """(auditor's, final) mark of each audit."""
    return [
        (MARK[row["auditor_grade"].casefold()], MARK[row["final_grade"].casefold()]) for row in rows
    ]


def worked_by_hand(pairs: list[tuple[int, int]]) -> dict[str, float | None]:
    """Shares, kappa and AC2 by their definitions, over audits and pairs of audits."""
    n = len(pairs)
    alike = sum(1 - Fraction(abs(auditor - final), 3) for auditor, final in pairs) / n
    # Kappa: what if each auditor's grade met each audit's final grade, n × n meetings?
    meetings = sum(
        1 - Fraction(abs(auditor - final), 3) for auditor, _ in pairs for _, final in pairs
    )
    by_chance = meetings / Fraction(n * n)
    # AC2: the 2n grades given, thrown together; T is 4·1 + 6·⅔ + 4·⅓ = 28/3, and 28/3/12 is 7/9.
    given = [mark for pair in pairs for mark in pair]
    shares = [Fraction(given.count(mark), 2 * n) for mark in range(4)]
    at_random = Fraction(7, 9) * sum(share * (1 - share) for share in shares)
    return {
        "exact": sum(auditor == final for auditor, final in pairs) / n,
        "within_one": sum(abs(auditor - final) <= 1 for auditor, final in pairs) / n,
        "kappa_linear": None if by_chance == 1 else float((alike - by_chance) / (1 - by_chance)),
        "ac2_linear": float((alike - at_random) / (1 - at_random)),
        "lenient": sum(auditor > final for auditor, final in pairs) / n,
        "severe": sum(auditor < final for auditor, final in pairs) / n,
    }


# The whole workbook on paper. Rows are the auditor's grade, columns the final one:
#                Outstanding  Good  RI  Inadequate | all
#   Outstanding            0     4   0           0 |   4
#   Good                   0    15   9           0 |  24
#   RI                     0     1  31          11 |  43
#   Inadequate             0     0   4          40 |  44
#   all                    0    20  44          51 | 115
# The same: 86. One step off: 29, of which 24 lenient (4 + 9 + 11), 5 severe (1 + 4). Kappa: chance
# would put 4·(20 + 2·44 + 3·51) + 24·(44 + 2·51) + 43·(20 + 51) + 44·(2·20 + 44) = 11,297 steps
# into 115 · 115 meetings; 1 - (29/115)/(11,297/13,225) = 7,962/11,297 = 0.7048. AC2: of 230 grades
# 4, 44, 87, 95; sum of π(1 - π) = 34,354/52,900; pe = 7/9 of it = 0.5051; po = 1 - 29/345 = 0.9159;
# AC2 = 0.8302.
def test_the_councils_workbook_has_the_agreement_worked_on_paper(run, imported) -> None:
    found = json.loads(run("agreement", *MONTHS, "--format", "json").stdout)
    assert list(found) == KEYS
    assert found["n"] == 115
    assert found["exact"] == pytest.approx(86 / 115)
    assert found["within_one"] == 1
    assert found["kappa_linear"] == pytest.approx(7_962 / 11_297)
    assert found["kappa_linear"] == pytest.approx(0.7048, abs=0.00005)
    assert found["ac2_linear"] == pytest.approx(0.8302, abs=0.00005)
    assert (found["lenient"], found["severe"]) == (24 / 115, 5 / 115)
    assert 0.59 < found["kappa_linear_low"] < 0.7 < found["kappa_linear_high"] < 0.8
    assert 0.7 < found["ac2_linear_low"] < 0.8 < found["ac2_linear_high"] < 0.9
    for name, value in worked_by_hand(marks(clean_rows())).items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


@pytest.mark.parametrize("month", ["2022-11", "2022-12", "2023-01", "2023-02", "2023-03"])
def test_each_month_agrees_as_worked_from_its_rows(run, imported, month: str) -> None:
    rows = [row for row in clean_rows() if row["month"] == month]
    printed = run("agreement", "--from", month, "--to", month, "--format", "json").stdout
    found = json.loads(printed)
    assert found["n"] == len(rows)
    for name, value in worked_by_hand(marks(rows)).items():
        assert found[name] == pytest.approx(value, abs=1e-12), name


# By auditor, moderator and service, each as worked from its own rows; null below n = 10 (M9).
@pytest.mark.parametrize(
    ("by", "column"), [("moderator", "moderator"), ("auditor", "auditor"), ("mode", None)]
)
def test_each_group_agrees_as_worked_from_its_rows(run, imported, by: str, column) -> None:
    groups = json.loads(run("agreement", *MONTHS, "--by", by, "--format", "json").stdout)
    rows: dict[str, list[dict[str, str]]] = {}
    for row in clean_rows():
        rows.setdefault(row[column] if column else "Sighted", []).append(row)
    assert {group["name"]: group["n"] for group in groups} == {
        name: len(each) for name, each in rows.items()
    }
    for group in groups:
        assert list(group) == ["by", "name", *KEYS]
        if group["n"] < 10:
            assert {group[key] for key in KEYS[1:]} == {None}
            continue
        for name, value in worked_by_hand(marks(rows[group["name"]])).items():
            assert group[name] == pytest.approx(value, abs=1e-12), (group["name"], name)


def test_services_add_up_to_all(run, imported) -> None:
    groups = json.loads(run("agreement", *MONTHS, "--by", "service", "--format", "json").stdout)
    assert sum(group["n"] for group in groups) == 115
    assert len({group["by"] for group in groups}) == len(groups) > 2
    same = sum(group["exact"] * group["n"] for group in groups if group["exact"] is not None)
    assert 0 < same <= 86


def test_the_text_says_number_and_share_and_interval(run, imported) -> None:
    text = run("agreement", *MONTHS).stdout
    lines = [re.sub(r"\s{2,}", " | ", line) for line in text.splitlines()]
    assert lines[0] == "Agreement between auditor’s and final grade, November 2022 to April 2023"
    assert "Pairs of grades | 115" in lines
    assert "Same grade | 86 of 115 (74.78%) | 66.1% to 81.8%" in lines
    assert "Within one grade | 115 of 115 (100%) | 96.8% to 100%" in lines
    assert "Auditor more lenient | 24 of 115 (20.87%) | 14.4% to 29.2%" in lines
    kappa = next(line for line in lines if line.startswith("Weighted kappa"))
    assert re.fullmatch(r"Weighted kappa \| 0\.70 \| 0\.\d\d to 0\.\d\d", kappa)
    ac2 = next(line for line in lines if line.startswith("Gwet’s AC2"))
    assert re.fullmatch(r"Gwet’s AC2 \| 0\.83 \| 0\.\d\d to 0\.\d\d", ac2)
    assert "AC2 is not." in lines[-1]


def test_the_text_by_moderator_has_a_line_each(run, imported) -> None:
    lines = run("agreement", *MONTHS, "--by", "moderator").stdout.splitlines()
    assert lines[2].startswith("Moderator")
    [clewer] = [line for line in lines if line.startswith("Pavel Clewer")]
    assert re.search(r" 20 +13 of 20 \(65%\) +20 of 20 \(100%\) +7 of 20", clewer)
    few = [line for line in lines if "too few to say" in line]
    assert few
    assert all(line.count("too few to say") == 6 for line in few)


# M9: n itself is always shown; no audits are no error.
def test_without_audits_there_is_n_and_nothing_else(run) -> None:
    found = json.loads(run("agreement", *MONTHS, "--format", "json").stdout)
    assert found == {key: 0 if key == "n" else None for key in KEYS}
    assert json.loads(run("agreement", *MONTHS, "--by", "section", "--format", "json").stdout) == []
    result = run("agreement", *MONTHS)
    assert result.exit_code == 0
    assert result.stdout.count("too few to say") == 6
    assert run("agreement", *MONTHS, "--by", "section").stdout.splitlines()[2].startswith("Section")


# Kappa is undefined where both gave one grade throughout; the setting lowers the threshold (M9).
def test_an_undefined_kappa_is_null_and_a_dash(app, run, imported) -> None:
    with app.app_context(), saving():
        settings.change("agreement_shown_from", 1, london_date(now()), None, now())
    groups = json.loads(run("agreement", *MONTHS, "--by", "auditor", "--format", "json").stdout)
    undefined = [group for group in groups if group["kappa_linear"] is None]
    assert undefined
    for group in undefined:
        assert (group["exact"], group["ac2_linear"]) == (1, 1)
    text = run("agreement", *MONTHS, "--by", "auditor").stdout
    assert "–" in text
    assert "too few to say" not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2022-13", "--to", "2023-04"), "Enter a month as year and month"),
        (("--from", "2023-04", "--to", "2022-11"), "is after the last, 2022-11"),
        (("--from", "2023-04", "--to", "2999-01"), "has not begun"),
        ((*MONTHS, "--by", "team"), "'team' is not one of"),
        (("--from", "2022-11"), "Missing option '--to'"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_plainly(run, arguments, said) -> None:
    result = run("agreement", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""
