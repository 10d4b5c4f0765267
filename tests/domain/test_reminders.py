"""When a reminder is due (P6)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.reminders import (
    UNFINISHED,
    Due,
    ReminderStep,
    by_hand,
    last_day_to_look_at,
    reminder_due,
)
from qa_app.domain.workflow import AuditState

DUE_ON = date(2026, 11, 30)  # a Monday, the last working day of its month
FIRST, SECOND = Due(ReminderStep.FIRST), Due(ReminderStep.SECOND)
ON_THE_DAY = Due(ReminderStep.ON_THE_DAY)


def late(week: int) -> Due:
    return Due(ReminderStep.LATE, week)


@pytest.mark.parametrize(
    ("today", "due"),
    [
        # P6: nothing before the first day
        (date(2026, 11, 1), None),
        (date(2026, 11, 22), None),
        # P6: the first reminder, 7 days before
        (date(2026, 11, 23), FIRST),
        (date(2026, 11, 27), FIRST),
        # P6: the second, 2 days before: calendar days, so that this one comes on a Saturday
        (date(2026, 11, 28), SECOND),
        (date(2026, 11, 29), SECOND),
        # P6: on the day, and until a week has passed no other
        (date(2026, 11, 30), ON_THE_DAY),
        (date(2026, 12, 1), ON_THE_DAY),
        (date(2026, 12, 6), ON_THE_DAY),
        # P6: then weekly, to the line manager
        (date(2026, 12, 7), late(1)),
        (date(2026, 12, 13), late(1)),
        (date(2026, 12, 14), late(2)),
        (date(2027, 11, 29), late(52)),
    ],
)
def test_the_newest_reminder_whose_day_has_come(today: date, due: Due | None) -> None:
    assert reminder_due(DUE_ON, today) == due


@pytest.mark.parametrize(
    ("first", "second", "left", "due"),
    [
        # P6: both are settings
        (10, 5, 10, FIRST),
        (10, 5, 5, SECOND),
        (10, 5, 11, None),
        # none at all before the day
        (0, 0, 1, None),
        (0, 0, 0, ON_THE_DAY),
        # the wrong way round: the earlier of the two days still counts
        (2, 7, 7, SECOND),
    ],
)
def test_the_days_before_are_settings(first: int, second: int, left: int, due: Due | None) -> None:
    today = DUE_ON - timedelta(days=left)
    assert reminder_due(DUE_ON, today, first=first, second=second) == due
    looked_at = last_day_to_look_at(today, first=first, second=second)
    assert (looked_at >= DUE_ON) or due is None


days = st.dates(date(2020, 1, 1), date(2040, 1, 1))


@given(days, st.integers(-800, 800), st.integers(0, 60), st.integers(0, 60))
def test_as_time_passes_steps_only_go_forward(
    due_on: date, passed: int, first: int, second: int
) -> None:
    # P6: what was sent never comes due again while the due date stays
    order = [None, *list(ReminderStep)[:4]]

    def place(today: date) -> tuple[int, int]:
        due = reminder_due(due_on, today, first=first, second=second)
        return (0, 0) if due is None else (order.index(due.step), due.week)

    today = due_on + timedelta(days=passed)
    assert place(today) <= place(today + timedelta(days=1))
    if reminder_due(due_on, today, first=first, second=second) is not None:
        assert due_on <= last_day_to_look_at(today, first=first, second=second)


def test_one_by_hand_a_day() -> None:
    assert by_hand(DUE_ON) == by_hand(DUE_ON)
    assert by_hand(DUE_ON) != by_hand(DUE_ON + timedelta(days=1))


def test_only_unfinished_audits_are_reminded_of() -> None:
    # M6: a returned audit was submitted once
    assert {AuditState.GIVEN, AuditState.IN_PROGRESS} == UNFINISHED


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (FIRST, "First reminder"),
        (ON_THE_DAY, "On the due date"),
        (late(3), "Late: line manager told, week 3"),
        (by_hand(DUE_ON), "Reminded by the QA lead"),
    ],
)
def test_a_step_in_words(due: Due, words: str) -> None:
    assert due.words == words
