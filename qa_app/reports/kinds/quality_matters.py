"""Quality Matters: what a month's audits found, for those who do the work.

Warm and plain: what works well comes first, and what needs to improve is said of the work and never
of a person. What was only about recording is said apart from practice.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.formatting import count_words
from qa_app.reports.document import Block, Section
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.figures.themes import DEVELOPMENT, RECORDING, STRENGTH, theme_figures
from qa_app.reports.kinds.common import (
    UNPRINTED,
    grid,
    row_of,
    shares_table,
    written,
    written_section,
)
from qa_app.reports.kinds.elsewhere import from_elsewhere
from qa_app.reports.kinds.recipe import Recipe, Slot, Telling
from qa_app.reports.kinds.saying import both, paragraphs
from qa_app.reports.reportasked import ReportAsked

SAID: Final = 5
"""How many themes have a sentence to begin from; the table has every theme."""

THANKS: Final = Slot(
    "thanks",
    "A word first",
    "Two or three warm sentences: thank those whose work was read and those who read it, and say "
    "what these pages are for. Nobody is to find themselves or a family in them.",
)
WELL: Final = Slot(
    "well",
    "What is working well",
    "What good looked like this month, in the words of practice: what was done, and what "
    "difference it made for children. Say how often it was found. Name no team without its "
    "agreement.",
)
EXAMPLES: Final = Slot(
    "examples",
    "Good practice to learn from",
    "An example that its team agreed to share, with nothing in it by which a child, a family or a "
    "colleague can be known. Leave it empty where there is none.",
    needed=False,
)
IMPROVE: Final = Slot(
    "improve",
    "What needs to improve",
    "What was missed or came late, and why it matters to a child. Say what is about practice and "
    "what is only about recording. Write of the work, never of people.",
)
NEXT: Final = Slot(
    "next",
    "What we do next",
    "Each as a line that begins with “- ”: what everybody can do this week; which training, "
    "guidance or briefing comes, and when; what came of what we said last month.",
)
SLOTS: Final = (THANKS, WELL, EXAMPLES, IMPROVE, NEXT)


def span(asked: ReportAsked) -> tuple[Month, Month]:
    """The month and the one before it."""
    return asked.months[0].previous(), asked.months[0]


def figures(facts: Facts, asked: ReportAsked) -> list[ReportFigure]:
    """Strengths and areas for development by theme: the month, in whose order the themes are
    printed, then the month before."""
    now = asked.months[0]
    return [
        figure
        for month in (now, now.previous())
        for figure in theme_figures(facts, asked, str(month), [month])
    ]


def suggestions(figures: Figures, asked: ReportAsked) -> Mapping[str, Sequence[str]]:
    """How often the themes were found, in the order of the table (R6). Themes are of all audits,
    picked ones too, so that nothing is tested or called a change (S5)."""
    now = asked.months[0]
    return {
        WELL.code: list(_found(figures, now, STRENGTH, "a strength")),
        IMPROVE.code: [
            *_found(figures, now, DEVELOPMENT, "an area for development"),
            *_recording(figures, now),
        ],
    }


def _found(figures: Figures, now: Month, measure: str, what: str) -> Iterator[str]:
    when = (f"in {now.words}", f"in {now.previous().words}")
    for name in found_themes(figures, now, measure)[:SAID]:
        found, was = (figures.get(measure, month, name) for month in (now, now.previous()))
        said = both(found, was, ("audits", f"found to have {what} under “{name}”"), when)
        if said:
            yield said


def _recording(figures: Figures, now: Month) -> Iterator[str]:
    for name in found_themes(figures, now, RECORDING)[:SAID]:
        found = figures.get(RECORDING, now, name)
        if found is not None and found.numerator is not None and found.denominator:
            yield (
                f"Of the {count_words(found.denominator, 'audit')} with an area for development "
                f"under “{name}” in {now.words}, {found.numerator:,} "
                f"{'was' if found.numerator == 1 else 'were'} about recording only."
            )


def found_themes(figures: Figures, now: Month, measure: str) -> list[str]:
    """The themes that were found in the month, the most found first; hidden ones are among them."""
    found = [(name, figures.get(measure, now, name)) for name in figures.categories(measure)]
    return [
        name
        for name, figure in found
        if figure is not None and figure.numerator != 0 and figure.text != LEFT_OUT
    ]


def sections(telling: Telling) -> list[Section]:
    """Thanks; what works well, what needs to improve, each with its table; what is done next."""
    return [
        written_section(telling, THANKS),
        Section("well", WELL.heading, tuple(_well(telling)), _examples(telling)),
        Section("improve", IMPROVE.heading, tuple(_improve(telling))),
        written_section(telling, NEXT),
    ]


def _well(telling: Telling) -> Iterator[Block]:
    yield written(telling, WELL)
    yield from from_elsewhere(telling, WELL.code)
    yield from _themes(telling, STRENGTH, "strengths", "Strengths by theme")
    if not _has_examples(telling):
        # In a draft it says what belongs here; a published report says nothing.
        yield written(telling, EXAMPLES)


def _has_examples(telling: Telling) -> bool:
    said = telling.texts.get(EXAMPLES.code, "").strip()
    return bool(said or from_elsewhere(telling, EXAMPLES.code))


def _examples(telling: Telling) -> tuple[Section, ...]:
    return (written_section(telling, EXAMPLES),) if _has_examples(telling) else ()


def _improve(telling: Telling) -> Iterator[Block]:
    now = telling.asked.months[0]
    yield written(telling, IMPROVE)
    yield from from_elsewhere(telling, IMPROVE.code)
    yield from _themes(telling, DEVELOPMENT, "areas", "Areas for development by theme")
    names = found_themes(telling.figures, now, RECORDING)
    if names:
        yield grid(
            telling,
            id="recording",
            caption=f"Of these, audits where it was all about recording only, {now.words}",
            columns=["Theme", now.words],
            rows=[row_of(RECORDING, [now], name) for name in names],
        )


def _themes(telling: Telling, measure: str, id: str, caption: str) -> Iterator[Block]:
    now = telling.asked.months[0]
    names = found_themes(telling.figures, now, measure)
    what = "strength" if measure == STRENGTH else "area for development"
    yield from paragraphs("" if names else _none(telling, measure, now, what))
    if names:
        yield shares_table(
            telling,
            measure,
            now,
            names,
            id=id,
            caption=f"{caption}, {now.words}",
            corner="Theme",
            notes=["An audit is counted once under each of its themes."],
        )


def _none(telling: Telling, measure: str, now: Month, what: str) -> str:
    """Why there is no table: no audits whose findings are known, or none with such a finding."""
    known = next(
        (
            figure.denominator
            for figure in telling.figures.of(measure)
            if figure.key.period == str(now) and figure.denominator
        ),
        0,
    )
    if telling.public and not known:
        return UNPRINTED
    if not known:
        return f"No audit of {now.words} with a final grade has findings filed under themes yet."
    return f"None of the {count_words(known, 'audit')} of {now.words} has a filed {what}."


RECIPE: Final = Recipe(SLOTS, span, figures, suggestions, sections)
