"""Compliance with practice standards; approved exceptions are counted beside it (Q-3)."""

from qa_app.formatting import NOTHING
from qa_app.reports.document import Cell, Section, Table
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.figures.standards import EXCEPTIONS, MET
from qa_app.reports.kinds.common import INTERVAL, figure_cell, table_of
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, found_in
from qa_app.reports.kinds.saying import interval_cell

_MET = MET[Whose.AUTHORITY]


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "standards", "Compliance with practice standards", [_table(told)])


def _table(told: Chapters) -> Table:
    whole, before = told.period.whole, told.period.before
    rows = []
    for now in found_in(told.figures, _MET, whole):
        if now.text == LEFT_OUT:
            continue
        name = now.key.category
        was = [told.figures.get(_MET, each, name) for each in before]
        rows.append(
            (
                Cell(name),
                figure_cell(now),
                interval_cell(now) if now.denominator is not None else Cell(NOTHING),
                figure_cell(told.figures.get(EXCEPTIONS, whole, name)),
                *map(figure_cell, was),
                Cell(told.call(now, was[0])),
            )
        )
    return table_of(
        told.telling,
        rows,
        id="standards-met",
        caption=f"Q-3: Compliance with practice standards, {whole.words}",
        columns=[
            "Standard",
            "Met, of yes and no",
            INTERVAL,
            "Approved exceptions, beside it",
            *(each.words for each in before),
            f"Against {before[0].words}",
        ],
        notes=[
            (
                "“Not applicable” and approved exceptions are in neither number. Compliance is "
                "never averaged into a grade (rule A2)."
            )
        ],
        empty=(
            "No audit of these months has answers about standards: an imported one has only its "
            "overall grade."
        ),
    )
