"""How sure a proportion is: the 95% Wilson score interval (R6)."""

from math import sqrt
from typing import Final

from qa_app.domain.settings import default_number

Z_95: Final = 1.959963984540054
"""The standard normal deviate that leaves 2.5% in each tail."""

TOO_FEW: Final = "too few to say"


def wilson(successes: int, n: int, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a proportion, (low, high), both between 0 and 1.

    Source: E. B. Wilson (1927), without continuity correction; method 3 in R. G. Newcombe,
    Statistics in Medicine 17 (1998), 857-872, whose worked examples are the test.
    ValueError where n is not positive or successes lie outside 0 to n.
    """
    if n <= 0 or not 0 <= successes <= n:
        raise ValueError(f"no proportion: {successes} of {n}")
    proportion = successes / n
    centre = proportion + z * z / (2 * n)
    spread = z * sqrt(proportion * (1 - proportion) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # At 0 and n the bound is exactly 0 or 1; arithmetic alone leaves a speck beside it.
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == n else (centre + spread) / scale
    return low, high


def too_few_to_say(n: int, fewest: int = default_number("too_few_to_say_below")) -> bool:
    """Whether n is too small for an interval or a trend (R6: fewer than 10)."""
    return n < fewest
