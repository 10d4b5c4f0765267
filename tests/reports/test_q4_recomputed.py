"""Every number of the Q4 2022/23 quarterly report, counted again another way and equal.

The report comes from the command, over the legacy workbook. Each row of its figures is recomputed
with pandas from the workbook's clean content; with plain SQL where that content does not say it (on
which day an action was done, and that the workbook has no programme, findings by theme or voices).
A row that nobody recomputes fails the test.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sqlalchemy import text

from qa_app.cli import cli
from qa_app.database import db
from tests.reports.recomputed import DATA, GRADES, QUARTER, Recomputed, in_column, of

QUARTERS = {
    "2022/23-Q4": ("2023-01", "2023-02", "2023-03"),
    "2022/23-Q3": ("2022-10", "2022-11", "2022-12"),
    "2021/22-Q4": ("2022-01", "2022-02", "2022-03"),
}
BEST_TO_WORST = tuple(reversed(GRADES))

Row = dict[str, Any]
Said = tuple[int | None, int | None, str]


def months_of(period: str) -> Sequence[str]:
    return QUARTERS.get(period, (period,))


def last_day(period: str) -> date:
    return pd.Period(months_of(period)[-1], freq="M").end_time.date()


def count(number: int) -> Said:
    return number, None, str(number)


def share(part: int, whole: int) -> Said:
    return part, whole, of(part, whole)


@dataclass
class World:
    """The clean rows, with the service of each audit's team; and the tables, by plain SQL."""

    rows: Recomputed

    @classmethod
    def read(cls) -> "World":
        found = Recomputed.read()
        departments = pd.read_csv(DATA / "ssd" / "ssd_department.csv", dtype=str)
        service = dict(
            zip(departments["dept_team_name"], departments["dept_team_parent_name"], strict=True)
        )
        found.rows["service"] = found.rows["team"].map(service)
        return cls(found)

    def of(self, row: Row, **where: str) -> pd.DataFrame:
        return self.rows.of(months_of(row["period"]), **where)

    def number(self, sql: str, **values: Any) -> int:
        return int(db.session.execute(text(sql), values).scalar_one())


# ---- by pandas


def mtm_1(world: World, row: Row) -> Said:
    counts = world.rows.grades(months_of(row["period"]))
    whole = sum(counts.values())
    if row["category"] == "Total audits":
        return count(whole)
    return counts[row["category"]], whole, in_column(counts[row["category"]], whole)


def awaiting(world: World, row: Row) -> Said:
    return count(len(world.of(row, final_grade="")))


def q_1(world: World, row: Row) -> Said:
    return share(*world.rows.good_or_better(months_of(row["period"])))


def q_1_random(world: World, row: Row) -> Said:
    # The workbook does not say how a case was chosen: none is known to be random.
    return share(0, 0)


def q_1_by_service(world: World, row: Row) -> Said:
    return share(*world.rows.good_or_better(months_of(row["period"]), service=row["scope"]))


def q_4(world: World, row: Row) -> Said:
    found = world.of(row)
    found = found[(found["moderator"] != "") & (found["final_grade"] != "")]
    if row["scope"] == "Moderated blind":
        found = found.iloc[:0]
    place = {grade: number for number, grade in enumerate(BEST_TO_WORST)}
    auditor, final = found["auditor_grade"].map(place), found["final_grade"].map(place)
    steps, n = (auditor - final), len(found)
    shares = {
        "Same grade": (steps == 0).sum(),
        "Within one grade": (steps.abs() <= 1).sum(),
        "Auditor more lenient": (steps < 0).sum(),
        "Auditor more severe": (steps > 0).sum(),
    }
    if row["category"] == "Pairs of grades":
        return count(n)
    if row["category"] in shares:
        return share(int(shares[row["category"]]), n)
    table = np.zeros((4, 4))
    np.add.at(table, (auditor.to_numpy(), final.to_numpy()), 1)
    estimator = {"Weighted kappa": kappa, "Gwet’s AC2": ac2}[row["category"]]
    return None, n, with_interval(estimator, table)


WEIGHTS = 1 - np.abs(np.subtract.outer(np.arange(4), np.arange(4))) / 3


def kappa(table: np.ndarray) -> tuple[float, float]:
    """Cohen's weighted kappa and n times its variance (Fleiss, Cohen & Everitt 1969, eq. 8)."""
    p = table / table.sum()
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    observed, expected = (p * WEIGHTS).sum(), rows @ WEIGHTS @ columns
    value = (observed - expected) / (1 - expected)
    mean = np.add.outer(WEIGHTS @ columns, rows @ WEIGHTS)
    squares = (p * (WEIGHTS - mean * (1 - value)) ** 2).sum()
    variance = squares - (value - expected * (1 - value)) ** 2
    return value, variance / (1 - expected) ** 2


def ac2(table: np.ndarray) -> tuple[float, float]:
    """Gwet's AC2 and n times its linearised variance (Gwet 2014, chapter 5)."""
    p = table / table.sum()
    share_of = (p.sum(axis=1) + p.sum(axis=0)) / 2
    scale = WEIGHTS.sum() / 12
    observed, expected = (p * WEIGHTS).sum(), scale * (share_of * (1 - share_of)).sum()
    value = (observed - expected) / (1 - expected)
    own = scale * np.add.outer(1 - share_of, 1 - share_of) / 2
    each = (WEIGHTS - expected) / (1 - expected)
    each = each - 2 * (1 - value) * (own - expected) / (1 - expected)
    return value, (p * (each - value) ** 2).sum()


def with_interval(estimator: Callable[[np.ndarray], tuple[float, float]], table) -> str:
    """The value, and its interval from the table with 2 audits more, spread over its 16 cells."""
    n, (value, _) = table.sum(), estimator(table)
    middle, variance = estimator(table + 1 / 8)
    reach = stats.t.ppf(0.975, n - 1) * (variance / n) ** 0.5
    low, high = max(-1, min(middle - reach, value)), min(1, max(middle + reach, value))
    return f"{value:.2f} ({low:.2f} to {high:.2f})"


def a_1(world: World, row: Row) -> Said:
    found = world.of(row)
    harm = int((found["significant_harm"] == "yes").sum())
    end = last_day(row["period"])
    first = date.fromisoformat(f"{months_of(row['period'])[0]}-01")
    said = {
        "Priority actions raised": lambda: harm,
        "Other actions raised": lambda: len(found) - harm,
        "Verified": lambda: world.number("select count(*) from action where status = 'verified'"),
        "Withdrawn": lambda: world.number("select count(*) from action where status = 'withdrawn'"),
        # The clean content says whether an action was done, and not when.
        "Closed in an import, verified by nobody": lambda: world.number(
            "select count(*) from action where status = 'closed' "
            "and settled_on between :first and :last",
            first=first,
            last=end,
        ),
        "Outstanding at the end of the period": lambda: world.number(
            "select count(*) from action where raised_on <= :end "
            "and (settled_on is null or settled_on > :end)",
            end=end,
        ),
    }
    return count(said[row["category"]]())


def left(world: World, row: Row, **where: str) -> Said:
    """All 11 are long past the day on which they were due."""
    found = world.rows.rows.query("action_done == 'no'")
    for column, value in where.items():
        found = found[found[column] == value]
    return count(len(found) if row["category"] in ("Overdue", "All outstanding") else 0)


def a_2(world: World, row: Row) -> Said:
    return left(world, row)


def a_2_by_service(world: World, row: Row) -> Said:
    return left(world, row, service=row["scope"])


def a_4(world: World, row: Row) -> Said:
    return left(world, row, significant_harm="yes")


def a_5(world: World, row: Row) -> Said:
    # No action of the workbook was raised under a theme.
    assert row["category"] == "No theme recorded"
    return count(len(world.rows.rows.query("action_done == 'no'")))


# ---- by plain SQL


STOOD = (
    "select count(*) from action join audit on audit.id = action.audit_id "
    "where action.kind = 'priority' and audit.final_grade = 'inadequate' "
)


def mtm_4(world: World, row: Row) -> Said:
    where = "and raised_on <= :end and (settled_on is null or settled_on > :end)"
    return count(world.number(STOOD + where, end=last_day(row["period"])))


def beside_mtm_4(world: World, row: Row) -> Said:
    if row["category"] == "Imported actions closed without verification":
        where = "and action.status = 'closed' and settled_on <= :end"
        return count(world.number(STOOD + where, end=last_day(row["period"])))
    if row["category"] == "Open significant-harm concerns on other audits":
        return count(world.number("select count(*) from concern"))
    # Graded upward with a priority action open: none is open but after Inadequate.
    upward = world.rows.rows.query(
        "action_done == 'no' and significant_harm == 'yes' and final_grade != 'Inadequate'"
    )
    return count(len(upward))


def nothing_of(table: str) -> Callable[[World, Row], Said]:
    """The workbook has none of these, and neither has the table: 0, or 0 of 0."""

    def recomputed(world: World, row: Row) -> Said:
        number = world.number(f"select count(*) from {table}")
        if row["category"] == "Time from done to verified":
            return None, None, "–"
        if row["denominator"] is None:
            return count(number)
        return number, number, "–" if row["measure"] in WRITTEN_AS_DUE else of(number, number)

    return recomputed


WRITTEN_AS_DUE = ("MTM-2", "MTM-3", "C-1", "C-1s", "C-1o", "C-2", "C-2r")
PROGRAMME = nothing_of("expectation")
FILED = nothing_of("finding where theme_id is not null")
RECOMPUTED: dict[str, Callable[[World, Row], Said]] = {
    "MTM-1": mtm_1,
    "MTM-1b": awaiting,
    "MTM-4": mtm_4,
    "MTM-4b": beside_mtm_4,
    "Q-1": q_1,
    "Q-1b": q_1_random,
    "Q-1s": q_1_by_service,
    "Q-4": q_4,
    "Q-4m": q_4,
    "Q-5": nothing_of("action where source != 'imported'"),
    "Q-6": nothing_of("re_audit"),
    "Q-7": nothing_of("voice"),
    "Q-7b": nothing_of("voice"),
    "T-1": FILED,
    "T-2": FILED,
    "T-3": FILED,
    "A-1": a_1,
    "A-2": a_2,
    "A-2s": a_2_by_service,
    "A-3": nothing_of("concern"),
    "A-4": a_4,
    "A-5": a_5,
    **dict.fromkeys(
        ("MTM-2", "MTM-2b", "MTM-3", "C-1", "C-1b", "C-1o", "C-1s", "C-1sb", "C-2", "C-2r"),
        PROGRAMME,
    ),
}


@pytest.fixture
def report(app, tmp_path) -> Callable[..., dict[str, Any]]:
    """The Q4 report as the command writes it, over the council's own files."""
    runner = app.test_cli_runner()
    for name, *arguments in (
        ("import-ssd", str(DATA / "ssd"), "--as-at", "2023-04-30"),
        ("import-audits", str(DATA / "legacy-audit-log.xlsx")),
    ):
        assert runner.invoke(cli.commands[name], arguments).exit_code == 0

    def write(*more: str) -> dict[str, Any]:
        out = tmp_path / "report.json"
        asked = ["quarterly", "--quarter", QUARTER, "--format", "json", "--out", str(out), *more]
        result = runner.invoke(cli.commands["report"], asked)
        assert result.exit_code == 0, result.output
        return json.loads(out.read_text("utf-8"))

    return write


# R1: every number of the quarterly report, recomputed independently from the workbook, and equal
def test_every_number_of_the_quarterly_report_is_recomputed(app, report, record_property) -> None:
    figures = report()["figures"]
    compared: Counter[str] = Counter()
    with app.app_context():
        world = World.read()
        for row in figures:
            assert row["measure"] in RECOMPUTED, f"nobody recomputes {row}"
            expected = RECOMPUTED[row["measure"]](world, row)
            assert (row["numerator"], row["denominator"], row["text"]) == expected, row
            compared[row["measure"]] += 1
    assert compared.total() == len(figures) > 500
    assert sum(bool(row["numerator"]) for row in figures) > 70
    total, measures = compared.total(), len(compared)
    record_property("counted", f"{total} figures of {measures} measures recomputed and equal")


# R1: and nothing is missing that the workbook could have told
def test_no_service_and_no_grade_is_left_out(app, report) -> None:
    figures = report()["figures"]
    world = World.read()
    quarter = world.rows.of(QUARTERS[QUARTER])
    services = {row["scope"] for row in figures if row["measure"] == "Q-1s"}
    assert services == set(quarter["service"])
    found = [row for row in figures if row["measure"] == "Q-1s"]
    assert sum(row["denominator"] for row in found) == len(quarter)
    tracked = {row["scope"] for row in figures if row["measure"] == "A-2s"}
    assert tracked == set(world.rows.rows.query("action_done == 'no'")["service"])


# R5: the public version prints a suppressed figure as "c" with a numerator of null, and every
# figure that it does print is the one of the full version
def test_the_public_version_prints_no_other_number(report) -> None:
    def named(figures: list[Row]) -> dict[tuple[str, ...], Row]:
        names = ("measure", "period", "category", "scope")
        return {tuple(row[name] for name in names): row for row in figures}

    full, public = named(report()["figures"]), named(report("--public")["figures"])
    hidden = {name for name, row in public.items() if row["text"] == "c"}
    assert hidden
    assert all(public[name]["numerator"] is None for name in hidden)
    for name in public.keys() - hidden:
        assert public[name]["numerator"] == full[name]["numerator"], name
    for measure in ("MTM-1", "MTM-2", "MTM-3", "MTM-4"):
        printed = [row for name, row in public.items() if name[0] == measure]
        assert printed == [row for name, row in full.items() if name[0] == measure]


# R4: the same command twice gives the same figures, byte for byte
def test_the_same_command_twice_gives_the_same_figures(report) -> None:
    first, second = (json.dumps(report()["figures"], ensure_ascii=False) for _ in range(2))
    assert first == second
