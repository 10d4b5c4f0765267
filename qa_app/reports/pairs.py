"""Before and after, row by row: two marks and a line, and both figures in writing (T3, E8)."""

from collections.abc import Sequence
from typing import Any, Final

from qa_app.reports.charts import INK, frame

_WIDTH: Final = 300
_ROW: Final = 52
_LINE: Final = "#1d4f7c"

Row = tuple[str, float | None, float | None, str, str]
"""Name, share before and after (0 to 100, None where there is none), and the two in writing."""


def pairs_spec(
    title: str, subtitle: str, rows: Sequence[Row], when: tuple[str, str]
) -> dict[str, Any]:
    """The Vega-Lite specification; `when` says what the hollow and the full mark are."""
    names = [name for name, *_ in rows]
    key = f"Hollow circle: {when[0]}. Full square: {when[1]}."
    spec = frame(title, [*filter(None, [subtitle]), key], _WIDTH, _ROW * max(1, len(rows)))
    return spec | {
        "encoding": {"y": _names_axis(names)},
        "layer": [
            _lines(rows),
            _marks([(name, before) for name, before, *_ in rows], "circle", "#ffffff"),
            _marks([(name, after) for name, _, after, *_ in rows], "square", _LINE),
            _words(rows),
        ],
    }


def _names_axis(names: list[str]) -> dict[str, Any]:
    return {
        "field": "row",
        "type": "nominal",
        "sort": names,
        "title": None,
        "scale": {"domain": names},
        "axis": {
            "ticks": False,
            "domain": False,
            "labelPadding": 8,
            "labelLimit": 260,
            "grid": True,
            "gridColor": "#d8dcde",
        },
    }


def _across(field: str) -> dict[str, Any]:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": "%", "tickCount": 5, "gridColor": "#d8dcde", "domain": False},
    }


def _lines(rows: Sequence[Row]) -> dict[str, Any]:
    values = [
        {"row": name, "before": before, "after": after}
        for name, before, after, *_ in rows
        if before is not None and after is not None
    ]
    return {
        "data": {"values": values},
        "mark": {"type": "rule", "color": _LINE, "strokeWidth": 2},
        "encoding": {"x": _across("before"), "x2": {"field": "after"}},
    }


def _marks(rows: Sequence[tuple[str, float | None]], shape: str, fill: str) -> dict[str, Any]:
    values = [{"row": name, "share": share} for name, share in rows if share is not None]
    return {
        "data": {"values": values},
        "mark": {
            "type": "point",
            "shape": shape,
            "size": 130,
            "fill": fill,
            "stroke": _LINE,
            "strokeWidth": 2,
            "opacity": 1,
        },
        "encoding": {"x": _across("share")},
    }


def _words(rows: Sequence[Row]) -> dict[str, Any]:
    values = [{"row": name, "label": f"{before}\n→ {after}"} for name, _, _, before, after in rows]
    return {
        "data": {"values": values},
        "mark": {
            "type": "text",
            "fontSize": 13,
            "align": "left",
            "baseline": "middle",
            "lineBreak": "\n",
            "lineHeight": 17,
            "dy": -8,
            "dx": 16,
            "color": INK,
        },
        "encoding": {
            "x": {"value": _WIDTH},
            "text": {"field": "label", "type": "nominal"},
        },
    }
