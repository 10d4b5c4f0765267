"""The measures as tables of cells: each figure with the address of what is behind it."""

from typing import Final

from qa_app.domain.grades import PRINT_ORDER
from qa_app.domain.measures import OUTSTANDING_MEASURE, Figure
from qa_app.reports import frames
from qa_app.reports.measureset import AWAITING, Beside, MeasureSet
from qa_app.reports.queries import behind
from qa_app.reports.views.asking import Question

Cell = str | dict[str, str]

_GRADE_CODES: Final = {grade.words: grade.value for grade in PRINT_ORDER}


def rows(found: MeasureSet, measure: str, question: Question) -> list[list[Cell]]:
    """The rows of one measure: category, then a figure a month that opens onto its audits."""
    table: list[list[Cell]] = [
        [category, *(_figure(figure, question) for figure in figures)]
        for category, figures in frames.rows(found.of(measure))
    ]
    return table


def beside(found: MeasureSet, measure: str, question: Question) -> list[list[Cell]]:
    """The rows of what stands beside one measure, never inside it."""
    return [[each.words, *_numbers(each, found, question)] for each in found.beside_of(measure)]


def columns(found: MeasureSet) -> list[dict[str, object]]:
    """The headings: a column for each month."""
    months: list[dict[str, object]] = [
        {"text": month.words, "numeric": True} for month in found.asked.months
    ]
    return [{"text": "Category", "numeric": False}, *months]


def _figure(figure: Figure, question: Question) -> Cell:
    if figure.numerator == 0:
        return figure.text
    more = {"month": figure.period, "measure": figure.measure}
    if figure.measure == OUTSTANDING_MEASURE:
        return {"text": figure.text, "href": question.address("reports.actions_behind", **more)}
    more["category"] = _GRADE_CODES.get(figure.category, behind.TOTAL)
    return {"text": figure.text, "href": question.address("reports.audits_behind", **more)}


def _numbers(each: Beside, found: MeasureSet, question: Question) -> list[Cell]:
    cells: list[Cell] = []
    for month in found.asked.months:
        text = str(each.numbers[month])
        more = {"month": str(month), "measure": each.measure, "category": behind.AWAITING}
        if each.words == AWAITING and each.numbers[month]:
            href = question.address("reports.audits_behind", **more)
            cells.append({"text": text, "href": href})
        else:
            cells.append(text)
    return cells
