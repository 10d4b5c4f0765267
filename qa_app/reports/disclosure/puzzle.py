"""What a reader of a public version would have to solve: counts unknown within bounds, and sums.

Counts printed for certain are left out: nothing about them can move. A count is known here by its
place in the order of names, so that the order in which counts come does not matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from qa_app.domain.settings import default_number
from qa_app.reports.disclosure.tables import UNPRINTED, Cell, Kind, LinkedTables, Mark


@dataclass(frozen=True)
class Limits:
    """R5's thresholds: the largest count that is hidden, the fewest audits of a team shown."""

    hidden_up_to: int = default_number("suppressed_up_to")
    shown_from: int = default_number("team_shown_from")


class Span(NamedTuple):
    """How far below and above its value a count may lie, for all that its mark says."""

    down: int
    up: int | None


Numbers = TypeVar("Numbers", bound=Iterable[int])
Spans = Mapping[int, Span]
Deviation = Mapping[int, int]
"""Another table that a reader cannot rule out: by how much which counts differ from ours."""


@dataclass(frozen=True)
class Puzzle:
    """Counts that are not certain to be printed.

    ``free`` may be printed or not; ``zeros`` stay, unless a whole line is left out with them;
    ``held`` are never printed. Each of ``rows`` adds to nothing: parts count 1, their total -1.
    """

    values: Mapping[int, int]
    rows: tuple[Mapping[int, int], ...]
    free: frozenset[int] = frozenset()
    zeros: frozenset[int] = frozenset()
    held: Spans = field(default_factory=dict)
    lines: tuple[frozenset[int], ...] = ()
    sensitive: tuple[int, ...] = ()

    def spans(self, hidden: Iterable[int], left: Iterable[frozenset[int]] = ()) -> dict[int, Span]:
        """What is uncertain where these are marked “c” and these lines left out."""
        spans = {cell: Span(self.values[cell] - 1, None) for cell in sorted(hidden)}
        spans |= {cell: Span(self.values[cell], None) for line in left for cell in line}
        return spans | dict(self.held)

    def leaving_out(self, left: Iterable[frozenset[int]]) -> "Puzzle":
        """The same once it is settled which lines are left out; other zeros are printed."""
        out = {cell: Span(self.values[cell], None) for line in left for cell in line}
        held = out | dict(self.held)
        kept = self.free.union(held)
        rows = ({cell: each for cell, each in row.items() if cell in kept} for row in self.rows)
        return Puzzle(
            {cell: self.values[cell] for cell in sorted(kept)},
            tuple(row for row in rows if row),
            self.free.difference(out),
            held=held,
            sensitive=tuple(cell for cell in self.sensitive if cell in kept),
        )

    def pieces(self) -> Iterator["Puzzle"]:
        """The parts that no sum ties together, in the order of their first counts."""
        tied = _tied(self.values, self.rows)
        place = {cell: at for at, together in enumerate(tied) for cell in together}
        rows, lines = _by_place(place, self.rows), _by_place(place, self.lines)
        for at, together in enumerate(tied):
            yield Puzzle(
                {cell: self.values[cell] for cell in sorted(together)},
                tuple(rows[at]),
                self.free & together,
                self.zeros & together,
                {cell: self.held[cell] for cell in sorted(together) if cell in self.held},
                tuple(lines[at]),
                tuple(cell for cell in self.sensitive if cell in together),
            )


def _tied(cells: Iterable[int], rows: Iterable[Mapping[int, int]]) -> list[frozenset[int]]:
    group = {cell: {cell} for cell in cells}
    for row in rows:
        together: set[int] = set().union(*(group[cell] for cell in row))
        group.update(dict.fromkeys(together, together))
    return [frozenset(each) for each in {id(each): each for each in group.values()}.values()]


def _by_place(place: Mapping[int, int], all_: Iterable[Numbers]) -> Mapping[int, list[Numbers]]:
    """Rows or lines by the part that their counts are in."""
    found = defaultdict[int, list[Numbers]](list)
    for each in all_:
        found[place[next(iter(each))]].append(each)
    return found


def sensitive(cell: Cell, limits: Limits) -> bool:
    """Whether this is a count that R5 hides."""
    small = 1 <= cell.value <= limits.hidden_up_to
    return small and cell.kind is not Kind.TIE and _may_be_hidden(cell)


def too_small(tables: LinkedTables, limits: Limits) -> dict[str, str]:
    """The counts of teams that are left out for their few audits, with the team's words."""
    return {
        name: row.words
        for row in tables.rows
        if tables.value(row.audits) < limits.shown_from
        for name in (row.audits, *row.cells)
        if _may_be_hidden(tables.by_name[name])
    }


def _may_be_hidden(cell: Cell) -> bool:
    return cell.kind is not Kind.IN_FULL and cell.published is not Mark.SHOWN


def puzzle_of(tables: LinkedTables, limits: Limits) -> tuple[Puzzle, tuple[str, ...]]:
    """The puzzle, and the names in the order of its numbers."""
    names = tuple(sorted(tables.by_name))
    number = {name: place for place, name in enumerate(names)}
    cells = [tables.by_name[name] for name in names]
    held = _held(tables, limits)
    open_ = [
        place
        for place, cell in enumerate(cells)
        if cell.kind is Kind.BREAKDOWN and cell.published is None and cell.name not in held
    ]
    free = frozenset(place for place in open_ if cells[place].value)
    zeros = frozenset(open_) - free
    known = free | zeros | {number[name] for name in held}
    rows = _rows(tables, number, known)
    lines = {
        frozenset(number[part] for part in each.parts) & (free | zeros) for each in tables.sums
    }
    return Puzzle(
        {place: cells[place].value for place in sorted(known)},
        rows,
        free,
        zeros,
        {number[name]: span for name, span in sorted(held.items())},
        tuple(sorted(filter(None, lines), key=lambda line: (len(line), sorted(line)))),
        tuple(place for place, cell in enumerate(cells) if sensitive(cell, limits)),
    ), names


def _held(tables: LinkedTables, limits: Limits) -> dict[str, Span]:
    """The counts that are printed nowhere whatever is chosen, and what is known of them."""
    small = too_small(tables, limits)
    held = {
        cell.name: Span(cell.value - (cell.published is Mark.SUPPRESSED), None)
        for cell in tables.cells
        if cell.name in small or cell.kind in UNPRINTED or _was_hidden(cell)
    }
    for row in tables.rows:
        if row.audits in small:
            # Being left out says how few audits there are at most.
            most = limits.shown_from - 1 - tables.value(row.audits)
            held[row.audits] = held[row.audits]._replace(up=most)
    return held


def _was_hidden(cell: Cell) -> bool:
    return cell.published in (Mark.SUPPRESSED, Mark.LEFT_OUT)


def _rows(
    tables: LinkedTables, number: Mapping[str, int], known: frozenset[int]
) -> tuple[dict[int, int], ...]:
    found = []
    for each in sorted(tables.sums, key=lambda sum_: (sum_.total, sum_.parts)):
        row = {number[part]: 1 for part in each.parts} | {number[each.total]: -1}
        found.append({cell: times for cell, times in sorted(row.items()) if cell in known})
    return tuple(row for row in found if row)
