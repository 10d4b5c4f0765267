"""I2: how long the key of another program holds, and what it may read."""

from datetime import UTC, date, datetime

import pytest

from qa_app.domain.keys import KeyRefused, KeyScope, KeyState, check_last_day, state_of

TODAY = date(2026, 11, 27)
ENDED_AT = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expires_on", "revoked_at", "state"),
    [
        # I2: it holds to the end of its last day.
        (TODAY, None, KeyState.IN_USE),
        (date(2027, 1, 1), None, KeyState.IN_USE),
        # The day after, it is over.
        (date(2026, 11, 26), None, KeyState.OVER),
        # One that somebody ended never comes back, whatever its last day.
        (date(2027, 1, 1), ENDED_AT, KeyState.ENDED),
        (date(2026, 11, 26), ENDED_AT, KeyState.ENDED),
    ],
)
def test_how_a_key_stands(expires_on, revoked_at, state) -> None:
    assert state_of(expires_on, revoked_at, TODAY) is state


# I2: a last day is needed, and is not years away.
@pytest.mark.parametrize("day", [TODAY, date(2027, 5, 27), date(2027, 11, 27)])
def test_a_last_day_within_the_time_allowed(day) -> None:
    check_last_day(day, TODAY, 12)


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 11, 26), "The last day must be today or later"),
        (
            date(2027, 11, 28),
            "A key holds for 12 months at most. Enter 27 November 2027 or earlier",
        ),
    ],
)
def test_a_last_day_that_is_past_or_too_far_is_refused(day, said) -> None:
    with pytest.raises(KeyRefused) as refused:
        check_last_day(day, TODAY, 12)
    assert (refused.value.message, refused.value.field) == (said, "expires_on")


def test_every_scope_and_state_has_its_words() -> None:
    assert [scope.words for scope in KeyScope] == ["Measures", "Audits", "Actions", "Themes"]
    assert [state.words for state in KeyState] == ["In use", "Its time is over", "Ended"]
