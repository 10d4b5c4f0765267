"""The charts of a report, made from its figures: each with its title and its description in words.

A figure that a public version hides is not drawn: where it would stand the chart says "c" (R5). No
chart says anything by colour alone, and the table with every figure stands beside each (AC-8).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

from qa_app.domain.comparing import Call, Counted, compare_with_limits
from qa_app.domain.grades import PRINT_ORDER, Grade, listed
from qa_app.domain.intervals import too_few_to_say, wilson
from qa_app.domain.measures import AUTHORITY, GRADES_MEASURE, percentage_text
from qa_app.domain.pcharts import Count, Limits, limits_for
from qa_app.formatting import count_words
from qa_app.reports.charts import stacked_grades
from qa_app.reports.document import Chart
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.figure import SUPPRESSED
from qa_app.reports.heatmap import Square, heatmap_description, heatmap_spec
from qa_app.reports.overtime import Drawn, counts_spec, shares_spec
from qa_app.reports.pairs import pairs_spec

TABLE_BESIDE = "The table beside it gives every figure."


class Period(Protocol):
    """A month or a quarter: as it is written in a figure's key, and in words."""

    @property
    def words(self) -> str:
        """February 2023"""
        ...


@dataclass(frozen=True)
class Point:
    """k of n at one time (or of one row); a plain count has no n. Both None where there was
    nothing, and where it is hidden."""

    name: str
    k: int | None = None
    n: int | None = None
    hidden: bool = False

    @classmethod
    def of(cls, name: str, figure: ReportFigure | None) -> Self:
        """A report's figure as a point; None is a time without one."""
        if figure is None:
            return cls(name)
        return cls(name, figure.numerator, figure.denominator, hidden=figure.numerator is None)

    @property
    def counted(self) -> Count | None:
        """(k, n), None where that is hidden or there was nothing to count."""
        return (self.k, self.n) if self.k is not None and self.n else None

    @property
    def text(self) -> str:
        """``12 of 31 (38.7%)``, ``12``, ``c`` or ``none``."""
        if self.hidden:
            return SUPPRESSED
        if self.n is None and self.k is not None:
            return f"{self.k:,}"
        if not self.counted:
            return "none"
        k, n = self.counted
        return f"{k:,} of {n:,} ({percentage_text(k, n, 1)})"


@dataclass(frozen=True)
class Pair:
    """A row's share before and after; the names of the two points say when that was."""

    name: str
    before: Point
    after: Point


def grades_chart(
    id: str,
    figures: Figures,
    months: Sequence[Period],
    *,
    subtitle: str = "",
    measure: str = GRADES_MEASURE,
    scope: str = AUTHORITY,
) -> Chart:
    """Audits by grade as one stacked bar a month (or quarter), the earliest at the top (MTM-1)."""
    counts: dict[tuple[str, Grade], int | None] = {}
    for month in months:
        for grade in PRINT_ORDER:
            figure = figures.get(measure, month, grade.words, scope)
            if figure is not None:
                counts[(str(month), grade)] = figure.numerator
    names = {str(month): month.words for month in months}
    title = f"Audits by grade, {_span(list(names.values()))}"
    spec = stacked_grades(title, subtitle, names, counts)
    return Chart(id, title, _grades_description(title, names, counts), spec)


def share_over_time_chart(
    id: str,
    title: str,
    points: Sequence[Point],
    *,
    earlier: Sequence[Count] = (),
    subtitle: str = "",
) -> Chart:
    """A share over time: its median, its 95% intervals where n is 10 or more, and the limits that
    the earlier months leave to chance (R6).

    A point's limits come from `earlier` (k, n of the months before the first point) and the points
    before it, where those are 12 at least. A time without audits, or hidden, is a gap.
    """
    drawn, said = [], []
    before = [count for count in earlier if count[1]]
    for point in points:
        limits, called = _held_against(point, before)
        drawn.append(_drawn(point, limits, called))
        if called:
            said.append(f"{point.name} is {called} than the earlier months together")
        if point.counted:
            before.append(point.counted)
    with_limits = any(each.limits for each in drawn)
    spec = shares_spec(title, _key(subtitle, with_limits=with_limits), drawn)
    words = [f"Run chart, {title}: {_ends(points)}.", _limits_words(said, with_limits=with_limits)]
    return Chart(id, title, " ".join([*words, *_gaps(points), TABLE_BESIDE]), spec)


def counts_over_time_chart(
    id: str, title: str, points: Sequence[Point], *, unit: str = "Audits", subtitle: str = ""
) -> Chart:
    """A plain count over time, with its median; hidden counts are a gap."""
    drawn = [Drawn(point.name, point.k, _short(point), _gap_mark(point)) for point in points]
    spec = counts_spec(title, subtitle or "Dashed: the median", drawn, unit)
    words = [f"Run chart, {title}: {_ends(points)}.", *_gaps(points), TABLE_BESIDE]
    return Chart(id, title, " ".join(words), spec)


def heat_chart(id: str, title: str, squares: Sequence[Square], *, subtitle: str = "") -> Chart:
    """A share for each row and column, said in its square; a hidden square says "c" (Q-2)."""
    spec = heatmap_spec(title, subtitle, squares)
    return Chart(id, title, heatmap_description(title, squares), spec)


def pairs_chart(id: str, title: str, pairs: Sequence[Pair], *, subtitle: str = "") -> Chart:
    """Before and after in each row: two marks and a line, with both figures in writing."""
    rows = [
        (pair.name, _percent(pair.before), _percent(pair.after), pair.before.text, pair.after.text)
        for pair in pairs
    ]
    when = _when(pairs)
    told = [f"{pair.name}, {pair.before.text} before and {pair.after.text} after" for pair in pairs]
    words = [
        f"{title}: {count_words(len(pairs), 'row')}, each with two marks joined by a line.",
        f"{'; '.join(told)}." if told else "",
        TABLE_BESIDE,
    ]
    spec = pairs_spec(title, subtitle, rows, when)
    return Chart(id, title, " ".join(part for part in words if part), spec)


def _when(pairs: Sequence[Pair]) -> tuple[str, str]:
    """What the two marks are, where it is the same in every row."""
    names = {(pair.before.name, pair.after.name) for pair in pairs}
    before, after = names.pop() if len(names) == 1 else ("", "")
    return (
        "before" if before.lower() in ("", "before") else f"before ({before})",
        "after" if after.lower() in ("", "after") else f"after ({after})",
    )


def _grades_description(
    title: str, names: Mapping[str, str], counts: Mapping[tuple[str, Grade], int | None]
) -> str:
    bars = {period: [counts.get((period, grade), 0) for grade in PRINT_ORDER] for period in names}
    totals = [sum(filter(None, bar)) for bar in bars.values() if None not in bar]
    hidden = [names[period] for period, bar in bars.items() if None in bar]
    words = [f"Stacked bar chart, {title[0].lower()}{title[1:]}: one bar for each period"]
    if totals:
        same = min(totals) == max(totals)
        words.append(str(max(totals)) if same else f"from {min(totals)} to {max(totals)}")
        words[-1] += " audit" if totals and max(totals) == 1 else " audits"
    said = f"{', '.join(words)}. "
    if hidden:
        said += f"Grades are hidden, marked {SUPPRESSED}, in {listed(hidden)}. "
    return f"{said}The table beside it gives every count and percentage."


def _held_against(point: Point, before: Sequence[Count]) -> tuple[Limits | None, str]:
    """The limits of a point, and higher or lower where it lies outside and R6 lets us say so."""
    if point.counted is None or too_few_to_say(point.counted[1]):
        return None, ""
    k, n = point.counted
    called = compare_with_limits(Counted(k, n, "audits", "counted", point.name), before)
    return limits_for(n, before), called.value if called in (Call.HIGHER, Call.LOWER) else ""


def _drawn(point: Point, limits: Limits | None, called: str) -> Drawn:
    interval = None
    if point.counted and not too_few_to_say(point.counted[1]):
        low, high = wilson(*point.counted)
        interval = (100 * low, 100 * high)
    return Drawn(
        point.name,
        _percent(point),
        _short(point),
        _k_of_n(point),
        interval,
        (100 * limits.low / limits.n, 100 * limits.high / limits.n) if limits else None,
        called,
    )


def _percent(point: Point) -> float | None:
    return 100 * point.counted[0] / point.counted[1] if point.counted else None


def _short(point: Point) -> str:
    """What stands at the mark itself."""
    if point.counted:
        return percentage_text(*point.counted, 0)
    return f"{point.k:,}" if point.k is not None and point.n is None else ""


def _k_of_n(point: Point) -> str:
    if point.counted:
        return f"{point.counted[0]:,} of {point.counted[1]:,}"
    return _gap_mark(point)


def _gap_mark(point: Point) -> str:
    """What stands under a time without a mark."""
    return point.text if point.text in (SUPPRESSED, "none") else ""


def _key(subtitle: str, *, with_limits: bool) -> str:
    """What the lines of a run chart are, in the order in which they are seen."""
    parts = [subtitle, "Dashed: the median. Upright lines: 95% intervals, where n is 10 or more."]
    if with_limits:
        parts.append("Shaded: where chance alone leaves a month, drawn from the earlier months.")
    return "\n".join(part for part in parts if part)


def _limits_words(said: Sequence[str], *, with_limits: bool) -> str:
    if not with_limits:
        return "There are fewer than 12 earlier months, too few for limits."
    if not said:
        return "No month lies outside the limits within which months vary by chance."
    return f"Outside the limits within which months vary by chance: {'; '.join(said)}."


def _ends(points: Sequence[Point]) -> str:
    shown = [point for point in points if point.k is not None and (point.n or point.n is None)]
    if not shown:
        return "there is nothing to draw"
    if len(shown) == 1:
        return f"{shown[0].text} in {shown[0].name}"
    first, last = shown[0], shown[-1]
    return f"from {first.text} in {first.name} to {last.text} in {last.name}"


def _gaps(points: Sequence[Point]) -> list[str]:
    hidden = [point.name for point in points if point.hidden]
    none = [point.name for point in points if not point.hidden and point.text == "none"]
    words = []
    if hidden:
        words.append(f"Hidden, marked {SUPPRESSED}: {listed(hidden)}.")
    if none:
        words.append(f"Nothing was counted in {listed(none)}.")
    return words


def _span(names: Sequence[str]) -> str:
    if not names:
        return "no period"
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
