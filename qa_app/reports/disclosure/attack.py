"""The reader who adds and subtracts: what could a hidden count be, given all that is printed?"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from qa_app.reports.disclosure.puzzle import Deviation, Puzzle, Span, Spans
from qa_app.reports.disclosure.solving import System

SPECK: Final = 1e-6
KEPT: Final = 12
"""Tables kept for each value of each count: more would take longer to ask than to find anew."""


@dataclass(frozen=True, eq=False)
class Table:
    """Another table that a reader cannot rule out: by how much which counts differ from ours."""

    moved: Deviation


class Reader:
    """Somebody who knows every sum and every printed count, and of the others their spans."""

    def __init__(self, puzzle: Puzzle, spans: Spans) -> None:
        self.puzzle, self.spans = puzzle, spans
        self.columns = sorted(spans)
        self.place = {cell: at for at, cell in enumerate(self.columns)}
        self.bounds = [_bounds(spans[cell]) for cell in self.columns]
        self._allowed: dict[Table, bool] = {}
        self.system = System(
            [
                {self.place[cell]: float(times) for cell, times in row.items() if cell in spans}
                for row in puzzle.rows
            ],
            len(self.columns),
        )

    def table_with(self, cell: int, value: int, beside: Deviation) -> Table | None:
        """A table of whole numbers in which the count has this value; None where there is none.

        Of all such tables, one in which many other counts have moved as ``beside`` says, where one
        can be had in one step.
        """
        moved = value - self.puzzle.values[cell]
        if not _within(moved, self.spans[cell]):
            return None
        fixed = {self.place[cell]: (moved, moved)}
        costs, bounds = self._towards(beside)
        found = self.system.whole_by_luck(costs, _with(bounds, fixed))
        if found is None:
            found = self.system.whole_answer(_with(self.bounds, fixed))
        if found is None:
            return None
        return Table({each: by for each, by in zip(self.columns, found, strict=True) if by})

    def allows(self, table: Table) -> bool:
        """Whether a table fits all that is printed; its sums are taken to add up."""
        if table not in self._allowed:
            self._allowed[table] = table.moved.keys() <= self.spans.keys() and all(
                _within(by, self.spans[cell]) for cell, by in table.moved.items()
            )
        return self._allowed[table]

    def _towards(self, beside: Deviation) -> tuple[list[float], list[tuple[float, float | None]]]:
        """What draws counts to where they are wanted, and never past it."""
        costs, bounds = [0.0] * len(self.columns), list(self.bounds)
        for cell, by in beside.items():
            if cell in self.place and _within(by, self.spans[cell]):
                at = self.place[cell]
                low, high = bounds[at]
                costs[at], bounds[at] = (-1.0, (low, by)) if by > 0 else (1.0, (by, high))
        return costs, bounds

    def falls_short(self, cell: int, need: int) -> Mapping[int, float] | None:
        """None where a count can be moved by what is needed (up, or down where less than 0).

        Else what each unit by which another count could move more would gain: below 0 where it
        is moving that one up that would help. By duality all those gains together are no less than
        what is needed wherever it can be reached. Counts need not be whole here, so that a
        reader may be able to say more: see `table_with`.
        """
        direction = 1 if need > 0 else -1
        at = self.place[cell]
        low, high = self.bounds[at]
        bounds = list(self.bounds)
        if direction > 0:
            bounds[at] = (low, need if high is None else min(high, need))
        else:
            bounds[at] = (max(low, need), high)
        costs = [0.0] * len(self.columns)
        costs[at] = -direction
        values, prices = self.system.minimise(costs, bounds)
        if abs(values[at]) >= abs(need) - SPECK:
            return None
        return self._gains(cell, -direction, prices)

    def _gains(self, cell: int, cost: float, prices: Sequence[float]) -> dict[int, float]:
        gains = {cell: cost}
        for price, row in zip(prices, self.puzzle.rows, strict=True):
            if abs(price) > SPECK:
                for each, times in row.items():
                    gains[each] = gains.get(each, 0.0) - price * times
        return {each: gain for each, gain in gains.items() if abs(gain) > SPECK}


@dataclass
class Witnesses:
    """Tables found so far, to be asked before a solver is. ``sought`` are the values of which
    counts that will be asked for: a solver that is asked for one is drawn to others too."""

    puzzle: Puzzle
    sought: Mapping[int, Collection[int]]
    by_value: dict[tuple[int, int], list[Table]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._missing = {
            cell: [value for value in ends_first(values) if value != self.puzzle.values[cell]]
            for cell, values in self.sought.items()
        }

    def find(self, reader: Reader, cell: int, value: int) -> bool:
        """Whether some table of whole numbers gives the count this value for all the reader knows.

        One found earlier if it still fits, else a new one.
        """
        if value == self.puzzle.values[cell]:
            return True
        if any(map(reader.allows, self.by_value[cell, value])):
            return True
        table = reader.table_with(cell, value, self._wanted())
        if table is not None:
            self._add(table)
        return table is not None

    def find_all(self, reader: Reader, cell: int, values: Sequence[int]) -> bool:
        """The same for each of these values."""
        return all(self.find(reader, cell, value) for value in ends_first(values))

    def _wanted(self) -> Deviation:
        """Where each count would have to move to for the next value that no table shows yet."""
        return {
            cell: missing[0] - self.puzzle.values[cell]
            for cell, missing in self._missing.items()
            if missing
        }

    def _add(self, table: Table) -> None:
        for cell in self.puzzle.sensitive:
            if cell in table.moved:
                value = self.puzzle.values[cell] + table.moved[cell]
                if value in self._missing.get(cell, ()):
                    self._missing[cell].remove(value)
                known = self.by_value[cell, value]
                known.insert(0, table)
                del known[KEPT:]


def ends_first(values: Collection[int]) -> list[int]:
    """The smallest and largest first, which are the likeliest to fail, then what lies between."""
    if not values:
        return []
    return sorted(values, key=lambda value: min(values) < value < max(values))


def _within(moved: int, span: Span) -> bool:
    return moved >= -span.down and (span.up is None or moved <= span.up)


def _bounds(span: Span) -> tuple[float, float | None]:
    return -span.down, span.up


def _with(
    bounds: Sequence[tuple[float, float | None]],
    fixed: Mapping[int, tuple[float, float | None]],
) -> list[tuple[float, float | None]]:
    return [fixed.get(at, each) for at, each in enumerate(bounds)]
