"""The charts of a report: each says in words what it shows, hides what is hidden, adds nothing."""

from typing import Any
from xml.etree import ElementTree

import pytest

from qa_app.domain.calendar import Month
from qa_app.domain.intervals import wilson
from qa_app.domain.pcharts import limits_for
from qa_app.reports.document import Chart
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.heatmap import Square
from qa_app.reports.render.pictures import SCALE, png_of, svg_of, width_of
from qa_app.reports.specs import (
    Pair,
    Point,
    counts_over_time_chart,
    grades_chart,
    heat_chart,
    pairs_chart,
    share_over_time_chart,
)
from tests.reports.papers import MONTHS, TOTALS, figures

pytestmark = pytest.mark.one_database

YEAR = Month.range(Month(2022, 1), Month(2022, 12))
EARLIER = [(5, 20)] * 12


def drawn(chart: Chart) -> list[dict[str, Any]]:
    """The rows that a run chart is drawn from."""
    rows: list[dict[str, Any]] = chart.spec["data"]["values"]
    return rows


def writing(chart: Chart) -> list[str]:
    """Every text that stands in the picture."""
    root = ElementTree.fromstring(svg_of(chart))
    found = []
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        found.append("".join(element.itertext()))
    return found


def hidden(*categories: str) -> Figures:
    """The published figures, with these grades of February 2023 hidden."""
    return Figures(
        tuple(
            row.hidden() if row.key.period == "2023-02" and row.key.category in categories else row
            for row in figures()
        )
    )


# MTM-1: the bars are the published counts, labelled directly, with n at their end.
def test_bars_are_the_published_counts() -> None:
    chart = grades_chart("grades", figures(), MONTHS, subtitle="Whole authority")
    bars = chart.spec["data"]["values"]
    ends = {bar["month"]: bar["end"] for bar in bars}
    assert list(ends.values()) == list(TOTALS)
    texts = writing(chart)
    for words in ("I 16", "RI 14", "n = 33", "December 2022", "Whole authority"):
        assert words in texts
    assert chart.description == (
        "Stacked bar chart, audits by grade, November 2022 to April 2023: one bar for each period, "
        "from 10 to 33 audits. The table beside it gives every count and percentage."
    )


# R5: a hidden count has no bar, its month no n, and the picture says c.
def test_a_hidden_grade_has_no_bar() -> None:
    chart = grades_chart("grades", hidden("Good", "Requires improvement"), MONTHS)
    bars = {bar["grade"]: bar for bar in chart.spec["data"]["values"] if "Febr" in bar["month"]}
    assert bars["Good (G)"]["start"] == bars["Good (G)"]["end"] == 6
    texts = writing(chart)
    assert "RI, G: c" in texts
    assert "n = 15" not in texts
    assert "Grades are hidden, marked c, in February 2023." in chart.description
    # What is not hidden still gives the span: February is no part of it.
    assert "from 10 to 33 audits" in chart.description


@pytest.mark.parametrize(
    ("months", "said"),
    [
        ([], "no period: one bar for each period. The table"),
        (MONTHS[:1], "November 2022: one bar for each period, 10 audits."),
        ([Month(1999, 1)], "January 1999: one bar for each period, 0 audits."),
    ],
)
def test_few_months_are_drawn_too(months: list[Month], said: str) -> None:
    chart = grades_chart("grades", figures(), months)
    assert said in chart.description
    assert svg_of(chart)


@pytest.mark.parametrize(
    ("point", "text"),
    [
        # R1: a share with its numerator and denominator.
        (Point("x", 12, 31), "12 of 31 (38.7%)"),
        (Point("x", 6), "6"),
        # R5: a hidden one is c, and not nothing.
        (Point("x", hidden=True), "c"),
        (Point("x"), "none"),
        (Point("x", 0, 0), "none"),
    ],
)
def test_a_point_says_its_figure(point: Point, text: str) -> None:
    assert point.text == text


def test_a_point_is_a_reports_figure() -> None:
    row = next(iter(figures()))
    assert Point.of("x", row) == Point("x", 4, 10)
    assert Point.of("x", row.hidden()) == Point("x", hidden=True)
    assert Point.of("x", None) == Point("x")
    assert Point.of("x", ReportFigure.number(row.key, 6)) == Point("x", 6)


# R6: intervals where n is 10 or more; limits from 12 earlier months, drawn from what is earlier.
def test_a_share_has_its_interval_and_its_limits() -> None:
    points = [Point("May 2023", 4, 20), Point("June 2023", 2, 9), Point("July 2023", 19, 20)]
    chart = share_over_time_chart("good", "Good or better", points, earlier=EARLIER)
    first, second, third = drawn(chart)
    low, high = wilson(4, 20)
    assert (first["low"], first["high"]) == (100 * low, 100 * high)
    limits = limits_for(20, EARLIER)
    assert limits is not None
    assert (first["least"], first["most"]) == (5 * limits.low, 5 * limits.high)
    # Too few to say: its figure alone.
    assert (second["value"], second["low"], second["least"]) == (100 * 2 / 9, None, None)
    # The months before it are its limits' too.
    later = limits_for(20, [*EARLIER, (4, 20), (2, 9)])
    assert later is not None
    assert third["most"] == 5 * later.high
    assert third["label"] == "95% higher"
    assert (
        "Outside the limits within which months vary by chance: July 2023 is higher than the "
        "earlier months together." in chart.description
    )
    assert "Shaded: where chance alone leaves a month" in str(chart.spec["title"]["subtitle"])


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        # R6: fewer than 12 months before give no limits.
        ([(5, 20)] * 11, "There are fewer than 12 earlier months, too few for limits."),
        # A month without audits is none.
        ([(5, 20)] * 11 + [(0, 0)], "There are fewer than 12 earlier months"),
        (EARLIER, "No month lies outside the limits within which months vary by chance."),
    ],
)
def test_limits_need_twelve_earlier_months(earlier: list[tuple[int, int]], said: str) -> None:
    chart = share_over_time_chart("x", "X", [Point("May 2023", 5, 20)], earlier=earlier)
    assert said in chart.description
    assert (drawn(chart)[0]["least"] is None) is said.startswith("There are fewer")


# R5: what is hidden is a gap, marked c, and no part of anybody's limits or median.
def test_hidden_and_empty_times_are_gaps() -> None:
    points = [Point(month.words, 5, 20) for month in YEAR]
    points[3] = Point(YEAR[3].words, hidden=True)
    points[5] = Point(YEAR[5].words, 0, 0)
    points.append(Point("January 2023", 5, 20))
    chart = share_over_time_chart("x", "X", points)
    rows = drawn(chart)
    assert (rows[3]["value"], rows[5]["value"]) == (None, None)
    assert rows[3]["time"] == "April\n2022\nc"
    assert rows[5]["time"] == "June\n2022\nnone"
    assert "Hidden, marked c: April 2022. Nothing was counted in June 2022." in chart.description
    # Ten months that can be seen are too few, though twelve have gone by.
    assert rows[-1]["least"] is None
    texts = writing(chart)
    assert "25%" in texts
    assert any("5 of 20" in text for text in texts)


def test_a_long_time_is_written_shorter() -> None:
    months = Month.range(Month(2021, 1), Month(2022, 8))
    chart = share_over_time_chart("x", "X", [Point(each.words, 5, 20) for each in months])
    assert drawn(chart)[8]["time"] == "Sep\n2021\n5/20"
    quarters = [Point(f"2022/23-Q{n}", n, 20) for n in range(1, 5)]
    assert drawn(share_over_time_chart("x", "X", quarters))[0]["time"] == "2022/23-Q1\n1 of 20"


def test_counts_are_drawn_as_they_are() -> None:
    points = [Point("May 2023", 6), Point("June 2023", hidden=True), Point("July 2023", 0)]
    chart = counts_over_time_chart("stock", "Outstanding", points, unit="Actions")
    assert [row["value"] for row in drawn(chart)] == [6, None, 0]
    assert [row["label"] for row in drawn(chart)] == ["6", "", "0"]
    assert chart.description == (
        "Run chart, Outstanding: from 6 in May 2023 to 0 in July 2023. Hidden, marked c: "
        "June 2023. The table beside it gives every figure."
    )


@pytest.mark.parametrize(
    ("points", "said"),
    [([], "there is nothing to draw"), ([Point("May 2023", 1, 9)], "1 of 9 (11.1%) in May 2023.")],
)
def test_few_points_are_drawn_too(points: list[Point], said: str) -> None:
    for chart in (
        share_over_time_chart("x", "X", points),
        counts_over_time_chart("x", "X", points),
    ):
        assert said in chart.description
        assert svg_of(chart)


# Q-2, R5: each square says its figure; a hidden one says c.
def test_a_heat_map_is_a_chart() -> None:
    squares = [Square("Planning", "East", 12, 31), Square("Planning", "West", None, None, "c")]
    chart = heat_chart("heat", "Sections by team", squares, subtitle="Good or Outstanding")
    assert {"12 of 31", "c", "Good or Outstanding"} <= set(writing(chart))
    assert chart.description.startswith("Heat map, Sections by team: 1 row by 2 columns")


# T3: before and after with n, the two told apart by their shape as well.
def test_pairs_say_both_figures() -> None:
    pairs = [
        Pair("Training", Point("January to March", 12, 31), Point("April to June", 6, 30)),
        Pair("Briefing", Point("January to March", 9, 31), Point("April to June", hidden=True)),
    ]
    chart = pairs_chart("pairs", "Before and after", pairs, subtitle="Areas for development")
    assert chart.description == (
        "Before and after: 2 rows, each with two marks joined by a line. Training, 12 of 31 "
        "(38.7%) before and 6 of 30 (20%) after; Briefing, 9 of 31 (29%) before and c after. "
        "The table beside it gives every figure."
    )
    shapes = [layer["mark"].get("shape") for layer in chart.spec["layer"]]
    assert shapes == [None, "circle", "square", None]
    texts = " ".join(writing(chart))
    assert "before (January to March)" in texts
    assert "→ 6 of 30 (20%)" in texts
    # What is hidden has no mark, and no line leads to it.
    assert len(chart.spec["layer"][0]["data"]["values"]) == 1
    assert len(chart.spec["layer"][2]["data"]["values"]) == 1
    assert svg_of(pairs_chart("none", "Nothing", []))


def test_a_picture_for_paper_is_twice_as_large() -> None:
    chart = grades_chart("grades", figures(), MONTHS)
    png = png_of(chart)
    assert png.startswith(b"\x89PNG")
    width = float(ElementTree.fromstring(svg_of(chart)).get("width", "0"))
    assert SCALE == 2
    assert abs(width_of(png) - width) <= 1
