"""Themes, strengths first; what is about recording only stands apart (T2, A4)."""

from collections.abc import Iterator
from typing import Final

from qa_app.domain.comparing import statement
from qa_app.reports.document import Block, Section, Table
from qa_app.reports.figures import Figures
from qa_app.reports.figures.themes import DEVELOPMENT, RECORDING, STRENGTH
from qa_app.reports.kinds.quarterly.period import Period
from qa_app.reports.kinds.quarterly.slots import THEMES
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, compared, found_in
from qa_app.reports.kinds.saying import counted_as

_TABLES: Final = (
    (STRENGTH, "themes-strengths", "T-2: Strengths by theme"),
    (DEVELOPMENT, "themes-development", "T-1: Areas for development by theme"),
    (RECORDING, "themes-recording", "T-3: Areas for development about recording only, by theme"),
)
_SAID: Final = {STRENGTH: "a strength", DEVELOPMENT: "an area for development"}
_MOST: Final = 3
NOTE: Final = (
    "Of audits that had a final grade at the data cut and whose findings are filed under a theme. "
    "A theme that was found in none of the periods is left out."
)


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(
        told, "themes", "Themes: strengths, then areas for development", _blocks(told), THEMES
    )


def _blocks(told: Chapters) -> Iterator[Block]:
    for measure, id, caption in _TABLES:
        yield _table(told, measure, id, caption)


def _table(told: Chapters, measure: str, id: str, caption: str) -> Table:
    names = [
        each.key.category
        for each in found_in(told.figures, measure, told.period.whole)
        if _ever_found(told, measure, each.key.category)
    ]
    return compared(
        told,
        measure,
        names,
        id=id,
        caption=caption,
        corner="Theme",
        notes=[NOTE],
        empty=(
            "No finding of these months is filed under a theme. Findings of imported audits have "
            "none until somebody files them."
        ),
    )


def _ever_found(told: Chapters, measure: str, name: str) -> bool:
    found = (told.figures.get(measure, each, name) for each in told.period.compared)
    return any(each is not None and each.numerator != 0 for each in found)


def sentences(figures: Figures, period: Period, measure: str) -> list[str]:
    """The themes found most often, each as one sentence with its interval. They are in the order of
    the counts, and no sentence calls one larger than another (R6)."""
    told = []
    for each in found_in(figures, measure, period.whole):
        said = f"recorded with {_SAID[measure]} under “{each.key.category}”"
        counted = counted_as(each, "audits", said, period.whole.when)
        if counted is not None and counted.k:
            told.append(statement(counted))
    return told[:_MOST]
