"""Actions for deficits: where they are, by theme and service, and what will be done about them."""

from collections.abc import Iterator
from typing import Final

from qa_app.domain.measures import AUTHORITY
from qa_app.reports.document import Block, Section, Table
from qa_app.reports.figures import Figures, Key
from qa_app.reports.figures.actions import ALL, BY_SERVICE, BY_THEME, OVERDUE
from qa_app.reports.figures.figure import LEFT_OUT
from qa_app.reports.figures.themes import BY_SERVICE as THEMES_BY_SERVICE
from qa_app.reports.figures.themes import DEVELOPMENT
from qa_app.reports.kinds.common import Row, grid, scopes_table
from qa_app.reports.kinds.quarterly.period import Period
from qa_app.reports.kinds.quarterly.slots import DEFICITS
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter, counted_by, found_in

_ACROSS: Final = 5


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "deficits", "Actions for deficits", _blocks(told), DEFICITS)


def most_found(figures: Figures, period: Period) -> list[str]:
    """The themes with the most areas for development in the period, as many as fit side by side; a
    hidden count has no place in such an order."""
    found = found_in(figures, DEVELOPMENT, period.whole)
    return [each.key.category for each in found if each.numerator][:_ACROSS]


def _blocks(told: Chapters) -> Iterator[Block]:
    themes = most_found(told.figures, told.period)
    if themes:
        yield _themes(told, themes)
    yield _by_service(told)
    yield _by_theme(told)


def _themes(told: Chapters, themes: list[str]) -> Table:
    whole, measure = told.period.whole, THEMES_BY_SERVICE[DEVELOPMENT]
    return scopes_table(
        told.telling,
        id="deficits-themes",
        caption=f"T-1: The areas for development found most, by service, {whole.words}",
        corner="Service",
        columns=[(theme, measure, whole, theme) for theme in themes],
    )


def _by_service(told: Chapters) -> Table:
    period = told.period.whole
    return scopes_table(
        told.telling,
        id="deficits-services",
        caption="Actions raised by then and outstanding at the data cut, by service",
        corner="Service",
        columns=[
            (ALL, BY_SERVICE, period, ALL),
            (OVERDUE, BY_SERVICE, period, OVERDUE),
        ],
        basis=counted_by(told.telling, "Counted at the data cut"),
        empty="No action is outstanding in any service.",
    )


def _by_theme(told: Chapters) -> Table:
    period = told.period.whole.key
    rows: list[Row] = [
        (each.key.category, [Key(BY_THEME, period, each.key.category)])
        for each in told.figures.of(BY_THEME, scope=AUTHORITY)
        if each.text != LEFT_OUT
    ]
    return grid(
        told.telling,
        id="deficits-by-theme",
        caption="Actions raised by then and outstanding at the data cut, by theme",
        columns=["Theme", "Outstanding"],
        rows=rows,
        basis=counted_by(told.telling, "Counted at the data cut"),
        empty="No action that is outstanding was raised under a theme.",
    )
