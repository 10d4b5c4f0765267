"""A p-chart: between which counts a month lies when nothing has changed, exactly (R6).

Of n audits in a month, with the share of the earlier months p̄ = Σk / Σn, a count is outside where
P(X ≤ k) or P(X ≥ k) is below 0.135%, X being binomial (n, p̄). Those are the tails that Shewhart's
three standard deviations leave to a normal distribution (D. C. Montgomery, Introduction to
Statistical Quality Control, ch. 7: p̄ ± 3 √(p̄ (1 - p̄) / n)); here they are probability limits,
summed in whole numbers, since with n as small as ours the normal curve is wrong in the tails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import comb
from typing import Final

from qa_app.domain.settings import default_number

TAIL: Final = Fraction(135, 100_000)
"""The probability beyond each limit where nothing has changed."""

Count = tuple[int, int]
"""(k, n): so many of so many."""


@dataclass(frozen=True)
class Limits:
    """The smallest and the greatest count of ``n`` that is not outside; ``share`` is p̄."""

    low: int
    high: int
    n: int
    share: Fraction

    def outside(self, k: int) -> bool:
        """Whether a count lies beyond the limits."""
        return not self.low <= k <= self.high


def limits_for(
    n: int,
    earlier: Sequence[Count],
    fewest: int = default_number("earlier_months_for_limits"),
) -> Limits | None:
    """The limits for a month of n, drawn from earlier months; None where those are too few.

    A month without audits is none. ValueError where n is not positive or a count no part of its n.
    """
    if n <= 0 or any(not 0 <= k <= of for k, of in earlier):
        raise ValueError(f"no limits for {n} from {earlier}")
    months = [(k, of) for k, of in earlier if of]
    if len(months) < max(fewest, 1):
        return None
    share = Fraction(sum(k for k, _ in months), sum(of for _, of in months))
    chances = list(_chances(n, share))
    return Limits(_within(chances), n - _within(chances[::-1]), n, share)


def _chances(n: int, share: Fraction) -> Iterator[int]:
    """The binomial probabilities of 0 to n, times the denominator of the share to the power n."""
    yes, of = share.numerator, share.denominator
    return (comb(n, k) * yes**k * (of - yes) ** (n - k) for k in range(n + 1))


def _within(chances: Sequence[int]) -> int:
    """The first count up to which there is not less than the tail."""
    tail = TAIL * sum(chances)
    return next(k for k, summed in enumerate(accumulate(chances)) if summed >= tail)
