"""Counts that a public report prints, and how they add up: what disclosure control works on (R5).

A table here is a set of counts and the sums among them: months make a quarter, teams a service,
grades a team's total. Tables that share a count, or whose counts add up across them, belong in one
`LinkedTables`, since whoever reads one reads the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Final


class Kind(StrEnum):
    """How a count is printed."""

    IN_FULL = "in full"
    """Printed whatever it is: authority-wide MTM-1 to 4 (R5)."""
    BREAKDOWN = "breakdown"
    """Printed unless R5 hides it: by team, service, plan type, section, theme or age band."""
    DERIVED = "derived"
    """Printed nowhere, but somebody could work it out: a difference of two periods or versions."""
    TIE = "tie"
    """No count of anything: a number that only ties others together."""


UNPRINTED: Final = (Kind.DERIVED, Kind.TIE)


class Mark(StrEnum):
    """What a public version prints in a count's place."""

    SHOWN = "shown"
    SUPPRESSED = "suppressed"
    """“c”; a reader knows that it is 1 or more, since a zero stays."""
    LEFT_OUT = "left out"
    """Nothing: its line is not printed, and may hold zeros."""


@dataclass(frozen=True)
class Cell:
    """One count. ``words`` name it on a page ("Inadequate, East team, April 2023").

    ``published`` is how an earlier version printed this very count: that cannot be undone.
    """

    name: str
    value: int
    words: str
    kind: Kind = Kind.BREAKDOWN
    published: Mark | None = None


@dataclass(frozen=True)
class Sum:
    """A count that is the sum of others, by their names."""

    total: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """A percentage printed beside a count: the part's of the whole."""

    part: str
    whole: str


@dataclass(frozen=True)
class Row:
    """A team's counts, with the number of its audits: left out where those are too few (R5)."""

    words: str
    audits: str
    cells: tuple[str, ...]


class TablesWrong(ValueError):
    """Counts that do not add up, or names that nothing has: a fault of whoever made the tables."""


@dataclass(frozen=True)
class LinkedTables:
    """Counts and what ties them together. TablesWrong where they do not fit."""

    cells: tuple[Cell, ...]
    sums: tuple[Sum, ...] = ()
    shares: tuple[Share, ...] = ()
    rows: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        if len(self.by_name) != len(self.cells):
            raise TablesWrong("two counts have the same name")
        negative = [cell.name for cell in self.cells if cell.value < 0]
        unknown = sorted(set(self._names()) - set(self.by_name))
        if negative or unknown:
            raise TablesWrong(f"no counts: {negative}; nothing is called: {unknown}")
        for each in self.sums:
            self._check(each)

    @cached_property
    def by_name(self) -> Mapping[str, Cell]:
        """Every count by its name."""
        return {cell.name: cell for cell in self.cells}

    def value(self, name: str) -> int:
        """The count itself. KeyError where nothing is called so."""
        return self.by_name[name].value

    def with_rests(self) -> "LinkedTables":
        """The same with the rest of every share: 48 of 50 says that 2 were not.

        Where a sum already takes the whole apart, part by part, its other parts are the rest.
        """
        apart = {(each.total, part) for each in self.sums for part in each.parts}
        wanted = sorted(
            {
                (share.whole, share.part)
                for share in self.shares
                if (share.whole, share.part) not in apart and not self._both_in_full(share)
            }
        )
        rests = [self._rest(whole, part) for whole, part in wanted]
        sums = [
            Sum(whole, (part, rest.name)) for (whole, part), rest in zip(wanted, rests, strict=True)
        ]
        return replace(self, cells=(*self.cells, *rests), sums=(*self.sums, *sums))

    def _rest(self, whole: str, part: str) -> Cell:
        words = f"{self.by_name[whole].words}, those other than {self.by_name[part].words}"
        value = self.value(whole) - self.value(part)
        if value < 0:
            raise TablesWrong(f"{part} is no part of {whole}")
        return Cell(f"{whole} without {part}", value, words, Kind.DERIVED)

    def _both_in_full(self, share: Share) -> bool:
        kinds = {self.by_name[share.part].kind, self.by_name[share.whole].kind}
        return kinds == {Kind.IN_FULL}

    def _names(self) -> Iterable[str]:
        for each in self.sums:
            yield from (each.total, *each.parts)
        for share in self.shares:
            yield from (share.part, share.whole)
        for row in self.rows:
            yield from (row.audits, *row.cells)

    def _check(self, each: Sum) -> None:
        found = sum(self.value(part) for part in each.parts)
        if found != self.value(each.total) or len({each.total, *each.parts}) <= len(each.parts):
            raise TablesWrong(f"{each.total} is {self.value(each.total)}, its parts add to {found}")
