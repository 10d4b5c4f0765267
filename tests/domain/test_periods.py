"""Months and financial quarters."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import Month, Quarter, financial_year_of, financial_year_words
from qa_app.domain.errors import DomainError

months = st.builds(Month, st.integers(1000, 9998), st.integers(1, 12))
days = st.dates(date(1001, 1, 1), date(9990, 12, 31))


def test_a_month_says_itself_in_figures_and_words() -> None:
    month = Month(2022, 12)
    assert str(month) == "2022-12"
    assert month.words == "December 2022"
    assert (month.first, month.last) == (date(2022, 12, 1), date(2022, 12, 31))


def test_a_month_knows_its_neighbours_across_the_year() -> None:
    assert Month(2022, 12).next() == Month(2023, 1)
    assert Month(2023, 1).previous() == Month(2022, 12)
    assert Month(2024, 2).last == date(2024, 2, 29)


def test_a_month_knows_its_days() -> None:
    assert date(2022, 12, 31) in Month(2022, 12)
    assert date(2023, 1, 1) not in Month(2022, 12)


@given(months)
def test_a_month_is_read_back_as_it_is_written(month: Month) -> None:
    assert Month.parse(f" {month} ") == month
    assert Month.of(month.last) == Month.of(month.first) == month
    assert month.next().previous() == month
    assert month < month.next()


@pytest.mark.parametrize(
    "text",
    ["", "2022", "2022-13", "2022-00", "2022-1", "22-12", "December 2022", "0000-01", "२०२२-१२"],
)
def test_what_is_no_month_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DomainError, match="for example 2022-12") as refused:
        Month.parse(text)
    assert refused.value.field == "month"


@pytest.mark.parametrize(("year", "month"), [(2022, 0), (2022, 13), (0, 1)])
def test_a_month_that_no_calendar_has_cannot_be_made(year: int, month: int) -> None:
    with pytest.raises(ValueError, match=r"month|year"):
        Month(year, month)


def test_a_range_of_months_holds_both_ends() -> None:
    assert [str(month) for month in Month.range(Month(2022, 11), Month(2023, 2))] == [
        "2022-11",
        "2022-12",
        "2023-01",
        "2023-02",
    ]
    assert Month.range(Month(2023, 1), Month(2022, 12)) == []


QUARTERS = [
    # Quarters are financial: Q1 April to June … Q4 January to March
    (date(2022, 4, 1), "2022/23-Q1", "April to June 2022"),
    (date(2022, 9, 30), "2022/23-Q2", "July to September 2022"),
    (date(2022, 12, 31), "2022/23-Q3", "October to December 2022"),
    (date(2023, 3, 31), "2022/23-Q4", "January to March 2023"),
    (date(2000, 1, 1), "1999/00-Q4", "January to March 2000"),
]


@pytest.mark.parametrize(("day", "text", "words"), QUARTERS)
def test_a_day_lies_in_its_financial_quarter(day: date, text: str, words: str) -> None:
    quarter = Quarter.of(day)
    assert (str(quarter), quarter.words) == (text, words)
    assert Quarter.parse(text) == quarter


@given(days)
def test_a_quarter_holds_three_months_and_its_day(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.months == Month.range(Month.of(quarter.first), Month.of(quarter.last))
    assert len(quarter.months) == 3
    assert Quarter.parse(str(quarter)) == quarter


@pytest.mark.parametrize("text", ["", "2022/23", "2022/23-Q5", "2022/24-Q1", "2022-Q1"])
def test_what_is_no_quarter_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(DomainError, match="for example 2022/23-Q4"):
        Quarter.parse(text)


def test_there_is_no_fifth_quarter() -> None:
    with pytest.raises(ValueError, match="no quarter 5"):
        Quarter(2022, 5)


def test_a_financial_year_begins_in_april() -> None:
    assert financial_year_of(date(2023, 3, 31)) == 2022
    assert financial_year_of(date(2023, 4, 1)) == 2023
    assert [financial_year_words(year) for year in (2022, 1999)] == ["2022/23", "1999/00"]
