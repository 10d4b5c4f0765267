"""DP-2: a quarter's breakdowns as a public version prints them, kept in a file and compared.

To look at a change: `python -m tests.reports.test_disclosure_golden` writes the file anew.
"""

import csv
from io import StringIO
from itertools import product
from pathlib import Path

import pytest

from qa_app.reports.disclosure import Share, suppress
from tests.reports.attacker import GRADES, share_text, tables_of

pytestmark = pytest.mark.one_database

FILE = Path(__file__).resolve().parent.parent / "data" / "suppressed.csv"

TEAMS = {"East": "Safeguarding", "West": "Safeguarding", "North": "Care", "South": "Care"}
MONTHS = {
    # Inadequate, requires improvement, good, outstanding; in the order of the teams.
    "January": [(3, 14, 9, 0), (8, 12, 16, 1), (7, 11, 8, 0), (0, 2, 1, 0)],
    "February": [(6, 9, 12, 0), (9, 18, 7, 2), (4, 13, 15, 0), (7, 10, 9, 3)],
}


def _golden() -> str:
    counts = {
        (team, month, grade): row[place]
        for month, rows in MONTHS.items()
        for team, row in zip(TEAMS, rows, strict=True)
        for place, grade in enumerate(GRADES)
    }
    tables = tables_of(counts, TEAMS, list(MONTHS), GRADES, in_full=True)
    published = suppress(tables)
    file = StringIO()
    out = csv.writer(file, lineterminator="\n")
    out.writerow(["whose", "when", "what", "count", "printed", "percentage", "why"])
    units = [*TEAMS, *dict.fromkeys(TEAMS.values()), "all"]
    for unit, time, grade in product(units, (*MONTHS, "quarter"), (*GRADES, "audits")):
        name = f"{unit}|{time}|{grade}"
        outcome = published.outcomes[name]
        share = share_text(published, Share(name, f"{unit}|{time}|audits"), 1)
        printed = outcome.text or "left out"
        because = outcome.because or "shown"
        out.writerow([unit, time, grade, outcome.cell.value, printed, share, because])
    return file.getvalue()


# DP-2: the same figures give the same file, on every machine.
def test_the_public_version_is_the_golden_one() -> None:
    assert _golden() == FILE.read_text("utf-8")


# R5: nobody's count of 1 to 5 stands in what is printed, but for the authority's.
def test_no_small_count_is_printed() -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    small = [row for row in rows if row["whose"] != "all" and 1 <= int(row["count"]) <= 5]
    assert small
    assert {row["printed"] for row in small} <= {"c", "left out"}
    assert {row["percentage"] for row in small} == {"c"}
    assert all(row["printed"] == row["count"] for row in rows if row["whose"] == "all")


if __name__ == "__main__":
    FILE.write_text(_golden(), "utf-8")
