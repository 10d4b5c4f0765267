"""Charts as SVG, drawn by Vega-Lite inside this process: nothing is fetched, nothing runs."""

from collections.abc import Sequence
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
    graded = [
        (_WORDS[category], figures) for category, figures in _rows(found) if category in _WORDS
    ]
    widest = max(1, *(figure.numerator for figure in _totals(found)))
    bars = _bars(graded, names, _WIDTH / widest)
    height = _ROW * len(names)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": _title(f"Audits by grade, {found.months_words}", scope_words(found.asked.part)),
        "width": _WIDTH,
        "height": height,
        "background": "#ffffff",
        "padding": {"left": 4, "top": 4, "right": 16, "bottom": 4},
        "data": {"values": bars},
        "encoding": {"y": _months_axis(list(names.values()))},
        "layer": [_bar_layer(widest), _label_layer()],
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {"labelFontSize": 14, "titleFontSize": 14, "labelColor": INK},
        },
    }


def _title(text: str, subtitle: str) -> dict[str, Any]:
    return {
        "text": text,
        "subtitle": subtitle,
        "anchor": "start",
        "frame": "group",
        "fontSize": 16,
        "subtitleFontSize": 14,
        "offset": 12,
        "color": INK,
        "subtitleColor": INK,
    }


def _bars(
    graded: Sequence[tuple[Grade, list[Figure]]], names: dict[str, str], pixels: float
) -> list[dict[str, Any]]:
    """One segment for each grade and month, from where to where, with its label where it fits."""
    ends = dict.fromkeys(names, 0)
    bars = []
    for grade, figures in graded:
        initials, fill, ink = LOOKS[grade]
        for figure in figures:
            start = ends[figure.period]
            ends[figure.period] = start + figure.numerator
            label = f"{initials} {figure.numerator}"
            fits = figure.numerator * pixels >= len(label) * _CHARACTER
            bars.append(
                {
                    "month": names[figure.period],
                    "grade": f"{grade.words} ({initials})",
                    "start": start,
                    "end": start + figure.numerator,
                    "middle": start + figure.numerator / 2,
                    "label": label if fits else "",
                    "fill": fill,
                    "ink": ink,
                }
            )
    return bars


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
