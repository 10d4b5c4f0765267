"""The board: columns, groups, cards, its limit, and the same choice as the list (E4)."""

from datetime import timedelta

import pytest
from flask import Flask

from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus, Impact
from qa_app.domain.calendar import london_date
from qa_app.tracker import queries
from qa_app.tracker.queries import Wanted
from qa_app.tracker.queries.board import CARDS, By, board
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.doing import a_population, as_read
from tests.tracker.factory import an_action

S = ActionStatus
TODAY = london_date(now())
COLUMNS = (S.OPEN, S.IN_PROGRESS, S.DONE, S.VERIFIED)


def seen_by(council: Council, key: str, by: By | None = None, **wanted):
    return board(actor(council.people[key], TODAY), Wanted(**wanted), by, TODAY)


def references(column) -> list[str]:
    return [row.action.reference for group in column.groups for row in group.cards]


# E4: a column for each status, in the order of the work; what was verified stays for 30 days, and
# what was withdrawn is not there.
def test_the_columns_are_the_statuses(context: Flask, council: Council) -> None:
    made = {status: an_action(council, status) for status in S if status is not S.CLOSED}
    an_action(council, S.VERIFIED, at=now() - timedelta(days=30))
    lately = an_action(council, S.VERIFIED, at=now() - timedelta(days=29))
    columns = seen_by(council, "manager").columns
    assert [column.status for column in columns] == list(COLUMNS)
    found = {column.status: references(column) for column in columns}
    expected = {status: [made[status].reference] for status in COLUMNS}
    # The newest verified first.
    expected[S.VERIFIED].append(lately.reference)
    assert found == expected
    assert [column.total for column in columns] == [1, 1, 1, 2]


# I2: whoever looks, and whatever is chosen, the outstanding columns hold what the list holds.
@pytest.mark.parametrize("key", ["qa_lead", "director", "head", "manager", "chair", "viewer"])
@pytest.mark.parametrize("wanted", [{}, {"mine": True}, {"failed": True}, {"partner": "A school"}])
def test_the_board_holds_what_the_list_holds(
    context: Flask, council: Council, key: str, wanted: dict[str, object]
) -> None:
    with saving():
        a_population(council)
    listed = queries.listing(actor(council.people[key], TODAY), Wanted(**wanted), TODAY)
    columns = seen_by(council, key, **wanted).columns
    cards = {name for column in columns[:3] for name in references(column)}
    assert cards == {row.action.reference for row in listed.rows}
    assert sum(column.total for column in columns[:3]) == listed.total


@pytest.mark.parametrize(
    ("by", "headings"),
    [
        (None, [""]),
        (By.OWNER, ["Manny Manager", "Wendy Worker"]),
        (By.TEAM, ["Safeguarding Team 1"]),
        # E6: what is late first
        (By.DUE, ["Overdue", "In the next 7 days", "Later"]),
    ],
)
def test_cards_are_grouped_on_choice(
    context: Flask, council: Council, by: By | None, headings: list[str]
) -> None:
    an_action(council, at=now() - timedelta(days=60))
    an_action(council, owner="worker", kind=ActionKind.PRIORITY, due_on=TODAY)
    an_action(council, due_on=TODAY + timedelta(days=7))
    column = seen_by(council, "manager", by).columns[0]
    assert [group.heading for group in column.groups] == headings
    assert len(references(column)) == column.total == column.shown == 3


# What is done waits for its verifier: it is grouped by the day for that, not by the due date.
def test_done_actions_are_grouped_by_the_day_for_verifying(
    context: Flask, council: Council
) -> None:
    late = an_action(council, S.DONE, at=now() - timedelta(days=20))
    action = an_action(council, S.DONE, due_on=TODAY)
    action.due_on = TODAY - timedelta(days=9)
    an_action(council, S.VERIFIED)
    db.session.flush()
    done, verified = seen_by(council, "manager", By.DUE).columns[2:]
    named = {group.heading: [row.action for row in group.cards] for group in done.groups}
    soon = queries.verification_due(action) < TODAY + timedelta(days=7)
    assert named == {"Overdue": [late], "In the next 7 days" if soon else "Later": [action]}
    assert [group.heading for group in verified.groups] == ["In the last 30 days"]


def test_a_long_column_is_cut_and_leads_to_the_list(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        for _ in range(CARDS + 3):
            an_action(council, owner="worker")
        mine = an_action(council).reference
    client = client_for(council.people["manager"])
    page = client.get("/tracker/board?kind=improvement").text
    assert page.count('<li class="app-board__card">') == CARDS
    assert f"Open ({CARDS + 4})" in page
    # One's own are never among those that are cut.
    assert mine in page
    assert "/tracker/?kind=improvement&amp;status=open" in page
    listed = client.get("/tracker/?kind=improvement&status=open").text
    assert listed.count('<th scope="row"') == CARDS + 4


def test_the_board_shows_what_a_card_needs(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        an_action(council, kind=ActionKind.PRIORITY, at=now() - timedelta(days=9))
        verified = an_action(council, S.VERIFIED, owner="worker")
        verified.impact = Impact.SOME
    page = client_for(council.people["manager"]).get("/tracker/board?group=due").text
    shown = as_read(page)
    told = (
        "Open (1)", "In progress (0)", "Nothing is being worked on.", "Priority", "Overdue",
        "days late", "You, Safeguarding Team 1", "Verified", "Impact: some children",
    )  # fmt: skip
    for each in told:
        assert each in shown, each
    assert 'aria-current="page">By due date</a>' in page
    # The choice of groups stays when the filters are sent.
    assert '<input type="hidden" name="group" value="due">' in page


def test_the_address_can_be_sent(council: Council, client_for) -> None:
    client = client_for(council.people["manager"])
    page = client.get("/tracker/board?group=team&mine=y&status=done&due=week").text
    assert 'href="/tracker/?mine=y&amp;due=week">See them as a list' in page
    assert 'href="/tracker/board?mine=y&amp;due=week&amp;group=owner"' in page
    assert 'href="/tracker/board?due=week&amp;group=team"' in page
    assert client.get("/tracker/board?group=<b>&team=x&due=%00&page=0").status_code == 200


def test_who_has_no_list_has_no_board(council: Council, client_for) -> None:
    for key in ("viewer", "administrator"):
        assert client_for(council.people[key]).get("/tracker/board").status_code == 403


def test_the_board_costs_the_same_with_few_and_many_rows(
    app: Flask, council: Council, client_for
) -> None:
    counts = []
    for rows in (1, 15):
        with app.app_context(), saving():
            for number in range(rows):
                an_action(council, COLUMNS[number % 4], owner=("manager", "worker")[number % 2])
        client = client_for(council.people["manager"])
        with count_queries(app) as asked:
            assert client.get("/tracker/board?group=owner").status_code == 200
        counts.append(len(asked))
        assert len(asked) <= 8, asked
    assert counts[0] == counts[1]
