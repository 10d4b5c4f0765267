"""One message a day for those who chose it, at eight in London; what is urgent never waits."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app.database import db, saving
from qa_app.history import Event
from qa_app.notify.choices import choose, last_daily_time, wants_daily
from tests.notify.waiting import (
    notice,
    notices,
    person_called,
    refuse_thrice,
    send_all,
    tell,
    wants_one_a_day,
)

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# A Wednesday in winter: London's clock is UTC's.
NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)
EIGHT = datetime(2026, 11, 19, 8, tzinfo=UTC)


@pytest.fixture
def ada(context):
    with saving():
        person_id = person_called("Ada Auditor")
    wants_one_a_day(person_id, NOON - DAY)
    return person_id


def subjects(post_office):
    return [str(each["Subject"]) for each in post_office.messages]


@pytest.mark.parametrize(
    ("at", "eight"),
    [
        # in winter eight in London is eight in UTC; at eight itself it is time
        (datetime(2026, 11, 18, 8, tzinfo=UTC), datetime(2026, 11, 18, 8, tzinfo=UTC)),
        (datetime(2026, 11, 18, 7, 59, tzinfo=UTC), datetime(2026, 11, 17, 8, tzinfo=UTC)),
        (datetime(2026, 11, 18, 23, 59, tzinfo=UTC), datetime(2026, 11, 18, 8, tzinfo=UTC)),
        # in summer it is seven
        (datetime(2026, 7, 1, 7, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 59, tzinfo=UTC), datetime(2026, 6, 30, 7, tzinfo=UTC)),
        # late in a summer evening it is the next day in London before it is in UTC
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), datetime(2026, 6, 30, 7, tzinfo=UTC)),
        # clocks go forward on 29 March 2026: 23 hours from eight to eight
        (datetime(2026, 3, 29, 6, 59, tzinfo=UTC), datetime(2026, 3, 28, 8, tzinfo=UTC)),
        (datetime(2026, 3, 29, 7, tzinfo=UTC), datetime(2026, 3, 29, 7, tzinfo=UTC)),
        # clocks go back on 25 October 2026: 25 hours
        (datetime(2026, 10, 25, 7, 59, tzinfo=UTC), datetime(2026, 10, 24, 7, tzinfo=UTC)),
        (datetime(2026, 10, 25, 8, tzinfo=UTC), datetime(2026, 10, 25, 8, tzinfo=UTC)),
        # 29 February is a day like others
        (datetime(2028, 2, 29, 12, tzinfo=UTC), datetime(2028, 2, 29, 8, tzinfo=UTC)),
    ],
)
def test_daily_messages_go_at_eight_in_london(at, eight):
    # DU-6
    assert last_daily_time(at) == eight


def test_daily_messages_wait_for_eight_and_then_go_together(context, post_office, ada):
    # E6: a person's choices of digest
    for number in range(3):
        tell(ada, f"A-{number}", NOON + number * HOUR)
    for at in (NOON, NOON + 3 * HOUR, EIGHT - MINUTE):
        assert send_all(context, at) == (0, 0, 0)
    assert send_all(context, EIGHT) == (1, 0, 0)
    assert subjects(post_office) == ["3 messages from Case file audit"]
    tell(ada, "A-3", EIGHT + MINUTE)
    assert send_all(context, EIGHT + 2 * MINUTE) == (0, 0, 0)
    assert send_all(context, EIGHT + DAY) == (1, 0, 0)
    assert subjects(post_office)[1:] == ["A-3"]


def test_an_urgent_one_never_waits_for_eight(context, post_office, ada):
    # E1, E6: never for priority actions
    tell(ada, "A-0", NOON)
    tell(ada, "A-1", NOON, urgent=True)
    send_all(context, NOON)
    assert subjects(post_office) == ["A-1"]
    assert notice("A-0").attempts == 0


def test_many_that_wait_for_eight_hold_up_nobody_else(context, post_office, ada):
    for number in range(25):
        tell(ada, f"A-{number}", NOON)
    with saving():
        bo = person_called("Bo Worker")
    tell(bo, "B-0", NOON + MINUTE)
    assert send_all(context, NOON + 2 * MINUTE) == (1, 0, 0)
    assert subjects(post_office) == ["B-0"]


def test_what_waits_when_somebody_changes_their_mind_goes_at_once(context, post_office, ada):
    for number in range(2):
        tell(ada, f"A-{number}", NOON)
    with saving():
        assert choose(ada, False, at=NOON)
    assert send_all(context, NOON + MINUTE) == (2, 0, 0)


def test_a_daily_message_that_is_refused_is_tried_three_times(context, post_office, ada):
    post_office.refused.add("ada.auditor@example.test")
    for number in range(2):
        tell(ada, f"A-{number}", NOON)
    refuse_thrice(context, EIGHT)
    assert [each.attempts for each in notices()] == [3, 3]


def test_an_outage_over_eight_ends_in_one_message(context, post_office, ada):
    port, context.config["MAIL_PORT"] = context.config["MAIL_PORT"], 1
    for number in range(3):
        tell(ada, f"A-{number}", NOON)
    for minutes in range(0, 120, 10):
        send_all(context, EIGHT + minutes * MINUTE)
    context.config["MAIL_PORT"] = port
    # What has come since eight goes with them: it is the day's one message.
    tell(ada, "A-3", EIGHT + HOUR)
    assert send_all(context, EIGHT + 2 * HOUR) == (1, 0, 0)
    assert subjects(post_office) == ["4 messages from Case file audit"]


def test_a_choice_is_kept_once_and_in_the_history(context, ada):
    with saving():
        assert not choose(ada, True, at=NOON)
        assert choose(ada, False, at=NOON)
        assert not choose(ada, False, at=NOON)
    assert not wants_daily(ada)
    with saving():
        assert choose(ada, True, at=NOON)
    assert wants_daily(ada)
    from_history = select(Event).filter_by(verb="mail_choice_changed").order_by(Event.sequence)
    events = db.session.scalars(from_history).all()
    assert [each.sentence for each in events] == [
        "Changed how e-mail comes: one message a day",
        "Changed how e-mail comes: each message as it comes",
        "Changed how e-mail comes: one message a day",
    ]
    assert {(each.actor_id, each.subject_id) for each in events} == {(ada, ada)}


def test_nobody_wants_one_a_day_before_they_say_so(context):
    with saving():
        bo = person_called("Bo Worker")
        assert not wants_daily(bo)
        assert not choose(bo, False, at=NOON)
