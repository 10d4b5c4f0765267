"""Versions of one table, one after the other, and what a reader of them all recovers (DP-3)."""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from qa_app.reports.disclosure import Cell, Kind, LinkedTables, Mark, Published, linked, suppress
from tests.reports.attacker import allowed_by, broken, fewest_known, reads


def secrets(tables: LinkedTables) -> list[str]:
    """The small counts that were not printed before."""
    return [
        cell.name
        for cell in tables.cells
        if 1 <= cell.value <= 5
        and cell.kind not in (Kind.IN_FULL, Kind.TIE)
        and cell.published is not Mark.SHOWN
    ]


def recovered(published: Published) -> list[str]:
    """The small counts that a reader of these versions recovers."""
    unavoidable = fewest_known(published.tables)
    allowed = {name: allowed_by(unavoidable, name) for name in secrets(published.tables)}
    known = reads(published)
    secondary = [
        name for name, outcome in published.outcomes.items() if outcome.because == "secondary"
    ]
    exactly = [name for name in secondary if len(set(known.interval(name))) == 1]
    return broken(known, allowed, allowed) + exactly


def one_more(tables: LinkedTables, chance: Random) -> LinkedTables:
    """The same tables after one submission: every count that the new audit belongs to."""
    parts = {part for each in tables.sums for part in each.parts}
    totals = {each.total for each in tables.sums}
    grown = _grown(tables, chance.choice(sorted(parts - totals)))
    cells = (
        replace(cell, value=cell.value + (cell.name in grown), published=None)
        for cell in tables.cells
    )
    return replace(tables, cells=tuple(cells))


def _grown(tables: LinkedTables, name: str) -> frozenset[str]:
    """A count and all that it is added into."""
    grown = {name}
    while True:
        above = {each.total for each in tables.sums if grown.intersection(each.parts)} - grown
        if not above:
            return frozenset(grown)
        grown |= above


def corrected(tables: LinkedTables, chance: Random) -> LinkedTables | None:
    """The same tables after one audit of a team and month got another grade, where one can."""
    audits = [row for row in tables.rows if row.audits.split("|")[1] != "quarter"]
    row = chance.choice(audits)
    here = [name for name in row.cells if tables.value(name)]
    if not here:
        return None
    lost = chance.choice(here)
    won = chance.choice([name for name in row.cells if name != lost])
    moved = {_grown(tables, lost): -1, _grown(tables, won): 1}
    by = {
        cell.name: sum(times for names, times in moved.items() if cell.name in names)
        for cell in tables.cells
    }
    cells = (replace(cell, value=cell.value + by[cell.name]) for cell in tables.cells)
    return replace(tables, cells=tuple(cells))


def together(versions: Sequence[Published]) -> Published:
    """What somebody has who kept the earlier versions and reads the last."""
    joint = linked(versions[:-1], versions[-1].tables)
    outcomes = {
        f"{place}:{name}": outcome
        for place, version in enumerate(versions)
        for name, outcome in version.outcomes.items()
    }
    hidden = suppress(LinkedTables((Cell("none", 0, "none", Kind.DERIVED),))).outcomes["none"]
    for cell in joint.cells:
        outcomes.setdefault(cell.name, replace(hidden, cell=cell))
    return Published(joint, outcomes, versions[-1].limits)
