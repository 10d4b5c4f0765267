"""Charts as SVG, drawn by Vega-Lite inside this process: nothing is fetched, nothing runs."""

from collections.abc import Mapping
from typing import Any, Final

import vl_convert

from qa_app.domain.grades import PRINT_ORDER, Grade
from qa_app.domain.measures import GRADES_MEASURE, TOTAL_CATEGORY, Figure
from qa_app.reports import frames
from qa_app.reports.measureset import MeasureSet, scope_words

VEGA_LITE: Final = "6.4"
_FONT: Final = "Arial, Helvetica, sans-serif"
INK: Final = "#0b0c0c"
_WIDTH: Final = 620
_ROW: Final = 40
_CHARACTER: Final = 9  # pixels of a 14 px character, with room at both ends of a label

# Grade → (initials, fill, ink). Told apart by lightness too, so that they differ in black and white
# and for every kind of colour blindness; the initials say it whatever the colour.
LOOKS: Final[dict[Grade, tuple[str, str, str]]] = {
    Grade.INADEQUATE: ("I", "#7d1f14", "#ffffff"),
    Grade.REQUIRES_IMPROVEMENT: ("RI", "#f0a860", INK),
    Grade.GOOD: ("G", "#b5d8ee", INK),
    Grade.OUTSTANDING: ("O", "#1d4f7c", "#ffffff"),
}


def grades_svg(found: MeasureSet) -> str:
    """Audits by grade as one stacked bar a month, earliest at the top; labels are counts."""
    return str(vl_convert.vegalite_to_svg(grades_spec(found), vl_version=VEGA_LITE))


def grades_description(found: MeasureSet) -> str:
    """What the chart shows, in words: its alternative text. The table beside it has it all."""
    totals = _totals(found)
    most = max(totals, key=lambda figure: figure.numerator)
    return (
        f"Stacked bar chart of audits by grade, {found.months_words}: one bar for each month, from "
        f"{min(figure.numerator for figure in totals)} to {most.numerator} audits. "
        "The table beside it gives every count and percentage."
    )


_WORDS: Final = {grade.words: grade for grade in PRINT_ORDER}


def _rows(found: MeasureSet) -> list[tuple[str, list[Figure]]]:
    return frames.rows(found.of(GRADES_MEASURE))


def _totals(found: MeasureSet) -> list[Figure]:
    return next(figures for category, figures in _rows(found) if category == TOTAL_CATEGORY)


def grades_spec(found: MeasureSet) -> dict[str, Any]:
    """The Vega-Lite specification of the chart (public for its test)."""
    names = {str(month): month.words for month in found.asked.months}
    counts: dict[tuple[str, Grade], int | None] = {
        (figure.period, _WORDS[category]): figure.numerator
        for category, figures in _rows(found)
        if category in _WORDS
        for figure in figures
    }
    title = f"Audits by grade, {found.months_words}"
    return stacked_grades(title, scope_words(found.asked.part), names, counts)


def stacked_grades(
    title: str,
    subtitle: str,
    names: Mapping[str, str],
    counts: Mapping[tuple[str, Grade], int | None],
) -> dict[str, Any]:
    """The specification of audits by grade, one bar for each period of `names` (its words).

    A count of None is hidden (R5): its bar is left out, and the bar's end says so.
    """
    totals = {
        period: sum(counts.get((period, grade)) or 0 for grade in PRINT_ORDER) for period in names
    }
    widest = max([1, *totals.values()])
    periods = list(names.values())
    spec = frame(title, subtitle, _WIDTH, _ROW * max(1, len(names)))
    return spec | {
        "data": {"values": _bars(names, counts, _WIDTH / widest)},
        "encoding": {"y": _months_axis(periods)},
        "layer": [_bar_layer(widest), _label_layer(), _end_layer(names, counts, totals)],
    }


def frame(title: str, subtitle: str | list[str], width: int, height: int) -> dict[str, Any]:
    """What every chart of ours begins with: its title, size, paper and letters. A subtitle of
    several lines is a list."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {
            "text": title,
            "subtitle": subtitle,
            "anchor": "start",
            "frame": "group",
            "fontSize": 16,
            "subtitleFontSize": 14,
            "offset": 12,
            "color": INK,
            "subtitleColor": INK,
        },
        "width": width,
        "height": height,
        "background": "#ffffff",
        "padding": {"left": 4, "top": 4, "right": 16, "bottom": 4},
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 14, "titleFontSize": 14, "labelColor": INK},
        },
    }


def _bars(
    names: Mapping[str, str], counts: Mapping[tuple[str, Grade], int | None], pixels: float
) -> list[dict[str, Any]]:
    """One segment for each grade and period, from where to where, with its label where it fits."""
    ends = dict.fromkeys(names, 0)
    bars = []
    for grade in PRINT_ORDER:
        initials, fill, ink = LOOKS[grade]
        for period, words in names.items():
            count = counts.get((period, grade)) or 0
            start = ends[period]
            ends[period] = start + count
            label = f"{initials} {count}"
            fits = count * pixels >= len(label) * _CHARACTER
            bars.append(
                {
                    "month": words,
                    "grade": f"{grade.words} ({initials})",
                    "start": start,
                    "end": start + count,
                    "middle": start + count / 2,
                    "label": label if fits else "",
                    "fill": fill,
                    "ink": ink,
                }
            )
    return bars


def _end_layer(
    names: Mapping[str, str],
    counts: Mapping[tuple[str, Grade], int | None],
    totals: Mapping[str, int],
) -> dict[str, Any]:
    """How many audits a bar holds, or which of its grades are hidden."""
    values = []
    for period, words in names.items():
        hidden = [LOOKS[each][0] for each in PRINT_ORDER if counts.get((period, each), 0) is None]
        label = f"{', '.join(hidden)}: c" if hidden else f"n = {totals[period]:,}"
        values.append({"month": words, "end": totals[period], "label": label})
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "fontSize": 14,
            "align": "left",
            "baseline": "middle",
            "dx": 6,
            "color": INK,
        },
        "encoding": {
            "x": {"field": "end", "type": "quantitative"},
            "text": {"field": "label", "type": "nominal"},
        },
    }


def _months_axis(months: list[str]) -> dict[str, Any]:
    return {
        "field": "month",
        "type": "nominal",
        "sort": months,
        "title": None,
        "scale": {"domain": months, "paddingInner": 0.25},
        "axis": {"ticks": False, "domain": False, "labelPadding": 8, "labelLimit": 200},
    }


def _bar_layer(widest: int) -> dict[str, Any]:
    return {
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 0.75},
        "encoding": {
            "x": {
                "field": "start",
                "type": "quantitative",
                "scale": {"domain": [0, widest]},
                "axis": {
                    "title": "Number of audits",
                    "tickMinStep": 1,
                    "tickCount": 6,
                    "format": "d",
                    "gridColor": "#d8dcde",
                    "domain": False,
                },
            },
            "x2": {"field": "end"},
            "color": {
                "field": "grade",
                "type": "nominal",
                "scale": {
                    "domain": [f"{grade.words} ({LOOKS[grade][0]})" for grade in PRINT_ORDER],
                    "range": [LOOKS[grade][1] for grade in PRINT_ORDER],
                },
                "legend": legend("top"),
            },
        },
    }


def legend(orient: str) -> dict[str, Any]:
    """The legend of every chart with fills: outlined squares, large enough to tell on paper."""
    return {
        "orient": orient,
        "title": None,
        "symbolType": "square",
        "symbolSize": 200,
        "symbolStrokeColor": INK,
        "symbolStrokeWidth": 0.75,
        "labelFontSize": 14,
        "labelColor": INK,
        "labelLimit": 300,
        "columnPadding": 16,
    }


def _label_layer() -> dict[str, Any]:
    return {
        "mark": {"type": "text", "fontSize": 14, "fontWeight": "bold", "baseline": "middle"},
        "encoding": {
            "x": {"field": "middle", "type": "quantitative"},
            "text": {"field": "label", "type": "nominal"},
            "color": {"field": "ink", "type": "nominal", "scale": None},
        },
    }
