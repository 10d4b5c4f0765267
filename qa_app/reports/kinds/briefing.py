"""Best practice briefing: seven minutes on one theme, to be read together in a team meeting."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qa_app.domain.calendar import Month, Quarter, financial_year_of, financial_year_words
from qa_app.domain.measures import AUTHORITY
from qa_app.formatting import count_words
from qa_app.reports.document import Block, Cell, Section, Table
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.figures.periods import months_of_year, previous_quarter
from qa_app.reports.figures.themes import (
    BY_SERVICE,
    DEVELOPMENT,
    RECORDING,
    STRENGTH,
    findings_known,
    names_by_code,
    theme_figures,
)
from qa_app.reports.kinds.common import INTERVAL, figure_cell, table_of, written_section
from qa_app.reports.kinds.recipe import Recipe, Slot, Telling
from qa_app.reports.kinds.saying import counted_as, interval_cell, plain
from qa_app.reports.reportasked import ReportAsked

QUARTERS: Final = 4

WHY: Final = Slot(
    "why",
    "Why it matters",
    "Two or three sentences on what this means for a child. Where research, a review or guidance "
    "says it, name the source and its year.",
)
FOUND: Final = Slot(
    "found",
    "What we found",
    "What the audits showed about this theme: what was done well, and what was missed. Say how "
    "many audits that was, and where they are too few to say.",
)
GOOD: Final = Slot(
    "good",
    "What good looks like",
    "What somebody would see in practice, and read in the record, where this is done well. Three "
    "to five lines that begin with “- ”.",
)
DO: Final = Slot(
    "do",
    "What to do",
    "What a practitioner, and what a manager, can do from tomorrow. Short lines that begin with "
    "“- ”, each something that one can say one has done.",
)
QUESTIONS: Final = Slot(
    "questions",
    "Three questions for your team meeting",
    "Three open questions, each as a line that begins with “- ”: about our own work, with no right "
    "answer, about no one family.",
)
SLOTS: Final = (WHY, FOUND, GOOD, DO, QUESTIONS)


@dataclass(frozen=True)
class Stretch:
    """Some months together: the period of their figures, and how a row and a sentence name them."""

    period: str
    words: str
    months: tuple[Month, ...]


def stretches(asked: ReportAsked) -> list[Stretch]:
    """The month; the last four quarters that are over by its end; the last year that is.

    Only whole quarters and years: their figures then are those of the thematic reports.
    """
    now = asked.months[0]
    quarter = _last_whole(now)
    quarters = [quarter]
    while len(quarters) < QUARTERS:
        quarters.append(previous_quarter(quarters[-1]))
    ended = financial_year_of(quarter.last) - (0 if quarter.number == QUARTERS else 1)
    year = financial_year_words(ended)
    return [
        Stretch(str(now), now.words, (now,)),
        *(Stretch(str(each), each.words, tuple(each.months)) for each in quarters),
        Stretch(year, f"The year {year}", tuple(months_of_year(ended))),
    ]


def _last_whole(month: Month) -> Quarter:
    quarter = Quarter.of(month.first)
    return quarter if quarter.months[-1] == month else previous_quarter(quarter)


def span(asked: ReportAsked) -> tuple[Month, Month]:
    """From the first month of the earliest stretch to the month itself."""
    return min(each.months[0] for each in stretches(asked)), asked.months[0]


def figures(facts: Facts, asked: ReportAsked) -> list[ReportFigure]:
    """T-1 to T-3 of the one theme in every stretch, and by service in the last whole quarter."""
    name = names_by_code(facts.themes).get(asked.theme, asked.theme)
    found = []
    for number, stretch in enumerate(stretches(asked)):
        months = list(stretch.months)
        every = theme_figures(facts, asked, stretch.period, months, by_service=number == 1)
        own = [figure for figure in every if figure.key.category == name]
        found += own or _none(name, stretch.period, len(findings_known(facts, asked, months)))
    return found


def _none(name: str, period: str, known: int) -> list[ReportFigure]:
    """The figures of a theme that is not in use any more and was not found."""
    return [
        ReportFigure.share(Key(measure, period, name), (), of)
        for measure, of in ((DEVELOPMENT, known), (STRENGTH, known), (RECORDING, 0))
    ]


def theme_of(figures: Figures) -> str:
    """The theme's name as the figures have it: that of the one into which it was merged (T1)."""
    return next(iter(figures.categories(DEVELOPMENT)), "")


def suggestions(figures: Figures, asked: ReportAsked) -> Mapping[str, Sequence[str]]:
    """How often the theme was found in each stretch (R6). Audits of picked cases are among them,
    so that nothing is tested or called a change (S5)."""
    name, said = theme_of(figures), []
    for stretch in stretches(asked)[:2]:
        when = f"in {stretch.words}"
        for measure, what in ((STRENGTH, "a strength"), (DEVELOPMENT, "an area for development")):
            words = ("audits", f"found to have {what} under “{name}”")
            said.append(plain(figures.get(measure, stretch.period, name), words, when))
        said.append(_recording(figures.get(RECORDING, stretch.period, name), when))
    return {FOUND.code: [each for each in said if each]}


def _recording(found: ReportFigure | None, when: str) -> str:
    if found is None or found.numerator is None or not found.denominator:
        return ""
    only = "was" if found.numerator == 1 else "were"
    return (
        f"Of the {count_words(found.denominator, 'audit')} with an area for development {when}, "
        f"{found.numerator:,} {only} about recording only."
    )


def sections(telling: Telling) -> list[Section]:
    """Why it matters, what we found, what good looks like, what to do, three questions."""
    return [
        written_section(telling, WHY),
        written_section(telling, FOUND, *_tables(telling)),
        written_section(telling, GOOD),
        written_section(telling, DO),
        written_section(telling, QUESTIONS),
    ]


def _tables(telling: Telling) -> Iterator[Block]:
    yield _over_time(telling)
    table = _by_service(telling)
    if table.rows:
        yield table


_COLUMNS: Final = (
    "A strength",
    f"{INTERVAL} of it",
    "An area for development",
    f"{INTERVAL} of that",
)


def _cells(figures: Figures, keys: Sequence[Key]) -> list[Cell]:
    cells = []
    for key in keys:
        figure = figures.by_key.get(key)
        cells += [figure_cell(figure), interval_cell(figure)]
    return cells


def _over_time(telling: Telling) -> Table:
    name = theme_of(telling.figures)
    rows = []
    for stretch in stretches(telling.asked):
        keys = [Key(measure, stretch.period, name) for measure in (STRENGTH, DEVELOPMENT)]
        recording = telling.figures.get(RECORDING, stretch.period, name)
        cells = _cells(telling.figures, keys)
        rows.append((Cell(stretch.words), *cells, figure_cell(recording)))
    return table_of(
        telling,
        rows,
        id="theme-found",
        caption=f"Audits with findings under “{name}”",
        columns=["Period", *_COLUMNS, "Areas about recording only"],
        notes=["Whole quarters and years only, so that they are the figures of other reports."],
    )


def _by_service(telling: Telling) -> Table:
    """The last whole quarter by service, where there are enough audits to say anything."""
    name, quarter = theme_of(telling.figures), stretches(telling.asked)[1]
    rows = []
    for service in telling.figures.scopes(BY_SERVICE[DEVELOPMENT]):
        keys = [
            Key(BY_SERVICE[measure], quarter.period, name, service)
            for measure in (STRENGTH, DEVELOPMENT)
        ]
        if service != AUTHORITY and _enough(telling.figures, keys):
            rows.append((Cell(service), *_cells(telling.figures, keys)))
    return table_of(
        telling,
        rows,
        id="theme-by-service",
        caption=f"By service, {quarter.words}",
        columns=["Service", *_COLUMNS],
        notes=["Services with fewer than 10 audits are left out: too few to say."],
    )


def _enough(figures: Figures, keys: Sequence[Key]) -> bool:
    counted = [counted_as(figures.by_key.get(key), "", "", "") for key in keys]
    return any(each is not None and not each.few for each in counted)


RECIPE: Final = Recipe(SLOTS, span, figures, suggestions, sections)
