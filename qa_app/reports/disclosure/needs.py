"""What must stay possible for each small count (R5).

A small count must be able to be anything from 1 to 5. Where the figures printed in full rule some
of these out by themselves, what they leave must stay possible; where that is one number, another
one beside it too, so that nobody can be sure. What they settle altogether nothing can protect.
"""

from collections.abc import Mapping, Sequence

from qa_app.reports.disclosure.attack import Reader, Witnesses
from qa_app.reports.disclosure.puzzle import Puzzle

Needs = Mapping[int, tuple[int, ...]]
"""Sensitive count → the values that must stay possible, smallest first."""


def needs_of(puzzle: Puzzle, most: int) -> tuple[Needs, list[int]]:
    """The needs, and the counts that marking all that may be marked would not protect."""
    wanted = tuple(range(1, most + 1))
    needs = dict.fromkeys(puzzle.sensitive, wanted)
    witnesses = Witnesses(puzzle, needs)
    marked = Reader(puzzle, puzzle.spans(puzzle.free))
    short = [cell for cell in puzzle.sensitive if not witnesses.find_all(marked, cell, wanted)]
    if short:
        nothing = Reader(puzzle, puzzle.spans(puzzle.free, puzzle.lines))
        needs |= {cell: _possible(witnesses, nothing, cell, wanted) for cell in short}
    return needs, [cell for cell in short if not witnesses.find_all(marked, cell, needs[cell])]


def unprotected(puzzle: Puzzle, needs: Needs) -> frozenset[int]:
    """Sensitive counts that the figures printed in full give away, whatever else is hidden."""
    return frozenset(cell for cell in puzzle.sensitive if needs[cell] == (puzzle.values[cell],))


def _possible(
    witnesses: Witnesses, reader: Reader, cell: int, wanted: Sequence[int]
) -> tuple[int, ...]:
    found = [value for value in wanted if witnesses.find(reader, cell, value)]
    if len(found) == 1:
        beside = (found[0] - 1, found[0] + 1)
        found += [value for value in beside if witnesses.find(reader, cell, value)][:1]
    return tuple(sorted(found))
