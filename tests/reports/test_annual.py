"""The annual thematic report: the chapters of the quarterly one over a year, by its quarters."""

import pytest

from qa_app.domain.calendar import Month
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import figures_of
from qa_app.reports.document import Chart, Document
from qa_app.reports.kinds import RECIPES
from qa_app.reports.reportasked import ReportAsked
from tests.reports.facts_made import GOOD, IN, RI, FactsMade, published_facts
from tests.reports.telling import blocks, document, table

YEAR = "2022/23"
ANNUAL = ReportKind.ANNUAL
QUARTERS = ["2022/23-Q1", "2022/23-Q2", "2022/23-Q3", "2022/23-Q4"]


@pytest.fixture(scope="module")
def report() -> Document:
    return document(ANNUAL, published_facts("2021-04", "2023-03"), YEAR)


# Issue 7: a year-end version, with the chapters of the quarters
def test_the_chapters_are_those_of_the_quarterly_report(report: Document) -> None:
    quarterly = document(ReportKind.QUARTERLY, published_facts("2022-01", "2023-03"), QUARTERS[3])
    assert [each.id for each in report.sections] == [each.id for each in quarterly.sections]
    assert report.title == "Annual thematic report"
    assert report.subtitle == YEAR


def test_a_year_is_told_by_its_quarters_beside_the_year_before(report: Document) -> None:
    assert table(report, "mtm-1").columns == ("Grade", *QUARTERS, YEAR, "2021/22")
    texts = {row[0].text: [cell.text for cell in row[1:]] for row in table(report, "mtm-1").rows}
    assert texts["Inadequate"] == ["0", "0", "20 (46.51%)", "28 (48.28%)", "48 (47.52%)", "0"]
    total = table(report, "mtm-1").total
    assert total is not None
    assert [cell.text for cell in total[1:]] == ["0", "0", "43", "58", "101", "0"]
    (chart,) = [each for each in blocks(report, Chart) if each.id == "grades-chart"]
    assert "2022/23-Q1 to 2022/23-Q4" in chart.title


# MTM-4 is a stock: it stands at the end of each quarter's last day
def test_outstanding_actions_stand_at_the_ends_of_quarters(report: Document) -> None:
    assert table(report, "mtm-4").columns[1:] == (
        "End of June 2022",
        "End of September 2022",
        "End of December 2022",
        "End of March 2023",
    )


# P4: due and done of a quarter are the sums of its months
def test_a_quarters_due_and_done_are_those_of_its_months(report: Document) -> None:
    row = table(report, "programme-whole").rows[0]
    assert [cell.text for cell in row[1:]] == [
        "–",
        "–",
        "–",
        "15 / 37 (41%)",
        "15 / 37 (41%)",
        "–",
    ]


# R6: limits are drawn from 12 earlier months, so the year before is read too
def test_the_year_before_is_read_for_its_limits() -> None:
    first, last = RECIPES[ANNUAL].span(ReportAsked(ANNUAL, YEAR))
    assert (first, last) == (Month(2021, 4), Month(2023, 3))
    made = FactsMade()
    for month in Month.range(first, last):
        made.several(20, str(month), final=GOOD if month.year == 2021 else IN)
        made.several(5, str(month), final=RI)
    found = document(ANNUAL, made.facts(str(first), str(last)), YEAR)
    rows = {row[0].text: row for row in table(found, "good-by-month").rows}
    assert rows["March 2022"][4].text == "too few to say"
    assert rows["April 2022"][4].text == "lower"


def test_every_figure_has_a_name_of_its_own() -> None:
    figures = figures_of(ReportAsked(ANNUAL, YEAR), published_facts("2021-04", "2023-03"))
    assert len(figures.by_key) == len(figures.rows)
