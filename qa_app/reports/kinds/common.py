"""What recipes are made of: cells and tables of figures, and places to write.

Sentences of shares are in saying.py, figures from elsewhere in elsewhere.py.

Everything here reads `Telling.figures` alone, in which a public version has hidden what it hides
already (R5): a hidden figure is printed as "c" wherever it stands.
"""

from collections.abc import Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.measures import AUTHORITY
from qa_app.formatting import NOTHING
from qa_app.reports.document import Block, Cell, Section, Table, Written
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.figures.figure import LEFT_OUT, SUPPRESSED
from qa_app.reports.kinds.elsewhere import from_elsewhere
from qa_app.reports.kinds.recipe import Slot, Telling
from qa_app.reports.kinds.saying import interval_cell

UNPRINTED: Final = "Nothing is printed here: there was nothing to count, or too little to print."
"""What stands for an empty table in a public version, where nobody is to learn which it is (R5)."""

INTERVAL: Final = "95% interval"

Row = tuple[str, Sequence[Key]]
"""A table's row: its heading, and the name of the figure in each column after it."""


def figure_cell(figure: ReportFigure | None) -> Cell:
    """The cell that prints a figure: a dash where the report has none, "c" where it is hidden."""
    if figure is None or figure.text == LEFT_OUT:
        return Cell(NOTHING)
    if figure.numerator is None:
        return Cell(figure.text)
    plain = figure.text == f"{figure.numerator:,}"
    return Cell(figure.text, figure.key, figure.numerator if plain else None)


def table_of(
    telling: Telling,
    rows: Sequence[tuple[Cell, ...]],
    *,
    id: str,
    caption: str,
    columns: Sequence[str],
    total: tuple[Cell, ...] | None = None,
    basis: str | None = None,
    notes: Sequence[str] = (),
    empty: str = "There is nothing to show.",
) -> Table:
    """A table of cells, with the report's basis unless it has its own, and below it what "c" means
    where a cell is hidden (R5)."""
    every = [*rows, *([total] if total else [])]
    hidden = any(cell.text == SUPPRESSED for row in every for cell in row[1:])
    return Table(
        id=id,
        caption=caption,
        columns=tuple(columns),
        rows=tuple(rows),
        basis=telling.basis if basis is None else basis,
        notes=(*notes, *([telling.legend] if hidden and telling.legend else [])),
        total=total,
        empty=UNPRINTED if telling.public else empty,
    )


def grid(
    telling: Telling,
    *,
    id: str,
    caption: str,
    columns: Sequence[str],
    rows: Sequence[Row],
    total: Row | None = None,
    basis: str | None = None,
    notes: Sequence[str] = (),
    empty: str = "There is nothing to show.",
) -> Table:
    """A table of figures by their names. The first of `columns` heads the rows' headings.

    A row of which the report says nothing (no figure, or left out of a public version: R5, teams
    with fewer than 6 audits) is not printed.
    """
    said = [row for row in rows if _says_something(telling.figures, row)]
    return table_of(
        telling,
        [_cells(telling.figures, row) for row in said],
        id=id,
        caption=caption,
        columns=columns,
        total=_cells(telling.figures, total) if total and said else None,
        basis=basis,
        notes=notes,
        empty=empty,
    )


def _cells(figures: Figures, row: Row) -> tuple[Cell, ...]:
    heading, keys = row
    return (Cell(heading), *(figure_cell(figures.by_key.get(key)) for key in keys))


def _says_something(figures: Figures, row: Row) -> bool:
    found = (figures.by_key.get(key) for key in row[1])
    return any(figure is not None and figure.text != LEFT_OUT for figure in found)


def months_table(
    telling: Telling,
    measure: str,
    months: Sequence[Month],
    *,
    id: str,
    caption: str,
    corner: str,
    categories: Sequence[str] | None = None,
    total: str = "",
    scope: str = AUTHORITY,
    notes: Sequence[str] = (),
) -> Table:
    """A measure's categories by month: all of them in the report's order, or those named.

    `corner` heads the categories; `total` is the category of the last row, "" for none.
    """
    named = telling.figures.categories(measure) if categories is None else categories
    rows = [row_of(measure, months, name, scope) for name in named if name != total]
    return grid(
        telling,
        id=id,
        caption=caption,
        columns=[corner, *(month.words for month in months)],
        rows=rows,
        total=row_of(measure, months, total, scope) if total else None,
        basis=basis_of_measure(telling, measure),
        notes=notes,
    )


def row_of(
    measure: str,
    periods: Sequence[object],
    category: str,
    scope: str = AUTHORITY,
    heading: str | None = None,
) -> Row:
    """A row of one category over several periods."""
    keys = [Key(measure, str(period), category, scope) for period in periods]
    return (category if heading is None else heading, keys)


def scopes_table(
    telling: Telling,
    *,
    id: str,
    caption: str,
    corner: str,
    columns: Sequence[tuple[str, str, object, str]],
    total: str = "",
    basis: str | None = None,
    notes: Sequence[str] = (),
    empty: str = "There is nothing to show.",
) -> Table:
    """A table with one row for each scope (service, team, role) of the columns' measures, by name:
    no order ranks them.

    Each of `columns` is (heading, measure, period, category). `total` heads a last row with the
    same figures of the whole authority, "" for none.
    """
    measures = list(dict.fromkeys(measure for _, measure, _, _ in columns))
    every = [scope for measure in measures for scope in telling.figures.scopes(measure)]
    rows = [
        (
            scope,
            [
                Key(measure, str(period), category, scope)
                for _, measure, period, category in columns
            ],
        )
        for scope in sorted(set(every))
        if scope != AUTHORITY
    ]
    whole = [Key(measure, str(period), category) for _, measure, period, category in columns]
    return grid(
        telling,
        id=id,
        caption=caption,
        columns=[corner, *(heading for heading, *_ in columns)],
        rows=rows,
        total=(total, whole) if total else None,
        basis=basis,
        notes=notes,
        empty=empty,
    )


def shares_table(
    telling: Telling,
    measure: str,
    now: Month,
    categories: Sequence[str],
    *,
    id: str,
    caption: str,
    corner: str,
    notes: Sequence[str] = (),
    empty: str = "There is nothing to show.",
) -> Table:
    """Shares of one month with their 95% intervals, and the month before beside them (R6)."""
    before = now.previous()
    rows = []
    for name in categories:
        found, was = (telling.figures.get(measure, month, name) for month in (now, before))
        if found is not None and found.text != LEFT_OUT:
            rows.append((Cell(name), figure_cell(found), interval_cell(found), figure_cell(was)))
    return table_of(
        telling,
        rows,
        id=id,
        caption=caption,
        columns=[corner, now.words, INTERVAL, before.words],
        basis=basis_of_measure(telling, measure),
        notes=notes,
        empty=empty,
    )


_CYCLES: Final = ("MTM-2", "MTM-3", "C-1", "C-2")
_STOCKS: Final = ("MTM-4",)
_RATES: Final = ("Q-1",)


def basis_of_measure(telling: Telling, measure: str) -> str:
    """The line under a table of this measure (measures.md): what is due is counted by cycle,
    whichever way its cases were chosen; outstanding actions at the end of the month's last day;
    rates leave out audits of cases that somebody picked (S5)."""
    grades, selection = telling.asked.grades.words, telling.asked.selection.words.capitalize()
    counted = f"Counted by {grades} and month of completion"
    if measure.startswith(_CYCLES):
        of_cycle = "Counted by audit cycle. All audits of the cycle"
        return telling.basis.replace(f"{counted}. {selection}", of_cycle)
    if measure.startswith(_STOCKS):
        return telling.basis.replace(counted, "Counted at the end of the month’s last day")
    if measure.startswith(_RATES):
        without = f"{counted}. {selection}, without targeted, thematic and re-audits"
        return telling.basis.replace(f"{counted}. {selection}", without)
    return telling.basis


def written(telling: Telling, slot: Slot) -> Written:
    """The place where a person writes, with what they wrote and the sentences to begin from."""
    return Written(
        slot=slot.code,
        hint=slot.hint,
        text=telling.texts.get(slot.code, ""),
        suggestions=tuple(telling.suggestions.get(slot.code, ())),
        needed=slot.needed,
    )


def written_section(telling: Telling, slot: Slot, *after: Block) -> Section:
    """A section that a person writes, under the slot's heading, before blocks from the figures."""
    return Section(
        slot.code,
        slot.heading,
        (written(telling, slot), *from_elsewhere(telling, slot.code), *after),
    )


def months_ending(last: Month, number: int) -> list[Month]:
    """So many months, the last of them `last`."""
    months = [last]
    while len(months) < number:
        months.insert(0, months[0].previous())
    return months


def period_of(months: Sequence[Month]) -> str:
    """``November 2022 to April 2023``, or the one month."""
    first, last = months[0].words, months[-1].words
    return first if first == last else f"{first} to {last}"
