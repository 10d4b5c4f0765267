"""How far two people's grades agree (M9): shares, weighted kappa, Gwet's AC2, and direction.

A table of counts has a row for each grade of the auditor and a column for each of the other's, best
to worst as in GRADES. The four grades always count, used or not: a scale cut down to the grades
that happened to be given would weigh the same step differently from month to month.

Kappa and AC2 answer "how much better than chance?" and differ in what chance would do. Where nearly
all audits have one grade, kappa falls although the two hardly ever differ (the paradox of
prevalence: Feinstein & Cicchetti, Journal of Clinical Epidemiology 43 (1990), 543-549); AC2 was
made not to. So both are given, each with its 95% interval.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final, NamedTuple

from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.intervals import Z_95, wilson
from qa_app.domain.settings import default_number

Table = Sequence[Sequence[float]]
"""Counts, or weights: as many rows as columns."""

Pair = tuple[Grade, Grade]
"""The auditor's grade, and the other's."""

PSEUDO_AUDITS: Final = 2.0
"""Audits added, spread evenly over the table, before an interval is taken (see `interval`)."""

# Student's t for 97.5% at 1 to 8 degrees of freedom, from any table of it.
_T_FEW: Final = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060)


@dataclass(frozen=True)
class Agreement:
    """Agreement of n pairs of grades; everything but n is None where n is too small to show it.

    Shares (`exact`, `within_one`, `lenient`, `severe`) are fractions of n with Wilson's interval;
    `lenient` are pairs in which the auditor's grade is the better one, `severe` the worse. Kappa
    and AC2 lie between -1 and 1; kappa is None too where chance alone would agree always.
    """

    n: int
    exact: float | None = None
    exact_low: float | None = None
    exact_high: float | None = None
    within_one: float | None = None
    within_one_low: float | None = None
    within_one_high: float | None = None
    kappa_linear: float | None = None
    kappa_low: float | None = None
    kappa_high: float | None = None
    ac2_linear: float | None = None
    ac2_low: float | None = None
    ac2_high: float | None = None
    lenient: float | None = None
    lenient_low: float | None = None
    lenient_high: float | None = None
    severe: float | None = None
    severe_low: float | None = None
    severe_high: float | None = None

    def number(self, share: float) -> int:
        """How many of the n pairs a share stands for."""
        return round(share * self.n)


class Coefficient(NamedTuple):
    """A chance-corrected coefficient; `spread` is its standard error times the root of n."""

    value: float
    spread: float


def confusion(pairs: Iterable[Pair]) -> list[list[int]]:
    """The 4×4 table of counts of these pairs."""
    table = [[0] * len(GRADES) for _ in GRADES]
    for auditor, other in pairs:
        table[GRADES.index(auditor)][GRADES.index(other)] += 1
    return table


def agreement(
    pairs: Iterable[Pair], shown_from: int = default_number("agreement_shown_from")
) -> Agreement:
    """The agreement of pairs of grades, in any order (M9)."""
    return agreement_of(confusion(pairs), shown_from)


def agreement_of(
    table: Sequence[Sequence[int]], shown_from: int = default_number("agreement_shown_from")
) -> Agreement:
    """The same from a 4×4 table of counts. ValueError where it is no such table.

    Nothing but n is shown below `shown_from` pairs, nor of no pairs at all.
    """
    size = len(GRADES)
    if len(table) != size or any(len(row) != size or min(row) < 0 for row in table):
        raise ValueError(f"no {size} by {size} table of counts: {table}")
    n = sum(map(sum, table))
    if n < max(shown_from, 1):
        return Agreement(n)
    steps = [(row - column, table[row][column]) for row in range(size) for column in range(size)]
    return Agreement(
        n,
        *_share(sum(count for step, count in steps if step == 0), n),
        *_share(sum(count for step, count in steps if abs(step) <= 1), n),
        *_with_interval(weighted_kappa, table),
        *_with_interval(gwet_ac2, table),
        *_share(sum(count for step, count in steps if step < 0), n),
        *_share(sum(count for step, count in steps if step > 0), n),
    )


def _share(count: int, n: int) -> tuple[float, float, float]:
    return (count / n, *wilson(count, n))


def linear_weights(size: int) -> list[list[float]]:
    """How far two grades agree: 1 - |i - j| / (size - 1), so 1, 2/3, 1/3 and 0 for four grades.

    Source: D. V. Cicchetti & T. Allison, American Journal of EEG Technology 11 (1971), 101-109.
    """
    return [[1 - abs(i - j) / (size - 1) for j in range(size)] for i in range(size)]


def weighted_kappa(table: Table, weights: Table) -> Coefficient | None:
    """Cohen's weighted kappa, (po - pe) / (1 - pe); None where pe is 1, or the table is empty.

    po is the sum of w_ij p_ij, and pe that of w_ij p_i. p_.j: what the two would agree by chance if
    each kept to how often they give each grade. Source: J. Cohen, Psychological Bulletin 70 (1968),
    213-220. Its variance is that of J. L. Fleiss, J. Cohen & B. S. Everitt, Psychological Bulletin
    72 (1969), 323-327. The weights are symmetric, 1 on the diagonal.
    """
    shares = _shares(table)
    rows, columns = _margins(shares)
    apart = _apart(weights)
    by_chance = [
        [_dot(apart[i], columns) + _dot(apart[j], rows) for j in range(len(rows))]
        for i in range(len(rows))
    ]
    expected = sum(rows[i] * _dot(apart[i], columns) for i in range(len(rows)))
    return _coefficient(shares, apart, expected, by_chance)


def gwet_ac2(table: Table, weights: Table) -> Coefficient | None:
    """Gwet's AC2 (AC1 where only the diagonal weighs), (po - pe) / (1 - pe); None of no pairs.

    po is the sum of w_ij p_ij; pe is T / (q (q - 1)) times the sum of π_k (1 - π_k), where T is the
    sum of all weights, q the number of grades, and π_k the mean of the two shares of grade k.
    Source: K. L. Gwet, Handbook of Inter-Rater Reliability, 4th edition (2014), chapters 3 and 5,
    whose linearised variance for two raters is used too. The weights are symmetric.
    """
    shares = _shares(table)
    rows, columns = _margins(shares)
    q = len(rows)
    scale = sum(map(sum, weights)) / (q * (q - 1))
    mean = [(row + column) / 2 for row, column in zip(rows, columns, strict=True)]
    expected = 1 - scale * sum(each * (1 - each) for each in mean)
    # What adding to a cell does to `expected`, up to a constant, which no variance sees.
    by_chance = [[scale * (mean[i] + mean[j]) for j in range(q)] for i in range(q)]
    return _coefficient(shares, _apart(weights), expected, by_chance)


def interval(
    coefficient: Callable[[Table, Table], Coefficient | None], table: Table, estimate: float
) -> tuple[float, float] | None:
    """The 95% interval round a linearly weighted coefficient; None where n is below 2.

    Method: the coefficient and its linearised standard error are taken from the table with 2
    audits more, 1/8 in each of the 16 cells, plus and minus Student's t with n - 1 degrees of
    freedom; widened to hold the estimate itself, and cut at -1 and 1. The added audits do for a
    table what A. Agresti & B. A. Coull (American Statistician 52 (1998), 119-126) did for a
    proportion: without them, and in a bootstrap too, a small sample that agrees throughout has an
    interval of no width at all. No resampling, so nothing depends on a seed or a machine.

    How right it is for small n: bench/agreement.py draws 4,000 samples each of 10, 20, 50 and 150
    pairs from 12 true tables (kappa -0.41 to 0.97; even and skewed, by chance, lenient, severe).
    The interval held the true value in 94% of them or more, mostly in 95 to 99%, for every table
    but one: AC2 where two people grade the opposite of each other (92% at n = 10).
    """
    n = sum(map(sum, table))
    size = len(table)
    more = PSEUDO_AUDITS / size**2
    found = coefficient([[count + more for count in row] for row in table], linear_weights(size))
    # One audit alone says nothing of the spread.
    if n < 2 or found is None:
        return None
    reach = student_t(round(n) - 1) * found.spread / sqrt(n)
    low, high = min(found.value - reach, estimate), max(found.value + reach, estimate)
    return max(-1.0, low), min(1.0, high)


def student_t(freedom: int) -> float:
    """Student's t that leaves 2.5% in each tail, right to 3 decimals. `freedom` is 1 or more.

    From 9 on by the expansion in M. Abramowitz & I. A. Stegun, Handbook of Mathematical Functions
    (1964), 26.7.5.
    """
    if freedom <= len(_T_FEW):
        return _T_FEW[freedom - 1]
    z, z2 = Z_95, Z_95 * Z_95
    terms = (
        (z2 + 1) / 4,
        ((5 * z2 + 16) * z2 + 3) / 96,
        (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384,
        ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160,
    )
    return z * (1 + sum(term / float(freedom) ** power for power, term in enumerate(terms, 1)))


def _with_interval(
    coefficient: Callable[[Table, Table], Coefficient | None], table: Table
) -> tuple[float | None, float | None, float | None]:
    found = coefficient(table, linear_weights(len(table)))
    if found is None:
        return None, None, None
    return found.value, *(interval(coefficient, table, found.value) or (None, None))


def _shares(table: Table) -> list[list[float]]:
    n = sum(map(sum, table)) or 1
    return [[count / n for count in row] for row in table]


def _margins(shares: Table) -> tuple[list[float], list[float]]:
    return [sum(row) for row in shares], [sum(column) for column in zip(*shares, strict=True)]


def _apart(weights: Table) -> list[list[float]]:
    return [[1 - weight for weight in row] for row in weights]


def _dot(first: Sequence[float], second: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def _coefficient(
    shares: Table, apart: Table, expected: float, by_chance: Table
) -> Coefficient | None:
    """1 - observed / expected disagreement, which is (po - pe) / (1 - pe): exactly 1 where nothing
    differs. `by_chance` says what each cell adds to the expected disagreement."""
    cells = [(i, j) for i in range(len(shares)) for j in range(len(shares))]
    if expected <= 0 or not any(map(any, shares)):
        return None
    ratio = sum(shares[i][j] * apart[i][j] for i, j in cells) / expected
    pulls = [(shares[i][j], (apart[i][j] - ratio * by_chance[i][j]) / expected) for i, j in cells]
    mean = sum(share * pull for share, pull in pulls)
    variance = sum(share * (pull - mean) ** 2 for share, pull in pulls)
    return Coefficient(1 - ratio, sqrt(variance))
