"""A public version: what is shown, what is hidden and why, in words for a page (R5)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Final

from qa_app.reports.disclosure.lines import lines_left_out
from qa_app.reports.disclosure.needs import needs_of, unprotected
from qa_app.reports.disclosure.puzzle import Limits, Puzzle, puzzle_of, too_small
from qa_app.reports.disclosure.secondary import choose
from qa_app.reports.disclosure.tables import UNPRINTED, Cell, LinkedTables, Mark

SUPPRESSED: Final = "c"
_COST: Final = 10_000
_TIE: Final = 997


class Because(StrEnum):
    """Why a count is not shown."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    FEW_AUDITS = "few audits"
    LINE = "line left out"
    DERIVED = "derived"
    PUBLISHED = "published so before"


@dataclass(frozen=True)
class Outcome:
    """What a public version prints for one count; ``numerator`` and ``text`` as in its JSON.

    ``given_away`` says that the figures printed in full tell this count whatever is hidden.
    """

    cell: Cell
    mark: Mark
    numerator: int | None
    text: str
    because: Because | None = None
    why: str = ""
    given_away: bool = False


@dataclass(frozen=True)
class Published:
    """A public version's counts by name, with the tables that they came from."""

    tables: LinkedTables
    outcomes: Mapping[str, Outcome]
    limits: Limits

    def shows(self, name: str) -> bool:
        """Whether the count is printed."""
        return self.outcomes[name].mark is Mark.SHOWN

    @property
    def hidden(self) -> list[Outcome]:
        """What is not shown though it stands in the report, in the report's order."""
        return [
            self.outcomes[cell.name]
            for cell in self.tables.cells
            if cell.kind not in UNPRINTED and not self.shows(cell.name)
        ]


def legend(limits: Limits) -> str:
    """What “c” means, to be printed under every table."""
    return f"{SUPPRESSED}: 1 to {limits.hidden_up_to}, or hidden to protect another"


def suppress(tables: LinkedTables, limits: Limits | None = None) -> Published:
    """The public version of linked tables, the same for the same counts on every day.

    Of all choices that keep every small count uncertain (see needs.py) the one that hides the
    fewest counts, of those the smaller ones: a total is worth more than a part.
    """
    limits = limits or Limits()
    whole = tables.with_rests()
    puzzle, names = puzzle_of(whole, limits)
    hidden, left, known = set[int](), set[int](), set[int]()
    for piece in puzzle.pieces():
        if not (piece.sensitive and (piece.free or piece.zeros)):
            continue
        costs = _costs(piece, names)
        needs, short = needs_of(piece, limits.hidden_up_to)
        lines = lines_left_out(piece, needs, short, costs) if short else []
        left.update(cell for line in lines for cell in line)
        known.update(unprotected(piece, needs))
        for part in piece.leaving_out(lines).pieces():
            if part.sensitive and part.free:
                hidden.update(choose(part, needs, costs))
    told = _Telling(
        whole,
        limits,
        too_small(whole, limits),
        frozenset(names[cell] for cell in hidden),
        frozenset(names[cell] for cell in left),
        frozenset(names[cell] for cell in known),
    )
    return Published(whole, {cell.name: told.outcome(cell) for cell in whole.cells}, limits)


def _costs(puzzle: Puzzle, names: tuple[str, ...]) -> dict[int, int]:
    """One for each count and up to one more by its size; last a number from its name.

    The last one makes equally good choices differ, so that every machine makes the same.
    """
    largest = max(puzzle.values.values())
    return {
        cell: _COST + _COST * puzzle.values[cell] // (largest + 1) + _tie(names[cell])
        for cell in puzzle.values
    }


def _tie(name: str) -> int:
    return int.from_bytes(sha256(name.encode()).digest()[:4]) % _TIE


@dataclass(frozen=True)
class _Telling:
    tables: LinkedTables
    limits: Limits
    small: Mapping[str, str]
    hidden: frozenset[str]
    left: frozenset[str]
    known: frozenset[str]

    def outcome(self, cell: Cell) -> Outcome:
        because = self._because(cell)
        if because is None:
            return Outcome(cell, Mark.SHOWN, cell.value, str(cell.value))
        mark = self._mark(cell, because)
        text = SUPPRESSED if mark is Mark.SUPPRESSED else ""
        known = cell.name in self.known
        return Outcome(cell, mark, None, text, because, self._why(cell, because, known), known)

    def _because(self, cell: Cell) -> Because | None:
        reasons = {
            Because.DERIVED: cell.kind in UNPRINTED,
            Because.PUBLISHED: cell.published in (Mark.SUPPRESSED, Mark.LEFT_OUT),
            Because.FEW_AUDITS: cell.name in self.small,
            Because.LINE: cell.name in self.left,
            Because.PRIMARY: cell.name in self.hidden and self._is_small(cell),
            Because.SECONDARY: cell.name in self.hidden,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _mark(self, cell: Cell, because: Because) -> Mark:
        if because is Because.PUBLISHED and cell.published is not None:
            return cell.published
        suppressed = because in (Because.PRIMARY, Because.SECONDARY)
        return Mark.SUPPRESSED if suppressed else Mark.LEFT_OUT

    def _is_small(self, cell: Cell) -> bool:
        return cell.value <= self.limits.hidden_up_to

    def _why(self, cell: Cell, because: Because, known: bool) -> str:
        most, fewest = self.limits.hidden_up_to, self.limits.shown_from
        words = {
            Because.PRIMARY: f"It is a count of 1 to {most}.",
            Because.SECONDARY: self._protects(cell) if because is Because.SECONDARY else "",
            Because.FEW_AUDITS: f"{self.small.get(cell.name)} has fewer than {fewest} audits, "
            "so that its line is left out.",
            Because.LINE: "Its line is left out, zeros too: figures that are printed in full "
            "are so small that the marks would have given a count away.",
            Because.DERIVED: "It is printed nowhere; what is printed must not give it away.",
            Because.PUBLISHED: "An earlier version was published so.",
        }[because]
        if known:
            words += " Figures that are printed in full tell it all the same."
        return words

    def _protects(self, cell: Cell) -> str:
        near = sorted(set(self._near(cell)))
        if near:
            return f"Without it, a reader could work out {_one_or_more(near)}."
        return "Without it, a reader could work out small counts through other hidden ones."

    def _near(self, cell: Cell) -> Iterator[str]:
        for ring in self._rings[cell.name]:
            yield from (self.tables.by_name[name].words for name in ring if self._small(name))

    @cached_property
    def _rings(self) -> Mapping[str, list[tuple[str, ...]]]:
        """The sums that each count is in, as the names of their counts."""
        found = defaultdict[str, list[tuple[str, ...]]](list)
        for each in self.tables.sums:
            ring = (each.total, *each.parts)
            for name in ring:
                found[name].append(ring)
        return found

    def _small(self, name: str) -> bool:
        small = 1 <= self.tables.value(name) <= self.limits.hidden_up_to
        return small and self._because(self.tables.by_name[name]) is not None


def _one_or_more(words: list[str]) -> str:
    others = len(words) - 1
    more = "" if not others else f" (and {others} more)"
    return f"“{words[0]}”{more}"
