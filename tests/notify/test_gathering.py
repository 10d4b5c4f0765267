"""Several messages that wait for one person go in one; an urgent one always goes alone (E6)."""

import re
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import html5lib
import pytest
from sqlalchemy import select

from qa_app.database import db, now, saving
from qa_app.notify.delivery import deliver
from qa_app.notify.letters import WHY_TOGETHER
from qa_app.notify.mail import Undeliverable
from qa_app.notify.models import Notice
from qa_app.notify.secret_links import stored_path
from qa_app.notify.services import queue
from tests.conftest import KIND
from tests.notify.test_worker import start
from tests.notify.waiting import (
    REFUSED,
    notice,
    notices,
    person_called,
    refuse_thrice,
    send_all,
    tell,
    wants_one_a_day,
)
from tests.postgres import free_port

# A Wednesday in winter, at noon: London's clock is UTC's.
AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ada(context):
    with saving():
        return person_called("Ada Auditor")


@pytest.fixture
def bo(context):
    with saving():
        return person_called("Bo Worker")


def told(post_office):
    """(to, subject) of each message, in the order in which they came."""
    return [(str(each["To"]), str(each["Subject"])) for each in post_office.messages]


def text_of(message, kind="plain"):
    return message.get_body((kind,)).get_content()


def test_what_waited_through_an_outage_goes_to_each_person_in_one_message(
    context, post_office, ada, bo
):
    # E6: catches up after an outage without a flood
    for number in range(3):
        tell(ada, f"A-{number}", AT + number * MINUTE)
    tell(bo, "B-0", AT)
    tell(bo, "B-1", AT + HOUR)
    assert send_all(context, AT + 2 * HOUR) == (2, 0, 0)
    assert told(post_office) == [
        ("ada.auditor@example.test", "3 messages from Case file audit"),
        ("bo.worker@example.test", "2 messages from Case file audit"),
    ]
    for message, subjects in zip(
        post_office.messages, (["A-0", "A-1", "A-2"], ["B-0", "B-1"]), strict=True
    ):
        for kind in ("plain", "html"):
            text = text_of(message, kind)
            assert WHY_TOGETHER in " ".join(text.split())
            places = [text.index(f"Words of {each}.") for each in subjects]
            assert places == sorted(places)
            for each in subjects:
                assert f"http://127.0.0.1:8000/audits/{each}" in text


def test_each_of_them_has_its_own_proof(context, post_office, ada, bo):
    # E6: each step names who was told, when, and whether the mail server took it
    for number in range(3):
        tell(ada, f"A-{number}", AT)
    tell(bo, "B-0", AT)
    before = now()
    send_all(context, AT + HOUR)
    proofs = {each.subject: each for each in notices()}
    together = {proofs[f"A-{number}"].sent_with for number in range(3)}
    assert len(together) == 1
    assert together != {None}
    assert proofs["B-0"].sent_with is None
    for each in proofs.values():
        assert before <= each.sent_at <= now()
        assert (each.attempts, each.error, each.next_attempt_at) == (1, "", None)


def test_a_message_of_many_holds_nothing_but_text_and_links_to_the_service(
    context, post_office, ada
):
    for number in range(2):
        tell(ada, f"A-{number} <b>", AT)
    send_all(context, AT + HOUR)
    html = text_of(post_office.messages[0], "html")
    page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)
    assert {each.tag for each in page.iter()} == {
        "html", "head", "meta", "title", "body", "h1", "h2", "p", "a",
    }  # fmt: skip
    for each in page.iter():
        assert set(each.attrib) <= {"lang", "charset", "href"}
        if "href" in each.attrib:
            link = urlsplit(each.attrib["href"])
            # Nothing in the address tells who opened it.
            assert (link.netloc, link.query) == ("127.0.0.1:8000", "")


def test_what_has_just_come_goes_message_by_message(context, post_office, ada):
    for number in range(3):
        tell(ada, f"A-{number}", AT)
    assert send_all(context, AT + 30 * MINUTE) == (3, 0, 0)
    assert [subject for _, subject in told(post_office)] == ["A-0", "A-1", "A-2"]


def test_one_that_waited_alone_is_as_any_other(context, post_office, ada):
    tell(ada, "A-0", AT)
    send_all(context, AT + HOUR)
    assert told(post_office) == [("ada.auditor@example.test", "A-0")]
    assert notice("A-0").sent_with is None


def test_urgent_ones_go_first_and_each_alone(context, post_office, ada, bo):
    # E1, E6: a priority action is in no digest
    wants_one_a_day(ada)
    for number in range(12):
        tell(bo, f"B-{number}", AT)
    for number in range(2):
        tell(ada, f"A-{number}", AT, urgent=True)
    tell(ada, "A-later", AT + MINUTE)
    assert send_all(context, AT + 2 * HOUR) == (3, 0, 0)
    assert [subject for _, subject in told(post_office)] == [
        "A-0", "A-1", "12 messages from Case file audit",
    ]  # fmt: skip


def test_messages_for_nobody_known_here_are_never_joined(context, post_office):
    with saving():
        for number in range(2):
            queue(None, "x@example.test", f"X-{number}", "Words.", "/x", f"x{number}", AT)
    assert send_all(context, AT + HOUR) == (2, 0, 0)


def test_a_one_time_link_waits_for_no_daily_message(context, post_office, ada):
    wants_one_a_day(ada)
    tell(ada, "Choose your password", AT, path=stored_path("/choose-password/", ada))
    tell(ada, "A-1", AT)
    send_all(context, AT + MINUTE)
    assert [subject for _, subject in told(post_office)] == ["Choose your password"]
    assert notice("Choose your password").urgent


def test_messages_to_an_old_address_stay_apart_from_those_to_the_new_one(context, post_office, ada):
    for number in range(4):
        tell(ada, f"A-{number}", AT)
    with saving():
        for each in ("A-0", "A-1"):
            db.session.scalars(select(Notice).filter_by(subject=each)).one().email = "o@b.test"
    assert send_all(context, AT + HOUR) == (2, 0, 0)
    assert Counter(to for to, _ in told(post_office)) == {
        "o@b.test": 1, "ada.auditor@example.test": 1,
    }  # fmt: skip


def test_a_refused_message_of_many_counts_as_an_attempt_of_each(context, post_office, ada):
    post_office.refused.add("ada.auditor@example.test")
    tell(ada, "A-0", AT)
    tell(ada, "A-1", AT)
    at = AT + HOUR
    assert send_all(context, at) == (0, 1, 0)
    # One that comes meanwhile goes with the others when their time has come, not before.
    with saving():
        db.session.scalars(select(Notice).filter_by(subject="A-1")).one().attempts = 2
    assert send_all(context, at + MINUTE) == (0, 1, 0)
    assert [(each.attempts, each.error) for each in notices()] == [(2, REFUSED), (3, REFUSED)]
    assert notice("A-0").next_attempt_at == at + 16 * MINUTE
    assert notice("A-1").next_attempt_at is None
    assert {each.sent_with for each in notices()} == {None}


def test_a_new_message_brings_no_refused_one_forward(context, post_office, ada):
    post_office.refused.add("ada.auditor@example.test")
    for number in range(2):
        tell(ada, f"A-{number}", AT)
    at = AT + HOUR
    send_all(context, at)
    tell(ada, "A-new", at)
    send_all(context, at + 30 * timedelta(seconds=1))
    assert [each.attempts for each in notices()] == [1, 1, 1]


def test_what_was_put_back_for_a_minute_is_taken_along(context, post_office, ada):
    for number in range(12):
        tell(ada, f"A-{number:02}", AT + number * MINUTE, urgent=False)
    working = dict(context.config)
    context.config["MAIL_PORT"] = free_port()
    at = AT + 13 * MINUTE
    # Ten, the batch, are put back; two have not been tried.
    assert send_all(context, at) == (0, 0, 10)
    context.config["MAIL_PORT"] = working["MAIL_PORT"]
    with saving():
        for each in db.session.scalars(select(Notice)):
            each.created_at -= HOUR
    assert send_all(context, at + timedelta(seconds=30)) == (1, 0, 0)
    assert {each.attempts for each in notices()} == {1}


def test_a_day_without_a_mail_server_ends_in_one_message_a_person(context, post_office, ada, bo):
    # E6: the mail server down for a day, then up: one digest a person and all proofs present
    wants_one_a_day(bo, AT)
    port = context.config["MAIL_PORT"]
    context.config["MAIL_PORT"] = free_port()
    at, number = AT, 0
    while at < AT + DAY:
        for person in (ada, bo):
            tell(person, f"N-{number}", at, urgent=number % 10 == 0)
            number += 1
        send_all(context, at + MINUTE)
        at += HOUR
    assert {each.attempts for each in notices()} == {0}
    assert post_office.messages == []
    context.config["MAIL_PORT"] = port
    send_all(context, at)
    send_all(context, at + 2 * MINUTE)
    together = Counter(to for to, subject in told(post_office) if "messages from" in subject)
    assert together == {"ada.auditor@example.test": 1, "bo.worker@example.test": 1}
    urgent = [subject for _, subject in told(post_office) if "messages from" not in subject]
    assert sorted(urgent) == sorted(each.subject for each in notices() if each.urgent)
    texts = [text_of(message) for message in post_office.messages]
    words = Counter(found for text in texts for found in re.findall(r"Words of (N-\d+)\.", text))
    assert words == {f"N-{each}": 1 for each in range(number)}
    assert all(each.sent_at and each.attempts == 1 and not each.error for each in notices())


def test_one_that_is_marked_as_read_at_this_moment_leaves_the_message_whole(
    app, context, post_office, ada
):
    # On SQLite nobody else writes while a batch is claimed.
    for number in range(2):
        tell(ada, f"A-{number}", AT)
    held, release = threading.Event(), threading.Event()

    def reading():
        with app.app_context(), saving():
            db.session.scalars(select(Notice).filter_by(subject="A-1").with_for_update()).one()
            held.set()
            release.wait(20)

    if KIND == "postgresql":
        reader = threading.Thread(target=reading)
        reader.start()
        held.wait(20)
        assert send_all(context, AT + HOUR) == (0, 0, 0)
        release.set()
        reader.join()
        assert [each.attempts for each in notices()] == [0, 0]
    assert send_all(context, AT + HOUR) == (1, 0, 0)


def test_four_workers_tell_five_hundred_things_once_each_in_one_message_a_person(
    app, context, post_office
):
    # E6, CO-2: 500 notices, 4 processes, on either database
    yesterday = now() - DAY
    with saving():
        people = [person_called(f"Person {number}") for number in range(25)]
    with saving():
        for number in range(500):
            which = number % 25
            queue(
                people[which], f"person.{which}@example.test", f"N-{number}",
                f"Words of N-{number}.", "/x", f"n{number}", yesterday, number % 20 == 0,
            )  # fmt: skip
    workers = [start(app, "--once") for _ in range(4)]
    for worker in workers:
        _, log = worker.communicate(timeout=120)
        assert worker.returncode == 0, log
    texts = [text_of(message) for message in post_office.messages]
    words = Counter(found for text in texts for found in re.findall(r"Words of (N-\d+)\.", text))
    assert words == {f"N-{number}": 1 for number in range(500)}
    joined = [to for to, subject in told(post_office) if "messages from" in subject]
    assert set(Counter(joined).values()) == {1}
    assert len(post_office.messages) == 25 + len(joined)
    kept = notices()
    assert all(each.sent_at for each in kept)
    assert {each.attempts for each in kept} == {1}
    assert len({each.sent_with for each in kept} - {None}) == len(joined)
    assert all((each.sent_with is None) == each.urgent for each in kept)


def test_two_workers_in_turn_never_hold_the_same_message(context, ada, bo):
    for number in range(3):
        tell(ada, f"A-{number}", AT)
    tell(bo, "B-0", AT)

    def while_sending(message):
        # A second worker that looks while the first is still sending finds nothing.
        assert deliver(AT + HOUR, lambda _: pytest.fail("sent twice")) == (0, 0, 0)

    assert deliver(AT + HOUR, while_sending) == (2, 0, 0)


def test_a_worker_that_died_in_the_middle_is_followed_by_another(context, post_office, ada):
    for number in range(2):
        tell(ada, f"A-{number}", AT)

    class Killed(BaseException):
        """As kill -9 does: nothing after it runs."""

    def killed(message):
        raise Killed

    with pytest.raises(Killed):
        deliver(AT + HOUR, killed)
    assert send_all(context, AT + HOUR + 14 * MINUTE) == (0, 0, 0)
    assert send_all(context, AT + HOUR + 15 * MINUTE) == (1, 0, 0)


def test_an_address_that_is_none_gives_up_all_of_it(context, post_office, ada):
    for number in range(2):
        tell(ada, f"A-{number}", AT)
    with saving():
        for each in db.session.scalars(select(Notice)):
            each.email = "none at all"
    refuse_thrice(context, AT + HOUR)
    assert [each.attempts for each in notices()] == [3, 3]
    assert {each.error for each in notices()} == {"The address cannot be written to"}


def test_a_refusal_says_nothing_of_the_address(context, ada):
    tell(ada, "A-0", AT)

    def refuse(message):
        raise Undeliverable(REFUSED)

    assert deliver(AT, refuse) == (0, 1, 0)
    assert notice("A-0").error == REFUSED
