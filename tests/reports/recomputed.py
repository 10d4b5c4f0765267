"""The legacy workbook's figures, recomputed with plain pandas from its clean content alone.

Nothing of the app is used here but the calendar's words: this is the other way of counting, by
which every number of a report is checked.

    rows = Recomputed.read()
    rows.grades("2023-02")        # {"Inadequate": 6, …}
    rows.good_or_better(["2023-01", "2023-02", "2023-03"])   # (10, 58)
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pandas as pd

DATA = Path(__file__).parents[1] / "data"
EXPECTED = DATA / "legacy-audit-log.expected.csv"
PUBLISHED = DATA / "published-grades.csv"
GRADES = ("Inadequate", "Requires improvement", "Good", "Outstanding")
"""Worst to best, as the table prints them."""
QUARTER = "2022/23-Q4"
MONTHS_OF_QUARTER = ("2023-01", "2023-02", "2023-03")


def percentage(part: int, whole: int, decimals: int) -> str:
    """Half up, trailing zeros dropped: ``48.48%``."""
    exact = Decimal(100 * part) / Decimal(whole)
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    text = f"{rounded:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}%"


def in_column(part: int, whole: int) -> str:
    """A cell of the published table: ``16 (48.48%)``, ``0``."""
    return f"{part} ({percentage(part, whole, 2)})" if part else "0"


def of(part: int, whole: int) -> str:
    """A share of a report: ``12 of 31 (38.7%)``."""
    return f"{part} of {whole}" + (f" ({percentage(part, whole, 1)})" if whole else "")


@dataclass(frozen=True)
class Recomputed:
    """The workbook's clean rows."""

    rows: pd.DataFrame

    @classmethod
    def read(cls) -> "Recomputed":
        """All of its rows, words as they are."""
        rows = pd.read_csv(EXPECTED, dtype=str, keep_default_na=False)
        for column in ("auditor_grade", "final_grade"):
            rows[column] = rows[column].str.capitalize()
        return cls(rows)

    @property
    def months(self) -> list[str]:
        """The months that have audits, first to last."""
        return sorted(set(self.rows["month"]))

    def of(self, months: str | Collection[str], **where: Any) -> pd.DataFrame:
        """The rows of one month or of several, with these values in these columns."""
        wanted = [months] if isinstance(months, str) else list(months)
        found = self.rows[self.rows["month"].isin(wanted)]
        for column, value in where.items():
            found = found[found[column] == value]
        return found

    def grades(
        self, months: str | Collection[str], basis: str = "final_grade", **where: Any
    ) -> Mapping[str, int]:
        """How many audits hold each grade, zeros included."""
        counted = self.of(months, **where)[basis].value_counts()
        return {grade: int(counted.get(grade, 0)) for grade in GRADES}

    def printed(self, month: str) -> Sequence[str]:
        """The month's column of the published table: four grades and the total."""
        counts = self.grades(month)
        total = sum(counts.values())
        return [*(in_column(number, total) for number in counts.values()), str(total)]

    def good_or_better(
        self, months: str | Collection[str], basis: str = "final_grade", **where: Any
    ) -> tuple[int, int]:
        """Good and Outstanding, of those graded (Q-1)."""
        counts = self.grades(months, basis, **where)
        return counts["Good"] + counts["Outstanding"], sum(counts.values())

    def outstanding_at_the_end(self) -> int:
        """Priority actions outstanding at the end of the last month on audits that stand as
        Inadequate: a concern about significant harm makes one (MTM-4). The clean content says
        whether an action was done and not when, so earlier months are not to be had from it."""
        harm = self.rows[self.rows["significant_harm"] == "yes"]
        return len(harm.query("action_done == 'no' and final_grade == 'Inadequate'"))

    def by(
        self, column: str, months: str | Collection[str], basis: str = "final_grade"
    ) -> Mapping[str, tuple[int, int]]:
        """Good or better of those graded, by the values of a column."""
        values = sorted(set(self.of(months)[column]))
        return {value: self.good_or_better(months, basis, **{column: value}) for value in values}

    def disagreements(self, months: str | Collection[str]) -> int:
        """Audits whose final grade is not the auditor's."""
        found = self.of(months)
        return int((found["auditor_grade"] != found["final_grade"]).sum())
