"""The period that a thematic report is about: a quarter by its months, or a year by its quarters.

The chapters ask it for its parts and for what it is compared with, and so serve both reports.
"""

from dataclasses import dataclass
from typing import Final

from qa_app.domain.calendar import Month, Quarter, financial_year_of, financial_year_words
from qa_app.domain.publishing import ReportKind
from qa_app.reports.figures.periods import (
    months_before,
    months_of_year,
    previous_quarter,
    quarters_of,
    same_quarter_last_year,
)
from qa_app.reports.reportasked import ReportAsked

EARLIER: Final = 12
"""Months before the period whose facts are needed: for the limits of a run chart (R6), and for the
same period a year ago."""


@dataclass(frozen=True)
class Stretch:
    """Some months together: `key` is the period of their figures, `words` how a column names them,
    `when` how a sentence does."""

    key: str
    words: str
    when: str
    months: tuple[Month, ...]

    def __str__(self) -> str:
        return self.key

    @property
    def first(self) -> Month:
        """Its first month."""
        return self.months[0]

    @property
    def last(self) -> Month:
        """Its last month."""
        return self.months[-1]


@dataclass(frozen=True)
class Period:
    """A report's period. `parts` are the columns of its tables, in their order; `before` what it is
    compared with: the one before, and the same one a year ago where that is another one."""

    whole: Stretch
    parts: tuple[Stretch, ...]
    before: tuple[Stretch, ...]
    noun: str
    part_noun: str

    @property
    def columns(self) -> tuple[Stretch, ...]:
        """The parts, then all of it."""
        return (*self.parts, self.whole)

    @property
    def compared(self) -> tuple[Stretch, ...]:
        """All of it, then what it is compared with."""
        return (self.whole, *self.before)

    @property
    def earlier(self) -> tuple[Month, ...]:
        """The months before it from which limits are drawn."""
        return tuple(months_before(self.whole.first, EARLIER))

    @property
    def run(self) -> tuple[Month, ...]:
        """The months of a run chart: those before it, and its own."""
        return (*self.earlier, *self.whole.months)

    @property
    def first(self) -> Month:
        """The first month whose facts are needed."""
        return months_before(self.whole.first, EARLIER)[0]


def period_of(asked: ReportAsked) -> Period:
    """The period of a quarterly or an annual report."""
    if asked.kind is ReportKind.QUARTERLY:
        return _quarter(Quarter.parse(asked.period))
    return _year(financial_year_of(asked.months[0].first))


def span_of(asked: ReportAsked) -> tuple[Month, Month]:
    """The first and last month whose facts the report needs."""
    period = period_of(asked)
    return period.first, period.whole.last


def _quarter(quarter: Quarter) -> Period:
    parts = tuple(Stretch(str(m), m.words, f"in {m.words}", (m,)) for m in quarter.months)
    stretches = (_stretch(previous_quarter(quarter)), _stretch(same_quarter_last_year(quarter)))
    return Period(_stretch(quarter), parts, stretches, "quarter", "month")


def _stretch(quarter: Quarter) -> Stretch:
    return Stretch(str(quarter), str(quarter), f"in {quarter.words}", tuple(quarter.months))


def _year(begins: int) -> Period:
    parts = tuple(map(_stretch, quarters_of(begins)))
    return Period(_whole_year(begins), parts, (_whole_year(begins - 1),), "year", "quarter")


def _whole_year(begins: int) -> Stretch:
    key = financial_year_words(begins)
    return Stretch(key, key, f"in {key}", tuple(months_of_year(begins)))
