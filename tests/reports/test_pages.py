"""The measures as pages: the published table, figures that open, who may see what."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from qa_app.audits.models import AuditParty
from qa_app.database import db, saving
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.history import Event
from tests.pages import Page, words
from tests.queries import count_queries
from tests.reports.rows import GOOD, IN, RI, an_action, an_audit, the_published_audits

MEASURES = "/reports/measures"
PUBLISHED = f"{MEASURES}?from=2022-11&to=2023-04"
APRIL = date(2023, 4, 3)
GOLDEN = """
Category | November 2022 | December 2022 | January 2023 | February 2023 | March 2023 | April 2023
Inadequate | 4 (40%) | 16 (48.48%) | 16 (51.61%) | 6 (40%) | 6 (50%) | 3 (21.43%)
Requires improvement | 2 (20%) | 14 (42.42%) | 10 (32.26%) | 6 (40%) | 4 (33.33%) | 8 (57.14%)
Good | 4 (40%) | 3 (9.09%) | 5 (16.13%) | 3 (20%) | 2 (16.67%) | 3 (21.43%)
Outstanding | 0 | 0 | 0 | 0 | 0 | 0
Total audits | 10 | 33 | 31 | 15 | 12 | 14
"""


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


def table(html: str, name: str) -> list[list[str]]:
    """The cells of a table of a page, row by row."""
    found = Page(html, 200).ids[name]
    return [[words(cell) for cell in row if cell.tag in {"th", "td"}] for row in found.iter("tr")]


def links_of(html: str, name: str) -> list[tuple[str, str]]:
    """The links of a table: (text, address)."""
    return [(words(link), link.get("href")) for link in Page(html, 200).ids[name].iter("a")]


def saved(app, make):
    with app.app_context(), saving():
        return make()


def test_the_page_prints_the_published_table_to_the_character(app, lead) -> None:
    saved(app, the_published_audits)
    page = lead.get(PUBLISHED).text
    printed = "\n".join(" | ".join(row) for row in table(page, "mtm-1"))
    assert printed == GOLDEN.strip()
    assert table(page, "mtm-2")[1][1:] == ["–"] * 6


def test_a_table_says_what_period_basis_selection_and_data_cut(app, lead) -> None:
    saved(app, lambda: an_audit(APRIL, IN, None))
    page = lead.get(f"{PUBLISHED}&grades=auditor&selection=random").text
    assert "MTM-1: Audit grades each month, November 2022 to April 2023" in page
    assert "Whole authority. Month in which the audit was completed. Counted by auditor’s" in page
    assert "Audits of randomly chosen cases. Data as at" in page
    assert "provisional" not in page
    assert "These figures are provisional" in lead.get(PUBLISHED).text


def test_every_figure_opens_onto_exactly_its_audits(app, lead) -> None:
    saved(app, the_published_audits)
    opened: dict[tuple[str, str], set[str]] = {}
    for text, href in links_of(lead.get(PUBLISHED).text, "mtm-1"):
        asked = parse_qs(urlsplit(href).query)
        rows = table(lead.get(href).text, "behind")[1:]
        number = int(text.split(" ")[0])
        assert len({row[0] for row in rows}) == len(rows) == number, href
        opened[asked["month"][0], asked["category"][0]] = {row[0] for row in rows}
        if asked["category"][0] != "total":
            assert {row[-1] for row in rows} == {Grade(asked["category"][0]).words}
    for month in {month for month, _ in opened}:
        graded = [found for (at, name), found in opened.items() if at == month and name != "total"]
        assert set().union(*graded) == opened[month, "total"]
        assert sum(map(len, graded)) == len(opened[month, "total"])


def test_audits_that_wait_and_actions_outstanding_open_too(app, lead) -> None:
    def rows() -> None:
        an_audit(APRIL, IN, None, reference="WAITS")
        an_action(an_audit(APRIL, IN, IN), APRIL, reference="COUNTS")
        an_action(an_audit(APRIL, IN, RI), APRIL, reference="GRADED UP")
        an_action(an_audit(APRIL, IN, IN), date(2023, 5, 1), reference="LATER")

    saved(app, rows)
    page = lead.get(PUBLISHED).text
    ((text, href),) = links_of(page, "mtm-1-beside")
    assert text == "1"
    assert [row[0] for row in table(lead.get(href).text, "behind")[1:]] == ["WAITS"]
    ((text, href),) = links_of(page, "mtm-4")
    assert text == "1"
    assert [row[0] for row in table(lead.get(href).text, "behind")[1:]] == ["COUNTS"]


def test_a_head_of_service_opens_only_what_is_theirs(app, council, client_for) -> None:
    def rows() -> None:
        for unit, number in (("SAFE1", 3), ("CARE1", 4)):
            for _ in range(number):
                audit = an_audit(APRIL, IN, IN, team_id=council.teams[unit])
                an_action(audit, APRIL)

    saved(app, rows)
    client = client_for(council.people["head"])
    page = client.get(PUBLISHED).text
    assert "7 (100%)" in page
    for name, what in (("mtm-1", "audits"), ("mtm-4", "actions")):
        href = links_of(page, name)[0][1]
        opened = client.get(href).text
        assert f"You may see 3 of the 7 {what} that make up this figure." in opened
        assert len(table(opened, "behind")) == 1 + 3


def test_an_auditor_among_the_moderators_sees_the_audit_they_are_part_of(
    app, council, client_for
) -> None:
    head = council.people["other_head"]

    def rows() -> None:
        audit = an_audit(APRIL, IN, IN, team_id=council.teams["SAFE1"])
        party = AuditParty(audit_id=audit.id, party=Party.MODERATOR, person_id=head, name="Hugh")
        db.session.add(party)
        an_audit(APRIL, IN, IN, team_id=council.teams["SAFE1"])

    saved(app, rows)
    client = client_for(head)
    opened = client.get(links_of(client.get(PUBLISHED).text, "mtm-1")[0][1]).text
    assert "You may see 1 of the 2 audits" in opened


@pytest.mark.parametrize("path", ["", "/audits", "/actions", "/grades.svg", "/download"])
@pytest.mark.parametrize("key", ["auditor", "worker", "viewer", "administrator"])
def test_figures_are_for_those_who_lead(council, client_for, key, path) -> None:
    assert client_for(council.people[key]).get(MEASURES + path).status_code == 403


def test_more_than_a_page_of_audits_goes_on_where_it_stopped(app, lead) -> None:
    saved(app, lambda: [an_audit(APRIL, GOOD, GOOD) for _ in range(120)])
    href = links_of(lead.get(PUBLISHED).text, "mtm-1")[0][1]
    seen: list[str] = []
    while href:
        page = lead.get(href).text
        seen += [row[0] for row in table(page, "behind")[1:]]
        following = re.search(r'href="([^"]+)" rel="next"', page)
        href = unescape(following.group(1)) if following else ""
    assert len(seen) == len(set(seen)) == 120


def test_pages_ask_the_same_few_queries_however_many_rows(app, lead) -> None:
    def rows(number: int) -> None:
        for _ in range(number):
            an_action(an_audit(APRIL, IN, IN), APRIL)

    saved(app, lambda: rows(1))
    hrefs = {
        name: links_of(lead.get(PUBLISHED).text, name)[0][1] for name in ("mtm-1", "mtm-4")
    } | {"page": PUBLISHED}
    before = {}
    for name, href in hrefs.items():
        with count_queries(app) as asked:
            lead.get(href)
        assert len(asked) <= 8, asked
        before[name] = len(asked)
    saved(app, lambda: rows(19))
    for name, href in hrefs.items():
        with count_queries(app) as asked:
            lead.get(href)
        assert len(asked) == before[name], asked


def test_what_is_chosen_stands_in_the_address_and_can_be_taken_away(app, council, lead) -> None:
    team, service = council.teams["SAFE1"], council.teams["SAFE"]

    def rows() -> None:
        an_audit(APRIL, GOOD, GOOD, team_id=team, service_id=service)
        an_audit(APRIL, GOOD, GOOD)

    saved(app, rows)
    page = lead.get(f"{PUBLISHED}&service={service}&grades=auditor").text
    assert table(page, "mtm-1")[5][-1] == "1"
    tags = re.findall(r'<a class="moj-filter__tag" href="([^"]+)">.*?</span>(.*?)</a>', page)
    assert [unescape(text) for _, text in tags] == [
        "Whose grade: Auditor’s grade",
        "Service: Safeguarding",
    ]
    without = unescape(next(href for href, text in tags if text == "Service: Safeguarding"))
    assert table(lead.get(without).text, "mtm-1")[5][-1] == "2"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("from=2023-04&to=2022-11", "Enter the earlier month first"),
        ("from=April&to=2023-04", "Enter a month as year and month"),
        ("from=2022-11&to=2999-01", "has not begun"),
        ("from=2022-11&to=2023-04&grades=best", "Whose grade: select one of the answers shown"),
        ("from=2022-11&to=2023-04&service=x", "Service: select one of the answers shown"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(lead, query, said) -> None:
    page = lead.get(f"{MEASURES}?{query}").text
    assert said in page
    assert "There is a problem" in page
    assert lead.get(f"{MEASURES}/download?format=csv&{query}").status_code == 404


def test_a_service_and_a_team_together_are_refused(council, lead) -> None:
    both = f"service={council.teams['SAFE']}&team={council.teams['SAFE1']}"
    assert "not several" in lead.get(f"{PUBLISHED}&{both}").text


@pytest.mark.parametrize(
    "query",
    [
        "measure=MTM-1&category=best&month=2023-04",
        "measure=MTM-2&category=good&month=2023-04",
        "measure=MTM-9&month=2023-04",
        "measure=MTM-1&category=good&month=soon",
        "measure=MTM-1&category=good&month=2999-01",
    ],
)
def test_a_figure_that_no_measure_has_is_not_found(lead, query) -> None:
    assert lead.get(f"{MEASURES}/audits?from=2022-11&to=2023-04&{query}").status_code == 404


def test_a_figure_of_zero_says_that_there_is_none(lead) -> None:
    address = f"{MEASURES}/audits?from=2022-11&to=2023-04&measure=MTM-1&category=good&month=2023-04"
    assert "There is none." in lead.get(address).text


def test_reading_and_opening_figures_is_in_the_history(app, council, lead) -> None:
    saved(app, lambda: an_audit(APRIL, GOOD, GOOD))
    lead.get(links_of(lead.get(PUBLISHED).text, "mtm-1")[0][1])
    with app.app_context():
        events = db.session.query(Event).order_by(Event.sequence).all()[-2:]
        assert [event.sentence for event in events] == [
            "Opened the figures November 2022 to April 2023",
            "Opened a list of 1 audits",
        ]
        assert {event.actor_id for event in events} == {council.people["qa_lead"]}


def test_the_last_six_months_are_shown_at_first(lead) -> None:
    assert len(table(lead.get(MEASURES).text, "mtm-1")[0]) == 1 + 6
