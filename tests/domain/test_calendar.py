"""Working days in England, checked against a library that other people keep."""

from datetime import UTC, date, datetime, timedelta, timezone

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import (
    WorkingCalendar,
    add_months,
    bank_holidays_england,
    date_words,
    easter_sunday,
    england,
    london_date,
)

SATURDAY = 5
CALENDAR = england()
days = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@pytest.mark.parametrize("year", range(2000, 2041))
def test_bank_holidays_are_those_that_the_holidays_library_knows(year: int) -> None:
    theirs = holidays.country_holidays("GB", subdiv="ENG", years=year)
    # The library keeps a weekend's own day beside its substitute: neither is a working day.
    assert bank_holidays_england(year) == {day for day in theirs if day.weekday() < SATURDAY}


@pytest.mark.parametrize(
    "day",
    [
        date(2002, 6, 3),  # Golden Jubilee
        date(2011, 4, 29),  # a royal wedding
        date(2012, 6, 5),  # Diamond Jubilee
        date(2020, 5, 8),  # early May moved to VE Day
        date(2021, 12, 28),  # Boxing Day on a Sunday, behind Christmas on a Saturday
        date(2022, 1, 3),  # New Year on a Saturday
        date(2022, 6, 2),  # spring moved for the Platinum Jubilee
        date(2022, 6, 3),
        date(2022, 9, 19),  # a state funeral
        date(2022, 12, 27),  # Christmas on a Sunday, behind Boxing Day
        date(2023, 5, 8),  # a coronation
    ],
)
def test_proclaimed_and_substitute_days_are_holidays(day: date) -> None:
    assert day in bank_holidays_england(day.year)
    assert not CALENDAR.is_working_day(day)


@pytest.mark.parametrize("day", [date(2020, 5, 4), date(2022, 5, 30), date(2012, 5, 28)])
def test_a_moved_holiday_leaves_its_usual_monday_a_working_day(day: date) -> None:
    assert CALENDAR.is_working_day(day)


@pytest.mark.parametrize(
    ("year", "easter"),
    [(2000, date(2000, 4, 23)), (2008, date(2008, 3, 23)), (2011, date(2011, 4, 24)),
     (2023, date(2023, 4, 9)), (2038, date(2038, 4, 25))],
)  # fmt: skip
def test_easter_is_where_the_almanac_has_it(year: int, easter: date) -> None:
    assert easter_sunday(year) == easter


@given(st.integers(1900, 2500))
def test_easter_is_a_sunday_between_22_march_and_25_april(year: int) -> None:
    easter = easter_sunday(year)
    assert easter.weekday() == 6
    assert date(year, 3, 22) <= easter <= date(year, 4, 25)


@given(st.integers(2000, 2099))
def test_every_year_has_eight_bank_holidays_or_more_and_none_at_a_weekend(year: int) -> None:
    assert len(bank_holidays_england(year)) >= 8
    assert all(day.weekday() < SATURDAY for day in bank_holidays_england(year))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        # Working days are counted from the day after
        (date(2023, 2, 1), 1, date(2023, 2, 2)),
        # a weekend is passed over
        (date(2023, 2, 3), 1, date(2023, 2, 6)),
        # from a Saturday too
        (date(2023, 2, 4), 1, date(2023, 2, 6)),
        # Christmas 2022: Monday and Tuesday are holidays
        (date(2022, 12, 23), 1, date(2022, 12, 28)),
        # Easter 2023
        (date(2023, 4, 6), 2, date(2023, 4, 12)),
        (date(2023, 2, 4), 0, date(2023, 2, 4)),
        (date(2023, 2, 1), 20, date(2023, 3, 1)),
        # 29 February is a day like others
        (date(2024, 2, 28), 1, date(2024, 2, 29)),
    ],
)
def test_working_days_are_added(start: date, n: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, n) == end


def test_working_days_are_not_added_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CALENDAR.add_working_days(date(2023, 2, 1), -1)


@given(days, st.integers(1, 60))
def test_days_added_are_days_between(start: date, n: int) -> None:
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start, end) == n
    assert CALENDAR.working_days_between(end, start) == -n


@given(days, st.integers(0, 400))
def test_days_between_are_those_that_counting_finds(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    counted = sum(CALENDAR.is_working_day(start + timedelta(days=n)) for n in range(1, length + 1))
    assert CALENDAR.working_days_between(start, end) == counted


@given(days)
def test_the_next_working_day_is_the_first_after(day: date) -> None:
    following = CALENDAR.next_working_day(day)
    assert following > day
    assert CALENDAR.is_working_day(following)
    assert CALENDAR.working_days_between(day, following) == 1


@pytest.mark.parametrize(
    ("month", "last"),
    [
        (date(2022, 11, 1), date(2022, 11, 30)),
        (date(2022, 12, 1), date(2022, 12, 30)),  # P1: the 31st is a Saturday
        (date(2026, 5, 1), date(2026, 5, 29)),
        (date(2024, 3, 5), date(2024, 3, 28)),  # Good Friday was the 29th
    ],
)
def test_the_last_working_day_of_a_month_is_found(month: date, last: date) -> None:
    assert CALENDAR.last_working_day_of(month) == last


def test_a_councils_own_closures_are_no_working_days() -> None:
    closed = england(frozenset({date(2022, 12, 28)}))
    assert closed.next_working_day(date(2022, 12, 23)) == date(2022, 12, 29)
    assert CALENDAR.next_working_day(date(2022, 12, 23)) == date(2022, 12, 28)


def test_a_calendar_without_holidays_knows_weekends() -> None:
    plain = WorkingCalendar(frozenset())
    assert plain.working_days_between(date(2022, 12, 23), date(2023, 1, 2)) == 6
    assert plain.next_working_day(date(2022, 12, 24)) == date(2022, 12, 26)


@pytest.mark.parametrize(
    ("day", "n", "then"),
    [
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2023, 12, 31), 6, date(2024, 6, 30)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2023, 3, 15), -12, date(2022, 3, 15)),
        (date(2023, 12, 1), 1, date(2024, 1, 1)),
    ],
)
def test_months_are_added_and_end_on_a_day_that_exists(day: date, n: int, then: date) -> None:
    assert add_months(day, n) == then


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        # winter: London is on UTC
        (datetime(2023, 1, 31, 23, 59, tzinfo=UTC), date(2023, 1, 31)),
        # summer: London is an hour ahead
        (datetime(2023, 6, 30, 23, 30, tzinfo=UTC), date(2023, 7, 1)),
        # the nights on which the clocks change
        (datetime(2023, 3, 26, 23, 0, tzinfo=UTC), date(2023, 3, 27)),
        (datetime(2023, 10, 28, 23, 30, tzinfo=UTC), date(2023, 10, 29)),
        (datetime(2023, 10, 29, 23, 30, tzinfo=UTC), date(2023, 10, 29)),
        # any zone will do
        (datetime(2023, 1, 1, 3, 0, tzinfo=timezone(timedelta(hours=5))), date(2022, 12, 31)),
    ],
)
def test_the_date_is_londons(moment: datetime, day: date) -> None:
    assert london_date(moment) == day


def test_a_moment_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        london_date(datetime(2023, 1, 1))


def test_a_date_is_written_in_words() -> None:
    assert date_words(date(2023, 2, 3)) == "3 February 2023"
