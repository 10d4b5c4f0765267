"""Q-5: actions done on time, against a month worked by hand."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.actiontimes import Course, OnTime, Outcome, months_ended, on_time_by_month
from qa_app.domain.calendar import Month, england

CALENDAR = england()
APRIL, MAY = Month(2023, 4), Month(2023, 5)


def day(text: str) -> date | None:
    """“6 Apr” of 2023, or None for “-”."""
    if text == "-":
        return None
    number, month = text.split()
    return date(2023, {"Mar": 3, "Apr": 4, "May": 5}[month], int(number))


# A month worked by hand. Good Friday was 7 April, Easter Monday the 10th; 1 and 8 May were bank
# holidays too.
GOLDEN = [
    # first due, done, verified, outcome, working days from done to verified
    # done on the last day is on time
    ("3 Apr", "3 Apr", "4 Apr", Outcome.ON_TIME, 1),
    # done before Easter and verified after it: Friday and Monday do not count
    ("6 Apr", "6 Apr", "11 Apr", Outcome.ON_TIME, 1),
    # verified late, which is the verifier's delay and not the owner's
    ("14 Apr", "12 Apr", "21 Apr", Outcome.ON_TIME, 7),
    # a day late, whoever verified it
    ("20 Apr", "21 Apr", "24 Apr", Outcome.NOT_ON_TIME, 1),
    # verified in May: it belongs to the month in which it was due; 1 and 8 May do not count
    ("28 Apr", "28 Apr", "9 May", Outcome.ON_TIME, 5),
    # E4, E5: done is not verified: no one but its owner says that it was in time
    ("28 Apr", "27 Apr", "-", Outcome.UNVERIFIED, None),
    # due on a Sunday and never done
    ("30 Apr", "-", "-", Outcome.NOT_ON_TIME, None),
    # done and verified on a bank holiday: no working day went by
    ("10 Apr", "10 Apr", "10 Apr", Outcome.ON_TIME, 0),
]


def courses(rows=GOLDEN) -> list[Course]:
    return [Course(day(due), day(done), day(verified)) for due, done, verified, *_ in rows]


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: f"due {row[0]}, done {row[1]}")
def test_what_became_of_an_action(row) -> None:
    (course,) = courses([row])
    assert (course.outcome, course.delay(CALENDAR)) == row[3:]


def test_the_month_worked_by_hand() -> None:
    # 5 of 8; one may still be verified; of six that are, the delays are 0, 1, 1, 1, 5 and 7.
    elsewhere = [Course(date(2023, 3, 31), None, None), Course(date(2023, 5, 1), None, None)]
    march, april = on_time_by_month(courses() + elsewhere, [APRIL.previous(), APRIL], CALENDAR)
    assert (april.month, april.on_time, april.due) == (APRIL, 5, 8)
    assert april.counts == {Outcome.ON_TIME: 5, Outcome.UNVERIFIED: 1, Outcome.NOT_ON_TIME: 2}
    assert list(april.delays) == [0, 1, 1, 1, 5, 7]
    assert (april.usual_delay, april.longest_delay) == (1, 7)
    assert (march.due, march.on_time) == (1, 0)


def test_a_month_without_actions_has_no_delay() -> None:
    (month,) = on_time_by_month([], [MAY], CALENDAR)
    assert month == OnTime(MAY, dict.fromkeys(Outcome, 0), [])
    assert (month.due, month.usual_delay, month.longest_delay) == (0, None, None)


def test_only_months_that_are_over_are_shown() -> None:
    months = months_ended(date(2023, 4, 30))
    assert (len(months), months[0], months[-1]) == (12, Month(2022, 4), Month(2023, 3))
    assert months_ended(date(2023, 5, 1), 2) == [Month(2023, 3), APRIL]


DAYS = st.dates(date(2022, 11, 1), date(2023, 6, 30))
LATER = st.none() | st.integers(0, 40)


@given(st.lists(st.tuples(DAYS, st.none() | DAYS, LATER), max_size=30))
def test_every_action_is_counted_once_in_the_month_in_which_it_was_due(rows) -> None:
    found = [
        Course(due, done, done + timedelta(days=after) if done and after is not None else None)
        for due, done, after in rows
    ]
    months = Month.range(Month(2022, 11), Month(2023, 6))
    figures = on_time_by_month(found, months, CALENDAR)
    assert sum(figure.due for figure in figures) == len(found)
    for figure in figures:
        mine = [each for each in found if each.due_on in figure.month]
        assert figure.on_time == sum(
            each.verified_on is not None and each.done_on <= each.due_on for each in mine
        )
        assert len(figure.delays) == sum(each.verified_on is not None for each in mine)
