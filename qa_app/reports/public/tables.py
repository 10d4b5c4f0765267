"""Which breakdowns a public version has at all (R5): those that can say more than “c”."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from qa_app.domain.measures import AUTHORITY
from qa_app.reports.disclosure import Limits
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.figures.catalogue import CATALOGUE, Whose
from qa_app.reports.public.counts import sides
from qa_app.reports.public.rules import RULES, Printed
from qa_app.reports.reportasked import ReportAsked

MOST_LINES: Final = 30
"""Lines of one breakdown: more would take minutes to work out."""

_OTHER_PERIOD: Final = (
    "Breakdowns are printed for the report’s own period only: months and earlier periods of a "
    "service or team are too small."
)
_MOSTLY_SMALL: Final = "Most counts of its table are 1 to {most}: it would say little but “c”."
_TOO_MANY: Final = "Its table has more lines than can be protected in reasonable time."


def worth_printing(asked: ReportAsked, figures: Figures, limits: Limits) -> dict[Key, str]:
    """The figures of breakdowns that are left out altogether, each with why."""
    left: dict[Key, str] = {}
    tables: dict[str, list[ReportFigure]] = defaultdict(list)
    for figure in figures:
        rule = RULES.get(figure.key.measure)
        if rule is None or rule.printed is Printed.NEVER or figure.key.scope == AUTHORITY:
            continue
        if figure.key.period != asked.period:
            left[figure.key] = _OTHER_PERIOD
        else:
            tables[figure.key.measure].append(figure)
    for measure, rows in tables.items():
        why = _why_not(measure, rows, limits)
        left |= dict.fromkeys((row.key for row in rows), why) if why else {}
    return left


def _why_not(measure: str, rows: Sequence[ReportFigure], limits: Limits) -> str:
    """Teams that are left out for their few audits are no reason against their table."""
    groups = {sides(RULES[measure], row.key.category)[0] for row in rows}
    if len(rows) > MOST_LINES * len(groups):
        return _TOO_MANY
    teams = CATALOGUE[measure].whose is Whose.TEAM
    lines = [
        row
        for row in rows
        if row.numerator
        and (not teams or row.denominator is None or row.denominator >= limits.shown_from)
    ]
    small = sum(_is_small(row, limits.hidden_up_to) for row in lines)
    return _MOSTLY_SMALL.format(most=limits.hidden_up_to) if 2 * small > len(lines) else ""


def _is_small(row: ReportFigure, most: int) -> bool:
    """Whether the count is small, or what is left of the number that it is out of."""
    number = row.numerator or 0
    rest = 0 if row.denominator is None else row.denominator - number
    return number <= most or 0 < rest <= most
