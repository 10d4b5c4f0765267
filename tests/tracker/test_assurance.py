"""The assurance page: what it counts, for whom, and the lists behind its figures (E4, E5, E6)."""

import re
from datetime import date, timedelta

import pytest
from flask import Flask

from qa_app.accounts.queries import actor
from qa_app.accounts.settings import calendar
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.history import Event
from qa_app.tracker import services
from qa_app.tracker.models import ActionParty
from qa_app.tracker.queries.assurance import Figure, assurance, behind
from tests.council import Council, grant
from tests.pages import Page, words
from tests.queries import count_queries
from tests.reports.test_pages import links_of, table
from tests.tracker.factory import an_action, move_to
from tests.tracker.ladder import add_service_director, after, at_noon, run_job
from tests.tracker.test_importing import _row

S = ActionStatus
PRIORITY, LEARNING = ActionKind.PRIORITY, ActionKind.LEARNING
PAGE, LIST = "/tracker/assurance", "/tracker/assurance/actions?figure="
NASTY = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"


def days_ago(days: int) -> date:
    """A working day about so many days ago."""
    day = london_date(now()) - timedelta(days=days)
    while not calendar().is_working_day(day):
        day -= timedelta(days=1)
    return day


def a_population(council: Council) -> None:
    """Two outstanding priority actions, and some of every other kind of fate."""
    made = {
        "old": an_action(council, kind=PRIORITY, owner="worker", at=at_noon(days_ago(40))),
        "done": an_action(council, kind=PRIORITY, at=at_noon(days_ago(9))),
        "learning": an_action(council, kind=LEARNING, at=now(), owner="other_auditor"),
        "withdrawn": an_action(council, S.WITHDRAWN, at=at_noon(days_ago(20))),
        "long ago": an_action(council, S.WITHDRAWN, at=at_noon(days_ago(400))),
    }
    move_to(council, made["done"], S.DONE, at_noon(days_ago(8)))
    for late in (0, 0, 5):
        action = an_action(council, S.DONE, kind=PRIORITY, at=at_noon(days_ago(30 + late)))
        at = at_noon(days_ago(30))
        services.verify(action, by=council.people["director"], at=at)
    returned = an_action(council, S.DONE, at=at_noon(days_ago(15)))
    director = council.people["director"]
    services.send_back(returned, missing="Who?", by=director, at=at_noon(days_ago(14)))
    services.import_actions([_row("A1", done_on=date(2023, 4, 19))])
    db.session.flush()


def seen_by(council: Council, key: str):
    today = london_date(now())
    return assurance(actor(council.people[key], today), today)


@pytest.mark.parametrize(
    ("figure", "number"),
    [
        # E5: outstanding is neither verified nor withdrawn; done is outstanding still
        (Figure.OUTSTANDING, 4),
        (Figure.PRIORITY, 2),
        # E6, E9: late to be done, and late to be verified
        (Figure.OVERDUE, 2),
        (Figure.WAITING, 1),
        # E4: verified in the last 12 months, and sent back
        (Figure.VERIFIED, 3),
        (Figure.SENT_BACK, 1),
        # E5: withdrawn in the period; what an import closed stands apart
        (Figure.WITHDRAWN, 1),
        (Figure.CLOSED, 1),
    ],
)
def test_what_the_figures_count(
    context: Flask, council: Council, figure: Figure, number: int
) -> None:
    a_population(council)
    found = seen_by(council, "director")
    assert found.counts[figure] == number
    # R2: the list behind a figure has as many.
    today = london_date(now())
    rows = behind(actor(council.people["director"], today), figure, today, 1)
    assert (rows.total, len(rows.rows), rows.more) == (number, number, False)


# E4: in time is by the last day for verifying; R6: an interval from ten on.
def test_verified_in_time(context: Flask, council: Council) -> None:
    a_population(council)
    verified = seen_by(council, "qa_lead").verified
    assert (verified.in_time, verified.n, verified.interval) == (2, 3, None)
    for _ in range(7):
        an_action(council, S.VERIFIED)
    verified = seen_by(council, "qa_lead").verified
    assert (verified.in_time, verified.n) == (9, 10)
    # Newcombe's method 3, as in tests/domain/test_intervals.py
    assert verified.interval == pytest.approx((0.5958, 0.9821), abs=0.0001)


# E6: the age in working days, and the highest step that was taken, whatever the due date now.
def test_the_outstanding_priority_actions(context: Flask, council: Council) -> None:
    a_population(council)
    run_job(now())
    old, done = seen_by(council, "director").priority
    raised = days_ago(40)
    assert old.action.raised_on == raised
    assert old.age == calendar().working_days_between(raised, london_date(now()))
    assert old.highest == "Corporate director, 1 working day late"
    assert done.highest == "Corporate director, not verified in time, 1 working day on"
    services.change_due_date(
        old.action, due_on=london_date(now()) + timedelta(days=9), reason="Ill.",
        by=council.people["head"], at=now(),
    )  # fmt: skip
    (old, _) = seen_by(council, "director").priority
    assert old.highest == "Corporate director, 1 working day late"


def test_an_action_without_a_step_has_none(context: Flask, council: Council) -> None:
    an_action(council, kind=PRIORITY)
    (row,) = seen_by(council, "director").priority
    assert (row.highest, row.taken_at, row.age) == ("", None, 0)


# E5: a withdrawal is listed with its reason, and who withdrew it.
def test_withdrawals_have_their_reasons(context: Flask, council: Council) -> None:
    a_population(council)
    (each,) = seen_by(council, "director").withdrawals
    assert (each.who, each.reason, each.on) == ("Dora Director", "Raised twice.", days_ago(20))


# Those with nothing are named; what is kept from the reader counts as outstanding all the same.
def test_services_with_nothing_outstanding(context: Flask, council: Council) -> None:
    assert seen_by(council, "director").quiet == [
        "Corporate Parenting", "Safeguarding", "Safeguarding and Review",
    ]  # fmt: skip
    action = an_action(council)
    person = council.people["director"]
    action.parties.append(ActionParty(party=Party.BLIND_MODERATOR, person_id=person))
    db.session.flush()
    found = seen_by(council, "director")
    assert found.quiet == ["Corporate Parenting", "Safeguarding and Review"]
    # M3: its blind moderator sees nothing else of it.
    assert (found.counts[Figure.OUTSTANDING], found.stock.now) == (0, 0)


def with_a_service_director(council: Council) -> None:
    add_service_director(council)
    grant(council, "service_director", Role.MODERATOR, Scope.SERVICE, "SAFE")
    an_action(council, kind=PRIORITY)
    an_action(council, S.DONE, kind=PRIORITY, owner="other_auditor")
    db.session.flush()


# I2: a service director reads of their services, the corporate director and the QA lead of all.
@pytest.mark.parametrize(
    ("who", "whole", "number"),
    [("service_director", False, 1), ("director", True, 2), ("qa_lead", True, 2)],
)
def test_of_what_one_answers_for(
    context: Flask, council: Council, who: str, whole: bool, number: int
) -> None:
    with_a_service_director(council)
    found = seen_by(council, who)
    assert (found.whole, len(found.priority), found.stock.now) == (whole, number, number)
    assert ("Corporate Parenting" in found.quiet) is False
    assert ("Safeguarding and Review" in found.quiet) is whole


@pytest.mark.parametrize("who", ["service_director", "director", "qa_lead"])
def test_every_figure_opens_as_many_as_it_says(
    app: Flask, council: Council, client_for, who: str
) -> None:
    with app.app_context(), saving():
        a_population(council)
        with_a_service_director(council)
    client = client_for(council.people[who])
    page = client.get(PAGE).text
    opened = 0
    for text, address in links_of(page, "figures"):
        number = int(re.findall(r"\d+", text)[-1 if " of " not in text else 1])
        shown = client.get(address).text
        assert shown.count('<th scope="row"') == number, address
        opened += 1
    assert opened >= 6
    for _, address in links_of(page, "priority"):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("who", ["director", "qa_lead"])
def test_the_page(app: Flask, council: Council, client_for, who: str) -> None:
    with app.app_context(), saving():
        a_population(council)
        run_job(now())
    page = client_for(council.people[who]).get(PAGE).text
    assert "2 outstanding priority actions and 4 actions outstanding in all" in page
    cells = {row[0]: row[1] for row in table(page, "figures")[1:]}
    assert cells["Verified in time"] == "2 of 3 (66.67%)"
    assert cells["Closed without verification"] == "1"
    assert "So few are too few to say more." in page
    assert "Raised twice." in page
    assert "Corporate director, 1 working day late" in page
    assert [row[0] for row in table(page, "priority")[1:]]
    (image,) = Page(page, 200).root.iter("img")
    assert image.get("src") == "/reports/assurance.svg"
    # A table and the words stand beside the chart.
    assert image.get("alt").startswith("At the ends of ")
    assert table(page, "stock")[0] == ["Month", "Outstanding"]
    with app.app_context():
        assert db.session.query(Event).filter_by(verb="figures_viewed").count() == 1


def test_an_empty_page_says_why(council: Council, client_for) -> None:
    page = client_for(council.people["director"]).get(PAGE).text
    for text in (
        "No priority action is outstanding.",
        "No month has ended yet",
        "No action was withdrawn since",
        "Corporate Parenting",
    ):
        assert text in page
    assert links_of(page, "figures") == []
    empty = client_for(council.people["director"]).get(f"{LIST}withdrawn").text
    assert "There is none." in empty


# IN-1: long and hostile text is shown as text.
def test_long_text_is_shown_and_never_run(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        an_action(council, kind=PRIORITY, what=NASTY * 40)
        action = an_action(council, what=NASTY)
        reason = NASTY * 20
        services.withdraw(action, reason=reason, by=council.people["director"], at=now())
    client = client_for(council.people["director"])
    for path in (PAGE, f"{LIST}withdrawn", f"{LIST}priority"):
        text = client.get(path).text
        assert "<script>alert" not in text
        assert "{{ 7*7 }}" in text or path.endswith("priority")


def test_the_page_asks_the_same_few_questions_whatever_the_number(
    app: Flask, council: Council, client_for
) -> None:
    counts = []
    for rows in (1, 29):
        with app.app_context(), saving():
            for _ in range(rows):
                pins = after(council, Grade.GOOD)
                an_action(council, kind=PRIORITY, audit=pins, at=at_noon(days_ago(60)))
                an_action(council, S.WITHDRAWN, audit=pins)
                an_action(council, S.VERIFIED, audit=pins, owner="worker")
            run_job(now())
        client = client_for(council.people["director"])
        with count_queries(app) as asked:
            assert client.get(PAGE).status_code == 200
        counts.append(len(asked))
    print(f"queries with 1 and with 30 of each: {counts}")  # noqa: T201
    assert counts[0] == counts[1] <= 14, asked


def test_more_than_a_table_holds_has_its_list(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        for _ in range(101):
            an_action(council, kind=PRIORITY, by="director")
    client = client_for(council.people["director"])
    page = client.get(PAGE).text
    assert len(table(page, "priority")) == 101
    assert "See all 101 outstanding priority actions" in page
    pages = [client.get(f"{LIST}priority&page={n}").text for n in (1, 2, 3)]
    assert [page.count('<th scope="row"') for page in pages] == [50, 50, 1]
    assert client.get(f"{LIST}priority&page=9").text.count("There is none.") == 1


# AZ-1: directors and the QA lead; nobody else, and no chart either.
@pytest.mark.parametrize("path", [PAGE, f"{LIST}overdue", "/reports/assurance.svg"])
@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("director", 200),
        ("qa_lead", 200),
        ("head", 403),
        ("auditor", 403),
        ("worker", 403),
        ("viewer", 403),
        ("administrator", 403),
    ],
)
def test_who_may(council: Council, client_for, path: str, who: str, status: int) -> None:
    answer = client_for(council.people[who]).get(path)
    assert answer.status_code == status
    if who == "director" and path.endswith("svg"):
        assert answer.mimetype == "image/svg+xml"


def test_a_figure_that_there_is_not(council: Council, client_for) -> None:
    assert client_for(council.people["director"]).get(f"{LIST}none").status_code == 404


def test_the_way_to_it_is_shown_to_those_who_may(council: Council, client_for) -> None:
    for who, there in (("director", True), ("head", False)):
        page = Page(client_for(council.people[who]).get("/tracker/").text, 200)
        found = [words(each) for each in page.root.iter("a") if each.get("href") == PAGE]
        assert bool(found) is there
