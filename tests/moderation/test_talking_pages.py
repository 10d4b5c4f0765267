"""The pages of talking about a moderation, as auditor and as moderator (M4)."""

from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import func, select, update

from qa_app.accounts.models import Account, SignInSession
from qa_app.accounts.passwords import hash_password
from qa_app.audits.models import IdentifierCleared
from qa_app.database import db, now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.history import Event
from qa_app.moderation.models import ModerationMessage
from qa_app.moderation.queries.talking import thread_of
from qa_app.moderation.services.talking import send_message
from tests.audits.making import the_audit
from tests.moderation.talking import (
    DAY,
    discussed,
    final,
    given_back,
    hidden,
    returned,
    taken,
    told,
    waiting,
)
from tests.queries import count_queries
from tests.web.typed import form_in

PASSWORD = "wharfedale marmalade kettle"
WORDS = "I read the visits of June again."
CHANGED_ROLES = ["auditor", "other_head"]


def world(app, council, make=discussed):
    """The address of the talk about an audit."""
    with app.app_context(), saving():
        return f"/moderation/audits/{make(council, now()).id}/talk"


@pytest.fixture
def path(app, council):
    return world(app, council)


@pytest.fixture
def ada(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["auditor"])


@pytest.fixture
def hugh(council, client_for):
    """The moderator's browser."""
    return client_for(council.people["other_head"])


def messages(app):
    with app.app_context():
        return [(each.name, each.text) for each in thread_of(the_audit())]


def filled(days=3, **changes):
    on = (now() + timedelta(days=days)).astimezone(LONDON).date()
    return {
        "day-day": str(on.day), "day-month": str(on.month), "day-year": str(on.year),
        "start": "14:30", "minutes": "30", "place": "Room 4", "save": "1",
    } | changes  # fmt: skip


def test_auditor_and_moderator_write_to_each_other(app, ada, hugh, path):
    # M4
    page = ada.get(path).text
    assert "Nobody has written anything yet" in page
    assert "Ada Auditor answers the moderator by" in page
    assert ada.submit(path, {"text": WORDS, "send": "1"}).location == path
    page = ada.get(path).text
    assert "Your message is here for Hugh Head" in page
    assert "<strong>Ada Auditor</strong> (you), auditor" in page
    page = hugh.get(path).text
    assert WORDS in page
    assert "<strong>Ada Auditor</strong>, auditor" in page
    hugh.submit(path, {"text": "Thank you.\n\nI had missed July.", "send": "1"})
    page = ada.get(path).text
    assert "Thank you.\n\nI had missed July.</p>" in page
    assert "<strong>Hugh Head</strong>, moderator" in page
    assert page.index(WORDS) < page.index("I had missed July")
    with app.app_context():
        assert [name for name, _ in told()] == ["Hugh Head", "Ada Auditor"]


def test_the_look_at_the_page_is_what_the_next_message_goes_by(app, ada, hugh, path):
    # I1, M4: an e-mail's link leads to the page, not to the notice
    for text, expected in (("One", 1), ("Two", 1)):
        ada.submit(path, {"text": text, "send": "1"})
        with app.app_context():
            assert len(told()) == expected
    hugh.get(path)
    ada.submit(path, {"text": "Three", "send": "1"})
    with app.app_context():
        assert len(told()) == 2
        for verb in ("audit_viewed", "talk_viewed"):
            query = select(func.count()).where(Event.verb == verb, Event.actor_id == hugh_id(app))
            assert db.session.scalar(query) == 1


def hugh_id(app):
    email = "other.head@example.test"
    return db.session.scalars(select(Account.person_id).where(Account.email == email)).one()


def test_a_double_press_makes_one_message(app, ada, path):
    # CO-4
    token = ada.token_in(ada.get(path).text)
    for _ in range(2):
        assert ada.send(path, {"text": WORDS, "send": "1"}, token=token).status_code == 302
    assert messages(app) == [("Ada Auditor", WORDS)]


ALLOWED = [
    # M4: those who audit and those who moderate
    ("auditor", 200),
    ("other_head", 200),
    # I2: others who may see the audit are told that they may not do this; the QA lead reads the
    # thread with the result
    ("qa_lead", 403),
    ("head", 403),
    ("worker", 403),
    ("review_head", 403),
    # and those who may not see it are told that there is nothing
    ("viewer", 404),
    ("administrator", 404),
    ("other_auditor", 404),
]


@pytest.mark.parametrize(("key", "status"), ALLOWED)
def test_only_auditors_and_moderators_are_part_of_it(app, council, client_for, path, key, status):
    client = client_for(council.people[key])
    for page in (path, f"{path}/meeting", f"{path}/talked"):
        assert client.get(page).status_code == status
    if status != 200:
        assert client.get(f"{path}/meeting.ics").status_code == status
        for page in (path, f"{path}/meeting", f"{path}/talked", f"{path}/meeting/call-off"):
            assert client.send(page, filled(text=WORDS)).status_code == status
        assert messages(app) == []


CLOSED = [
    # M4: before anybody takes it
    (waiting, "once somebody has taken the audit"),
    (given_back, "once somebody has taken the audit"),
    # M3: while it is moderated blind
    (hidden, "once they have given their first grades"),
]


@pytest.mark.parametrize(("make", "words"), CLOSED)
def test_where_nothing_can_be_said_the_page_says_why(app, council, ada, make, words):
    path = world(app, council, make)
    for page in (path, f"{path}/meeting", f"{path}/talked"):
        text = ada.get(page).text
        assert words in text
        assert "<textarea" not in text
    # what was typed in a page from before is not lost (A8)
    answer = ada.send(path, {"text": WORDS, "send": "1"})
    assert answer.status_code == 409
    assert WORDS in answer.text
    assert ada.send(path, {"text": "", "send": "1"}).status_code == 409
    assert ada.send(f"{path}/meeting", filled()).status_code == 409
    assert messages(app) == []


def test_a_blind_moderator_finds_no_talk(app, council, hugh):
    # M3, AZ-4: denied, and nothing of it in what they get
    path = world(app, council, hidden)
    for page in (path, f"{path}/meeting", f"{path}/talked", f"{path}/meeting.ics"):
        answer = hugh.get(page)
        assert answer.status_code in (403, 404)
        assert "Good" not in answer.text
    assert hugh.send(path, {"text": WORDS, "send": "1"}).status_code in (403, 404)


@pytest.mark.parametrize("make", [taken, returned, final])
def test_it_is_open_from_the_taking_until_after_the_end(app, council, ada, make):
    path = world(app, council, make)
    page = ada.get(path).text
    assert "<textarea" in page
    assert ("You can write here until" in page) is (make is final)
    ada.submit(path, {"text": WORDS, "send": "1"})
    assert messages(app) == [("Ada Auditor", WORDS)]


def test_when_its_time_is_over_it_can_be_read(app, council, client_for):
    path = world(app, council, final)
    with app.app_context(), saving():
        send_message(the_audit(), WORDS, by=council.people["auditor"], at=now())
    with time_machine.travel(now() + 60 * DAY, tick=False):
        page = client_for(council.people["auditor"]).get(path).text
    assert "The time for talking about it ended on" in page
    assert WORDS in page
    assert "<textarea" not in page


HOSTILE = [
    # markup, and what a template would run
    "<script>alert(1)</script>{{ 7*7 }}<img src=x onerror=alert(1)>",
    # from right to left, with marks that turn the direction round
    "רואים אותה לבד \u202e ولا أحد معها",
    # as long as a message may be, without a space
    "x" * 4_000,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_message_is_shown_as_it_was_typed(app, ada, hugh, path, text):
    ada.submit(path, {"text": text, "send": "1"})
    assert messages(app) == [("Ada Auditor", text)]
    page = hugh.get(path).text
    assert '<p class="app-prose" dir="auto">' in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    if "<" not in text:
        assert text in page


def test_too_much_is_refused_and_kept(app, ada, path):
    answer = ada.submit(path, {"text": "x" * 4_001, "send": "1"})
    assert answer.status_code == 400
    assert "Your message must be 4,000 characters or fewer" in answer.text
    assert "x" * 4_001 in answer.text
    assert ada.submit(path, {"text": "  ", "send": "1"}).status_code == 400
    assert messages(app) == []


def test_what_may_identify_a_child_is_asked_about(app, ada, path):
    # A11
    text = "Ring Mrs Sally Waters on 0113 496 0999."
    answer = ada.submit(path, {"text": text, "send": "1"})
    assert answer.status_code == 400
    assert "“Mrs Sally Waters”" in answer.text
    assert "“0113 496 0999”" in answer.text
    assert f"{text}</textarea>" in answer.text
    assert messages(app) == []
    form = form_in(answer.text, having="harmless", at=path)
    assert form.press(ada, harmless="A health visitor.", send="1").status_code == 302
    assert messages(app) == [("Ada Auditor", text)]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(IdentifierCleared)) == 2


def test_what_was_written_outlives_the_session(app, council, path):
    # A8, AU-4: signed out while writing, without scripts
    with app.app_context(), saving():
        kept = hash_password(PASSWORD)
        db.session.execute(update(Account).values(password_hash=kept))
    client, enter = app.test_client(), {"email": "auditor@example.test", "password": PASSWORD}
    assert client.submit("/sign-in", enter).status_code == 302
    form = form_in(client.get(path).text, having="text", at=path)
    with app.app_context(), saving():
        db.session.execute(update(SignInSession).values(seen_at=now() - timedelta(minutes=31)))
    answer = form.press(client, text=WORDS, send="1")
    assert answer.status_code == 403
    assert "What you wrote is not lost" in answer.text
    again = form_in(answer.text, having="kept-path").press(client, **enter)
    assert "Send what you wrote" in again.text
    assert form_in(again.text, having="text").press(client).status_code == 302
    assert messages(app) == [("Ada Auditor", WORDS)]


# The meeting


def test_they_arrange_move_and_call_off_a_meeting(app, ada, hugh, path):
    # M4
    assert "Nobody has arranged a meeting yet" in ada.get(path).text
    assert ada.submit(f"{path}/meeting", filled() | shown(ada, path)).location == path
    page = hugh.get(path).text
    assert "You meet on" in page
    assert "30 minutes: Room 4" in page
    assert "Change the meeting" in page
    moved = filled(4, place="Teams: I will call you") | shown(hugh, path)
    assert hugh.submit(f"{path}/meeting", moved).location == path
    assert "Teams: I will call you" in ada.get(path).text
    (event,) = Calendar.from_ical(ada.get(f"{path}/meeting.ics").data).walk("VEVENT")
    assert (str(event["LOCATION"]), event["SEQUENCE"]) == ("Teams: I will call you", 2)
    assert str(event["URL"]).endswith(path)
    ada.send(f"{path}/meeting/call-off")
    page = hugh.get(path).text
    assert "was called off" in page
    assert "Take it out of your calendar" in page
    answer = hugh.get(f"{path}/meeting.ics")
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="moderation-')
    assert b"METHOD:CANCEL" in answer.data
    with app.app_context():
        assert [name for name, _ in told("moderation-meeting")] == [
            "Hugh Head", "Ada Auditor", "Hugh Head",
        ]  # fmt: skip


def shown(client, path):
    """What the form says of the meeting that its page shows."""
    return {"shown": form_in(client.get(f"{path}/meeting").text, having="shown").fields["shown"]}


def test_of_two_pages_of_one_time_the_second_is_shown_both(ada, hugh, path):
    # CO-1
    before = shown(hugh, path)
    ada.submit(f"{path}/meeting", filled() | before)
    answer = hugh.submit(f"{path}/meeting", filled(5, place="Room 9") | before)
    assert answer.status_code == 400
    assert "Ada Auditor arranged it for" in answer.text
    assert 'value="Room 9"' in answer.text
    assert "Room 4" in answer.text
    form = form_in(answer.text, having="shown", at=f"{path}/meeting")
    assert form.press(hugh, minutes="30", save="1").status_code == 302
    assert "Room 9" in ada.get(path).text


WRONG = [
    ({"start": ""}, "Enter when it starts"),
    ({"start": "noon"}, "Start must be a time of day"),
    ({"minutes": "7"}, "How long?: select one of the answers shown"),
    ({"place": ""}, "Enter where it is"),
    ({"day-day": "31", "day-month": "2"}, "Day must be a real date"),
    ({"day-year": "2020"}, "Enter a day and a time that are still to come"),
    ({"day-year": "9999"}, "Enter a day within the next 12 months"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_a_meeting_that_cannot_be_is_refused(ada, path, changes, words):
    answer = ada.submit(f"{path}/meeting", filled() | changes)
    assert answer.status_code == 400
    assert words in answer.text
    if "place" not in changes:
        assert 'value="Room 4"' in answer.text


def test_without_a_meeting_there_is_no_file(ada, path):
    assert ada.get(f"{path}/meeting.ics").status_code == 404
    # calling off what somebody else called off a moment ago is no error
    assert ada.send(f"{path}/meeting/call-off").location == path


# That they talked


def test_that_they_talked_is_noted(app, council, ada, hugh, path):
    # M4: who took part, and when
    page = ada.get(f"{path}/talked").text
    assert "Ada Auditor, auditor" in page
    assert "Hugh Head, moderator" in page
    today = london_date(now())
    who = [str(council.people[key]) for key in CHANGED_ROLES]
    day = {"on-day": today.day, "on-month": today.month, "on-year": today.year, "save": "1"}
    assert ada.submit(f"{path}/talked", day | {"who": who[:1]}).status_code == 400
    assert ada.submit(f"{path}/talked", day).status_code == 400
    wrong = day | {"who": who, "on-year": today.year + 1}
    assert "not still to come" in ada.submit(f"{path}/talked", wrong).text
    assert ada.submit(f"{path}/talked", day | {"who": who}).location == path
    page = hugh.get(path).text
    assert "Talked on" in page
    assert "Ada Auditor, Hugh Head" in page


def test_the_meetings_day_is_offered_once_it_is_over(council, ada, path, client_for):
    ada.submit(f"{path}/meeting", filled(1) | shown(ada, path))
    assert form_in(ada.get(f"{path}/talked").text, having="on-day").fields["on-day"] == ""
    later = now() + 2 * DAY
    with time_machine.travel(later, tick=False):
        client = client_for(council.people["auditor"])
        fields = form_in(client.get(f"{path}/talked").text, having="on-day").fields
        talk = client.get(path).text
    assert fields["on-day"] == str(london_date(later - DAY).day)
    assert "The meeting was on" in talk
    assert "Call it off" not in talk


READERS = [
    # M4: the QA lead reads the thread with the result
    ("qa_lead", True),
    # auditor and moderator where they write it
    ("auditor", False),
    # I2: it is between those two: not for the child's social worker, nor the head of the service
    ("worker", False),
    ("head", False),
]


@pytest.mark.parametrize(("key", "reads"), READERS)
def test_the_qa_lead_reads_it_with_the_result(app, council, ada, client_for, path, key, reads):
    ada.submit(path, {"text": WORDS, "send": "1"})
    page = client_for(council.people[key]).get(path.removesuffix("/talk"))
    assert page.status_code == 200
    assert (WORDS in page.text) is reads
    assert ("wrote to each other" in page.text) is reads


# What it costs


def test_a_long_thread_costs_no_more_than_a_short_one(app, council, ada, path):
    costs = []
    for number in (1, 20):
        with app.app_context(), saving():
            audit, at = the_audit(), now()
            for n in range(number):
                key = CHANGED_ROLES[n % 2]
                row = ModerationMessage(
                    audit_id=audit.id, by=council.people[key], text=f"{n}", at=at + n * DAY
                )
                db.session.add(row)
        with count_queries(app) as asked:
            ada.get(path)
        costs.append(len(asked))
    assert costs[0] == costs[1], asked
    assert costs[1] <= 24, asked
