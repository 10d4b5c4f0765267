"""Numbers and dates read as the pages' manners ask (ux.md)."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from qa_app import formatting

TODAY = date(2023, 5, 3)  # a Wednesday


@pytest.mark.parametrize(
    ("due", "words"),
    [
        # On the day itself the date would only have to be compared with the calendar.
        (date(2023, 5, 3), "due today"),
        (date(2023, 5, 4), "due tomorrow"),
        # Within a week the weekday is enough.
        (date(2023, 5, 5), "due Friday"),
        (date(2023, 5, 9), "due Tuesday"),
        # From the same weekday on it would be ambiguous.
        (date(2023, 5, 10), "due 10 May"),
        (date(2023, 12, 31), "due 31 December"),
        (date(2024, 1, 2), "due 2 January 2024"),
        # Late is counted in calendar days.
        (date(2023, 5, 2), "1 day late"),
        (date(2023, 4, 30), "3 days late"),
        (date(2022, 5, 3), "365 days late"),
        (None, "no due date"),
    ],
)
def test_a_due_date_is_said_in_words(due: date | None, words: str) -> None:
    assert formatting.due_words(due, TODAY) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        # Winter: London is UTC.
        (datetime(2023, 1, 9, 10, 42, tzinfo=UTC), "9 January 2023, 10:42"),
        # Summer: an hour ahead, which can be another day.
        (datetime(2023, 5, 3, 9, 42, tzinfo=UTC), "3 May 2023, 10:42"),
        (datetime(2023, 6, 30, 23, 30, tzinfo=UTC), "1 July 2023, 00:30"),
        # The hour that comes twice, on the night the clocks go back.
        (datetime(2023, 10, 29, 0, 30, tzinfo=UTC), "29 October 2023, 01:30"),
        (datetime(2023, 10, 29, 1, 30, tzinfo=UTC), "29 October 2023, 01:30"),
        (None, "–"),
    ],
)
def test_a_moment_is_told_by_londons_clock(moment: datetime | None, words: str) -> None:
    assert formatting.datetime_words(moment) == words


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formatting.time_words(datetime(2023, 5, 3, 10, 42))


def test_a_month_is_the_one_in_which_london_was() -> None:
    assert formatting.month_words(datetime(2023, 6, 30, 23, 30, tzinfo=UTC)) == "July 2023"
    assert formatting.month_words(date(2022, 12, 31)) == "December 2022"
    assert formatting.date_words(None) == "–"


@pytest.mark.parametrize(
    ("n", "one", "many", "words"),
    [
        (0, "audit", None, "0 audits"),
        (1, "audit", None, "1 audit"),
        (1300, "case", None, "1,300 cases"),
        (1, "child", "children", "1 child"),
        (2, "child", "children", "2 children"),
    ],
)
def test_a_count_agrees_with_its_noun(n: int, one: str, many: str | None, words: str) -> None:
    assert formatting.count_words(n, one, many) == words


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "in_text", "in_table"),
    [
        # The published table (measures.md, golden figures).
        (16, 33, 2, "16 of 33 (48.48%)", "16 (48.48%)"),
        (4, 10, 2, "4 of 10 (40%)", "4 (40%)"),
        (15, 37, 0, "15 of 37 (41%)", "15 (41%)"),
        (15, 15, 0, "15 of 15 (100%)", "15 (100%)"),
        # Zero of some is 0 in a table; nothing of nothing has no percentage anywhere.
        (0, 33, 2, "0 of 33 (0%)", "0"),
        (0, 0, 2, "0 of 0", "0"),
        (1500, 3000, 2, "1,500 of 3,000 (50%)", "1,500 (50%)"),
    ],
)
def test_a_percentage_is_printed_with_its_numbers(
    numerator: int, denominator: int, decimals: int, in_text: str, in_table: str
) -> None:  # R1
    assert formatting.n_of(numerator, denominator, decimals) == in_text
    assert formatting.n_pct(numerator, denominator, decimals) == in_table


def test_stored_codes_are_said_in_words() -> None:
    assert formatting.grade_words("requires_improvement") == "Requires improvement"
    assert formatting.grade_words(None) == "Not graded"
    assert formatting.plan_type_words("child_protection") == "Child protection (CP)"
    assert formatting.plan_type_words(None) == "–"
    with pytest.raises(ValueError, match="excellent"):
        formatting.grade_words("excellent")


def test_a_changed_file_has_another_version(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.svg").write_text("<svg/>")
    (tmp_path / "app.css").write_text("a{}")
    before = formatting.static_versions(tmp_path)
    (tmp_path / "app.css").write_text("b{}")
    after = formatting.static_versions(tmp_path)
    assert set(before) == {"app.css", "images/a.svg"}
    assert before["app.css"] != after["app.css"]
    assert before["images/a.svg"] == after["images/a.svg"]


def test_every_filter_is_a_public_function_of_its_own_name() -> None:
    assert {name: getattr(formatting, name) for name in formatting.FILTERS} == formatting.FILTERS
