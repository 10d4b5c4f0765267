"""Which lines a public version leaves out with their zeros, where marks are not enough (R5).

A zero stays, so that “c” is known to be 1 or more. Three audits that three teams share, each “c",
would be one each. Such a line is not printed at all.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from qa_app.reports.disclosure.attack import Reader, Witnesses
from qa_app.reports.disclosure.needs import Needs
from qa_app.reports.disclosure.puzzle import Puzzle
from qa_app.reports.disclosure.solving import NoAnswer, Terms, minimise_whole

Line = frozenset[int]
ROUNDS: Final = 6
"""Rounds in which the choice is free to change; after them it only grows, so that it ends."""

ENOUGH: Final = "leaving out every line is always enough: see needs.py"


def lines_left_out(
    puzzle: Puzzle, needs: Needs, short: Sequence[int], costs: Mapping[int, int]
) -> list[Line]:
    """The cheapest lines with which every count of ``short`` is safe.

    Found as secondary.py finds what to hide: a reader attacks, and each attack that succeeds says
    which lines would have stopped it.
    """
    witnesses = Witnesses(puzzle, {cell: needs[cell] for cell in short})
    prices = [float(sum(costs[cell] for cell in line)) for line in puzzle.lines]
    rows: list[tuple[Terms, float]] = []
    kept = [0] * len(prices)
    tried = 0
    while True:
        chosen = minimise_whole(prices, rows, [(float(each), 1.0) for each in kept])
        if chosen is None:
            raise NoAnswer(ENOUGH)
        left = [line for line, out in zip(puzzle.lines, chosen, strict=True) if out]
        reader = Reader(puzzle, puzzle.spans(puzzle.free, left))
        broken = [
            _stopped_by(puzzle, reader, cell, value)
            for cell in short
            for value in needs[cell]
            if not witnesses.find(reader, cell, value)
        ]
        if not broken:
            return left
        if all(chosen):
            raise NoAnswer(ENOUGH)
        useful = [row for row in broken if row is not None and not _met(row, chosen)]
        tried += 1
        if tried >= ROUNDS or not useful:
            kept = chosen
            rows.append(_one_more(chosen))
        rows += useful


def _met(row: tuple[Terms, float], chosen: Sequence[int]) -> bool:
    """Whether a choice has what a row asks for: lines that cross count what they share twice."""
    terms, least = row
    return sum(chosen[at] * by for at, by in terms.items()) >= least


def _stopped_by(
    puzzle: Puzzle, reader: Reader, cell: int, value: int
) -> tuple[Terms, float] | None:
    need = value - puzzle.values[cell]
    gains = reader.falls_short(cell, need)
    if gains is None:
        return None
    marked = puzzle.spans(puzzle.free)
    room = abs(need) - sum(
        gains[each] * marked[each].down
        if gains[each] > 0
        else -gains[each] * (marked[each].up or 0)
        for each in gains.keys() & marked.keys()
    )
    terms = {
        at: gained
        for at, line in enumerate(puzzle.lines)
        if (gained := sum(_gained(puzzle, each, gains, room) for each in sorted(line)))
    }
    return {at: min(gained, room) / room for at, gained in terms.items()}, 1.0


def _gained(puzzle: Puzzle, cell: int, gains: Mapping[int, float], room: float) -> float:
    """What leaving out a count's line adds: a zero may grow, another count may also be 0."""
    gain = gains.get(cell, 0.0)
    if cell in puzzle.zeros:
        return room if gain < 0 else 0.0
    return max(gain, 0.0)


def _one_more(chosen: Sequence[int]) -> tuple[Terms, float]:
    """Where fractions would do but whole numbers do not: some other line as well, whichever."""
    return {at: 1.0 for at, out in enumerate(chosen) if not out}, 1.0
