"""Moderation, and how far auditors' grades and final grades agree (Q-4, M9)."""

from collections.abc import Iterator

from qa_app.domain.intervals import TOO_FEW
from qa_app.formatting import NOTHING
from qa_app.reports.document import Block, Cell, Section, Table
from qa_app.reports.figures import ReportFigure
from qa_app.reports.figures.agreement import (
    AGREEMENT,
    AGREEMENT_BY_MODE,
    COEFFICIENTS,
    MODES,
    PAIRS,
    SHARES,
)
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.kinds.common import INTERVAL, figure_cell, table_of
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, counted_by
from qa_app.reports.kinds.saying import interval_cell, paragraphs

EXPLAINED = (
    "Each moderated audit’s grade by its auditor against its final grade. Weighted kappa and "
    "Gwet’s AC2 say how much better than chance the two agree: 1 is full agreement, 0 what chance "
    "would give. Where nearly all audits have one grade, kappa can be low although grades hardly "
    "ever differ; AC2 is not."
)


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "agreement", "Moderation and agreement", _blocks(told))


def _blocks(told: Chapters) -> Iterator[Block]:
    yield from paragraphs(EXPLAINED)
    yield _table(told)
    if not told.telling.public:
        yield _by_mode(told)


def _table(told: Chapters) -> Table:
    period = told.period
    rows = []
    for name in (PAIRS, *SHARES, *COEFFICIENTS):
        now, *before = (told.figures.get(AGREEMENT, each, name) for each in period.compared)
        shown = told.figures.get(AGREEMENT, period.whole, PAIRS)
        if shown is None or (told.telling.public and name in COEFFICIENTS):
            continue
        interval = interval_cell(now) if now is not None and name in SHARES else Cell(NOTHING)
        rows.append((Cell(name), _cell(now), interval, *map(_cell, before)))
    return table_of(
        told.telling,
        rows,
        id="agreement-all",
        caption=f"Q-4: Agreement between auditors and moderation, {period.whole.words}",
        columns=["Measure", period.whole.words, INTERVAL, *(each.words for each in period.before)],
        notes=[
            (
                "Nothing but the number of pairs is shown below ten pairs (rule M9). The interval "
                "of kappa and of AC2 stands in brackets behind it."
            ),
        ],
        empty="No audit of these months was moderated.",
    )


def _cell(figure: ReportFigure | None) -> Cell:
    """The figure; below ten pairs there is none (M9)."""
    return Cell(TOO_FEW) if figure is None or figure.text == LEFT_OUT else figure_cell(figure)


def _by_mode(told: Chapters) -> Table:
    whole = told.period.whole
    scopes = [scope for _, scope in MODES]
    rows = [
        (
            Cell(name),
            *(_cell(told.figures.get(AGREEMENT_BY_MODE, whole, name, each)) for each in scopes),
        )
        for name in (PAIRS, *SHARES, *COEFFICIENTS)
    ]
    return table_of(
        told.telling,
        rows,
        id="agreement-by-mode",
        caption=f"Q-4: Agreement, moderated blind and sighted apart, {whole.words}",
        columns=["Measure", *scopes],
        basis=counted_by(told.telling, "Counted by month of completion"),
        notes=[
            "Moderated blind: the moderator graded before seeing the auditor’s grades (rule M3)."
        ],
    )
