"""What adds up to what among counts, within a report and across reports (R5)."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qa_app.domain.calendar import Quarter
from qa_app.reports.disclosure import Cell, Kind, Sum
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.public.counts import Book, Count
from qa_app.reports.public.rules import LINKS

_DIVIDES: Final = (Whose.SERVICE, Whose.PLAN_TYPE, Whose.ROLE)
"""What divides the authority's audits, each in its own way; teams divide services."""


@dataclass(frozen=True)
class Relation:
    """Parts that do not overlap are some or all of the totals taken together: see rules.py.

    Of those that only say what is covered, what is left is no count of practice. Where nothing is
    left, a reader knows it only of those that are `exact`.
    """

    totals: tuple[Count, ...]
    parts: tuple[Count, ...]
    covers: bool = False
    exact: bool = True

    @property
    def counts(self) -> tuple[Count, ...]:
        """All of them."""
        return (*self.totals, *self.parts)


def relations(books: Sequence[Book]) -> Iterator[Relation]:
    """Every relation among the counts of these reports, each known from whichever prints it."""
    known = sorted({count for book in books for count in book.values})
    units = {team: service for book in books for team, service in book.units.items()}
    stocks = {count.name for book in books for count in book.stocks}
    yield from _divisions(known, units)
    yield from _periods(count for count in known if count.name not in stocks)
    yield from _partitions(books)
    yield from _others(books)
    yield from _linked(known, sorted({group for book in books for group in book.groups}))
    yield from _narrower(known)


def sum_up(
    relation: Relation,
    name: Callable[[Count], str],
    value: Callable[[Count], int],
    words: Mapping[Count, str],
) -> tuple[list[Cell], list[Sum]]:
    """The relation as sums: what is left is a count that is printed nowhere.

    Where the parts are more than their total (an audit under two themes, something counted since),
    what they are too much is one.
    """
    label = "+".join(name(each) for each in relation.totals)
    parts = tuple(name(each) for each in relation.parts)
    cells, sums = list[Cell](), list[Sum]()
    total = sum(value(each) for each in relation.totals)
    left = total - sum(value(each) for each in relation.parts)
    whole = label
    if len(relation.totals) > 1:
        cells.append(Cell(label, total, label, Kind.TIE))
        sums.append(Sum(label, tuple(name(each) for each in relation.totals)))
    rest = f"{label} beside {'+'.join(parts)}"
    if left < 0:
        whole = f"{label} and what was added"
        cells.append(Cell(whole, total - left, whole, Kind.TIE))
        sums.append(Sum(whole, (label, rest)))
    elif left > 0 or not relation.exact:
        parts = (*parts, rest)
    if rest in parts or left < 0:
        kind = Kind.TIE if relation.covers and left > 0 else Kind.DERIVED
        called = f"{words[relation.totals[0]]}: what is left beside other figures"
        cells.append(Cell(rest, abs(left), called, kind))
    sums.append(Sum(whole, parts))
    return cells, sums


def _divisions(known: Iterable[Count], units: Mapping[str, str]) -> Iterator[Relation]:
    """Services, plan types and roles divide the authority; teams divide services."""
    same: dict[tuple[object, ...], list[Count]] = defaultdict(list)
    for each in known:
        same[each.universe, each.name, each.period].append(each)
    for counts in same.values():
        by_whose: dict[Whose, list[Count]] = defaultdict(list)
        for each in counts:
            by_whose[each.whose].append(each)
        services, teams = by_whose[Whose.SERVICE], by_whose[Whose.TEAM]
        ways = [by_whose[whose] for whose in _DIVIDES]
        ways += [] if services else [teams]
        for whole in by_whose[Whose.AUTHORITY]:
            yield from (Relation((whole,), tuple(parts)) for parts in ways if parts)
        for service in services:
            own = tuple(team for team in teams if units.get(team.scope) == service.scope)
            if own:
                yield Relation((service,), own)


def _periods(known: Iterable[Count]) -> Iterator[Relation]:
    """Months add up to quarters and years, as far as they are printed."""
    same: dict[Count, dict[str, Count]] = defaultdict(dict)
    for each in known:
        same[each._replace(period="")][each.period] = each
    for periods in same.values():
        for period, total in periods.items():
            for parts in _ways(period):
                found = tuple(periods[part] for part in parts if part in periods)
                if found:
                    yield Relation((total,), found)


def _ways(period: str) -> Iterator[list[str]]:
    """The ways to take a period apart: a quarter into months, a year into quarters or months."""
    if "Q" in period:
        yield [str(month) for month in Quarter.parse(period).months]
    elif "/" in period:
        year = int(period[:4])
        quarters = [Quarter(year, number) for number in (1, 2, 3, 4)]
        yield [str(quarter) for quarter in quarters]
        yield [str(month) for quarter in quarters for month in quarter.months]


def _partitions(books: Sequence[Book]) -> Iterator[Relation]:
    """Grades that add up to the audits that have one, and the like."""
    items: dict[tuple[Count, str], set[Count]] = defaultdict(set)
    known = {count for book in books for count in book.values}
    for each in (counted for book in books for counted in book.counted):
        if each.divides in known and each.divides is not None:
            items[each.divides, each.rule.part].add(each.part)
    for (whole, _), parts in sorted(items.items()):
        yield Relation((whole,), tuple(sorted(parts)))


def _others(books: Sequence[Book]) -> Iterator[Relation]:
    """Those that a share counts, and the others."""
    for book in books:
        for other, (part, whole) in book.others.items():
            yield Relation((whole,), (part, other))


def _linked(known: Sequence[Count], groups: Sequence[str]) -> Iterator[Relation]:
    """Counts of the same audits by different measures: see rules.py."""
    by_name: dict[str, set[Count]] = defaultdict(set)
    for each in known:
        by_name[each.name].add(each)
    for link in LINKS:
        for group in groups if "{" in "".join(link.parts) else [""]:
            names = [part.format(group=group) for part in link.parts]
            for place in sorted({each._replace(name="") for n in names for each in by_name[n]}):
                parts = [place._replace(name=name) for name in names]
                totals = [
                    _printed(by_name, place._replace(name=total.format(group=group)))
                    for total in link.totals
                ]
                if all(totals):
                    yield Relation(
                        tuple(count for total in totals for count in total),
                        tuple(part for part in parts if part in by_name[part.name]),
                        link.covers,
                        link.exact,
                    )


def _printed(by_name: Mapping[str, set[Count]], total: Count) -> tuple[Count, ...]:
    """The count itself, or its months where these are printed and it is not; () for neither."""
    known = by_name.get(total.name, set())
    ways: list[tuple[Count, ...]] = [(total,)]
    ways += [tuple(total._replace(period=p) for p in parts) for parts in _ways(total.period)]
    return next((way for way in ways if known.issuperset(way)), ())


def _narrower(known: Iterable[Count]) -> Iterator[Relation]:
    """What a report about fewer audits counts is part of what a wider one counts."""
    same: dict[Count, list[Count]] = defaultdict(list)
    for each in known:
        same[each._replace(universe=())].append(each)
    for counts in same.values():
        for wide in counts:
            for narrow in counts:
                if narrow != wide and _within(narrow, wide):
                    yield Relation((wide,), (narrow,), exact=False)


def _within(narrow: Count, wide: Count) -> bool:
    """Whether every way in which the wider report is narrowed narrows the other one as much."""
    inner, outer = _bounds(narrow), _bounds(wide)
    return all(inner.get(what, set()) and inner[what] <= which for what, which in outer.items())


def _bounds(count: Count) -> dict[str, set[str]]:
    bounds: dict[str, set[str]] = defaultdict(set)
    for what, which in count.universe:
        bounds[what].add(which)
    return bounds
