"""How long a session lasts, as its pages are told, and what prolongs it (AU-4, AC-7)."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from qa_app.accounts.models import SignInSession
from qa_app.database import db, now, saving
from tests.audits.making import given

STATE = "/my-account/session"
JSON = {"Accept": "application/json"}
START = now().replace(microsecond=0)


@pytest.fixture
def clock():
    """A clock that the tests move."""
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def me(clock, council, client_for):
    """A browser whose session begins now."""
    return client_for(council.people["other_auditor"])


def later(clock, **passed):
    clock.shift(timedelta(**passed))


def ask(client):
    return client.get(STATE, headers=JSON)


def in_page(client, path="/my-account"):
    """Seconds left, as a page says."""
    return int(re.search(r'data-left="(\d+)"', client.get(path).text)[1])


def test_a_page_says_how_long_the_session_lasts(me, clock):
    # AC-7: to the second, though the row is written once a minute
    assert in_page(me) == 30 * 60
    later(clock, seconds=50)
    assert in_page(me) == 29 * 60 + 10, "this page was too soon after the last to count"
    later(clock, seconds=50)
    assert in_page(me) == 30 * 60
    later(clock, minutes=30)
    assert me.get("/my-account").status_code == 200
    later(clock, minutes=30, seconds=1)
    assert me.get("/my-account").status_code == 302


def test_what_a_page_asks_by_itself_prolongs_nothing(me, clock):
    # AU-4
    for minute in range(1, 30):
        later(clock, minutes=1)
        assert ask(me).json["left"] == (30 - minute) * 60
    later(clock, minutes=1, seconds=1)
    assert ask(me).status_code == 302


def test_staying_prolongs_to_the_second(me, clock):
    # AC-7: within the minute in which the row was written too
    later(clock, minutes=28)
    token = ask(me).json["token"]
    later(clock, seconds=30)
    assert in_page(me) == 30 * 60
    later(clock, seconds=30)
    answer = me.post(STATE, headers=JSON | {"X-CSRFToken": token})
    assert (answer.json["left"], answer.json["last"]) == (30 * 60, False)
    later(clock, minutes=30)
    assert ask(me).json["left"] == 0
    later(clock, seconds=1)
    assert ask(me).status_code == 302


def test_twelve_hours_cannot_be_prolonged(me, clock):
    # AU-4, AC-7
    for _ in range(12 * 60 // 20 - 1):
        later(clock, minutes=20)
        me.get("/my-account")
    assert ask(me).json["last"] is True
    later(clock, minutes=18)
    answer = me.post(STATE, headers=JSON | {"X-CSRFToken": ask(me).json["token"]})
    assert (answer.json["left"], answer.json["last"]) == (120, True)
    later(clock, minutes=2, seconds=1)
    assert ask(me).status_code == 302


def test_a_save_tells_the_time_and_prolongs(app, council, me, clock):
    # A8, AU-4: writing is doing something
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    later(clock, minutes=29)
    token = ask(me).json["token"]
    saved = me.post(
        f"{path}/text",
        json={"field": "risk.evidence", "text": "One", "version": 0},
        headers={"X-CSRFToken": token},
    )
    assert saved.status_code == 200
    assert saved.headers["X-Session-Left"] == str(30 * 60)
    assert ask(me).json["left"] == 30 * 60


def test_a_box_saves_with_a_token_of_two_hours_ago(app, council, me, clock):
    # AU-11
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    token = ask(me).json["token"]
    later(clock, hours=2)
    with app.app_context(), saving():
        db.session.execute(update(SignInSession).values(seen_at=now()))
    content = {"field": "risk.evidence", "text": "One", "version": 0}
    answer = me.post(f"{path}/text", json=content, headers={"X-CSRFToken": token})
    assert answer.status_code == 200


def test_pages_name_their_person_without_saying_who(council, client_for):
    # A8: a page knows another person's session from its own
    people = ("auditor", "auditor", "head")
    marks = [ask(client_for(council.people[key])).json["person"] for key in people]
    assert marks[0] == marks[1] != marks[2]
    assert re.fullmatch("[0-9a-f]{24}", marks[0])
    page = client_for(council.people["auditor"]).get("/my-account").text
    assert f'data-person="{marks[0]}"' in page


def test_nobody_is_told_anything(client, council):
    assert ask(client).status_code == 302
    assert client.post(STATE, json={}).status_code == 401
    page = client.get("/sign-in")
    assert "data-notice" not in page.text


def test_without_scripts_it_is_a_page(me):
    # where one arrives after signing in again in another tab
    answer = me.get(STATE)
    assert "Close this tab and go back to what you were writing" in answer.text
    assert me.send(STATE, token=me.token_in(answer.text)).location == STATE


def test_staying_touches_no_session_but_ones_own(app, me, council, client_for, clock):
    client_for(council.people["head"])
    later(clock, seconds=30)
    me.post(STATE, headers=JSON | {"X-CSRFToken": ask(me).json["token"]})
    with app.app_context():
        seen = sorted(db.session.scalars(select(SignInSession.seen_at)))
    assert [at - START for at in seen] == [timedelta(0), timedelta(seconds=30)]
