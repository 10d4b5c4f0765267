"""Agreement month by month, in figures, words and a chart (M9, Q-4)."""

from datetime import date

import pytest

from qa_app.database import now, saving
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.grades import GRADES
from qa_app.moderation.queries.agreement import PairsAsked
from qa_app.moderation.queries.overtime import over_time
from qa_app.reports.runcharts import agreement_spec, agreement_svg
from tests.moderation.test_agreement_query import a_pair
from tests.pages import Page
from tests.queries import count_queries
from tests.reports.test_pages import table

OUT, GOOD, RI, IN = GRADES
YEAR = {"first": Month(2022, 11), "last": Month(2023, 10)}


def month_of(council, month: Month, same: int, other: int, service: str = "SAFE") -> None:
    """Pairs of one month: so many of the same grade, so many of another."""
    day = date(month.year, month.month, 12)
    where = {"service_id": council.teams[service], "team_id": council.teams[f"{service}1"]}
    for final, number in ((GOOD, same), (RI, other)):
        for _ in range(number):
            a_pair(GOOD, final, day, **where)


def asked(**more) -> PairsAsked:
    return PairsAsked(**{**YEAR, "at": now(), **more})


# M9: nothing is shown below 10; a month without an audit keeps its place.
def test_months_keep_their_order_and_too_few_are_left_out(context, council) -> None:
    month_of(council, Month(2023, 2), 9, 3)
    month_of(council, Month(2022, 12), 10, 0)
    month_of(council, Month(2023, 1), 9, 0)
    with count_queries(context) as counted:
        found = over_time(asked())
    assert [name for name, _ in found.found] == [
        "November 2022", "December 2022", "January 2023", "February 2023", "March 2023",
        "April 2023", "May 2023", "June 2023", "July 2023", "August 2023", "September 2023",
        "October 2023",
    ]  # fmt: skip
    assert [(name, each.n, share) for name, each, share in found.shown] == [
        ("December 2022", 10, 100.0), ("February 2023", 12, 75.0),
    ]  # fmt: skip
    assert found.words == (
        "The share of audits whose grade stood, in 2 months: the median is 88%. It goes up and "
        "down as chance would have it; no change shows. 10 months with too few audits are left out."
    )
    assert len(counted) <= 3, counted


# M9: six months in a row on one side of the median are said to be a change.
def test_a_shift_is_said_in_words(context, council) -> None:
    for number in range(12):
        month = Month.of(add_months(date(2022, 11, 1), number))
        month_of(council, month, *((6, 6) if number < 6 else (11, 1)))
    words = over_time(asked()).words
    assert "From November 2022 to April 2023 it was below the median every time" in words
    assert "From May 2023 to October 2023 it was above the median every time" in words
    assert "no change" not in words


def test_without_a_month_to_show_there_is_no_line(context, council) -> None:
    found = over_time(asked())
    assert found.words == "No month has enough audits to show how far the grades agree in it."
    assert agreement_spec(found)["data"]["values"] == []
    assert agreement_svg(found).startswith("<svg")


def test_the_chart_has_the_figures_of_the_table(context, council) -> None:
    month_of(council, Month(2023, 2), 9, 3)
    month_of(council, Month(2023, 3), 10, 0)
    spec = agreement_spec(over_time(asked()))
    assert spec["data"]["values"] == [
        {"month": "February 2023", "share": 75.0, "label": "75% of 12"},
        {"month": "March 2023", "share": 100.0, "label": "100% of 10"},
    ]
    medians = [row["median"] for row in spec["layer"][0]["data"]["values"]]
    assert medians == [87.5]
    svg = agreement_svg(over_time(asked()))
    assert "75% of 12" in svg
    assert "Audits whose grade stood" in svg


# M9: leaders see the months of the services that they answer for, and no others.
@pytest.mark.parametrize(
    ("who", "shares"),
    [("head", ["75% of 12"]), ("other_head", ["50% of 10"]), ("director", ["64% of 22"])],
)
def test_page_and_chart_are_of_ones_own_services(app, council, client_for, who, shares) -> None:
    with app.app_context(), saving():
        month_of(council, Month(2023, 2), 9, 3)
        month_of(council, Month(2023, 2), 5, 5, "CARE")
    client = client_for(council.people[who])
    html = client.get("/moderation/agreement?from=2022-11&to=2023-10&by=month").get_data(
        as_text=True
    )
    images = [each.get("src") for each in Page(html, 200).root.iter("img")]
    assert images == ["/reports/agreement.svg?from=2022-11&to=2023-10"]
    assert [row[0] for row in table(html, "split")[1:]] == ["February 2023"]
    svg = client.get(images[0])
    assert svg.mimetype == "image/svg+xml"
    assert all(share in svg.get_data(as_text=True) for share in shares)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "?from=2023-01",
        "?from=x&to=2023-01",
        "?from=2023-02&to=2023-01",
        "?from=2023-02&to=9999-01",
    ],
)
def test_an_address_of_no_chart_is_not_found(council, client_for, address) -> None:
    assert (
        client_for(council.people["head"]).get(f"/reports/agreement.svg{address}").status_code
        == 404
    )


@pytest.mark.parametrize("who", ["auditor", "worker", "viewer", "administrator"])
def test_others_have_no_chart(council, client_for, who) -> None:
    assert client_for(council.people[who]).get("/reports/agreement.svg").status_code == 403
