"""A report's figures as counts with names that are the same in every report (R5)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from qa_app.domain.measures import AUTHORITY
from qa_app.reports.asked import GradeBasis, Selected
from qa_app.reports.figures import Key, ReportFigure
from qa_app.reports.figures.catalogue import CATALOGUE, Whose
from qa_app.reports.figures.periods import period_words
from qa_app.reports.public.rules import RULES, Printed, Rule
from qa_app.reports.reportasked import ReportAsked


class Count(NamedTuple):
    """What is counted, whichever report prints it.

    `universe` is what narrows the report, as pairs; `whose` and `scope` say whose it is.
    """

    universe: tuple[tuple[str, str], ...]
    name: str
    period: str
    whose: Whose
    scope: str

    @property
    def key(self) -> str:
        """The name as a text."""
        narrowed = "&".join("=".join(pair) for pair in self.universe)
        return "|".join((narrowed, self.name, self.period, self.whose.value, self.scope))


@dataclass(frozen=True)
class Counted:
    """A figure that a public version may print: its rule, and what its numbers count.

    `divides` is the count of which it is a part among others that do not overlap.
    """

    figure: ReportFigure
    rule: Rule
    group: str
    part: Count
    whole: Count | None
    divides: Count | None = None


@dataclass
class Book:
    """One report's counts: how many, in which words, which are in full, which are stocks.

    `others` are the rests of shares: 48 of 50 says that 2 were not. Nothing prints them.
    `wholes` are the numbers that a count is printed out of; `units` is each team's
    service, as far as the figures tell.
    """

    asked: ReportAsked
    counted: list[Counted] = field(default_factory=list)
    values: dict[Count, int] = field(default_factory=dict)
    words: dict[Count, str] = field(default_factory=dict)
    in_full: set[Count] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    stocks: set[Count] = field(default_factory=set)
    others: dict[Count, tuple[Count, Count]] = field(default_factory=dict)
    wholes: dict[Count, set[Count]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def book_of(asked: ReportAsked, figures: Iterable[ReportFigure]) -> Book:
    """The counts of those figures that a public version may print.

    One that counts the same as another and says another number is none of them: what it says
    cannot be tied to the rest.
    """
    found = list(figures)
    book = Book(asked, units=_services_of_teams(found))
    for figure in found:
        rule = RULES.get(figure.key.measure)
        if rule is not None and rule.printed is not Printed.NEVER and figure.numerator is not None:
            _add(book, figure, rule, figure.numerator)
    return book


def is_narrowed(asked: ReportAsked) -> bool:
    """Whether the report is of less than the authority's final grades."""
    return not asked.whole or asked.grades is not GradeBasis.FINAL


def words_of(key: Key) -> str:
    """A figure as a page names it: ``Good or better, by service: …, Safeguarding, 2022/23-Q4``."""
    defined = CATALOGUE.get(key.measure)
    title = defined.title if defined else key.measure
    scope = "whole authority" if key.scope == AUTHORITY else key.scope
    return f"{title}: {key.category}, {scope}, {period_words(key.period)}"


def _add(book: Book, figure: ReportFigure, rule: Rule, number: int) -> None:
    key = figure.key
    group, item = sides(rule, key.category)
    whose = Whose.AUTHORITY if key.scope == AUTHORITY else CATALOGUE[key.measure].whose
    universe, whose, scope = _place(book.asked, whose, key.scope)

    def count(template: str) -> Count:
        return Count(universe, template.format(group=group, item=item), key.period, whose, scope)

    is_total = bool(rule.total) and key.category == rule.total
    found = {count(rule.whole if is_total else rule.part): (number, words_of(key))}
    part, whole = next(iter(found)), None
    if figure.denominator is not None and rule.whole and not is_total:
        whole = count(rule.whole)
        found[whole] = (figure.denominator, f"{words_of(key)}: the number it is out of")
    if whole is not None:
        book.wholes.setdefault(part, set()).add(whole)
    if any(book.values.get(each, value) != value for each, (value, _) in found.items()):
        return
    book.groups.add(group)
    book.stocks.update(() if rule.adds else found)
    divides = count(rule.whole) if rule.parts and not is_total else None
    book.counted.append(Counted(figure, rule, group, part, whole, divides))
    for each, (value, words) in found.items():
        book.values.setdefault(each, value)
        book.words.setdefault(each, words)
    if whole is not None and not rule.parts:
        _add_other(book, part, whole)
    if _in_full(book.asked, rule, key):
        book.in_full.update(found)


def _add_other(book: Book, part: Count, whole: Count) -> None:
    other = part._replace(name=f"{part.name}, not")
    left = book.values[whole] - book.values[part]
    if other not in book.values and left >= 0:
        book.others[other] = (part, whole)
        book.values[other] = left
        book.words[other] = f"{book.words[part]}: the others"


def sides(rule: Rule, category: str) -> tuple[str, str]:
    """The two sides of a category: a section and its grade, a voice and why it was not heard."""
    if rule.split and rule.split in category:
        group, _, item = category.rpartition(rule.split)
        return group, item
    return category, category


def _in_full(asked: ReportAsked, rule: Rule, key: Key) -> bool:
    return rule.printed is Printed.IN_FULL and key.scope == AUTHORITY and not is_narrowed(asked)


def _place(
    asked: ReportAsked, whose: Whose, scope: str
) -> tuple[tuple[tuple[str, str], ...], Whose, str]:
    """Whose the count is: the whole of a report about one service is that service's line in the
    report of the whole authority."""
    services, plans = asked.services, tuple(plan.words for plan in asked.plan_types)
    if whose in (Whose.SERVICE, Whose.TEAM):
        services = ()
    if whose is Whose.PLAN_TYPE:
        plans = ()
    if whose is Whose.AUTHORITY and len(services) == 1 and not plans:
        whose, scope, services = Whose.SERVICE, services[0], ()
    elif whose is Whose.AUTHORITY and len(plans) == 1 and not services:
        whose, scope, plans = Whose.PLAN_TYPE, plans[0], ()
    narrowed = [
        *(("service", each) for each in sorted(services)),
        *(("plan type", each) for each in sorted(plans)),
        *(("tool", each) for each in sorted(asked.tools)),
    ]
    if asked.selection is not Selected.ALL:
        narrowed.append(("selection", asked.selection.value))
    if asked.grades is not GradeBasis.FINAL:
        narrowed.append(("grades", asked.grades.value))
    return tuple(narrowed), whose, scope


def _services_of_teams(figures: Iterable[ReportFigure]) -> dict[str, str]:
    """Each team's service: the one whose audits hold all of the team's."""
    audits: dict[tuple[Whose, str], set[object]] = {}
    for figure in figures:
        defined = CATALOGUE.get(figure.key.measure)
        # The cycle's figures are by the auditor's service, and say nothing of the case's.
        of_cases = figure.key.measure.startswith(("Q-", "T-"))
        if defined and of_cases and figure.key.scope != AUTHORITY:
            audits.setdefault((defined.whose, figure.key.scope), set()).update(figure.audits)
    teams = {scope: found for (whose, scope), found in audits.items() if whose is Whose.TEAM}
    services = {scope: found for (whose, scope), found in audits.items() if whose is Whose.SERVICE}
    return {
        team: service
        for team, own in teams.items()
        for service, found in services.items()
        if own and own <= found
    }
