"""Q-5 on the assurance page: actions done on time, from rows, for whom, and the lists behind it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.actiontimes import Outcome
from qa_app.domain.calendar import LONDON, Month, london_date
from qa_app.domain.permissions import Party
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries.on_time import behind_on_time, interval_words, on_time
from tests.council import Council
from tests.queries import count_queries
from tests.reports.test_pages import links_of, table
from tests.tracker.factory import an_action, move_to
from tests.tracker.ladder import at_noon
from tests.tracker.test_assurance import with_a_service_director
from tests.tracker.test_importing import _row

S = ActionStatus
PAGE, LIST = "/tracker/assurance", "/tracker/assurance/on-time"
LAST = Month.of(london_date(now())).previous()
FIRST = LAST.first


def on_day(number: int, hour: int = 12) -> datetime:
    """A moment of a day of the last month that is over, on London's clock."""
    return datetime(LAST.year, LAST.month, number, hour, 30, tzinfo=LONDON)


def one(council: Council, due: int, done: datetime | None = None, checked: int = 0, **more):
    """An action due on a day of last month, marked done at a moment, verified on a day."""
    due_on = FIRST.replace(day=due)
    action = an_action(council, due_on=due_on, at=at_noon(FIRST - timedelta(days=9)), **more)
    if done:
        move_to(council, action, S.DONE, done)
    if checked:
        services.verify(action, by=council.people["director"], at=on_day(checked))
    return action


def a_month(council: Council) -> None:
    """Three on time, one that waits for its verifier, two late; and what does not count."""
    one(council, 5, on_day(5), 7)
    # on the last minute of the day in London; and a priority action counts as any other
    one(council, 6, on_day(6, 23), 12)
    one(council, 8, on_day(2), 2, kind=ActionKind.PRIORITY)
    one(council, 9, on_day(9))
    one(council, 12, on_day(13, 0), 14)
    one(council, 20)
    # E5: withdrawn; imported; and due in other months
    move_to(council, one(council, 14), S.WITHDRAWN, on_day(10))
    services.import_actions([_row("A1", due_on=FIRST.replace(day=3), done_on=FIRST.replace(day=3))])
    an_action(council, due_on=LAST.next().first, at=on_day(1))
    an_action(council, due_on=LAST.previous().last, at=at_noon(LAST.previous().first))
    db.session.flush()


def seen_by(council: Council, key: str, today: date | None = None):
    today = today or london_date(now())
    return on_time(actor(council.people[key], today), today)


# done by the original due date and verified, of those due in the month.
def test_the_figure_of_a_month(context: Flask, council: Council) -> None:
    a_month(council)
    newest, before, *rest = seen_by(council, "director")
    assert (newest.month, newest.on_time, newest.due) == (LAST, 3, 6)
    assert newest.counts[Outcome.UNVERIFIED] == 1
    assert newest.counts[Outcome.NOT_ON_TIME] == 2
    assert len(newest.delays) == 4
    assert (before.month, before.due) == (LAST.previous(), 1)
    assert (len(rest), sum(each.due for each in rest)) == (10, 0)


# E3: a due date that was moved changes nothing of the figure: the original is what counts.
def test_a_moved_due_date_makes_nothing_timely(context: Flask, council: Council) -> None:
    action = one(council, 4)
    services.change_due_date(
        action, due_on=LAST.last, reason="Ill.", by=council.people["director"], at=on_day(3)
    )
    move_to(council, action, S.DONE, on_day(20))
    services.verify(action, by=council.people["director"], at=on_day(21))
    db.session.flush()
    (newest, *_) = seen_by(council, "director")
    assert (newest.on_time, newest.due) == (0, 1)


# E4: sent back, it was not done; done again after its date, it is late.
def test_what_was_sent_back_is_not_done(context: Flask, council: Council) -> None:
    action = one(council, 9, on_day(8))
    director = council.people["director"]
    services.send_back(action, missing="Who?", by=director, at=on_day(9))
    db.session.flush()
    (newest, *_) = seen_by(council, "director")
    assert newest.counts[Outcome.NOT_ON_TIME] == 1
    services.finish(
        action, evidence="Seen.", done_on=FIRST.replace(day=8), by=action.owner_id, at=on_day(12)
    )
    services.verify(action, by=director, at=on_day(13))
    db.session.flush()
    # E6: the day that its owner types does not make it timely.
    (newest, *_) = seen_by(council, "director")
    assert (newest.on_time, newest.counts[Outcome.NOT_ON_TIME]) == (0, 1)


# DU-6: the day is London's: half past midnight in summer is still the day before in UTC.
@pytest.mark.parametrize(
    ("done", "on_time_count"),
    [
        (datetime(2023, 6, 30, 22, 30, tzinfo=UTC), 1),  # 23:30 on 30 June
        (datetime(2023, 6, 30, 23, 30, tzinfo=UTC), 0),  # 00:30 on 1 July
    ],
)
def test_the_day_is_london_s(context: Flask, council: Council, done, on_time_count) -> None:
    action = an_action(council, due_on=date(2023, 6, 30), at=at_noon(date(2023, 6, 1)))
    move_to(council, action, S.DONE, done)
    services.verify(action, by=council.people["director"], at=done + timedelta(days=3))
    db.session.flush()
    (newest, *_) = seen_by(council, "director", date(2023, 7, 20))
    assert (newest.month, newest.on_time, newest.due) == (Month(2023, 6), on_time_count, 1)


# R6: below ten there is no interval. Wilson's for 9 of 10 is in tests/domain/test_intervals.py.
def test_an_interval_from_ten_on(context: Flask, council: Council) -> None:
    for _ in range(8):
        one(council, 5, on_day(5), 7)
    one(council, 6)
    (newest, *_) = seen_by(council, "director")
    assert interval_words(newest) == "too few to say"
    one(council, 5, on_day(5), 7)
    (newest, *_) = seen_by(council, "director")
    assert (newest.on_time, newest.due, interval_words(newest)) == (9, 10, "60% to 98%")


# M3, E1: what is kept from a reader is in no figure and no list of theirs.
@pytest.mark.parametrize("party", [Party.BLIND_MODERATOR, Party.IMPLICATED])
def test_what_is_kept_from_the_reader_is_left_out(
    context: Flask, council: Council, party: Party
) -> None:
    action = one(council, 5)
    action.parties.append(ActionParty(party=party, person_id=council.people["director"]))
    db.session.flush()
    assert seen_by(council, "director")[0].due == 0
    assert seen_by(council, "qa_lead")[0].due == 1
    today = london_date(now())
    found = behind_on_time(actor(council.people["director"], today), LAST, None, 1)
    assert (found.rows, found.total) == ([], 0)


# R2: each number opens a list with as many.
@pytest.mark.parametrize("who", ["director", "qa_lead", "service_director"])
def test_every_number_opens_as_many_as_it_says(
    app: Flask, council: Council, client_for, who: str
) -> None:
    with app.app_context(), saving():
        with_a_service_director(council)
        a_month(council)
        one(council, 5, owner="other_auditor")
    client = client_for(council.people[who])
    page = client.get(PAGE).text
    opened = 0
    for text, address in links_of(page, "on-time"):
        shown = client.get(address).text
        assert shown.count('<th scope="row"') == int(text.split(" of ")[0]), address
        opened += 1
    assert opened == 6
    newest, number = table(page, "on-time")[1], 6 if who == "service_director" else 7
    share = {6: "50%", 7: "42.86%"}[number]
    assert newest[:2] == [LAST.words, f"{number}"]
    assert newest[2] == f"3 of {number} ({share})95% interval: too few to say"
    assert newest[3:5] == ["1", f"{number - 4}"]
    assert newest[5].startswith("Median ")


def test_an_empty_table_says_so_month_by_month(council: Council, client_for) -> None:
    client = client_for(council.people["director"])
    rows = table(client.get(PAGE).text, "on-time")[1:]
    assert len(rows) == 12
    assert {tuple(row[1:]) for row in rows} == {("Nothing was due",)}
    assert "There is none." in client.get(LIST).text


def test_nothing_verified_has_no_time_to_verify(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        one(council, 5)
    page = client_for(council.people["director"]).get(PAGE).text
    *_, delay = table(page, "on-time")[1]
    assert delay == "None verified"


# IN-5: an address that nobody made by pressing something.
@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("which=none", 404),
        (f"which=due&month={LAST.next()}", 404),
        ("month=9999-12", 404),
        ("month=x" + "x" * 5000, 404),
        ("page=-3", 200),
        ("page=zzz", 200),
        (f"which=not-on-time&month={LAST}&page=9", 200),
    ],
)
def test_odd_addresses(council: Council, client_for, query: str, status: int) -> None:
    assert client_for(council.people["qa_lead"]).get(f"{LIST}?{query}").status_code == status


# AZ-1: directors and the QA lead; nobody else.
@pytest.mark.parametrize(
    ("who", "status"),
    [("director", 200), ("qa_lead", 200), ("head", 403), ("worker", 403), ("viewer", 403),
     ("administrator", 403)],
)  # fmt: skip
def test_who_may(council: Council, client_for, who: str, status: int) -> None:
    assert client_for(council.people[who]).get(LIST).status_code == status


def test_lists_come_in_pages_with_as_many_queries_whatever_the_number(
    app: Flask, council: Council, client_for
) -> None:
    client, counts = client_for(council.people["director"]), []
    for more in (1, 119):
        with app.app_context(), saving():
            for _ in range(more):
                one(council, 5)
        with count_queries(app) as asked:
            assert client.get(f"{LIST}?month={LAST}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, asked
    pages = [client.get(f"{LIST}?month={LAST}&page={n}").text for n in (1, 2, 3)]
    assert [page.count('<th scope="row"') for page in pages] == [50, 50, 20]
    with app.app_context():
        assert db.session.query(Action).count() == 120
