"""Which other counts to hide, losing as little as can be, so that no small one can be worked out.

The master question chooses the counts; a reader then attacks the choice by linear programming, and
every attack that succeeds becomes a constraint of the master (its dual says which counts would have
to be hidden to stop it), until none does. This is M. Fischetti and J. J. Salazar-González, "Models
and algorithms for optimizing cell suppression in tabular data with linear constraints", Journal of
the American Statistical Association 95 (2000), 916-928, whose "bridge-less" inequalities are the
first constraints here: nothing is worth hiding alone in its row.

Counts are whole numbers and a linear program does not know it. So at the end a table of whole
numbers is found for every value that must stay possible.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from math import ceil
from typing import Final

from qa_app.reports.disclosure.attack import SPECK, Reader, Witnesses
from qa_app.reports.disclosure.needs import Needs, unprotected
from qa_app.reports.disclosure.puzzle import Puzzle
from qa_app.reports.disclosure.solving import NoAnswer, Terms, minimise_whole

ROUNDS: Final = 10
"""Rounds in which the choice is free to change; after them it can only grow, so that it ends."""

FEW: Final = 60
ROUNDS_OF_MANY: Final = 4
"""The same where more than FEW counts may be hidden: the master question grows with each round."""

_GRAIN: Final = 60


def choose(
    puzzle: Puzzle, needs: Needs, costs: Mapping[int, int], rounds: int | None = None
) -> frozenset[int]:
    """The counts to hide, sensitive ones included: the cheapest choice, if found in the rounds."""
    master = _Master(puzzle, needs, costs)
    if rounds is None:
        rounds = ROUNDS if len(puzzle.free) <= FEW else ROUNDS_OF_MANY
    for tried in count(1):
        hidden = master.solve()
        broken = master.attack(hidden)
        if not broken:
            break
        if hidden == puzzle.free:
            raise NoAnswer("hiding everything is always enough: see lines.py")
        if tried >= rounds:
            master.keep(hidden)
        master.stop(broken, hidden)
    return hidden if tried <= rounds else _taking_back(master, hidden)


def _taking_back(master: "_Master", hidden: frozenset[int]) -> frozenset[int]:
    """Show again what need not be hidden, the dearest first."""
    others = hidden.difference(master.puzzle.sensitive)
    for cell in sorted(others, key=lambda each: -master.costs[each]):
        if master.safe(hidden - {cell}):
            hidden -= {cell}
    return hidden


@dataclass(frozen=True)
class _Broken:
    """A sensitive count that cannot be moved as far as it needs, and what would gain how much.

    ``gains`` is None where only whole numbers fall short.
    """

    cell: int
    need: int
    gains: Mapping[int, float] | None


@dataclass
class _Master:
    puzzle: Puzzle
    needs: Needs
    costs: Mapping[int, int]
    kept: set[int] = field(default_factory=set)
    rows: list[tuple[Terms, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.columns = sorted(self.puzzle.free)
        self.place = {cell: at for at, cell in enumerate(self.columns)}
        known = unprotected(self.puzzle, self.needs)
        self.targets = [cell for cell in self.puzzle.sensitive if cell not in known]
        self.witnesses = Witnesses(self.puzzle, {cell: self.needs[cell] for cell in self.targets})
        self.kept.update(self.puzzle.free.intersection(self.puzzle.sensitive))
        for row in self.puzzle.rows:
            if not row.keys() & self.puzzle.held.keys():
                self._never_alone(row.keys(), known)

    def solve(self) -> frozenset[int]:
        """The cheapest choice that meets what is known so far."""
        if self.kept.issuperset(self.columns):
            return self.puzzle.free
        bounds = [(float(cell in self.kept), 1.0) for cell in self.columns]
        costs = [float(self.costs[cell]) for cell in self.columns]
        found = minimise_whole(costs, self.rows, bounds)
        if found is None:
            raise NoAnswer("hiding everything is always enough: see lines.py")
        return frozenset(cell for cell, chosen in zip(self.columns, found, strict=True) if chosen)

    def attack(self, hidden: frozenset[int]) -> list[_Broken]:
        """Every sensitive count that is not free to have a value that it needs.

        The ends of what is needed first: what lies between is nearly always possible then.
        """
        reader = Reader(self.puzzle, self.puzzle.spans(hidden))
        ends = [(cell, {self.needs[cell][0], self.needs[cell][-1]}) for cell in self.targets]
        between = [(cell, set(self.needs[cell][1:-1])) for cell in self.targets]
        return self._fails(reader, ends) or self._fails(reader, between)

    def safe(self, hidden: frozenset[int]) -> bool:
        """Whether every sensitive count is free to have each value that it needs."""
        reader = Reader(self.puzzle, self.puzzle.spans(hidden))
        return all(self.witnesses.find_all(reader, cell, self.needs[cell]) for cell in self.targets)

    def keep(self, hidden: Collection[int]) -> None:
        """Hide these from now on."""
        self.kept.update(hidden)

    def stop(self, broken: Iterable[_Broken], hidden: frozenset[int]) -> None:
        """Ask for what would have stopped these attacks."""
        for each in broken:
            if each.gains is not None:
                self._ask_for_movement(abs(each.need), each.gains)
            else:
                self.keep(hidden)
                nearby = self._around(hidden) or self.puzzle.free - hidden
                self.rows.append(({self.place[cell]: 1.0 for cell in sorted(nearby)}, 1.0))

    def _fails(self, reader: Reader, asked: Iterable[tuple[int, Iterable[int]]]) -> list[_Broken]:
        needs = [
            (cell, value - self.puzzle.values[cell])
            for cell, values in asked
            for value in sorted(values)
            if not self.witnesses.find(reader, cell, value)
        ]
        return [_Broken(cell, need, reader.falls_short(cell, need)) for cell, need in needs]

    def _never_alone(self, row: Iterable[int], known: Collection[int]) -> None:
        cells = sorted(row)
        for cell in cells:
            others = {self.place[each]: 1.0 for each in cells if each != cell}
            if others and cell not in known:
                self.rows.append((others | {self.place[cell]: -1.0}, 0.0))

    def _around(self, hidden: frozenset[int]) -> set[int]:
        rows = [row.keys() for row in self.puzzle.rows if row.keys() & hidden]
        return set().union(*rows) & self.puzzle.free - hidden

    def _ask_for_movement(self, need: int, gains: Mapping[int, float]) -> None:
        """All that can be gained from what is hidden has to reach the need.

        In whole sixtieths, rounded up: a solver's speck must not count.
        """
        held = self.puzzle.held.keys() & gains.keys()
        room = need - sum(self._capacity(cell, gains[cell], need) for cell in held)
        terms = {
            self.place[cell]: min(self._capacity(cell, gains[cell], need), room)
            for cell in sorted(gains)
            if cell in self.place
        }
        whole = ceil(_GRAIN * (room - SPECK))
        self.rows.append(
            (
                {
                    at: float(min(ceil(_GRAIN * (gained - SPECK)), whole))
                    for at, gained in terms.items()
                    if gained > SPECK
                },
                float(whole),
            )
        )

    def _capacity(self, cell: int, gain: float, enough: float) -> float:
        down, up = self.puzzle.held.get(cell, (self.puzzle.values[cell] - 1, None))
        if gain > 0:
            return gain * down
        return enough if up is None else -gain * up
