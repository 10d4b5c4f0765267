"""Days and moments of the demonstration, all reckoned back from its today."""

from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from qa_app.domain.calendar import LONDON, Month, WorkingCalendar, add_months

MONTHS: Final = 18
_DAY: Final = timedelta(days=1)


class Days:
    """Today in London, the moment of making, and the working days before them.

    Nothing but a fresh concern happens on the day itself, so that no event lies ahead of the clock.
    """

    def __init__(self, today: date, at: datetime, calendar: WorkingCalendar) -> None:
        self.today, self.at, self.calendar = today, at, calendar
        last = Month.of(today)
        first = Month.of(add_months(last.first, 1 - MONTHS))
        self.months = Month.range(first, last)
        self.yesterday = self.back(1)

    def back(self, count: int, before: date | None = None) -> date:
        """The working day that lies this many working days before a day (today unless said)."""
        day = before or self.today
        for _ in range(count):
            day -= _DAY
            while not self.calendar.is_working_day(day):
                day -= _DAY
        return day

    def on(self, count: int, after: date) -> date:
        """The working day this many working days after a day, yesterday at the latest."""
        return min(self.calendar.add_working_days(after, count), self.yesterday)

    def working(self, rng: Random, first: date, last: date) -> date:
        """A random working day between two days; the last one before, where there is none."""
        day = first + _DAY * rng.randint(0, max(0, (last - first).days))
        return day if self.calendar.is_working_day(day) else self.back(1, day)

    def moment(self, rng: Random, day: date, after: datetime | None = None) -> datetime:
        """A moment in the office hours of a day, later than `after` where that is the same day."""
        at = self.clock(day, 9) + timedelta(minutes=rng.randint(0, 440))
        if after is not None and at <= after:
            return after + timedelta(minutes=rng.randint(3, 25))
        return at

    def clock(self, day: date, hour: int, minute: int = 0) -> datetime:
        """A time of day in London."""
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def month_name(day: date) -> str:
    """The day's month without its year, as an auditor writes it."""
    return Month.of(day).words.split()[0]
