"""How somebody wants their e-mail, on the page of their own account (E6)."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from qa_app.database import db
from qa_app.history import Event
from qa_app.notify.choices import wants_daily
from qa_app.notify.models import MailChoice
from tests.pages import Page, words

PATH = "/my-account/mail"


@pytest.fixture
def me(council, client_for):
    return client_for(council.people["auditor"])


def chosen(app, council, key="auditor"):
    with app.app_context():
        return wants_daily(council.people[key])


def marked(client):
    page = Page(client.get(PATH).text, 200)
    return [each.get("value") for each in page.all("input") if each.get("checked") is not None]


def test_it_comes_as_it_is_sent_unless_somebody_chooses_otherwise(me):
    assert "Each message as it comes" in me.get("/my-account").text
    assert f'href="{PATH}"' in me.get("/my-account").text
    assert marked(me) == ["each"]


def test_one_a_day_is_chosen_and_taken_back(app, council, me):
    answer = me.submit(PATH, {"how": "daily"})
    assert (answer.status_code, answer.location) == (302, "/my-account")
    assert chosen(app, council)
    page = me.get("/my-account").text
    assert "One message a day" in page
    assert "once a day, at about 8 in the morning. What is urgent still comes at once." in page
    assert marked(me) == ["daily"]
    assert not chosen(app, council, "manager")
    me.submit(PATH, {"how": "each"})
    assert not chosen(app, council)
    assert "Each message as it comes" in me.get("/my-account").text


def test_the_page_says_what_never_waits(me):
    # E1, E6: a choice of digest, never for priority actions
    said = words(next(Page(me.get(PATH).text, 200).all("main")))
    assert "What is urgent never waits: a concern about a child, a priority action" in said


@pytest.mark.parametrize("data", [{"how": ""}, {"how": "weekly"}])
def test_a_choice_that_is_none_changes_nothing(app, council, me, data):
    answer = me.submit(PATH, data)
    assert answer.status_code == 400
    assert "Error: How e-mail comes to you" in answer.text
    assert not chosen(app, council)


def test_the_history_says_what_was_chosen_once(app, council, me):
    for _ in range(2):
        me.submit(PATH, {"how": "daily"})
    with app.app_context():
        events = db.session.scalars(select(Event).filter_by(verb="mail_choice_changed")).all()
        assert [(each.actor_id, each.sentence) for each in events] == [
            (council.people["auditor"], "Changed how e-mail comes: one message a day")
        ]


def test_pressed_many_times_at_once_it_is_one_choice(app, council, client_for):
    clients = [client_for(council.people["auditor"]) for _ in range(6)]
    tokens = [client.token_in(client.get(PATH).text) for client in clients]
    codes = []

    def press(client, token):
        codes.append(client.send(PATH, {"how": "daily"}, token=token).status_code)

    threads = [
        threading.Thread(target=press, args=pair) for pair in zip(clients, tokens, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(codes) == {302: 6}
    with app.app_context():
        assert [each.daily for each in db.session.scalars(select(MailChoice))] == [True]
        events = db.session.scalars(select(Event).filter_by(verb="mail_choice_changed")).all()
        assert len(events) == 1


@pytest.mark.parametrize("key", ["worker", "viewer", "administrator", "director"])
def test_everybody_may_choose(app, council, client_for, key):
    assert client_for(council.people[key]).submit(PATH, {"how": "daily"}).status_code == 302
    assert chosen(app, council, key)
