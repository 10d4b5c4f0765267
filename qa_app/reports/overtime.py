"""Run charts of a report: a share with its limits and intervals, or a count, over time (R6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from qa_app.domain.runchart import run_of
from qa_app.reports.charts import INK, frame

_LINE: Final = "#1d4f7c"
_SHADE: Final = "#e3e8ec"
_EDGE: Final = "#6f7a80"
_NARROWEST: Final = 620
_HEIGHT: Final = 260
_ROOM: Final = 66  # pixels for a time and its "12 of 31" beneath it
_MANY: Final = 14
_ROOM_AMONG_MANY: Final = 44


@dataclass(frozen=True)
class Drawn:
    """One time of a run chart: `value` (None is a gap), what stands at the mark and under the time;
    for a share in percent its interval, its limits, and higher or lower where it is called so."""

    name: str
    value: float | None
    label: str
    under: str
    interval: tuple[float, float] | None = None
    limits: tuple[float, float] | None = None
    called: str = ""


def shares_spec(title: str, subtitle: str, drawn: Sequence[Drawn]) -> dict[str, Any]:
    """A share over time with its limits shaded and its intervals as upright lines."""
    beneath = [_limits(), _intervals()]
    return _spec(title, subtitle, drawn, _up("%", [0, 100], 6), beneath)


def counts_spec(title: str, subtitle: str, drawn: Sequence[Drawn], unit: str) -> dict[str, Any]:
    """A count over time."""
    highest = int(max([1, *(each.value or 0 for each in drawn)]))
    return _spec(title, subtitle, drawn, _up(unit, [0, highest], min(highest, 6)), [])


def _spec(
    title: str,
    subtitle: str,
    drawn: Sequence[Drawn],
    up: dict[str, Any],
    beneath: list[dict[str, Any]],
) -> dict[str, Any]:
    many = len(drawn) > _MANY
    places = [_place(each, short=many) for each in drawn]
    values = [_row(each, place) for each, place in zip(drawn, places, strict=True)]
    run = run_of([each.value for each in drawn if each.value is not None])
    middle = [_median(run.median)] if run and len(drawn) > 1 else []
    width = max(_NARROWEST, (_ROOM_AMONG_MANY if many else _ROOM) * len(drawn))
    spec = frame(title, subtitle.split("\n"), width, _HEIGHT)
    for layer in beneath + (marks := _marks(up)):
        layer["encoding"]["x"] = _times(places)
    return spec | {"data": {"values": values}, "layer": [*beneath, *middle, *marks]}


def _place(each: Drawn, *, short: bool) -> str:
    """What stands under the mark, a line each: the month, the year, k of n."""
    words = each.name.split(" ")
    if short:
        words[0] = words[0] if words[0][:1].isdigit() else words[0][:3]
    return "\n".join([*words, each.under.replace(" of ", "/") if short else each.under])


def _row(each: Drawn, place: str) -> dict[str, Any]:
    low, high = each.interval or (None, None)
    least, most = each.limits or (None, None)
    top = max(filter(None, [each.value, high]), default=0)
    return {
        "time": place,
        "value": each.value,
        "label": f"{each.label} {each.called}".strip(),
        "top": None if each.value is None else top,
        "low": low,
        "high": high,
        "least": least,
        "most": most,
        "called": bool(each.called),
    }


def _times(places: Sequence[str]) -> dict[str, Any]:
    return {
        "field": "time",
        "type": "ordinal",
        "sort": list(places),
        "title": None,
        "scale": {"type": "band", "domain": list(places), "paddingInner": 0.2},
        "axis": {
            "labelAngle": 0,
            "labelExpr": "split(datum.label, '\\n')",
            "labelFontSize": 13,
            "labelLimit": 200,
            "ticks": False,
        },
    }


def _up(title: str, domain: list[int], ticks: int) -> dict[str, Any]:
    return {
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


def _only(field: str) -> list[dict[str, str]]:
    return [{"filter": f"isValid(datum.{field})"}]


def _limits() -> dict[str, Any]:
    return {
        "transform": _only("least"),
        "mark": {
            "type": "bar",
            "color": _SHADE,
            "stroke": _EDGE,
            "strokeDash": [2, 2],
            "strokeWidth": 0.75,
        },
        "encoding": {
            "y": {"field": "least", "type": "quantitative"},
            "y2": {"field": "most"},
        },
    }


def _intervals() -> dict[str, Any]:
    return {
        "transform": _only("low"),
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1.25},
        "encoding": {"y": {"field": "low", "type": "quantitative"}, "y2": {"field": "high"}},
    }


def _median(middle: float) -> dict[str, Any]:
    return {
        "data": {"values": [{"median": middle}]},
        "mark": {"type": "rule", "color": INK, "strokeDash": [6, 4], "strokeWidth": 1.5},
        "encoding": {"y": {"field": "median", "type": "quantitative"}},
    }


def _marks(up: dict[str, Any]) -> list[dict[str, Any]]:
    value = {"field": "value", **up}
    return [
        {"mark": {"type": "line", "color": _LINE, "strokeWidth": 2}, "encoding": {"y": value}},
        {
            "transform": _only("value"),
            "mark": {"type": "point", "opacity": 1, "fill": _LINE, "stroke": INK, "size": 80},
            "encoding": {
                "y": value,
                # A month outside its limits is a larger diamond, and its label says which way.
                "shape": _either("diamond", "circle"),
                "size": _either(220, 80),
            },
        },
        {
            "transform": _only("value"),
            "mark": {"type": "text", "fontSize": 13, "dy": -10, "color": INK, "fontWeight": "bold"},
            "encoding": {
                "y": {"field": "top", "type": "quantitative"},
                "text": {"field": "label", "type": "nominal"},
            },
        },
    ]


def _either(called: str | int, usual: str | int) -> dict[str, Any]:
    return {"condition": {"test": "datum.called", "value": called}, "value": usual}
