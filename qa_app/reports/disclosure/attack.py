"""The reader who adds and subtracts: what could a hidden count be, given all that is printed?"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from qa_app.reports.disclosure.puzzle import Deviation, Puzzle, Span, Spans
from qa_app.reports.disclosure.solving import System

SPECK: Final = 1e-6
KEPT: Final = 12
"""Tables kept for each value of each count: more would take longer to ask than to find anew."""


class Reader:
    """Somebody who knows every sum and every printed count, and of the others their spans."""

    def __init__(self, puzzle: Puzzle, spans: Spans) -> None:
        self.puzzle, self.spans = puzzle, spans
        self.columns = sorted(spans)
        self.place = {cell: at for at, cell in enumerate(self.columns)}
        self.bounds = [_bounds(spans[cell]) for cell in self.columns]
        self.system = System(
            [
                {self.place[cell]: float(times) for cell, times in row.items() if cell in spans}
                for row in puzzle.rows
            ],
            len(self.columns),
        )

    def table_with(self, cell: int, value: int) -> Deviation | None:
        """A table of whole numbers in which the count has this value; None where there is none."""
        moved = value - self.puzzle.values[cell]
        if not _within(moved, self.spans[cell]):
            return None
        bounds = list(self.bounds)
        bounds[self.place[cell]] = (moved, moved)
        found = self.system.whole_answer(bounds)
        if found is None:
            return None
        return {each: by for each, by in zip(self.columns, found, strict=True) if by}

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
    """Tables found so far, to be asked before a solver is."""

    puzzle: Puzzle
    by_value: dict[tuple[int, int], list[Deviation]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def find(self, reader: Reader, cell: int, value: int) -> bool:
        """Whether some table of whole numbers gives the count this value for all the reader knows.

        One found earlier if it still fits, else a new one.
        """
        if value == self.puzzle.values[cell]:
            return True
        if any(_allowed(table, reader.spans) for table in self.by_value[cell, value]):
            return True
        table = reader.table_with(cell, value)
        if table is not None:
            self._add(table)
        return table is not None

    def find_all(self, reader: Reader, cell: int, values: Sequence[int]) -> bool:
        """The same for each of these values; the ends first, which are the likeliest to fail."""
        ends_first = sorted(values, key=lambda value: values[0] < value < values[-1])
        return all(self.find(reader, cell, value) for value in ends_first)

    def _add(self, table: Deviation) -> None:
        for cell in self.puzzle.sensitive:
            if cell in table:
                known = self.by_value[cell, self.puzzle.values[cell] + table[cell]]
                known.insert(0, table)
                del known[KEPT:]


def _allowed(table: Deviation, spans: Spans) -> bool:
    return table.keys() <= spans.keys() and all(
        _within(moved, spans[cell]) for cell, moved in table.items()
    )


def _within(moved: int, span: Span) -> bool:
    return moved >= -span.down and (span.up is None or moved <= span.up)


def _bounds(span: Span) -> tuple[float, float | None]:
    return -span.down, span.up
