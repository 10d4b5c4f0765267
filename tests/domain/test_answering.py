"""By when an auditor answers (M4): working days on which they are there."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import england
from qa_app.domain.moderation import answer_by

CALENDAR = england()
DAY = timedelta(days=1)
days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


def away(first: date, last: date) -> set[date]:
    """The days from the first to the last."""
    return {first + n * DAY for n in range((last - first).days + 1)}


@pytest.mark.parametrize(
    ("sent_on", "absence", "due"),
    [
        # M4: five working days, over a weekend
        (date(2026, 11, 18), None, date(2026, 11, 25)),
        # M4: over Christmas 2026: 25 December and, for Boxing Day on a Saturday, 28 December
        (date(2026, 12, 22), None, date(2026, 12, 31)),
        # M4: over the turn of the year: 1 January 2027 too
        (date(2026, 12, 24), None, date(2027, 1, 5)),
        # M4: over Easter 2027: Good Friday 26 March and Easter Monday 29 March
        (date(2027, 3, 23), None, date(2027, 4, 1)),
        # M4: absence pauses the clock: three working days away are three more
        (date(2026, 11, 18), (date(2026, 11, 19), date(2026, 11, 23)), date(2026, 11, 30)),
        # M4: a weekend away takes nothing
        (date(2026, 11, 18), (date(2026, 11, 21), date(2026, 11, 22)), date(2026, 11, 25)),
        # M4: away from the last day on: the last day is the first one back
        (date(2026, 11, 18), (date(2026, 11, 25), date(2026, 12, 1)), date(2026, 12, 2)),
        # M4: away since before it was sent
        (date(2026, 11, 18), (date(2026, 11, 2), date(2026, 11, 20)), date(2026, 11, 27)),
    ],
)
def test_an_answer_is_due_after_five_days_of_work(sent_on, absence, due) -> None:
    assert answer_by(sent_on, 5, CALENDAR, away(*absence) if absence else set()) == due


def test_no_days_at_all_is_the_same_day() -> None:
    assert answer_by(date(2026, 11, 21), 0, CALENDAR, set()) == date(2026, 11, 21)


# M4: whatever the absences, the auditor has exactly the days of work that they are given.
@given(days, st.integers(0, 10), st.sets(st.integers(1, 30)))
def test_the_auditor_has_all_their_days(sent_on, number, absent) -> None:
    gone = {sent_on + n * DAY for n in absent}
    due = answer_by(sent_on, number, CALENDAR, gone)
    passed = [sent_on + n * DAY for n in range(1, (due - sent_on).days + 1)]
    there = [each for each in passed if CALENDAR.is_working_day(each) and each not in gone]
    assert len(there) == number
    assert number == 0 or there[-1] == due
