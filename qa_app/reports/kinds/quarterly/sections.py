"""Sections: how each was graded, and the heat map of sections by team, or by service in a public
version, which says nothing of small teams (Q-2, R5)."""

from collections.abc import Iterator, Sequence
from typing import Final

from qa_app.domain.grades import PRINT_ORDER
from qa_app.domain.measures import AUTHORITY
from qa_app.formatting import NOTHING
from qa_app.reports.document import Block, Section, Table
from qa_app.reports.figures import Key, ReportFigure
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import LEFT_OUT, SUPPRESSED
from qa_app.reports.figures.sections import GOOD, GRADES
from qa_app.reports.heatmap import Square
from qa_app.reports.kinds.common import Row, grid
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, compared, found_in
from qa_app.reports.specs import heat_chart

_ACROSS: Final = 4
"""Sections side by side in a table that still fits on a page."""


def section(told: Chapters) -> Section:
    """The chapter."""
    noun = "service" if told.telling.public else "team"
    return chapter(told, "sections", f"Sections of practice, by {noun}", _blocks(told, noun))


def _blocks(told: Chapters, noun: str) -> Iterator[Block]:
    whole = told.period.whole
    names = [each.key.category for each in found_in(told.figures, GOOD[Whose.AUTHORITY], whole)]
    yield compared(
        told,
        GOOD[Whose.AUTHORITY],
        names,
        id="sections-good",
        caption="Q-2: Sections graded Good or better",
        corner="Section",
        empty=(
            "No audit of these months has grades of sections: an imported one has only its overall "
            "grade."
        ),
    )
    if not names:
        return
    yield grid(
        told.telling,
        id="sections-grades",
        caption=f"Q-2: Grades of each section, {whole.words}",
        columns=["Section", *(grade.words for grade in PRINT_ORDER)],
        rows=[(name, _grades(told, name)) for name in names],
    )
    measure = GOOD[Whose.SERVICE if told.telling.public else Whose.TEAM]
    scopes = _scopes(told, measure)
    title = f"Sections graded Good or better by {noun}, {whole.words}"
    squares = [
        _square(told.figures.get(measure, whole, name, scope), scope, name)
        for scope in scopes
        for name in names
    ]
    if squares:
        yield heat_chart("sections-heat", title, squares)
    yield from _tables(told, measure, noun, names, scopes)


def _grades(told: Chapters, name: str) -> list[Key]:
    measure, period = GRADES[Whose.AUTHORITY], told.period.whole.key
    return [Key(measure, period, f"{name}: {grade.words}") for grade in PRINT_ORDER]


def _scopes(told: Chapters, measure: str) -> list[str]:
    """Those of which a figure may be printed, by name."""
    found = {
        each.key.scope
        for each in told.figures.of(measure)
        if each.key.scope != AUTHORITY and each.text != LEFT_OUT
    }
    return sorted(found)


def _square(figure: ReportFigure | None, scope: str, name: str) -> Square:
    if figure is None or figure.text == LEFT_OUT:
        return Square(scope, name, None, None)
    if figure.numerator is None:
        return Square(scope, name, None, None, SUPPRESSED)
    # A public version prints a zero without the number that it is out of.
    mark = "" if figure.denominator is not None else figure.text
    return Square(scope, name, figure.numerator, figure.denominator, mark or "")


def _tables(
    told: Chapters, measure: str, noun: str, names: Sequence[str], scopes: Sequence[str]
) -> Iterator[Table]:
    """The heat map's figures, a few sections at a time; one empty table where there are none."""
    period = told.period.whole
    parts = [names[start : start + _ACROSS] for start in range(0, len(names), _ACROSS)]
    if not scopes:
        parts = parts[:1]
    for number, part in enumerate(parts, 1):
        rows: list[Row] = [
            (scope, [Key(measure, period.key, name, scope) for name in part]) for scope in scopes
        ]
        part_words = f", part {number} of {len(parts)}" if len(parts) > 1 else ""
        yield grid(
            told.telling,
            id=f"sections-by-{noun}-{number}",
            caption=f"Q-2: Sections graded Good or better by {noun}, {period.words}{part_words}",
            columns=[noun.capitalize(), *part],
            rows=rows,
            total=("All", [Key(GOOD[Whose.AUTHORITY], period.key, name) for name in part]),
            notes=[f"{NOTHING}: the section was not graded, or nothing may be said of it."],
        )
