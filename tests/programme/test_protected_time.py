"""Protected time as a calendar file, read back as a calendar would."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given as examples
from hypothesis import settings as runs
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import update

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.workflow import AuditState
from qa_app.programme.calendar_file import file_name, protected_time
from tests.audits.making import AT, given

AUDIT = UUID("01a21cd1-6903-71e3-82ea-254054030e67")
LINK = "https://qa.council.example/audits/1"


def made(day=date(2026, 11, 23), start=time(9, 30), minutes=120, audit=AUDIT, at=AT):
    return protected_time(audit, "A-2026-11-001", LINK, day, start, minutes, at)


def event_of(content):
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_it_is_a_calendar_that_reads_back():
    calendar = Calendar.from_ical(made())
    assert (str(calendar["VERSION"]), str(calendar["METHOD"])) == ("2.0", "PUBLISH")
    assert not calendar.errors
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["TZID"]) == "Europe/London"
    event = event_of(made())
    assert event.start == datetime(2026, 11, 23, 9, 30, tzinfo=LONDON)
    assert event.end == datetime(2026, 11, 23, 11, 30, tzinfo=LONDON)
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert str(event["SUMMARY"]) == "Protected time: audit A-2026-11-001"
    assert str(event["URL"]) == LINK


@pytest.mark.parametrize(
    ("day", "utc"),
    [
        # London's clock is an hour ahead in summer
        (date(2026, 11, 23), datetime(2026, 11, 23, 9, 30, tzinfo=UTC)),
        (date(2027, 6, 1), datetime(2027, 6, 1, 8, 30, tzinfo=UTC)),
    ],
)
def test_it_is_on_londons_clock(day, utc):
    assert event_of(made(day=day)).start == utc


def test_the_alarm_rings_a_quarter_of_an_hour_before():
    (alarm,) = event_of(made()).walk("VALARM")
    assert (str(alarm["ACTION"]), alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(minutes=-15))


def test_the_same_time_for_the_same_audit_is_the_same_entry():
    first, again = event_of(made()), event_of(made(minutes=60, at=AT + timedelta(hours=1)))
    assert first["UID"] == again["UID"]
    assert again["SEQUENCE"] > first["SEQUENCE"]
    others = [made(start=time(14)), made(day=date(2026, 11, 24)), made(audit=UUID(int=1))]
    assert len({str(event_of(each)["UID"]) for each in [made(), *others]}) == 4


@runs(max_examples=50, deadline=None)
@examples(st.dates(date(2026, 1, 1), date(2035, 1, 1)), st.times(), st.sampled_from([60, 90, 420]))
def test_any_day_and_time_reads_back(day, start, minutes):
    start = start.replace(second=0, microsecond=0)
    event = event_of(made(day=day, start=start, minutes=minutes))
    assert (event.start.date(), event.start.time()) == (day, start)
    assert event.end.replace(tzinfo=None) - event.start.replace(tzinfo=None) == timedelta(
        minutes=minutes
    )


def test_the_file_has_a_plain_name():
    assert file_name('A/"1"\r\n', date(2026, 11, 23)) == "protected-time-A--1----2026-11-23.ics"


@pytest.fixture
def path(app, council):
    """The address of the page for the one audit."""
    with app.app_context(), saving():
        return f"/programme/audits/{given(council).id}/protected-time"


@pytest.fixture
def auditor(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


def filled(**changes):
    day = london_date(now()) + timedelta(days=3)
    return {
        "day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year),
        "start": "9:30", "length": "120", "make": "1",
    } | changes  # fmt: skip


def test_the_auditor_takes_the_file_away(app, auditor, path):
    assert path in auditor.get(path.removeprefix("/programme").removesuffix("/protected-time")).text
    answer = auditor.submit(path, filled())
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="protected-time-')
    assert answer.headers["Cache-Control"] == "no-store"
    event = event_of(answer.data)
    assert (event.start.time(), event.end - event.start) == (time(9, 30), timedelta(hours=2))


def test_the_file_says_nothing_of_the_case(app, auditor, path):
    # I2: a calendar is seen by others
    text = auditor.submit(path, filled()).text
    for word in ("100001", "Safeguarding", "Worker", "child", "Good", "protection"):
        assert word not in text
    assert "CLASS:PRIVATE" in text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"start": ""}, "Enter when you start"),
        ({"start": "half past nine"}, "Start must be a time of day, like 9:30 or 14:00"),
        ({"start": "24:00"}, "Start must be a time of day, like 9:30 or 14:00"),
        ({"length": ""}, "Select how long"),
        ({"length": "9999"}, "select one of the answers shown"),
        ({"day-day": "", "day-month": "", "day-year": ""}, "Enter the day"),
        ({"day-year": "2020"}, "Enter today&#39;s date or a later one"),
    ],
)
def test_what_is_wrong_is_said(auditor, path, changes, message):
    answer = auditor.submit(path, filled(**changes))
    assert answer.mimetype == "text/html"
    assert message in answer.text


def test_what_was_typed_is_kept(auditor, path):
    answer = auditor.submit(path, filled(start="14.15", length=""))
    assert 'value="14.15"' in answer.text


def test_a_finished_audit_needs_no_time(app, auditor, path):
    with app.app_context(), saving():
        values = {"state": AuditState.AWAITING_MODERATION, "completed_on": AT.date()}
        db.session.execute(update(Audit).values(**values))
    answer = auditor.get(path)
    assert (answer.status_code, answer.location) == (
        302, path.removeprefix("/programme").removesuffix("/protected-time"),
    )  # fmt: skip


# I2: 404 for whoever may not know of it, 403 for whoever may only read it.
@pytest.mark.parametrize(("key", "status"), [("auditor", 404), ("qa_lead", 403), ("head", 404)])
def test_it_is_the_auditors_alone(council, client_for, path, key, status):
    assert client_for(council.people[key]).get(path).status_code == status
