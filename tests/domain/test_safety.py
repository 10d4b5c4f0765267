"""The hours of a concern (E1): over Christmas, midnight and the nights in which clocks change."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import LONDON
from qa_app.domain.safety import (
    Step,
    Waits,
    Whom,
    decision_by,
    in_their_place,
    moments,
    referral_late_at,
    steps_to_take,
    told_of,
)

A, B, C, D = (UUID(int=n) for n in (1, 2, 3, 4))
ACK, YET, NONE = Step.NOT_ACKNOWLEDGED, Step.NO_DECISION_YET, Step.NO_DECISION


def at(text: str) -> datetime:
    """A time on London's clock, in UTC; “b” is the second time that the clock shows it."""
    fold = int(text.endswith("b"))
    return (
        datetime.fromisoformat(text.rstrip("b")).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)
    )


@pytest.mark.parametrize(
    ("raised", "acknowledged_by", "reminded", "decided_by"),
    [
        # E1: an hour to acknowledge; at five it is said that there is no decision; that day, while
        # it still is that day, the corporate director is told
        ("2026-11-18T10:42", "2026-11-18T11:42", "2026-11-18T17:00", "2026-11-18T23:00"),
        # E1: after four, the first hour comes first
        ("2026-11-18T16:30", "2026-11-18T17:30", "2026-11-18T17:30", "2026-11-18T23:00"),
        # E1: late in the evening the hour is all there is, and one step says it
        ("2026-11-18T22:00", "2026-11-18T23:00", None, "2026-11-18T23:00"),
        ("2026-11-18T22:30", "2026-11-18T23:30", None, "2026-11-18T23:30"),
        # E1: a minute before midnight: the hour goes on into the next day, and no further
        ("2026-11-18T23:59", "2026-11-19T00:59", None, "2026-11-19T00:59"),
        # E1: at midnight a new day has begun
        ("2026-11-19T00:00", "2026-11-19T01:00", "2026-11-19T17:00", "2026-11-19T23:00"),
        # E1: hours run on Christmas Day, on Boxing Day and at the weekend as on any day
        ("2026-12-25T09:00", "2026-12-25T10:00", "2026-12-25T17:00", "2026-12-25T23:00"),
        ("2026-12-26T21:15", "2026-12-26T22:15", "2026-12-26T22:15", "2026-12-26T23:00"),
        ("2026-12-31T23:30", "2027-01-01T00:30", None, "2027-01-01T00:30"),
        # E1: 25 October 2026, the clock shows 01:30 twice: an hour after the first is the second
        ("2026-10-25T01:30", "2026-10-25T01:30b", "2026-10-25T17:00", "2026-10-25T23:00"),
        ("2026-10-25T01:30b", "2026-10-25T02:30", "2026-10-25T17:00", "2026-10-25T23:00"),
        ("2026-10-24T23:30", "2026-10-25T00:30", None, "2026-10-25T00:30"),
        # E1: 28 March 2027, there is no time from 01:00 to 02:00
        ("2027-03-28T00:30", "2027-03-28T02:30", "2027-03-28T17:00", "2027-03-28T23:00"),
        ("2027-03-27T23:45", "2027-03-28T00:45", None, "2027-03-28T00:45"),
    ],
)
def test_when_each_step_comes(raised, acknowledged_by, reminded, decided_by) -> None:
    found = moments(at(raised))
    expected = {ACK: at(acknowledged_by), NONE: at(decided_by)}
    if reminded is not None:
        expected[YET] = at(reminded)
    assert found == expected
    assert list(found.values()) == sorted(found.values())
    assert decision_by(at(raised)) == at(decided_by)
    # The zone in which the moment is handed in changes nothing.
    assert moments(at(raised).astimezone(LONDON)) == found


@pytest.mark.parametrize(
    ("raised", "due", "late"),
    [
        # E1: the same day means until the end of the London day
        ("2026-11-18T10:42", date(2026, 11, 18), "2026-11-19T00:00"),
        # E1: what is raised in the day's last hour has its hour
        ("2026-11-18T23:40", date(2026, 11, 18), "2026-11-19T00:40"),
        # E1: within one working day: Thursday before Christmas is told until Tuesday the 29th
        ("2026-12-24T15:00", date(2026, 12, 29), "2026-12-30T00:00"),
        # E1: days of 25 and of 23 hours end at midnight too
        ("2026-10-25T00:30", date(2026, 10, 25), "2026-10-26T00:00"),
        ("2027-03-28T00:30", date(2027, 3, 28), "2027-03-29T00:00"),
    ],
)
def test_when_somebody_outside_was_told_too_late(raised, due, late) -> None:
    assert referral_late_at(due, at(raised)) == at(late)


RAISED = at("2026-11-18T10:42")


@pytest.mark.parametrize(
    ("now", "waits", "taken", "steps"),
    [
        # E1: nothing before the hour is over
        ("2026-11-18T11:41", {}, (), []),
        # E1: not acknowledged within the hour
        ("2026-11-18T11:42", {}, (), [ACK]),
        ("2026-11-18T11:42", {"acknowledged": True}, (), []),
        # E1: each step is taken once
        ("2026-11-18T16:59", {}, (ACK,), []),
        ("2026-11-18T17:00", {}, (ACK,), [YET]),
        ("2026-11-18T23:00", {}, (ACK, YET), [NONE]),
        # E1: a decision ends it, “neither yet” does not (it is no decision)
        ("2026-11-18T23:00", {"acknowledged": True, "decided": True}, (), []),
        ("2026-11-18T23:00", {"acknowledged": True}, (YET,), [NONE]),
        # E1: after an outage everything that is still true is said
        ("2026-11-25T09:00", {}, (), [ACK, YET, NONE]),
        ("2026-11-25T09:00", {"acknowledged": True}, (), [YET, NONE]),
        # E1: somebody outside was not told in time
        ("2026-11-19T00:00", {"acknowledged": True, "decided": True,
         "referrals": {"mash": date(2026, 11, 18), "other_authority": date(2026, 11, 18),
                       "designated_officer": date(2026, 11, 19)}}, (),
         [Step.MASH_LATE, Step.OTHER_AUTHORITY_LATE]),
        ("2026-11-20T00:00", {"acknowledged": True, "decided": True,
         "referrals": {"designated_officer": date(2026, 11, 19)}}, (),
         [Step.DESIGNATED_OFFICER_LATE]),
    ],
)  # fmt: skip
def test_which_steps_are_to_be_taken(now, waits, taken, steps) -> None:
    assert steps_to_take(Waits(RAISED, **waits), at(now), taken=taken) == steps


def test_how_long_an_hour_is_is_a_setting() -> None:
    # E1: every number is a setting
    assert moments(RAISED, lambda name: 2)[ACK] == RAISED + timedelta(hours=2)


AWAY = {A: B, C: None, D: A}


@pytest.mark.parametrize(
    ("person", "never", "told"),
    [
        # E1: whoever is there
        (B, (), B),
        # E1: away with a deputy, who is told; away without one: the next up
        (A, (), B),
        (C, (), None),
        # E1: a vacant post: the next up
        (None, (), None),
        # E1: whom it is about, or whoever raised it, is never told; nor is their deputy for them
        (B, (B,), None),
        (A, (A,), None),
        # E1: nor is somebody told as a deputy whom it is about
        (A, (B,), None),
    ],
)
def test_who_is_told_for_a_post(person, never, told) -> None:
    assert in_their_place(person, AWAY, never) == told


@pytest.mark.parametrize(
    ("step", "holders", "told"),
    [
        # E1: nobody acknowledged: the service director
        (ACK, {Whom.SERVICE_DIRECTOR: [A]}, (A,)),
        # E1: no decision yet: the head of service and the service director, nobody twice
        (YET, {Whom.HEAD_OF_SERVICE: [B], Whom.SERVICE_DIRECTOR: [A]}, (B, A)),
        (YET, {Whom.HEAD_OF_SERVICE: [A], Whom.SERVICE_DIRECTOR: [A]}, (A,)),
        # E1: no decision that day: the corporate director
        (NONE, {Whom.CORPORATE_DIRECTOR: [C]}, (C,)),
        # E1: a referral too late: the QA leads and the head of service
        (Step.MASH_LATE, {Whom.QA_LEAD: [D], Whom.HEAD_OF_SERVICE: [B]}, (D, B)),
        # E1: nobody holds any of the posts: the QA leads
        (NONE, {Whom.CORPORATE_DIRECTOR: [None]}, (D,)),
    ],
)
def test_whom_a_step_tells(step, holders, told) -> None:
    assert told_of(step, lambda whom: holders.get(whom, []), [D, None]) == told
    assert step.words


# E1: whatever the moment, the hour comes first, nothing comes later than the corporate director is
# told, and that is the same London day unless it was raised in its last hour.
@given(st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC)))
def test_the_order_of_the_steps_holds_at_any_moment(raised) -> None:
    found = moments(raised)
    assert found[ACK] == raised + timedelta(hours=1)
    assert max(found.values()) == found[NONE]
    assert found[ACK] <= found.get(YET, found[ACK]) <= found[NONE]
    begun, ends = raised.astimezone(LONDON), found[NONE].astimezone(LONDON)
    assert begun.date() == ends.date() or begun.hour == 23
