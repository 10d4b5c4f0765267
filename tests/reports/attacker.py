"""A reader who wants the hidden counts: knows what is printed and how it adds up, nothing else.

Written apart from qa_app.reports.disclosure and sharing none of its code. Everything printed is an
equation, every percentage a pair of inequalities (as rounded, half up), every “c” an integer of 1
or more, every line left out integers of 0 or more; linear programming then gives the least and the
greatest that each hidden count can be.
"""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from math import ceil, floor
from typing import Any

from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from qa_app.domain.measures import percentage_text
from qa_app.reports.disclosure.suppressing import Published
from qa_app.reports.disclosure.tables import Cell, Kind, LinkedTables, Mark, Row, Share, Sum

SPECK = 1e-6
PLENTY = 10_000


@dataclass
class Known:
    """What a reader has before them: counts, hidden ones and what is known of them, sums."""

    printed: dict[str, int] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    sums: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    percentages: list[tuple[str, str, float, float]] = field(default_factory=list)

    def interval(self, name: str) -> tuple[int, int]:
        """From where to where the whole number of this name can lie."""
        low, high = (self._extreme(name, sign) for sign in (1, -1))
        return ceil(low - SPECK), floor(high + SPECK)

    def _extreme(self, name: str, sign: int) -> float:
        names, given = self._given
        costs = [0.0] * len(names)
        costs[names.index(name)] = sign
        found = linprog(costs, **given)
        assert found.status == 0, f"what is printed contradicts itself: {found.message}"
        return sign * found.fun

    @cached_property
    def _given(self) -> tuple[list[str], dict[str, Any]]:
        names = sorted(self.least)
        place = {each: at for at, each in enumerate(names)}
        equal, is_ = self._equations(place)
        below, limit = self._percentage_rows(place)
        return names, {
            "A_ub": _matrix(below, len(names)) if below else None,
            "b_ub": limit or None,
            "A_eq": _matrix(equal, len(names)) if equal else None,
            "b_eq": is_ or None,
            "bounds": [(self.least[each], self.most.get(each, PLENTY)) for each in names],
        }

    def _equations(self, place: Mapping[str, int]) -> tuple[list[dict[int, float]], list[float]]:
        rows, values = [], []
        for total, parts in self.sums:
            row: dict[int, float] = {}
            value = 0.0
            for name, times in ((total, -1), *((part, 1) for part in parts)):
                if name in self.printed:
                    value -= times * self.printed[name]
                else:
                    row[place[name]] = row.get(place[name], 0.0) + times
            if row:
                rows.append(row)
                values.append(value)
        return rows, values

    def _percentage_rows(
        self, place: Mapping[str, int]
    ) -> tuple[list[dict[int, float]], list[float]]:
        """100 k lies between (p - h) n and (p + h) n, where h is half of the last decimal."""
        rows, limits = [], []
        for part, whole, percentage, half in self.percentages:
            for sign, share in ((1, percentage + half), (-1, percentage - half)):
                row, limit = {}, 0.0
                for name, times in ((part, 100.0 * sign), (whole, -share * sign)):
                    if name in self.printed:
                        limit -= times * self.printed[name]
                    else:
                        row[place[name]] = times
                if row:
                    rows.append(row)
                    limits.append(limit + SPECK)
        return rows, limits


def _matrix(rows: list[dict[int, float]], width: int) -> csr_matrix:
    found = [(at, column, value) for at, row in enumerate(rows) for column, value in row.items()]
    places = ([at for at, _, _ in found], [column for _, column, _ in found])
    return csr_matrix(([value for _, _, value in found], places), shape=(len(rows), width))


def reads(published: Published) -> Known:
    """What somebody has who reads this public version and knows R5."""
    known = Known()
    for name, outcome in published.outcomes.items():
        if outcome.mark is Mark.SHOWN:
            assert outcome.numerator is not None
            assert outcome.text == str(outcome.numerator)
            known.printed[name] = outcome.numerator
        else:
            assert outcome.numerator is None
            assert str(outcome.cell.value) not in outcome.text
            known.least[name] = 1 if outcome.mark is Mark.SUPPRESSED else 0
    known.sums = [(each.total, each.parts) for each in published.tables.sums]
    for row in published.tables.rows:
        out = [name for name in (row.audits, *row.cells) if name in known.least]
        if published.outcomes[row.audits].because == "few audits":
            known.most |= dict.fromkeys(out, 5)
    for share in published.tables.shares:
        text = share_text(published, share)
        if text not in ("c", ""):
            known.percentages.append((share.part, share.whole, float(text[:-1]), 0.005))
    return known


def share_text(published: Published, share: Share, decimals: int = 2) -> str:
    """The percentage, or “c”: it is printed only where both of its counts are."""
    if not (published.shows(share.part) and published.shows(share.whole)):
        return "c"
    part, whole = (published.tables.value(name) for name in (share.part, share.whole))
    return percentage_text(part, whole, decimals) if whole else ""


def hides_only_small_counts(tables: LinkedTables) -> Known:
    """The same for a naive version: counts of 1 to 5 are “c”, all else and percentages stay."""
    known = Known(sums=[(each.total, each.parts) for each in tables.sums])
    for cell in tables.cells:
        if 1 <= cell.value <= 5 and cell.kind is Kind.BREAKDOWN:
            known.least[cell.name] = 1
        else:
            known.printed[cell.name] = cell.value
    return known


def broken(known: Known, secrets: Iterable[str], allowed: Mapping[str, set[int]]) -> list[str]:
    """The secrets that are recovered, or not free to be all that they are allowed to be."""
    found = []
    for name in secrets:
        low, high = known.interval(name)
        short = not all(low <= value <= high for value in allowed[name])
        if short or (low == high and len(allowed[name]) > 1):
            found.append(f"{name} lies between {low} and {high}, not all of {allowed[name]}")
    return found


def fewest_known(tables: LinkedTables) -> Known:
    """What nobody can be kept from knowing: the sums, the figures printed in full, and of a team
    whose line is missing that it had 5 audits at most.
    """
    known = Known(sums=[(each.total, each.parts) for each in tables.sums])
    for cell in tables.cells:
        if cell.kind is Kind.IN_FULL or cell.published is Mark.SHOWN:
            known.printed[cell.name] = cell.value
        else:
            known.least[cell.name] = int(cell.published is Mark.SUPPRESSED)
    small = [row.audits for row in tables.rows if tables.value(row.audits) < 6]
    known.most |= {name: 5 for name in small if name in known.least}
    return known


def allowed_by(known: Known, name: str) -> set[int]:
    """1 to 5, or what the figures printed in full leave of it; two numbers at least."""
    low, high = known.interval(name)
    left = {value for value in range(1, 6) if low <= value <= high}
    if len(left) == 1 and low < high:
        only = min(left)
        left.add(only - 1 if low < only else only + 1)
    return left


GRADES = ("inadequate", "requires improvement", "good", "outstanding")
WEIGHTS = (0.25, 0.4, 0.3, 0.05)


def random_tables(seed: int, *, in_full: bool | None = None) -> LinkedTables:
    """Months, teams and grades, with quarter, services, authority and their percentages."""
    chance = random.Random(seed)
    services = [f"s{n}" for n in range(chance.randint(1, 2))]
    teams = {f"{service}t{n}": service for service in services for n in range(chance.randint(1, 3))}
    months = [f"m{n}" for n in range(chance.choice((1, 1, 2, 3)))]
    grades = GRADES[: chance.choice((2, 3, 4))]
    busy = chance.choice((6, 20, 40))
    counts = dict.fromkeys(product(teams, months, grades), 0)
    for team, month in product(teams, months):
        for grade in chance.choices(grades, WEIGHTS[: len(grades)], k=chance.randint(0, busy)):
            counts[team, month, grade] += 1
    full = chance.random() < 0.5 if in_full is None else in_full
    return tables_of(counts, teams, months, grades, in_full=full)


def tables_of(
    counts: Mapping[tuple[str, str, str], int],
    teams: Mapping[str, str],
    months: list[str],
    grades: tuple[str, ...],
    *,
    in_full: bool,
) -> LinkedTables:
    """Every margin of teams × months × grades, tied together by every sum."""
    services = sorted(set(teams.values()))
    units = {team: [team] for team in teams}
    units |= {each: [team for team in teams if teams[team] == each] for each in services}
    units["all"] = list(teams)
    times = {month: [month] for month in months}
    if len(months) > 1:
        times["quarter"] = months
    cells, sums, shares = [], [], []
    for unit, time, grade in product(units, times, (*grades, "audits")):
        name = f"{unit}|{time}|{grade}"
        some = grades if grade == "audits" else (grade,)
        value = sum(counts[key] for key in product(units[unit], times[time], some))
        kind = Kind.IN_FULL if unit == "all" and in_full else Kind.BREAKDOWN
        cells.append(Cell(name, value, f"{grade}, {unit}, {time}", kind))
        if unit not in teams:
            below = services if unit == "all" else units[unit]
            sums.append(Sum(name, tuple(f"{each}|{time}|{grade}" for each in below)))
        if time == "quarter":
            sums.append(Sum(name, tuple(f"{unit}|{month}|{grade}" for month in months)))
        if grade == "audits":
            sums.append(Sum(name, tuple(f"{unit}|{time}|{each}" for each in grades)))
        else:
            shares.append(Share(name, f"{unit}|{time}|audits"))
    rows = [
        Row(f"{unit}, {time}", f"{unit}|{time}|audits", tuple(f"{unit}|{time}|{g}" for g in grades))
        for unit, time in product(teams, times)
    ]
    return LinkedTables(tuple(cells), tuple(sums), tuple(shares), tuple(rows))
