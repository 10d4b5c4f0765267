"""How often the 95% intervals of kappa and AC2 hold the true value, for small samples.

`python -m bench.agreement [SAMPLES]` draws samples of 10, 20, 50 and 150 pairs of grades from true
tables of many kinds, from a fixed seed, and prints for each how often the interval that the
product prints (qa_app.domain.agreement) held the table's own coefficient. Samples in which kappa is
undefined print none, so they are left out. The goal is 93% at n = 10, 20 and 50.
"""

import random
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from qa_app.domain.agreement import agreement_of, gwet_ac2, linear_weights, weighted_kappa

Shares = Sequence[Sequence[float]]

SIZES: Final = (10, 20, 50, 150)
SEED: Final = 20230614

# Rows: the auditor's grade, Outstanding to Inadequate; columns: the other's. Relative frequencies.
TRUE_TABLES: Final[Mapping[str, Shares]] = {
    "neighbouring grades differ": ((4, 2, 0, 0), (2, 12, 4, 0), (0, 5, 14, 4), (0, 1, 4, 8)),
    "nothing Outstanding": ((0, 0, 0, 0), (0, 12, 3, 1), (0, 4, 35, 5), (0, 1, 7, 32)),
    "two grades only": ((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 55, 6), (0, 0, 7, 32)),
    "lenient auditors": ((3, 4, 1, 0), (0, 12, 12, 2), (0, 2, 16, 14), (0, 0, 1, 18)),
    "severe auditors": ((1, 0, 0, 0), (3, 14, 0, 0), (0, 9, 24, 1), (0, 1, 11, 12)),
    "nine in ten agree": ((1, 0, 0, 0), (0, 28, 2, 0), (0, 2, 38, 2), (0, 0, 2, 25)),
    "97 in 100 agree": ((20, 2, 0, 0), (2, 300, 6, 0), (0, 6, 400, 6), (0, 0, 6, 250)),
    "nearly all one grade": ((1, 1, 0, 0), (1, 12, 8, 1), (0, 8, 152, 6), (0, 1, 6, 4)),
    "disagreement of any size": ((15, 4, 2, 4), (3, 15, 4, 3), (4, 3, 15, 3), (3, 4, 2, 15)),
    "by chance, even": ((1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1), (1, 1, 1, 1)),
    "by chance, uneven": ((1, 3, 4, 2), (3, 9, 12, 6), (4, 12, 16, 8), (2, 6, 8, 4)),
    "opposite": ((1, 1, 1, 5), (1, 1, 21, 1), (1, 25, 1, 1), (7, 1, 1, 1)),
}


def draw(table: Shares, n: int, chance: random.Random) -> list[list[int]]:
    """A table of n pairs drawn from a true one, cell by cell."""
    size = len(table)
    flat = [share for row in table for share in row]
    counts = [0] * len(flat)
    for cell in chance.choices(range(len(flat)), flat, k=n):
        counts[cell] += 1
    return [counts[row * size : (row + 1) * size] for row in range(size)]


def truth(table: Shares) -> tuple[float, float]:
    """Kappa and AC2 of a true table."""
    weights = linear_weights(len(table))
    kappa, ac2 = weighted_kappa(table, weights), gwet_ac2(table, weights)
    assert kappa is not None
    assert ac2 is not None
    return kappa.value, ac2.value


def coverage(table: Shares, n: int, samples: int, seed: int = SEED) -> tuple[float, float]:
    """The shares of samples whose intervals hold the true kappa, and the true AC2."""
    chance = random.Random(seed)
    kappa, ac2 = truth(table)
    drawn = [agreement_of(draw(table, n, chance)) for _ in range(samples)]
    return (
        _held(kappa, [(each.kappa_low, each.kappa_high) for each in drawn]),
        _held(ac2, [(each.ac2_low, each.ac2_high) for each in drawn]),
    )


def _held(true: float, bounds: list[tuple[float | None, float | None]]) -> float:
    defined = [(low, high) for low, high in bounds if low is not None and high is not None]
    return sum(low <= true <= high for low, high in defined) / len(defined)


def main(samples: int = 4_000) -> None:
    """Print the table of coverages."""
    print(f"| true table | kappa, AC2 | {' | '.join(f'n = {n}' for n in SIZES)} |")
    print(f"|---|---|{'---|' * len(SIZES)}")
    for name, table in TRUE_TABLES.items():
        kappa, ac2 = truth(table)
        held = [coverage(table, n, samples) for n in SIZES]
        cells = " | ".join(f"{first:.1%}, {second:.1%}" for first, second in held)
        print(f"| {name} | {kappa:.2f}, {ac2:.2f} | {cells} |")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
