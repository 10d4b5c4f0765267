"""Agreement over time as a run chart (M9): the share of pairs with the same grade, by month."""

from collections.abc import Sequence
from typing import Any, Final

import vl_convert

from qa_app.moderation.queries.overtime import OverTime
from qa_app.reports.charts import VEGA_LITE

_INK: Final = "#0b0c0c"
_LINE: Final = "#1d4f7c"
_WIDTH: Final = 620
_HEIGHT: Final = 260
_ROOM: Final = 60  # pixels for the month's name beneath a point


def agreement_svg(months: OverTime) -> str:
    """The run chart as SVG."""
    return str(vl_convert.vegalite_to_svg(agreement_spec(months), vl_version=VEGA_LITE))


def agreement_spec(months: OverTime) -> dict[str, Any]:
    """The Vega-Lite specification of the chart (public for its test)."""
    names = [name for name, _ in months.found]
    points = [
        {"month": name, "share": round(share, 2), "label": f"{share:.0f}% of {each.n}"}
        for name, each, share in months.shown
    ]
    layers = [_line(names), _points()]
    if months.run is not None:
        layers.insert(0, _median(months.run.median))
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "title": {
            "text": f"Audits whose grade stood, {months.period}",
            "subtitle": "Share of moderated audits, by month of completion; dashed: the median",
            "anchor": "start",
            "frame": "group",
            "fontSize": 16,
            "subtitleFontSize": 14,
            "offset": 12,
            "color": _INK,
            "subtitleColor": _INK,
        },
        "width": max(_WIDTH, _ROOM * len(names)),
        "height": _HEIGHT,
        "background": "#ffffff",
        "padding": {"left": 4, "top": 4, "right": 16, "bottom": 4},
        "data": {"values": points},
        "layer": layers,
        "config": {
            "font": "Arial, Helvetica, sans-serif",
            "view": {"stroke": None},
            "axis": {"labelFontSize": 14, "titleFontSize": 14, "labelColor": _INK},
        },
    }


def _across(names: Sequence[str]) -> dict[str, Any]:
    return {
        "field": "month",
        "type": "ordinal",
        "sort": list(names),
        "title": None,
        "scale": {"domain": list(names)},
        "axis": {"labelAngle": -45, "labelLimit": 200},
    }


def _up() -> dict[str, Any]:
    return {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {
            "title": "Same grade, %",
            "tickCount": 6,
            "format": "d",
            "gridColor": "#d8dcde",
            "domain": False,
        },
    }


def _line(names: Sequence[str]) -> dict[str, Any]:
    return {
        "mark": {"type": "line", "color": _LINE, "strokeWidth": 2, "point": {"size": 70}},
        "encoding": {"x": _across(names), "y": _up()},
    }


def _points() -> dict[str, Any]:
    return {
        "mark": {"type": "text", "fontSize": 12, "dy": -14, "color": _INK},
        "encoding": {
            "x": {"field": "month", "type": "ordinal"},
            "y": {"field": "share", "type": "quantitative"},
            "text": {"field": "label", "type": "nominal"},
        },
    }


def _median(middle: float) -> dict[str, Any]:
    return {
        "data": {"values": [{"median": middle}]},
        "mark": {"type": "rule", "color": _INK, "strokeDash": [6, 4], "strokeWidth": 1.5},
        "encoding": {"y": {"field": "median", "type": "quantitative"}},
    }
