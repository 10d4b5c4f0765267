"""A run chart: one figure over time, its median, and when it says that something has changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

SHIFT: Final = 6
"""Points in a row on one side of the median that are a shift.

Perla, Provost & Murray, "The run chart: a simple analytical tool for learning from variation in
healthcare processes", BMJ Quality & Safety 20 (2011), 46-51. Points on the median neither make nor
break a shift.
"""


@dataclass(frozen=True)
class Run:
    """The median of the values, and the places (first, last) of each shift; both included."""

    median: float
    shifts: tuple[tuple[int, int], ...]


def run_of(values: Sequence[float]) -> Run | None:
    """The run of values in the order of time; None where there is none."""
    if not values:
        return None
    middle = median(values)
    return Run(middle, tuple(_shifts([value - middle for value in values])))


def _shifts(distances: Sequence[float]) -> list[tuple[int, int]]:
    """Where at least SHIFT points in a row lie on one side, those on the median left out."""
    off = [place for place, distance in enumerate(distances) if distance]
    found: list[tuple[int, int]] = []
    run: list[int] = []
    for place in off:
        if run and (distances[run[-1]] > 0) != (distances[place] > 0):
            run = []
        run.append(place)
        if len(run) == SHIFT:
            found.append((run[0], place))
        elif len(run) > SHIFT:
            found[-1] = (run[0], place)
    return found
