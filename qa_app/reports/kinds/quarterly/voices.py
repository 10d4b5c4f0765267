"""Whose voices were heard, and how many were not (Q-7, A5)."""

from collections.abc import Iterator

from qa_app.reports.document import Block, Section
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.voices import HEARD, UNHEARD
from qa_app.reports.kinds.common import grid, row_of
from qa_app.reports.kinds.quarterly.slots import VOICES
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, compared

Q7 = HEARD[Whose.AUTHORITY]


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "voices", "Whose voices were heard", _blocks(told), VOICES)


def _blocks(told: Chapters) -> Iterator[Block]:
    yield compared(
        told,
        Q7,
        told.figures.categories(Q7),
        id="q-7",
        caption="Q-7: Audits with each voice",
        corner="Voice",
        notes=["Of audits whose tool asks for the voice and that had a final grade."],
    )
    stretches = told.period.compared
    yield grid(
        told.telling,
        id="q-7-not-heard",
        caption=f"Voices that were not heard, {told.period.whole.words}",
        columns=["Voice", *(each.words for each in stretches)],
        rows=[row_of(UNHEARD, stretches, name) for name in told.figures.categories(UNHEARD)],
        notes=["Why somebody was not asked stands in the audit; it is somebody’s own words."],
    )
