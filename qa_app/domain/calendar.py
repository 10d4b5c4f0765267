"""Working days in England, months and financial quarters, and the date in London."""

import re
from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from typing import Final, Self
from zoneinfo import ZoneInfo

from qa_app.domain.errors import DomainError

LONDON: Final = ZoneInfo("Europe/London")
_DAY: Final = timedelta(days=1)
_MONDAY: Final = 0
_SATURDAY: Final = 5
# Named here, so that the server's locale never changes a page or a published report.
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip

# Source: royal proclamations under the Banking and Financial Dealings Act 1971.
_MOVED: Final = {
    (2002, "spring"): date(2002, 6, 4),  # Golden Jubilee
    (2012, "spring"): date(2012, 6, 4),  # Diamond Jubilee
    (2020, "early may"): date(2020, 5, 8),  # 75 years since VE Day
    (2022, "spring"): date(2022, 6, 2),  # Platinum Jubilee
}
_EXTRA: Final = {
    2002: (date(2002, 6, 3),),
    2011: (date(2011, 4, 29),),  # the wedding of Prince William
    2012: (date(2012, 6, 5),),
    2022: (date(2022, 6, 3), date(2022, 9, 19)),  # Jubilee; funeral of Elizabeth II
    2023: (date(2023, 5, 8),),  # coronation of Charles III
}
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2099


def bank_holidays_england(year: int) -> frozenset[date]:
    """The bank holidays of a year in England, substitute days in place of weekend ones.

    Right from 2000 on; a holiday proclaimed after this was written has to be added as a closure.
    """
    easter = easter_sunday(year)
    days = {
        easter - 2 * _DAY,
        easter + _DAY,
        _MOVED.get((year, "early may"), _monday_on_or_after(date(year, 5, 1))),
        _MOVED.get((year, "spring"), _monday_on_or_after(date(year, 5, 25))),
        _monday_on_or_after(date(year, 8, 25)),
        *_EXTRA.get(year, ()),
    }
    fixed = (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26))
    days.update(day for day in fixed if day.weekday() < _SATURDAY)
    for day in fixed:
        if day.weekday() >= _SATURDAY:
            days.add(_substitute(day, days))
    return frozenset(days)


def easter_sunday(year: int) -> date:
    """Easter by the anonymous Gregorian computus (Nature, 20 April 1876; Meeus's form)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _monday_on_or_after(day: date) -> date:
    return day + (_MONDAY - day.weekday()) % 7 * _DAY


def _substitute(day: date, taken: set[date]) -> date:
    while day.weekday() >= _SATURDAY or day in taken:
        day += _DAY
    return day


@dataclass(frozen=True)
class WorkingCalendar:
    """Monday to Friday without the days handed in: bank holidays and the council's closures."""

    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.holidays

    def next_working_day(self, day: date) -> date:
        """The first working day after ``day``, never ``day`` itself."""
        day += _DAY
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """The nth working day after ``start``; ``start`` itself for 0. ValueError below 0."""
        if n < 0:
            raise ValueError(f"working days are counted forwards, not {n}")
        for _ in range(n):
            start = self.next_working_day(start)
        return start

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after ``start`` up to and including ``end``; negative where end is first."""
        if end < start:
            return -self.working_days_between(end, start)
        holidays = self._weekday_holidays
        lost = bisect_right(holidays, end) - bisect_right(holidays, start)
        return _weekdays_to(end) - _weekdays_to(start) - lost

    def last_working_day_of(self, month_first: date) -> date:
        """The last working day of the month in which ``month_first`` lies."""
        day = Month.of(month_first).last
        while not self.is_working_day(day):
            day -= _DAY
        return day

    @cached_property
    def _weekday_holidays(self) -> list[date]:
        return sorted(day for day in self.holidays if day.weekday() < _SATURDAY)


def _weekdays_to(day: date) -> int:
    """Mondays to Fridays from 1 January of year 1, a Monday, to ``day``, both included."""
    weeks, over = divmod(day.toordinal(), 7)
    return weeks * 5 + min(over, 5)


@cache
def england(closures: frozenset[date] = frozenset()) -> WorkingCalendar:
    """England's calendar for the years 2000 to 2099, with the council's own closures."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return WorkingCalendar(frozenset[date]().union(closures, *map(bank_holidays_england, years)))


@dataclass(frozen=True, order=True)
class Month:
    """A calendar month, written 2022-12. ValueError for a month that no calendar has."""

    year: int
    month: int

    def __post_init__(self) -> None:
        date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A month from ``2022-12``. DomainError for any other text."""
        match = re.fullmatch(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])", text.strip())
        if match is None:
            raise DomainError("Enter a month as year and month, for example 2022-12", "month")
        return cls(int(match[1]), int(match[2]))

    @staticmethod
    def range(first: "Month", last: "Month") -> "list[Month]":
        """Every month from the first to the last, both included; empty where last is earlier."""
        return [Month(n // 12, n % 12 + 1) for n in range(first._number, last._number + 1)]

    @property
    def _number(self) -> int:
        return self.year * 12 + self.month - 1

    @property
    def first(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        return add_months(self.first, 1) - _DAY

    @property
    def words(self) -> str:
        return f"{_MONTHS[self.month - 1]} {self.year}"

    def next(self) -> "Month":
        return Month.of(add_months(self.first, 1))

    def previous(self) -> "Month":
        return Month.of(self.first - _DAY)


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of the financial year that begins in April of ``year``, written 2022/23-Q4."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if self.number not in (1, 2, 3, 4):
            raise ValueError(f"no quarter {self.number}")

    def __str__(self) -> str:
        return f"{financial_year_words(self.year)}-Q{self.number}"

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(financial_year_of(day), (day.month - 4) % 12 // 3 + 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """A quarter from ``2022/23-Q4``. DomainError for any other text."""
        match = re.fullmatch(r"([1-9][0-9]{3})/[0-9]{2}-Q([1-4])", text.strip())
        quarter = cls(int(match[1]), int(match[2])) if match else None
        if quarter is None or str(quarter) != text.strip():
            raise DomainError(
                "Enter a quarter as year and number, for example 2022/23-Q4", "quarter"
            )
        return quarter

    @property
    def months(self) -> list[Month]:
        first = Month.of(add_months(date(self.year, 4, 1), 3 * (self.number - 1)))
        return [first, first.next(), first.next().next()]

    @property
    def first(self) -> date:
        return self.months[0].first

    @property
    def last(self) -> date:
        return self.months[-1].last

    @property
    def words(self) -> str:
        first, *_, last = self.months
        return f"{_MONTHS[first.month - 1]} to {last.words}"


def financial_year_of(day: date) -> int:
    """The calendar year in which the day's financial year began (on 1 April)."""
    return day.year if day.month >= 4 else day.year - 1


def financial_year_words(year: int) -> str:
    """The financial year that begins in April of ``year``: 2022 gives 2022/23."""
    return f"{year}/{(year + 1) % 100:02}"


def add_months(day: date, n: int) -> date:
    """The same day n months later, or the last day of a month that is too short for it."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def date_words(day: date) -> str:
    """A date as a page writes it: 3 February 2023."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def london_date(at: datetime) -> date:
    """The date in London at a moment. ValueError for a datetime without its time zone."""
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return at.astimezone(LONDON).date()
