"""Themes that are merged, responses and the months that judge them, examples, masking (T1-T4)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import Month
from qa_app.domain.learning import (
    MASK,
    ExampleState,
    JudgedBy,
    ResponseKind,
    ResponseState,
    ThemeChangeKind,
    Window,
    example_state,
    heirs,
    masked,
    response_state,
)

MERGED, REOPENED = ThemeChangeKind.MERGED, ThemeChangeKind.REOPENED
ENDED, SPLIT = ThemeChangeKind.ENDED, ThemeChangeKind.SPLIT


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # T1: nothing happened
        ([], {}),
        # T1: a merged theme is read as the one that it went into
        ([("a", MERGED, "b")], {"a": "b"}),
        # T1: through any number of merges
        ([("a", MERGED, "b"), ("b", MERGED, "c")], {"a": "c", "b": "c"}),
        # T1: taken into use again it is itself, and takes those that went into it along
        ([("a", MERGED, "b"), ("b", MERGED, "c"), ("b", REOPENED, None)], {"a": "b"}),
        # T1: ended and split themes stay what they are: their findings are filed anew by a person
        ([("a", ENDED, None), ("b", SPLIT, "c"), ("d", REOPENED, None)], {}),
        # T1: the last merge counts
        ([("a", MERGED, "b"), ("a", REOPENED, None), ("a", MERGED, "c")], {"a": "c"}),
        # a loop never comes about; it would not hang a page
        ([("a", MERGED, "b"), ("b", MERGED, "a")], {"a": "b", "b": "a"}),
    ],
)
def test_what_a_merged_theme_is_read_as(changes, expected) -> None:
    assert heirs(changes) == expected


# T1: whatever is merged in whatever order, each finding is read as one theme that stands
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_merging_in_any_order_leaves_every_finding_one_standing_theme(pairs) -> None:
    changes: list[tuple[int, ThemeChangeKind, int | None]] = []
    for theme, into in pairs:
        merged = heirs(changes)
        # what the service refuses: a theme into itself, and either of them merged already
        if theme != into and theme not in merged and into not in merged:
            changes.append((theme, MERGED, into))
    merged = heirs(changes)

    assert not set(merged) & set(merged.values())


@pytest.mark.parametrize(
    ("given_facts", "expected"),
    [
        # T3: planned until its day has passed
        ({}, ResponseState.PLANNED),
        ({"today": date(2023, 5, 31)}, ResponseState.PLANNED),
        ({"today": date(2023, 6, 1)}, ResponseState.OVERDUE),
        # T3: done, it waits for the measure after it
        ({"done_on": date(2023, 6, 5), "today": date(2023, 7, 1)}, ResponseState.DONE),
        ({"done_on": date(2023, 6, 5), "concluded": True}, ResponseState.CONCLUDED),
        # T3: given up, whatever else happened
        ({"dropped": True, "today": date(2023, 9, 1)}, ResponseState.DROPPED),
    ],
)
def test_where_a_response_stands(given_facts, expected) -> None:
    facts = {"due_on": date(2023, 5, 31), "done_on": None, "concluded": False, "dropped": False,
             "today": date(2023, 5, 1)}  # fmt: skip

    assert response_state(**(facts | given_facts)) is expected


# T3: the month in which it happened belongs to neither side
def test_the_months_around_a_day_leave_out_its_own() -> None:
    window = Window.around(date(2023, 1, 31), 2, 3)

    assert window.before == (Month(2022, 11), Month(2022, 12))
    assert window.after == (Month(2023, 2), Month(2023, 3), Month(2023, 4))


# T3: what needs more months says so
def test_months_that_are_not_over_are_not_counted_yet() -> None:
    window = Window.around(date(2023, 1, 10), 1, 2)

    assert window.over(date(2023, 3, 1)) == (Month(2023, 2),)
    assert not window.is_over(date(2023, 3, 31))
    assert window.is_over(date(2023, 4, 1))


@given(st.dates(date(2001, 1, 1), date(2050, 1, 1)), st.integers(1, 24), st.integers(1, 24))
def test_windows_have_as_many_months_as_were_asked_for(day, before, after) -> None:
    window = Window.around(day, before, after)

    assert (len(window.before), len(window.after)) == (before, after)
    assert window.before[-1].last + timedelta(days=1) == Month.of(day).first
    assert window.after[0] == Month.of(day).next()


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        # T4: nobody outside the team reads it before its consent
        (set(), ExampleState.ASKED),
        ({"consented"}, ExampleState.AGREED),
        ({"refused"}, ExampleState.REFUSED),
        ({"consented", "published"}, ExampleState.PUBLISHED),
        # T4: withdrawn at any time
        ({"consented", "published", "withdrawn"}, ExampleState.WITHDRAWN),
        ({"withdrawn"}, ExampleState.WITHDRAWN),
    ],
)
def test_where_an_example_stands(happened, expected) -> None:
    names = ("consented", "refused", "published", "withdrawn")

    assert example_state(**{name: name in happened for name in names}) is expected


@pytest.mark.parametrize(
    ("text", "hidden", "shown"),
    [
        # T2: the words themselves stay as they are
        ("Visits were purposeful.", (), "Visits were purposeful."),
        # T2, A11: names with a title, telephone numbers, postcodes are left out
        ("Mrs Sally Example rang 020 7946 0018.", (), f"{MASK} rang {MASK}."),
        # T2: the case reference is hidden
        ("As on 100001, and 100001 again", ("100001", ""), f"As on {MASK}, and {MASK} again"),
        # words that are found twice over are left out once
        ("Ring 020 7946 0018 now", ("7946", "0018"), f"Ring {MASK} now"),
    ],
)
def test_what_may_identify_somebody_is_left_out(text, hidden, shown) -> None:
    assert masked(text, hidden=hidden) == shown


# T2: the name of a member of staff who is part of the audit is no child's
def test_known_staff_are_not_taken_for_a_family() -> None:
    assert masked("Ms Worker visited", ["Wendy Worker"]) == "Ms Worker visited"


# T3, T4: every code has words
def test_every_code_says_what_it_is() -> None:
    for kind in (ResponseKind, JudgedBy, ResponseState, ExampleState):
        assert all(each.words for each in kind)
