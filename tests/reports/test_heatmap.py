"""The heat map of sections by teams (Q-2): every square says its figure, light to dark."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest

from qa_app.reports.heatmap import (
    BANDS,
    Square,
    heatmap_description,
    heatmap_spec,
)
from qa_app.reports.render.pictures import svg_of
from qa_app.reports.specs import heat_chart

pytestmark = pytest.mark.one_database

SQUARES = [
    Square("Risk and safety", "East team", 12, 31),
    Square("Risk and safety", "West team", 30, 30),
    Square("Planning", "East team", None, None, "c"),
    Square("Planning", "West team", 0, 0),
]


@pytest.mark.parametrize(
    ("square", "words", "band"),
    [
        # R1: a share with its numerator and denominator.
        (SQUARES[0], "12 of 31", "25% to below 50%"),
        (Square("a", "b", 0, 9), "0 of 9", "below 25%"),
        (Square("a", "b", 1, 2), "1 of 2", "50% to below 75%"),
        (SQUARES[1], "30 of 30", "75% and above"),
        # R5: a suppressed one has neither figure nor colour.
        (SQUARES[2], "c", "no figure"),
        (Square("a", "b", 3, 4, "c"), "c", "no figure"),
        # nothing graded is a dash.
        (SQUARES[3], "–", "no figure"),
    ],
)
def test_a_square_says_its_figure(square: Square, words: str, band: str) -> None:
    assert square.words == words
    assert square.look[0] == band


# AC-8: nothing by colour alone: one hue from light to dark, and writing that can be read on it.
def test_bands_differ_in_lightness_and_can_be_written_on() -> None:
    light = [_luminance(fill) for _, _, fill, _ in BANDS]
    assert all(first - second > 0.1 for first, second in pairwise(light))
    for _, words, fill, ink in BANDS:
        bright, dark = sorted((_luminance(fill), _luminance(ink)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, words


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_rows_and_columns_keep_their_order() -> None:
    spec = heatmap_spec("Sections", "Good or better", SQUARES)
    assert spec["encoding"]["y"]["scale"]["domain"] == ["Risk and safety", "Planning"]
    assert spec["encoding"]["x"]["scale"]["domain"] == ["East team", "West team"]
    assert heatmap_spec("Sections", "", [])["data"]["values"] == []


# AC-8: every chart has a title, a description and its table.
def test_the_drawing_is_whole() -> None:
    svg = svg_of(heat_chart("heat", "Sections by team", SQUARES, subtitle="Good or better"))
    root = ElementTree.fromstring(svg)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for text in ("Sections by team", "East team", "Planning", "12 of 31", "c", "75% and above"):
        assert text in texts
    assert "<script" not in svg
    assert heatmap_description("sections by team", SQUARES) == (
        "Heat map, sections by team: 2 rows by 2 columns, darker where the share is higher; each "
        "square says its figure. The table beside it gives every one."
    )
