"""How a thematic report is made, and its chapters in the order in which they are read."""

from typing import Final

from qa_app.reports.document import Section
from qa_app.reports.kinds.common import written_section
from qa_app.reports.kinds.quarterly import (
    agreement,
    deficits,
    escalations,
    grades,
    learning,
    method,
    programme,
    reaudits,
    standards,
    themes,
    voices,
)
from qa_app.reports.kinds.quarterly import sections as of_practice
from qa_app.reports.kinds.quarterly.figures import figures
from qa_app.reports.kinds.quarterly.period import period_of, span_of
from qa_app.reports.kinds.quarterly.slots import QUESTIONS, SLOTS, SUMMARY
from qa_app.reports.kinds.quarterly.suggestions import suggestions
from qa_app.reports.kinds.quarterly.tables import Chapters
from qa_app.reports.kinds.recipe import Recipe, Telling

THE_QUESTIONS: Final = "The three questions"


def sections(telling: Telling) -> list[Section]:
    """Every chapter; the method is made last, since it counts the comparisons of the others."""
    told = Chapters(telling, period_of(telling.asked))
    return [
        written_section(telling, SUMMARY),
        programme.section(told),
        grades.section(told),
        of_practice.section(told),
        standards.section(told),
        themes.section(told),
        agreement.section(told),
        escalations.section(told),
        reaudits.section(told),
        voices.section(told),
        learning.section(told),
        deficits.section(told),
        Section(
            "questions",
            THE_QUESTIONS,
            (),
            tuple(written_section(telling, slot) for slot in QUESTIONS),
        ),
        method.section(told),
    ]


RECIPE: Final = Recipe(SLOTS, span_of, figures, suggestions, sections)
