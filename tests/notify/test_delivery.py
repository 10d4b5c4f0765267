"""Sending, against a real mail server."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.database import db, now, saving
from qa_app.notify.delivery import MOST_ATTEMPTS, deliver
from qa_app.notify.letters import letter
from qa_app.notify.mail import Mailer, ServerAway
from qa_app.notify.models import Notice
from qa_app.notify.services import queue
from tests.postgres import free_port


def promise(
    email="ada@example.test", key="k", at=None, body="Audit A-1 is due on Friday.", path="/x"
):
    with saving():
        queue(None, email, "Audit A-1 was given to you", body, path, key, at or now())


def send_all(app, at=None):
    with Mailer(app.config) as send:
        return deliver(at or now(), send)


def notice():
    db.session.rollback()
    return db.session.scalars(select(Notice)).one()


def test_a_message_is_sent_once_and_marked(context, post_office):
    promise()
    assert send_all(context) == (1, 0, 0)
    assert send_all(context) == (0, 0, 0)
    assert post_office.recipients == ["ada@example.test"]
    assert notice().sent_at is not None
    assert notice().error == ""


def test_the_e_mail_carries_the_reference_and_a_link_as_text_and_html(context, post_office):
    promise(path="/audits/1")
    send_all(context)
    (message,) = post_office.messages
    assert message["Subject"] == "Audit A-1 was given to you"
    assert message["From"] == "qa@council.example"
    assert message["Auto-Submitted"] == "auto-generated"
    for kind in ("plain", "html"):
        text = message.get_body((kind,)).get_content()
        assert "Audit A-1 is due on Friday." in text
        assert "http://127.0.0.1:8000/audits/1" in text


def test_html_shows_what_was_meant_as_text(context):
    html = letter("a@example.test", "S", "1 < 2 <script>", "/").get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "1 &lt; 2" in html


def test_a_line_break_in_a_subject_adds_no_heading(context):
    sent = letter("a@example.test", "Hello\nBcc: b@example.test", "", "/")
    assert sent["Bcc"] is None


def test_a_refused_address_is_tried_three_times_then_given_up_and_shown(context, post_office):
    post_office.refused.add("gone@example.test")
    promise("gone@example.test")
    at = now()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert send_all(context, at) == (0, 1, 0)
        assert notice().attempts == attempt
        # Not again at once.
        assert send_all(context, at) == (0, 0, 0)
        at += timedelta(hours=1)
    assert send_all(context, at + timedelta(days=1)) == (0, 0, 0)
    assert notice().error == "The mail server refused the address (550)"
    assert "gone" not in notice().error


def test_one_refused_address_holds_up_nobody_else(context, post_office):
    post_office.refused.add("gone@example.test")
    promise("gone@example.test", "1")
    promise("ada@example.test", "2")
    assert send_all(context) == (1, 1, 0)
    assert post_office.recipients == ["ada@example.test"]


def test_a_server_that_is_away_costs_no_attempt(app, context):
    app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=free_port())
    promise(key="1")
    promise(key="2", email="b@example.test")
    at = now()
    for _ in range(5):
        assert send_all(context, at) == (0, 0, 2)
        at += timedelta(minutes=2)
    attempts = db.session.scalars(select(Notice.attempts)).all()
    errors = set(db.session.scalars(select(Notice.error)))
    app.config.update(MAIL_SERVER="", MAIL_PORT=25)
    assert attempts == [0, 0]
    assert errors == {"The mail server did not answer (ConnectionRefusedError)"}


def test_mail_goes_out_once_the_server_is_back(context, post_office):
    promise()
    at = now()

    def away(message):
        raise ServerAway("The mail server did not answer (TimeoutError)")

    assert deliver(at, away) == (0, 0, 1)
    assert send_all(context, at) == (0, 0, 0)
    assert send_all(context, at + timedelta(minutes=1)) == (1, 0, 0)
    assert notice().error == ""


@pytest.mark.parametrize("email", ["", "no one at all", "a\nb@example.test"])
def test_an_address_that_is_none_is_refused_and_breaks_nothing(context, post_office, email):
    promise(email, "1")
    promise("ada@example.test", "2")
    done = send_all(context)
    assert (done.sent, done.refused) == (1, 1)


def test_a_notice_without_an_address_is_only_shown_in_the_app(council, context, post_office):
    with saving():
        queue(council.people["auditor"], None, "S", "B", "/x", "k", now())
    assert send_all(context) == (0, 0, 0)


def test_what_could_not_be_sent_for_a_week_is_not_sent_all_at_once(context, post_office):
    promise(at=now() - timedelta(days=8))
    assert send_all(context) == (0, 0, 0)
