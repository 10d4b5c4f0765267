"""The published measures: what they count, and how a figure is written to the character."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.grades import PRINT_ORDER, Grade

GRADES_MEASURE: Final = "MTM-1"
COMPLETED_MEASURE: Final = "MTM-2"
MODERATED_MEASURE: Final = "MTM-3"
OUTSTANDING_MEASURE: Final = "MTM-4"

TOTAL_CATEGORY: Final = "Total audits"
COMPLETED_CATEGORY: Final = "Completed"
MODERATED_CATEGORY: Final = "Moderated"
OUTSTANDING_CATEGORY: Final = "Outstanding priority actions"

NOTHING_DUE: Final = "–"
AUTHORITY: Final = "authority"


@dataclass(frozen=True)
class Measure:
    """A measure's definition; ``decimals`` is None where no percentage is printed."""

    id: str
    title: str
    numerator: str
    denominator: str | None
    basis: str
    decimals: int | None
    good_is: str | None


MEASURES: Final[Mapping[str, Measure]] = {
    measure.id: measure
    for measure in (
        Measure(
            GRADES_MEASURE,
            "Audit grades each month",
            "Audits with that final grade",
            "Audits completed in the month that have a final grade",
            "Month in which the audit was completed",
            2,
            None,
        ),
        Measure(
            COMPLETED_MEASURE,
            "File audits completed each month by managers, conference chairs and IROs",
            "Due audits completed by the last day of the month's cycle",
            "Audits due: those expected, less those exempted in time",
            "Audit cycle",
            0,
            "high",
        ),
        Measure(
            MODERATED_MEASURE,
            "File audits moderated each month by senior leaders",
            "Audits completed in time whose moderation is finished",
            "Due audits completed by the last day of the month's cycle",
            "Audit cycle",
            0,
            "high",
        ),
        Measure(
            OUTSTANDING_MEASURE,
            "Outstanding priority actions after an Inadequate audit with a concern about "
            "significant harm",
            "Priority actions neither verified nor withdrawn, on audits that stand as Inadequate",
            None,
            "End of the month's last day",
            None,
            "zero or low",
        ),
    )
}
"""Source: the authority's monthly measures; pages, documents and downloads all read this table."""


def percentage_text(numerator: int, denominator: int, decimals: int = 2) -> str:
    """A percentage rounded half up in whole-number arithmetic, trailing zeros dropped: 48.48%.

    ValueError where the numerator is not a part of the denominator, or the denominator is 0.
    """
    _check_part(numerator, denominator)
    if denominator == 0:
        raise ValueError("no percentage of nothing")
    units = 10**decimals
    rounded = (200 * numerator * units + denominator) // (2 * denominator)
    whole, part = divmod(rounded, units)
    digits = f"{part:0{decimals}}".rstrip("0") if part else ""
    return f"{whole}.{digits}%" if digits else f"{whole}%"


def _check_part(numerator: int, denominator: int) -> None:
    if not 0 <= numerator <= denominator:
        raise ValueError(f"{numerator} is no part of {denominator}")


def _share_in_column(numerator: int, denominator: int, decimals: int) -> str:
    if numerator == 0:
        return "0"
    return f"{numerator} ({percentage_text(numerator, denominator, decimals)})"


def _share_of_due(numerator: int, denominator: int, decimals: int) -> str:
    if denominator == 0:
        return NOTHING_DUE
    percentage = percentage_text(numerator, denominator, decimals)
    return f"{numerator} / {denominator} ({percentage})"


_LAYOUTS: Final[Mapping[str, Callable[[int, int, int], str]]] = {
    GRADES_MEASURE: _share_in_column,
    COMPLETED_MEASURE: _share_of_due,
    MODERATED_MEASURE: _share_of_due,
}


def figure_text(measure: str, numerator: int, denominator: int | None) -> str:
    """A figure as its measure prints it: ``16 (48.48%)``, ``15 / 37 (41%)``, ``6``, ``–``.

    A figure without a denominator (a total, a stock) is its number alone. ValueError where the
    numerator is not a part of the denominator; KeyError for an unknown measure.
    """
    decimals = MEASURES[measure].decimals
    if denominator is None or decimals is None:
        return str(numerator)
    _check_part(numerator, denominator)
    return _LAYOUTS[measure](numerator, denominator, decimals)


@dataclass(frozen=True)
class Figure:
    """One printed figure. ``period`` is written 2022-12; ``scope`` says whose figure it is."""

    measure: str
    period: str
    category: str
    numerator: int
    denominator: int | None
    text: str
    scope: str = AUTHORITY

    def to_row(self) -> dict[str, str | int | None]:
        """The figure as a row of JSON or CSV, keys in a fixed order."""
        return asdict(self)


def grade_figures(
    period: Month | str, counts: Mapping[Grade, int], scope: str = AUTHORITY
) -> list[Figure]:
    """MTM-1 for one month: the four grades from worst to best, zeros included, then the total.

    ``counts`` holds the audits completed in the month with a final grade; a grade left out is 0.
    """
    total = sum(counts.values())
    figures = [
        _figure(GRADES_MEASURE, period, grade.words, counts.get(grade, 0), total, scope)
        for grade in PRINT_ORDER
    ]
    return [*figures, _figure(GRADES_MEASURE, period, TOTAL_CATEGORY, total, None, scope)]


def completed_figure(
    period: Month | str, completed: int, due: int, scope: str = AUTHORITY
) -> Figure:
    """MTM-2 for one cycle: due audits completed by its last day, of those due (P4)."""
    return _figure(COMPLETED_MEASURE, period, COMPLETED_CATEGORY, completed, due, scope)


def moderated_figure(
    period: Month | str, moderated: int, completed: int, scope: str = AUTHORITY
) -> Figure:
    """MTM-3 for one cycle: moderated at the data cut, of MTM-2's completed audits."""
    return _figure(MODERATED_MEASURE, period, MODERATED_CATEGORY, moderated, completed, scope)


def outstanding_figure(period: Month | str, outstanding: int, scope: str = AUTHORITY) -> Figure:
    """MTM-4 at the end of a month's last day: actions, not audits; a stock, not a flow."""
    return _figure(OUTSTANDING_MEASURE, period, OUTSTANDING_CATEGORY, outstanding, None, scope)


def _figure(
    measure: str,
    period: Month | str,
    category: str,
    numerator: int,
    denominator: int | None,
    scope: str,
) -> Figure:
    text = figure_text(measure, numerator, denominator)
    return Figure(measure, str(period), category, numerator, denominator, text, scope)
