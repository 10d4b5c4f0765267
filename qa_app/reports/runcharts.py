"""Run charts: agreement over time (M9), and the stock of outstanding priority actions (E5)."""

from collections.abc import Sequence
from typing import Any, Final

import vl_convert

from qa_app.domain.runchart import Run
from qa_app.moderation.queries.overtime import OverTime
from qa_app.reports.charts import INK, VEGA_LITE, frame
from qa_app.tracker.queries.stock import Stock

_LINE: Final = "#1d4f7c"
_WIDTH: Final = 620
_HEIGHT: Final = 260
_ROOM: Final = 60  # pixels for the words above a point, and the month's name beneath it
_ROOM_FOR_A_NUMBER: Final = 30


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
    return _spec(
        f"Audits whose grade stood, {months.period}",
        "Share of moderated audits, by month of completion; dashed: the median",
        names,
        points,
        _up("Same grade, %", [0, 100], 6),
        months.run,
        _ROOM,
    )


def stock_svg(stock: Stock) -> str:
    """The run chart of the stock as SVG."""
    return str(vl_convert.vegalite_to_svg(stock_spec(stock), vl_version=VEGA_LITE))


def stock_spec(stock: Stock) -> dict[str, Any]:
    """The Vega-Lite specification of the stock's chart (public for its test)."""
    names = [each.month for each in stock.ends]
    points = [
        {"month": each.month, "share": each.number, "label": f"{each.number:,}"}
        for each in stock.ends
    ]
    highest = max([1, *(each.number for each in stock.ends)])
    return _spec(
        "Outstanding priority actions at the end of each month",
        "Recounted from the days on which each was raised and settled; dashed: the median",
        names,
        points,
        _up("Outstanding", [0, highest], min(highest, 6)),
        stock.run,
        _ROOM_FOR_A_NUMBER,
    )


def _spec(
    title: str,
    subtitle: str,
    names: Sequence[str],
    points: list[dict[str, Any]],
    up: dict[str, Any],
    run: Run | None,
    room: int,
) -> dict[str, Any]:
    layers = [_line(names, up), _points()]
    if run is not None:
        layers.insert(0, _median(run.median))
    spec = frame(title, subtitle, max(_WIDTH, room * len(names)), _HEIGHT)
    return spec | {"data": {"values": points}, "layer": layers}


def _across(names: Sequence[str]) -> dict[str, Any]:
    return {
        "field": "month",
        "type": "ordinal",
        "sort": list(names),
        "title": None,
        "scale": {"domain": list(names)},
        "axis": {"labelAngle": -45, "labelLimit": 200},
    }


def _up(title: str, domain: list[int], ticks: int) -> dict[str, Any]:
    return {
        "field": "share",
        "type": "quantitative",
        "scale": {"domain": domain},
        "axis": {
            "title": title,
            "tickCount": ticks,
            "format": "d",
            "gridColor": "#d8dcde",
            "domain": False,
        },
    }


def _line(names: Sequence[str], up: dict[str, Any]) -> dict[str, Any]:
    return {
        "mark": {"type": "line", "color": _LINE, "strokeWidth": 2, "point": {"size": 70}},
        "encoding": {"x": _across(names), "y": up},
    }


def _points() -> dict[str, Any]:
    return {
        "mark": {"type": "text", "fontSize": 12, "dy": -14, "color": INK},
        "encoding": {
            "x": {"field": "month", "type": "ordinal"},
            "y": {"field": "share", "type": "quantitative"},
            "text": {"field": "label", "type": "nominal"},
        },
    }


def _median(middle: float) -> dict[str, Any]:
    return {
        "data": {"values": [{"median": middle}]},
        "mark": {"type": "rule", "color": INK, "strokeDash": [6, 4], "strokeWidth": 1.5},
        "encoding": {"y": {"field": "median", "type": "quantitative"}},
    }
