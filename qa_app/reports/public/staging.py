"""Which counts are printed, stage by stage: the figures that matter most first (R5).

Worked out all at once, the tables of a quarter would take minutes. Instead each stage is worked out
with what the stages before it and earlier versions print, which by then cannot be undone: to hide
all of a stage is always enough, so that what is safe stays safe. It may hide a few counts more than
the fewest.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from qa_app.reports.disclosure import Limits, LinkedTables, Mark, Outcome, suppress
from qa_app.reports.disclosure.tables import UNPRINTED, Cell
from qa_app.reports.public.books import EarlierPublished, as_published, joined, tables_of
from qa_app.reports.public.counts import Book, Count, Counted
from qa_app.reports.public.rules import STAGES

_BASE: Final = ""


def outcomes_of(
    book: Book, earlier: Sequence[EarlierPublished], limits: Limits
) -> Mapping[Count, Outcome]:
    """What becomes of every count; one that is not here is not printed, since the number that it
    is out of is not."""
    before = [as_published(each) for each in earlier]
    joint = joined(before, book, tables_of(book))
    prefix = f"{len(before)}:"
    done: dict[Count, Outcome] = {}
    marks: dict[str, Mark] = {}
    for counts in _stages(book):
        wanted = [each for each in counts if _has_its_whole(book, each, counts, done)]
        names = {f"{prefix}{each.key}": each for each in wanted}
        tables = _as_far_as(joint, _not_yet(book, prefix, {*marks, *names}), marks)
        found = suppress(tables, limits)
        for name, count in names.items():
            done[count] = found.outcomes[name]
            marks[name] = found.outcomes[name].mark
    return done


def _stages(book: Book) -> Iterator[frozenset[Count]]:
    """The counts of each stage. Numbers that several groups are out of come before the groups."""
    taken = set(book.in_full)
    yield frozenset(taken)
    for measures in STAGES:
        those = [each for each in book.counted if each.figure.key.measure in measures]
        shared = {each.whole for each in those if each.whole and _grouped(each) and _apart(each)}
        groups = list(dict.fromkeys(each.group for each in those if _grouped(each)))
        for group in (_BASE, *groups):
            counts = {
                count
                for each in those
                if (each.group if _grouped(each) else _BASE) == group
                for count in (each.part, each.whole)
                if count is not None
            }
            if group == _BASE:
                counts |= shared
            if counts - taken:
                yield frozenset(counts - taken)
            taken |= counts


def _grouped(each: Counted) -> bool:
    return "{group}" in each.rule.part


def _apart(each: Counted) -> bool:
    return "{group}" not in each.rule.whole


def _has_its_whole(
    book: Book, count: Count, now: Collection[Count], done: Mapping[Count, Outcome]
) -> bool:
    """Whether the numbers that a count is out of are printed, or are worked out with it."""
    wholes = book.wholes.get(count, ())
    return all(
        whole in now or (whole in done and done[whole].mark is Mark.SHOWN) for whole in wholes
    )


def _not_yet(book: Book, prefix: str, known: Collection[str]) -> frozenset[str]:
    """This report's counts that no stage has come to, and rests of shares of which neither."""
    later = {each for each in book.values if f"{prefix}{each.key}" not in known}
    ready = {other for other, ends in book.others.items() if later.isdisjoint(ends)}
    return frozenset(f"{prefix}{each.key}" for each in later - ready)


def _as_far_as(
    joint: LinkedTables, not_yet: frozenset[str], marks: Mapping[str, Mark]
) -> LinkedTables:
    """The tables with what was printed before and what this stage works out."""
    sums = [each for each in joint.sums if not_yet.isdisjoint((each.total, *each.parts))]
    tied = {name for each in sums for name in (each.total, *each.parts)}
    cells = [
        _settled(cell, marks)
        for cell in joint.cells
        if cell.name not in not_yet and (cell.kind not in UNPRINTED or cell.name in tied)
    ]
    rows = [
        replace(row, cells=tuple(name for name in row.cells if name not in not_yet))
        for row in joint.rows
        if row.audits not in not_yet
    ]
    return LinkedTables(tuple(cells), tuple(sums), (), tuple(rows))


def _settled(cell: Cell, marks: Mapping[str, Mark]) -> Cell:
    return replace(cell, published=marks[cell.name]) if cell.name in marks else cell
