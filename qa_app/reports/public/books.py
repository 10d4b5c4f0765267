"""Reports as linked tables: this one, those published before it, and the sums between them (R5)."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qa_app.reports.disclosure import (
    Cell,
    Kind,
    Limits,
    LinkedTables,
    Mark,
    Outcome,
    Published,
    Row,
    Sum,
    linked,
)
from qa_app.reports.figures import Figures
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.public.counts import Book, Count, Counted, book_of
from qa_app.reports.public.relations import Relation, relations, sum_up
from qa_app.reports.reportasked import ReportAsked

_MARKS: Final = (Mark.SHOWN, Mark.SUPPRESSED, Mark.LEFT_OUT)
"""What counts of several figures that print the same count: the plainest."""


@dataclass(frozen=True)
class EarlierPublished:
    """A public version that anybody may have: what it counted, and what it printed of that.

    `figures` are its figures as they were, with the audits behind them where they are known; what
    was printed cannot be undone. `words` name it: ``Version 1``.
    """

    asked: ReportAsked
    figures: Figures
    public: Figures
    words: str = "An earlier version"


def tables_of(book: Book) -> LinkedTables:
    """A report's counts, their sums, and the lines of teams."""
    cells = [_cell(book, count) for count in book.values]
    more, sums = _summed(
        relations([book]), lambda count: count.key, book.values.__getitem__, book.words
    )
    return LinkedTables((*cells, *more), sums, (), tuple(_rows(book)))


def joined(
    earlier: Sequence[tuple[Book, Published]], now: Book, tables: LinkedTables
) -> LinkedTables:
    """This report's tables with those published before, and the sums that run across them.

    A count is named with its report's number before it; this report's is the last.
    """
    latest: dict[Count, tuple[int, int]] = {}
    books = [*(book for book, _ in earlier), now]
    for place, book in enumerate(books):
        latest |= {count: (place, value) for count, value in book.values.items()}
    across = (
        relation
        for relation in relations(books)
        if len({latest[count][0] for count in relation.counts}) > 1
    )
    more, sums = _summed(
        across,
        lambda count: f"{latest[count][0]}:{count.key}",
        lambda count: latest[count][1],
        {count: words for book in books for count, words in book.words.items()},
    )
    joint = linked([published for _, published in earlier], tables, sums, more)
    return _reached(joint, f"{len(earlier)}:") if earlier else joint


def _reached(joint: LinkedTables, prefix: str) -> LinkedTables:
    """The counts of this report, and what sums tie them to through counts that are not certain."""
    certain = {
        cell.name
        for cell in joint.cells
        if cell.kind is Kind.IN_FULL or cell.published is Mark.SHOWN
    }
    of_count: dict[str, list[Sum]] = {}
    for each in joint.sums:
        for name in (each.total, *each.parts):
            of_count.setdefault(name, []).append(each)
    waiting = [cell.name for cell in joint.cells if cell.name.startswith(prefix)]
    reached, kept = set(waiting), dict[Sum, None]()
    while waiting:
        for each in of_count.get(waiting.pop(), ()):
            kept[each] = None
            new = {each.total, *each.parts} - reached
            reached |= new
            waiting += sorted(new - certain)
    return LinkedTables(
        tuple(cell for cell in joint.cells if cell.name in reached),
        tuple(kept),
        (),
        tuple(_row_of(row, reached) for row in joint.rows if row.audits in reached),
    )


def _row_of(row: Row, known: Container[str]) -> Row:
    return Row(row.words, row.audits, tuple(name for name in row.cells if name in known))


def as_published(earlier: EarlierPublished) -> tuple[Book, Published]:
    """An earlier public version as counts, each with how it was printed; of a table that was left
    out each is a count that nobody may work out now."""
    book = book_of(earlier.asked, earlier.figures)
    marks: dict[str, Mark] = {}
    for each in book.counted:
        for count, mark in _printed(each, earlier.public):
            known = marks.get(count.key, Mark.LEFT_OUT)
            marks[count.key] = min(mark, known, key=_MARKS.index)
    linked_tables = tables_of(book).with_rests()
    outcomes = {
        cell.name: _outcome(cell, marks.get(cell.name, Mark.LEFT_OUT))
        for cell in linked_tables.cells
    }
    return book, Published(linked_tables, outcomes, Limits())


def _printed(counted: Counted, public: Figures) -> list[tuple[Count, Mark]]:
    found = public.by_key.get(counted.figure.key)
    if found is None or (found.numerator is None and not found.text):
        return [(counted.part, Mark.LEFT_OUT)]
    shown = found.numerator is not None
    marks = [(counted.part, Mark.SHOWN if shown else Mark.SUPPRESSED)]
    if counted.whole is not None and found.denominator is not None:
        marks.append((counted.whole, Mark.SHOWN))
    return marks


def _outcome(cell: Cell, mark: Mark) -> Outcome:
    shown = mark is Mark.SHOWN
    return Outcome(cell, mark, cell.value if shown else None, str(cell.value) if shown else "")


def _cell(book: Book, count: Count) -> Cell:
    kind = Kind.IN_FULL if count in book.in_full else Kind.BREAKDOWN
    if count in book.others:
        printed = book.in_full.issuperset(book.others[count])
        kind = Kind.TIE if printed else Kind.DERIVED
    return Cell(count.key, book.values[count], book.words[count], kind)


def _rows(book: Book) -> Iterable[Row]:
    """The lines of teams: those with few audits are left out."""
    lines: dict[Count, list[str]] = {}
    for each in book.counted:
        if each.whole is not None and each.whole.whose is Whose.TEAM:
            lines.setdefault(each.whole, []).append(each.part.key)
    return [
        Row(f"{whole.scope}, {whole.period}", whole.key, tuple(dict.fromkeys(parts)))
        for whole, parts in lines.items()
    ]


def _summed(
    found: Iterable[Relation],
    name: Callable[[Count], str],
    value: Callable[[Count], int],
    words: Mapping[Count, str],
) -> tuple[tuple[Cell, ...], tuple[Sum, ...]]:
    cells: dict[str, Cell] = {}
    sums: dict[Sum, None] = {}
    for relation in found:
        more, tied = sum_up(relation, name, value, words)
        cells |= {cell.name: cell for cell in more}
        sums |= dict.fromkeys(tied)
    return tuple(cells.values()), tuple(sums)
