"""The chart of grades by month: drawn from the same figures, told apart without colour."""

from datetime import date
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from qa_app.database import now, saving
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PRINT_ORDER
from qa_app.reports import charts
from qa_app.reports.services import measures
from tests.reports.rows import FIRST, GOOD, LAST, an_audit, the_published_audits


@pytest.fixture
def published(context):
    the_published_audits()
    return measures(FIRST, LAST, at=now())


def test_the_bars_add_up_to_the_months(published) -> None:
    bars = charts.grades_spec(published)["data"]["values"]
    assert len(bars) == 6 * 4
    ends = {bar["month"]: bar["end"] for bar in bars}
    assert list(ends.values()) == [10, 33, 31, 15, 12, 14]
    assert [bar["label"] for bar in bars if bar["month"] == "December 2022"] == [
        "I 16",
        "RI 14",
        "G 3",
        "",
    ]


def test_grades_stand_in_the_tables_order_and_differ_in_lightness(published) -> None:
    scale = charts.grades_spec(published)["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == [
        "Inadequate (I)",
        "Requires improvement (RI)",
        "Good (G)",
        "Outstanding (O)",
    ]
    light = [_luminance(colour) for colour in scale["range"]]
    neighbours = list(pairwise(light))
    # WCAG 2.2, 1.4.11: neighbours are parted by a dark line; the labels are 4.5 to 1 on their bar.
    assert all(abs(first - second) > 0.1 for first, second in neighbours)
    for grade in PRINT_ORDER:
        _, fill, ink = charts.LOOKS[grade]
        bright, dark = sorted((_luminance(fill), _luminance(ink)), reverse=True)
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, grade


def _luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def test_the_drawing_is_whole_and_styles_nothing_inline(published) -> None:
    svg = charts.grades_svg(published)
    root = ElementTree.fromstring(svg)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    for month in published.asked.months:
        assert month.words in texts
    assert "I 16" in texts
    assert "<script" not in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")


def test_the_description_says_what_is_to_be_seen(published) -> None:
    assert charts.grades_description(published) == (
        "Stacked bar chart of audits by grade, November 2022 to April 2023: one bar for each "
        "month, from 10 to 33 audits. The table beside it gives every count and percentage."
    )


def test_a_time_without_audits_is_drawn_too(context) -> None:
    found = measures(Month(2021, 1), Month(2021, 2), at=now())
    assert "February 2021" in charts.grades_svg(found)


def test_the_page_shows_the_chart_from_its_own_address(app, council, client_for) -> None:
    with app.app_context(), saving():
        an_audit(date(2023, 4, 3), GOOD, GOOD)
    client = client_for(council.people["qa_lead"])
    page = client.get("/reports/measures?from=2023-04&to=2023-04").text
    assert 'src="/reports/measures/grades.svg?from=2023-04&amp;to=2023-04"' in page
    drawn = client.get("/reports/measures/grades.svg?from=2023-04&to=2023-04")
    assert drawn.mimetype == "image/svg+xml"
    assert "style-src 'self'" in drawn.headers["Content-Security-Policy"]
    assert "G 1" in drawn.text
