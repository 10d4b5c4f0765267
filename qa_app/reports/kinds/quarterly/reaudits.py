"""Re-audits, and whether practice improved (Q-6, E8): never mixed with the rates."""

from collections.abc import Iterator

from qa_app.domain.reaudits import RE_AUDIT_MEASURE, REGRESSION_TO_THE_MEAN, Movement
from qa_app.reports.document import Block, Section
from qa_app.reports.figures import Key
from qa_app.reports.figures.reaudits import PAIRS, SECTION_MEASURE
from qa_app.reports.kinds.common import grid
from qa_app.reports.kinds.quarterly.slots import RE_AUDITS
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, compared, counted_by, found_in
from qa_app.reports.kinds.saying import paragraphs

BASIS = "Counted by the day of the re-audit’s final grade"


def section(told: Chapters) -> Section:
    """The chapter."""
    title = "Re-audits, and whether practice improved"
    return chapter(told, "re-audits", title, _blocks(told), RE_AUDITS)


def _blocks(told: Chapters) -> Iterator[Block]:
    yield from paragraphs(
        "Cases whose audit was Inadequate are audited again, by another auditor and for practice "
        "since then only. These audits are in no other rate of this report.",
        REGRESSION_TO_THE_MEAN,
    )
    yield compared(
        told,
        RE_AUDIT_MEASURE,
        [PAIRS, *(each.words for each in Movement)],
        id="q-6",
        caption="Q-6: Movement of the overall grade from audit to re-audit",
        corner="Movement",
        called=False,
        basis=counted_by(told.telling, BASIS),
    )
    found = found_in(told.figures, SECTION_MEASURE, told.period.whole)
    titles = list(dict.fromkeys(each.key.category.rpartition(": ")[0] for each in found))
    if titles:
        yield grid(
            told.telling,
            id="q-6-sections",
            caption=f"Q-6: Movement of each section, {told.period.whole.words}",
            columns=["Section", *(each.words for each in Movement)],
            rows=[(title, _keys(told, title)) for title in titles],
            basis=counted_by(told.telling, BASIS),
        )


def _keys(told: Chapters, title: str) -> list[Key]:
    period = told.period.whole.key
    return [Key(SECTION_MEASURE, period, f"{title}: {each.words}") for each in Movement]
