"""A later version, or a report of another period, published beside earlier ones (R3, R5).

Somebody who has both can subtract. What cannot be hidden any more, because it was printed, stands;
what changes between two versions is a count of its own, and where it is small it is hidden like
any other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa_app.reports.disclosure.puzzle import Limits
from qa_app.reports.disclosure.suppressing import Published, suppress
from qa_app.reports.disclosure.tables import Cell, Kind, LinkedTables, Row, Sum


@dataclass(frozen=True)
class Change:
    """A line of a public erratum: what was printed and what is now."""

    words: str
    old: str
    new: str


def suppress_after(
    earlier: Sequence[Published], now: LinkedTables, limits: Limits | None = None
) -> Published:
    """The public version of tables some of whose counts were published before, under their names.

    Earlier versions stay as they are; the new one hides so much that no count of any of them, and
    no difference of 1 to 5 between two of them, can be worked out. The same counts of another
    period have other names: then their sums tie them together (see `linked`).
    """
    joint = suppress(linked(earlier, now), limits)
    latest = _prefix(len(earlier))
    tables = now.with_rests()
    outcomes = {
        cell.name: replace(joint.outcomes[latest + cell.name], cell=cell) for cell in tables.cells
    }
    return Published(tables, outcomes, joint.limits)


def linked(
    earlier: Sequence[Published],
    now: LinkedTables,
    across: Iterable[Sum] = (),
    more: Iterable[Cell] = (),
) -> LinkedTables:
    """All versions as one set of tables: each count's name with its version's number before it.

    Counts of the same name in two versions differ by one more count, which is printed nowhere.
    Which way it moved is taken to be known, since who knows less can work out less; of one that
    did not move it is known only where nothing fell, as when audits were added. ``across`` are
    further sums, of names with their numbers ("0:May", "1:June"), and ``more`` counts of theirs.
    """
    now = now.with_rests()
    versions = [each.tables for each in earlier]
    cells = [
        _marked(each, place, cell)
        for place, each in enumerate(earlier)
        for cell in each.tables.cells
    ]
    cells += [replace(cell, name=_prefix(len(earlier)) + cell.name) for cell in now.cells]
    cells += more
    sums, rows = list(across), list[Row]()
    for place, tables in enumerate([*versions, now]):
        sums += _sums(place, tables)
        rows += _rows(place, tables)
    for place, before in enumerate(versions):
        more_cells, more_sums = _differences(place, before, len(earlier), now)
        cells += more_cells
        sums += more_sums
    return LinkedTables(tuple(cells), tuple(sums), (), tuple(rows))


def erratum(before: Published, after: Published) -> list[Change]:
    """What a public erratum may list: counts that both versions print, and that differ.

    A difference that reveals is none of these, because the later version hides its count.
    """
    both = [
        cell
        for cell in after.tables.cells
        if cell.name in before.outcomes and before.shows(cell.name) and after.shows(cell.name)
    ]
    texts = [
        (cell.words, before.outcomes[cell.name].text, after.outcomes[cell.name].text)
        for cell in both
    ]
    return [Change(words, old, new) for words, old, new in texts if old != new]


def _prefix(place: int) -> str:
    return f"{place}:"


def _marked(version: Published, place: int, cell: Cell) -> Cell:
    mark = None if cell.kind is Kind.DERIVED else version.outcomes[cell.name].mark
    words = f"{cell.words} (version {place + 1})"
    return replace(cell, name=_prefix(place) + cell.name, words=words, published=mark)


def _sums(place: int, tables: LinkedTables) -> list[Sum]:
    prefix = _prefix(place)
    return [
        Sum(prefix + each.total, tuple(prefix + part for part in each.parts))
        for each in tables.sums
    ]


def _rows(place: int, tables: LinkedTables) -> list[Row]:
    prefix = _prefix(place)
    return [
        Row(row.words, prefix + row.audits, tuple(prefix + name for name in row.cells))
        for row in tables.rows
    ]


def _differences(
    place: int, before: LinkedTables, later: int, now: LinkedTables
) -> tuple[list[Cell], list[Sum]]:
    shared = [
        (before.by_name[cell.name], cell)
        for cell in now.cells
        if cell.name in before.by_name
        and cell.kind is before.by_name[cell.name].kind
        and cell.kind in (Kind.BREAKDOWN, Kind.DERIVED)
    ]
    fell = any(
        before.value(cell.name) > cell.value for cell in now.cells if cell.name in before.by_name
    )
    cells, sums = list[Cell](), list[Sum]()
    for old, new in shared:
        tie = _either_way if fell and old.value == new.value else _one_way
        more_cells, more_sums = tie(place, old, later, new)
        cells += more_cells
        sums += more_sums
    return cells, sums


def _one_way(place: int, old: Cell, later: int, new: Cell) -> tuple[list[Cell], list[Sum]]:
    name = f"{later}-{place}:{new.name}"
    words = f"{new.words}: what changed since version {place + 1}"
    moved = Cell(name, abs(new.value - old.value), words, Kind.DERIVED)
    high, low = (later, place) if new.value >= old.value else (place, later)
    return [moved], [Sum(_prefix(high) + new.name, (_prefix(low) + new.name, name))]


def _either_way(place: int, old: Cell, later: int, new: Cell) -> tuple[list[Cell], list[Sum]]:
    """Both with what they lack add to the same: one count for up, one for down, neither known."""
    names = [f"{later}{sign}{place}:{new.name}" for sign in ("+", "-", "=")]
    values = (0, 0, old.value)
    cells = [Cell(name, n, new.words, Kind.TIE) for name, n in zip(names, values, strict=True)]
    up, down, both = names
    return cells, [
        Sum(both, (_prefix(place) + new.name, up)),
        Sum(both, (_prefix(later) + new.name, down)),
    ]
