"""A share over months: the limits within which a month varies by chance alone (R6).

They are drawn from figures that may be printed and from nothing else, so that a public version has
no limits that would tell a hidden month.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_app.domain.calendar import Month
from qa_app.domain.comparing import Call, Counted, compare_with_limits
from qa_app.domain.intervals import TOO_FEW, too_few_to_say
from qa_app.domain.pcharts import Limits, limits_for
from qa_app.formatting import NOTHING
from qa_app.reports.figures.figure import Figures, ReportFigure


@dataclass(frozen=True)
class MonthHeld:
    """A month's figure (None where there is none), its limits and what is said of it; `limits` is
    None where n or the earlier months are too few, or some of them are hidden."""

    month: Month
    figure: ReportFigure | None
    limits: Limits | None
    called: Call

    @property
    def limits_words(self) -> str:
        """``2 to 12``: the counts that chance alone leaves a month of this n."""
        return NOTHING if self.limits is None else f"{self.limits.low:,} to {self.limits.high:,}"


def held(figures: Figures, measure: str, category: str, months: Sequence[Month]) -> list[MonthHeld]:
    """Each month's figure of the authority against the months before it."""
    found = []
    before: list[tuple[int, int]] = []
    for month in months:
        figure = figures.get(measure, month, category)
        counted = _counted(figure)
        if counted is None or too_few_to_say(counted.n):
            found.append(MonthHeld(month, figure, None, Call.TOO_FEW))
        else:
            limits, called = limits_for(counted.n, before), compare_with_limits(counted, before)
            found.append(MonthHeld(month, figure, limits, called))
        if counted is not None and counted.n:
            before.append((counted.k, counted.n))
    return found


def called_words(call: Call) -> str:
    """What a table prints of a comparison; “too few to say” says itself."""
    return TOO_FEW if call is Call.TOO_FEW else call.value


def _counted(figure: ReportFigure | None) -> Counted | None:
    if figure is None or figure.numerator is None or figure.denominator is None:
        return None
    return Counted(figure.numerator, figure.denominator, "audits", "counted", "")
