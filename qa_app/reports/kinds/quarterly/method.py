"""Method, definitions and data quality: everything that a reader needs to check a figure."""

from collections.abc import Iterator
from typing import Final

from qa_app.domain.comparing import how_many
from qa_app.reports.document import Block, Bullets, Cell, Section, Table
from qa_app.reports.figures.catalogue import CATALOGUE
from qa_app.reports.figures.grades import AWAITING_MEASURE
from qa_app.reports.kinds.common import table_of
from qa_app.reports.kinds.quarterly.tables import Chapters
from qa_app.reports.kinds.saying import paragraphs
from qa_app.reports.measureset import AWAITING

COUNTED: Final = (
    (
        "Figures come from stored rows only, as they stood at the data cut; nobody types a "
        "percentage. A figure opens onto the audits behind it, for those who may see them (rules "
        "R1 and R2)."
    ),
    (
        "An audit is completed when its auditor submits it for the first time, and belongs to that "
        "month. It counts in grades once it has a final grade."
    ),
    (
        "Good or better, trends and comparisons leave out targeted and thematic audits and re-"
        "audits, because their cases were picked. Imported audits do not say how their case was "
        "chosen; they are counted (rule S5)."
    ),
    (
        "An audit that names no service or team is counted under “No service recorded” or “No team "
        "recorded”, so that parts add up to the whole."
    ),
)
SURE: Final = (
    (
        "A share has a 95% interval (E. B. Wilson, 1927) where it is out of 10 or more; below "
        "that the report says “too few to say” (rule R6)."
    ),
    (
        "Two periods are called different only where their intervals do not overlap and Fisher’s "
        "exact test allows it; a month only where it lies outside exact binomial limits drawn "
        "from at least 12 earlier months, with 0.135% beyond each."
    ),
)
PUBLIC: Final = (
    "Whole-authority grades, completion, moderation and outstanding priority actions are published "
    "in full. Everywhere else counts of 1 to 5 are hidden, with whatever would let somebody work "
    "them out from totals, other tables or earlier versions; zero stays. “c” is both. Teams with "
    "fewer than 6 audits are left out (rule R5)."
)
FULL: Final = (
    "This version shows every figure. It is for heads of service, directors and the quality "
    "assurance lead; a public version hides counts of 1 to 5 (rule R5)."
)


def section(told: Chapters) -> Section:
    """The chapter; it comes last, since it says how many comparisons the others made."""
    parts = (
        Section("method-counted", "What is counted", (Bullets(COUNTED),)),
        Section("method-sure", "How sure the figures are", tuple(_sure(told))),
        Section(
            "method-hidden",
            "What is hidden",
            paragraphs(PUBLIC if told.telling.public else FULL),
        ),
        Section("method-quality", "Data quality", tuple(_quality(told))),
        Section("method-measures", "Every measure of this report", (_measures(told),)),
    )
    return Section("method", "Method, definitions and data quality", (), parts)


def _sure(told: Chapters) -> Iterator[Block]:
    yield Bullets(SURE)
    yield from paragraphs(how_many(told.comparisons))


def _quality(told: Chapters) -> Iterator[Block]:
    waiting = told.figures.get(AWAITING_MEASURE, told.period.whole, AWAITING)
    said = "No audit of the period awaits a final grade."
    if waiting is not None and waiting.text != "0":
        said = (
            "Audits of the period await a final grade, so the figures may still change: how many "
            "stands under the programme."
        )
    yield from paragraphs(
        said,
        "Before a report is published, the data are checked for what does not fit together (an "
        "Inadequate audit without an action, a Good one with an Inadequate section, a copied "
        "rationale, a moderator with a part in the audit, an audit completed outside its period, a "
        "grade changed since the last version); each finding is resolved or explained (rule R8).",
    )


def _measures(told: Chapters) -> Table:
    used = {figure.key.measure for figure in told.figures}
    rows = [
        (
            Cell(row.id),
            Cell(row.title),
            Cell(row.numerator),
            Cell(row.denominator or "A plain count"),
            Cell(row.basis),
        )
        for row in CATALOGUE.values()
        if row.id in used
    ]
    return table_of(
        told.telling,
        rows,
        id="measures",
        caption="The measures of this report",
        columns=["Id", "Measure", "What is counted", "Out of", "Counted by"],
        basis="",
    )
