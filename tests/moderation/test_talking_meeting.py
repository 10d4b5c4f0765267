"""Arranging to talk about a moderation, that they talked, and the clock that waits for it (M4)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import delete, func, select

from qa_app import history
from qa_app.accounts.absences import Away
from qa_app.accounts.models import Absence
from qa_app.audits.models import Audit
from qa_app.calendar_file import calendar_file
from qa_app.database import db, now, saving
from qa_app.domain.calendar import LONDON
from qa_app.moderation import services as moderation
from qa_app.moderation.models import AuditorsAnswer, ModerationMeeting, ModerationTalk
from qa_app.moderation.queries.meeting import (
    answer_clock,
    appointment_of,
    latest_meeting,
    standing_meeting,
    talks_of,
)
from qa_app.moderation.services.meeting import (
    Arranged,
    MeetingChanged,
    MeetingRefused,
    TalkRefused,
    arrange,
    call_off,
    note_talked,
)
from qa_app.moderation.services.talking import NotNow
from qa_app.notify.models import Notice
from tests.moderation.talking import (
    AT,
    DAY,
    MINUTE,
    discussed,
    final,
    hidden,
    taken,
    the_moderation,
    told,
)

STARTS = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LINK = "https://qa.council.example/moderation/audits/1/talk"
MEETING = "moderation-meeting"


def arranged(audit, council, key="auditor", starts_at=STARTS, instead=None, at=AT, **changes):
    wanted = Arranged(starts_at, changes.get("minutes", 30), changes.get("place", "Room 4"))
    instead_of = instead.id if instead is not None else None
    return arrange(audit, wanted, instead_of=instead_of, by=council.people[key], at=at)


def event_of(meeting):
    calendar = Calendar.from_ical(calendar_file(appointment_of(meeting, "A-2026-11-017", LINK, AT)))
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_the_other_side_is_told_by_reference_alone(context, council):
    # I2, M4
    audit = discussed(council)
    made = arranged(audit, council)
    assert told(MEETING) == [
        ("Hugh Head", "you are asked to talk about its moderation on 24 November 2026, 14:00")
    ]
    notice = db.session.scalars(select(Notice).where(Notice.key.startswith(MEETING))).one()
    assert notice.path == f"/moderation/audits/{audit.id}/talk"
    for word in ("100001", "Room", "Good", "Inadequate", "Safeguarding"):
        assert word not in notice.subject + notice.body
    assert standing_meeting(audit).id == made.id
    db.session.commit()
    assert "Arranged to talk about the moderation" in {
        each.sentence for each in history.timeline(audit_id=audit.id)
    }


def test_the_same_twice_is_one(context, council):
    # CO-4
    audit = taken(council)
    first = arranged(audit, council)
    assert arranged(audit, council, at=AT + MINUTE).id == first.id
    assert len(told(MEETING)) == 1


def test_another_time_takes_its_place(context, council):
    # M4: one stands at a time
    audit = taken(council)
    first = arranged(audit, council)
    later = STARTS + timedelta(hours=1)
    second = arranged(audit, council, "other_head", later, first, AT + DAY)
    assert (first.cancelled_at, second.cancelled_at) == (AT + DAY, None)
    assert told(MEETING)[1:] == [
        ("Ada Auditor", "the talk about its moderation is now on 24 November 2026, 15:00")
    ]
    assert latest_meeting(audit).id == second.id


def test_nobody_moves_what_they_have_not_seen(context, council):
    audit = taken(council)
    first = arranged(audit, council)
    later = STARTS + timedelta(hours=1)
    with pytest.raises(MeetingChanged, match="Ada Auditor arranged it for 24 November 2026, 14:00"):
        arranged(audit, council, "other_head", later)
    second = arranged(audit, council, "other_head", later, first)
    with pytest.raises(MeetingChanged, match="Hugh Head arranged it for 24 November 2026, 15:00"):
        arranged(audit, council, "auditor", later + DAY, first)
    call_off(audit, by=council.people["other_head"], at=AT)
    with pytest.raises(MeetingChanged, match="called off meanwhile"):
        arranged(audit, council, "auditor", later + DAY, second)


TIMES = [
    # a time that is over
    (AT, "still to come"),
    (AT - DAY, "still to come"),
    # a year mistyped
    (AT + 366 * DAY, "within the next 12 months"),
    (datetime(9999, 12, 31, 23, 59, tzinfo=LONDON), "within the next 12 months"),
    (datetime(1, 1, 1, tzinfo=LONDON), "still to come"),
]


@pytest.mark.parametrize(("starts_at", "words"), TIMES)
def test_a_time_that_cannot_be_is_refused(context, council, starts_at, words):
    with pytest.raises(MeetingRefused, match=words):
        arranged(taken(council), council, starts_at=starts_at)


def test_it_is_called_off_once_and_at_any_time(context, council):
    audit = final(council)
    made, by = arranged(audit, council), council.people["other_head"]
    assert call_off(audit, by=by, at=AT + 300 * DAY) is True
    assert call_off(audit, by=by, at=AT + 300 * DAY) is False
    assert (standing_meeting(audit), latest_meeting(audit).id) == (None, made.id)
    assert told("moderation-meeting-off") == [
        ("Ada Auditor", "the talk of 24 November 2026, 14:00 is called off")
    ]


def test_nothing_is_arranged_while_a_moderator_is_blind(context, council):
    # M3
    audit = hidden(council)
    with pytest.raises(NotNow):
        arranged(audit, council)
    with pytest.raises(NotNow):
        note_talked(audit, AT.date(), [], by=council.people["auditor"], at=AT)


# The calendar file


def test_the_file_names_the_audit_and_nothing_of_the_case(context, council):
    # I2: a calendar is seen by others
    calendar, event = event_of(arranged(taken(council), council))
    assert str(calendar["METHOD"]) == "PUBLISH"
    assert str(event["SUMMARY"]) == "Moderation talk, audit A-2026-11-017"
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event.end - event.start == timedelta(minutes=30)
    for word in ("100001", "Worker", "Safeguarding", "Good"):
        assert word not in event.to_ical().decode()


def test_a_change_replaces_the_entry_and_calling_off_takes_it_away(context, council):
    # RFC 5545: the same UID, a higher SEQUENCE each time, all at one moment too
    audit, by = taken(council), council.people["auditor"]
    first = arranged(audit, council)
    entries = [event_of(first)]
    second = arranged(audit, council, starts_at=STARTS + DAY, instead=first)
    entries += [event_of(first), event_of(second)]
    call_off(audit, by=by, at=AT)
    entries.append(event_of(second))
    entries.append(event_of(arranged(audit, council)))
    assert len({str(event["UID"]) for _, event in entries}) == 1
    assert [event["SEQUENCE"] for _, event in entries] == [0, 1, 2, 3, 4]
    assert [str(calendar["METHOD"]) for calendar, _ in entries] == [
        "PUBLISH", "CANCEL", "PUBLISH", "CANCEL", "PUBLISH",
    ]  # fmt: skip


# That they talked


def test_that_they_talked_is_noted_once(context, council):
    # M4: the date, and who took part
    audit = discussed(council)
    both = [council.people["auditor"], council.people["other_head"]]
    first = note_talked(audit, AT.date(), both, by=both[1], at=AT)
    assert note_talked(audit, AT.date(), both[::-1], by=both[0], at=AT + MINUTE).id == first.id
    assert [(each.on, each.who) for each in talks_of(audit)] == [
        (AT.date(), "Ada Auditor, Hugh Head")
    ]
    assert told("moderation-talked") == [
        ("Ada Auditor", "it was noted that you talked on 18 November 2026")
    ]
    # in the app alone: nobody needs an e-mail about what they took part in
    emails = select(Notice.email).where(Notice.key.startswith("moderation-talked"))
    assert db.session.scalars(emails).all() == [None]
    note_talked(audit, AT.date() + DAY, both, by=both[0], at=AT + DAY)
    assert [each.on for each in talks_of(audit)] == [AT.date(), AT.date() + DAY]


REFUSED = [
    # a day to come
    (1, ("auditor", "other_head"), "on", "not still to come"),
    # a day before anybody had taken it
    (-1, ("auditor", "other_head"), "on", "from 18 November 2026 on"),
    # M4: auditor and moderator talk; one alone is no talk
    (0, ("auditor",), "who", "an auditor and a moderator"),
    (0, ("other_head",), "who", "an auditor and a moderator"),
    (0, (), "who", "an auditor and a moderator"),
    (0, ("auditor", "viewer"), "who", "an auditor and a moderator"),
]


@pytest.mark.parametrize(("day", "who", "field", "words"), REFUSED)
def test_what_cannot_have_been_is_refused(context, council, day, who, field, words):
    audit = taken(council)
    people = [council.people[each] for each in who]
    with pytest.raises(TalkRefused, match=words) as error:
        note_talked(audit, AT.date() + day * DAY, people, by=council.people["auditor"], at=AT)
    assert error.value.field == field
    assert talks_of(audit) == []


# Two at once


def at_once(app, *presses):
    """Each press in a thread and a transaction of its own, begun together; what came of them."""
    together, outcomes = threading.Barrier(len(presses)), []

    def run(press):
        with app.app_context():
            audit = db.session.scalars(select(Audit)).one()
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    press(audit)
                outcomes.append("done")
            except MeetingChanged:
                outcomes.append("changed")
            db.session.remove()

    threads = [threading.Thread(target=run, args=(press,)) for press in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def test_of_two_who_arrange_at_once_one_stands_and_the_other_is_told(app, council):
    # CO-1, M4
    with app.app_context(), saving():
        taken(council, now())
    starts = now() + 3 * DAY
    outcomes = at_once(
        app,
        lambda audit: arranged(audit, council, "auditor", starts, at=now()),
        lambda audit: arranged(audit, council, "other_head", starts + DAY, at=now()),
    )
    assert outcomes == ["changed", "done"]
    with app.app_context():
        (meeting,) = db.session.scalars(select(ModerationMeeting))
        assert meeting.cancelled_at is None
        assert len(told(MEETING)) == 1
        assert history.verify().intact


def test_the_same_press_at_once_is_one(app, council):
    # CO-4
    with app.app_context(), saving():
        taken(council, now())
    starts, on = now() + 3 * DAY, now().date()
    both = [council.people["auditor"], council.people["other_head"]]

    def press(audit):
        arranged(audit, council, "auditor", starts, at=now())
        note_talked(audit, on, both, by=both[0], at=now())

    assert at_once(app, press, press, press) == ["done"] * 3
    with app.app_context():
        for model in (ModerationMeeting, ModerationTalk):
            assert db.session.scalar(select(func.count()).select_from(model)) == 1


# The clock of the answer


def away(council, first, last, key="auditor"):
    me = council.people[key]
    days = {"first_on": AT.date() + first * DAY, "last_on": AT.date() + last * DAY}
    db.session.add(Absence(person_id=me, **days, noted_by=me, noted_at=AT))
    db.session.flush()


def test_the_answer_is_due_after_five_working_days(context, council):
    # M4: sent on a Wednesday
    clock = answer_clock(discussed(council))
    assert (clock.auditor, clock.due_on, clock.paused) == ("Ada Auditor", date(2026, 11, 25), [])


def test_days_away_pause_it_and_are_named(context, council):
    # M4: Thursday to Friday, and a Tuesday; not what was over, nor somebody else's, nor what comes
    away(council, -5, 0)
    away(council, 1, 2)
    away(council, 6, 6)
    away(council, 3, 20, "other_head")
    away(council, 60, 70)
    clock = answer_clock(discussed(council))
    assert clock.due_on == date(2026, 11, 30)
    assert clock.paused == [
        Away(date(2026, 11, 19), date(2026, 11, 20)),
        Away(date(2026, 11, 24), date(2026, 11, 24)),
    ]


def test_an_absence_noted_since_is_reckoned_with(context, council):
    # M4: before the nightly job has moved the day
    audit = discussed(council)
    away(council, 1, 2)
    assert the_moderation().answer_due_on == date(2026, 11, 25)
    assert answer_clock(audit).due_on == date(2026, 11, 27)


def test_once_answered_there_is_no_clock(context, council):
    audit = discussed(council)
    replies = {"overall": moderation.Answered(accepts=True)}
    moderation.answer(the_moderation(), replies, by=council.people["auditor"], at=AT)
    assert answer_clock(audit) is None
    assert the_moderation().answer is AuditorsAnswer.ACCEPTED


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.integers(-3, 20), st.integers(0, 6)), max_size=4))
def test_the_auditor_has_five_working_days_of_their_own(context, council, spans):
    # M4: counted one by one, for any absences
    db.session.rollback()
    db.session.execute(delete(Absence))
    for first, more in spans:
        away(council, first, first + more)
    clock = answer_clock(discussed(council))
    gone = {AT.date() + (first + n) * DAY for first, more in spans for n in range(more + 1)}
    days = [AT.date() + n * DAY for n in range(1, (clock.due_on - AT.date()).days + 1)]
    assert sum(day.weekday() < 5 and day not in gone for day in days) == 5
    assert clock.due_on not in gone
    paused = {day for each in clock.paused for day in days if each[0] <= day <= each[1]}
    assert paused == gone & set(days)


# IN-6: a form without its boxes is refused, also where a meeting stands that would fill them in.
def test_a_form_without_boxes_is_refused(app, council, client_for) -> None:
    with app.app_context(), saving():
        audit = discussed(council, now())
        wanted = Arranged(now() + DAY, 30, "Room 4")
        arrange(audit, wanted, instead_of=None, by=audit.auditor_id, at=now())
        path = f"/moderation/audits/{audit.id}/talk/meeting"
    client = client_for(council.people["auditor"])
    token = client.token_in(client.get("/accessibility").text)
    assert client.send(path, {}, token=token).status_code == 400
