"""The heat map of sections by teams (Q-2): a share in each square, said in words in it (R1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from qa_app.formatting import count_words
from qa_app.reports.charts import INK, frame, legend

_PAPER: Final = "#ffffff"
_SQUARE: Final = 96
_HEIGHT: Final = 44

BANDS: Final = (
    # Below this share, its words, the square and the writing in it: 4.5 to 1 and more.
    (0.25, "below 25%", "#eef4fa", INK),
    (0.5, "25% to below 50%", "#bcd5ea", INK),
    (0.75, "50% to below 75%", "#5f9ac8", INK),
    (1.01, "75% and above", "#123f66", _PAPER),
)
"""One hue from light to dark, so that nobody needs to tell colours apart."""

_NONE: Final = ("no figure", _PAPER, INK)


@dataclass(frozen=True)
class Square:
    """k of n for one row and one column; ``mark`` is printed instead where it is given ("c")."""

    row: str
    column: str
    k: int | None
    n: int | None
    mark: str = ""

    @property
    def words(self) -> str:
        """What stands in the square: 12 of 31, the mark, or a dash where there was nothing."""
        if self.mark or self.k is None or not self.n:
            return self.mark or "–"
        return f"{self.k:,} of {self.n:,}"

    @property
    def look(self) -> tuple[str, str, str]:
        """The band's words, the square's colour and its writing's."""
        if self.mark or self.k is None or not self.n:
            return _NONE
        share = self.k / self.n
        return next((words, fill, ink) for below, words, fill, ink in BANDS if share < below)


def heatmap_description(title: str, squares: Sequence[Square]) -> str:
    """What somebody is told who cannot see the picture."""
    rows, columns = _names(squares)
    return (
        f"Heat map, {title}: {count_words(len(rows), 'row')} by "
        f"{count_words(len(columns), 'column')}, darker where the share is "
        "higher; each square says its figure. The table beside it gives every one."
    )


def heatmap_spec(title: str, subtitle: str, squares: Sequence[Square]) -> dict[str, Any]:
    """The Vega-Lite specification of the heat map (public for its test)."""
    rows, columns = _names(squares)
    values = []
    for square in squares:
        band, _, ink = square.look
        values.append(
            {
                "row": square.row,
                "column": square.column,
                "label": square.words,
                "band": band,
                "ink": ink,
            }
        )
    spec = frame(title, subtitle, _SQUARE * max(1, len(columns)), _HEIGHT * max(1, len(rows)))
    return spec | {
        "data": {"values": values},
        "encoding": {"y": _axis("row", rows), "x": _axis("column", columns)},
        "layer": [_squares(), _labels()],
    }


def _names(squares: Sequence[Square]) -> tuple[list[str], list[str]]:
    rows = dict.fromkeys(square.row for square in squares)
    columns = dict.fromkeys(square.column for square in squares)
    return list(rows), list(columns)


def _axis(field: str, names: list[str]) -> dict[str, Any]:
    axis: dict[str, Any] = {
        "ticks": False,
        "domain": False,
        "labelPadding": 8,
        "labelLimit": 260,
    }
    if field == "column":
        axis |= {"orient": "top", "labelAngle": -40}
    return {
        "field": field,
        "type": "nominal",
        "sort": names,
        "title": None,
        "scale": {"domain": names},
        "axis": axis,
    }


def _squares() -> dict[str, Any]:
    looks = [(words, fill) for _, words, fill, _ in BANDS] + [_NONE[:2]]
    return {
        "mark": {"type": "rect", "stroke": INK, "strokeWidth": 0.75},
        "encoding": {
            "color": {
                "field": "band",
                "type": "nominal",
                "scale": {
                    "domain": [words for words, _ in looks],
                    "range": [fill for _, fill in looks],
                },
                "legend": legend("bottom"),
            }
        },
    }


def _labels() -> dict[str, Any]:
    return {
        "mark": {"type": "text", "fontSize": 14, "fontWeight": "bold", "baseline": "middle"},
        "encoding": {
            "text": {"field": "label", "type": "nominal"},
            "color": {"field": "ink", "type": "nominal", "scale": None},
        },
    }
