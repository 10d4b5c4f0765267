"""A reader of public versions who knows no table, only audits: what each figure counts, and that
audits are whole.

Written apart from qa_app.reports.public and sharing none of its code. Audits fall into kinds
(month, team, plan type, way of selection, grade, which of two themes were found). A printed figure
is an equation over how many audits of each kind there are, a “c” says that there is one at least,
a version that follows has all audits of the one before and perhaps more. Linear programming gives
the least and the greatest that any count can be.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import ceil, floor
from typing import NamedTuple

from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from qa_app.domain.calendar import Quarter
from qa_app.reports.figures import Figures, Key

SPECK = 1e-6
PLENTY = 10_000
GRADES = ("Inadequate", "Requires improvement", "Good", "Outstanding")
GOOD = ("Good", "Outstanding")
FOUND = (None, (), ("Late",), ("Other",), ("Late", "Other"))
"""Themes of an audit; None where its findings are not known."""
RATED, RANDOM, TARGETED = "not recorded", "random", "targeted"


class Kind(NamedTuple):
    """What an audit is, for all that figures say of it."""

    month: str
    team: str
    service: str
    plan: str
    selected: str
    grade: str
    found: tuple[str, ...] | None


def every_kind(
    months: Iterable[str],
    teams: dict[str, str],
    plans: Iterable[str],
    found: Iterable[tuple[str, ...] | None] = FOUND,
) -> list[Kind]:
    """Every kind of audit that there can be."""
    return [
        Kind(month, team, teams[team], plan, selected, grade, themes)
        for month, team, plan, selected, grade, themes in product(
            months, teams, plans, (RATED, RANDOM, TARGETED), GRADES, found
        )
    ]


def counts(key: Key, kind: Kind) -> tuple[bool, bool]:
    """Whether a figure of this name counts an audit of this kind, and whether it is out of it."""
    base = _in_scope(key, kind) and kind.month in _months(key.period)
    if key.measure == "MTM-1":
        return base and key.category in (kind.grade, "Total audits"), base
    if key.measure.startswith("Q-1"):
        base = base and kind.selected in ((RANDOM,) if key.measure == "Q-1b" else (RATED, RANDOM))
        return base and kind.grade in GOOD, base
    assert key.measure.startswith("T-1")
    known = base and kind.found is not None
    return known and key.category in (kind.found or ()), known


READ = ("MTM-1", "Q-1", "Q-1b", "Q-1s", "Q-1t", "Q-1p", "T-1", "T-1s")
"""The measures that this reader knows."""


def _in_scope(key: Key, kind: Kind) -> bool:
    return key.scope in ("authority", kind.team, kind.service, kind.plan)


def _months(period: str) -> list[str]:
    return [str(month) for month in Quarter.parse(period).months] if "Q" in period else [period]


@dataclass
class PublicReader:
    """Who has these public versions in their hands, one after the other."""

    kinds: Sequence[Kind]
    versions: int = 1
    equal: list[tuple[dict[int, float], float]] = field(default_factory=list)
    least: list[tuple[dict[int, float], float]] = field(default_factory=list)

    def reads(self, public: Figures, version: int = 0) -> None:
        """Take in one version."""
        for figure in public:
            if figure.key.measure not in READ:
                continue
            part, whole = self.terms(figure.key, version)
            if figure.numerator is None:
                self.least.append((part, 1))
                continue
            self.equal.append((part, figure.numerator))
            if figure.denominator is not None:
                self.equal.append((whole, figure.denominator))

    def terms(self, key: Key, version: int = 0) -> tuple[dict[int, float], dict[int, float]]:
        """A figure's numerator and denominator over the unknowns.

        Those of the first version come first, then what each one added.
        """
        part: dict[int, float] = {}
        whole: dict[int, float] = {}
        for at, kind in enumerate(self.kinds):
            counted, base = counts(key, kind)
            for each in range(version + 1):
                place = each * len(self.kinds) + at
                part |= {place: 1.0} if counted else {}
                whole |= {place: 1.0} if base else {}
        return part, whole

    def interval(self, terms: dict[int, float]) -> tuple[int, int]:
        """From where to where a count can lie, given all that was read."""
        low, high = (self._extreme(terms, sign) for sign in (1, -1))
        return ceil(low - SPECK), floor(high + SPECK)

    def _extreme(self, terms: dict[int, float], sign: int) -> float:
        width = self.versions * len(self.kinds)
        costs = [0.0] * width
        for at, times in terms.items():
            costs[at] = sign * times
        found = linprog(
            costs,
            A_eq=_matrix([row for row, _ in self.equal], width) if self.equal else None,
            b_eq=[value for _, value in self.equal] or None,
            A_ub=-_matrix([row for row, _ in self.least], width) if self.least else None,
            b_ub=[-value for _, value in self.least] or None,
            bounds=(0, PLENTY),
        )
        assert found.status == 0, f"what is printed contradicts itself: {found.message}"
        return sign * found.fun


def _matrix(rows: list[dict[int, float]], width: int) -> csr_matrix:
    found = [(at, column, value) for at, row in enumerate(rows) for column, value in row.items()]
    places = ([at for at, _, _ in found], [column for _, column, _ in found])
    return csr_matrix(([value for _, _, value in found], places), shape=(len(rows), width))
