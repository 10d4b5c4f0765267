"""The periods that a report is compared with."""

from collections.abc import Sequence

from qa_app.domain.calendar import Month, Quarter, add_months, financial_year_words
from qa_app.domain.errors import DomainError


def previous_quarter(quarter: Quarter) -> Quarter:
    """The quarter before."""
    return Quarter.of(quarter.months[0].previous().first)


def same_quarter_last_year(quarter: Quarter) -> Quarter:
    """The same quarter of the financial year before."""
    return Quarter(quarter.year - 1, quarter.number)


def months_before(month: Month, number: int = 12) -> list[Month]:
    """So many months before a month, which is not one of them, the oldest first."""
    return Month.range(Month.of(add_months(month.first, -number)), month.previous())


def quarters_of(year: int) -> list[Quarter]:
    """The quarters of the financial year that begins in April of ``year``."""
    return [Quarter(year, number) for number in (1, 2, 3, 4)]


def months_of_year(year: int) -> list[Month]:
    """The months of the financial year that begins in April of ``year``."""
    return [month for quarter in quarters_of(year) for month in quarter.months]


def name_of(months: Sequence[Month]) -> str:
    """How a period of these months in a row is written: 2023-02, 2022/23-Q4 or 2022/23.

    ValueError where they are no month, quarter or financial year.
    """
    if len(months) == 1:
        return str(months[0])
    quarter = Quarter.of(months[0].first)
    if list(months) == quarter.months:
        return str(quarter)
    if list(months) == months_of_year(quarter.year):
        return financial_year_words(quarter.year)
    raise ValueError(f"no period: {[str(month) for month in months]}")


def period_words(period: str) -> str:
    """A month as ``February 2023``; a quarter or a year as it is written."""
    try:
        return Month.parse(period).words
    except DomainError:
        return period
