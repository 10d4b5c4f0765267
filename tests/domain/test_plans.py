"""The improvement plan after an Inadequate audit: its due date, standing, closing and steps."""

from datetime import date, timedelta

import pytest

from qa_app.domain.actions import ActionStatus, Impact
from qa_app.domain.calendar import england
from qa_app.domain.escalation import Clock, due_on
from qa_app.domain.plans import (
    LATE_STEPS,
    PlanAction,
    PlanStanding,
    late_steps,
    live_actions,
    missing_before_closing,
    standing_of,
    step_words,
)

S, R, P = ActionStatus, Impact, PlanStanding
CALENDAR = england()


@pytest.mark.parametrize(
    ("since", "due"),
    [
        # E2: five working days, counted from the day after
        (date(2026, 11, 16), date(2026, 11, 23)),
        # over Christmas and New Year (Boxing Day is a Saturday: Monday 28 December in its place)
        (date(2026, 12, 23), date(2027, 1, 4)),
        # over Easter: Good Friday 3 April, Easter Monday 6 April
        (date(2026, 4, 1), date(2026, 4, 10)),
        # the Platinum Jubilee of 2022 (2 and 3 June), the funeral of 19 September 2022
        (date(2022, 5, 30), date(2022, 6, 8)),
        (date(2022, 9, 14), date(2022, 9, 22)),
        # the coronation's bank holiday, 8 May 2023, after that of 1 May
        (date(2023, 4, 28), date(2023, 5, 9)),
        # sent on a Sunday
        (date(2026, 11, 15), date(2026, 11, 20)),
    ],
)
def test_a_plan_is_due_in_five_working_days(since: date, due: date) -> None:
    assert due_on(Clock.INADEQUATE_PLAN, since, CALENDAR) == due


DUE = date(2026, 5, 12)


@pytest.mark.parametrize(
    ("stands", "agreed", "closed", "today", "standing"),
    [
        # E2: owed until its last day has passed
        (True, False, False, date(2026, 5, 1), P.OWED),
        (True, False, False, DUE, P.OWED),
        (True, False, False, date(2026, 5, 13), P.LATE),
        # agreed, on time or not
        (True, True, False, date(2026, 5, 1), P.AGREED),
        (True, True, False, date(2026, 8, 1), P.AGREED),
        # let go: finally graded better, whether a plan was agreed or not
        (False, False, False, date(2026, 8, 1), P.LET_GO),
        (False, True, False, date(2026, 8, 1), P.LET_GO),
        # E9: closed stays closed
        (True, True, True, date(2026, 8, 1), P.CLOSED),
        (False, True, True, date(2026, 8, 1), P.CLOSED),
    ],
)
def test_how_a_plan_stands(
    stands: bool, agreed: bool, closed: bool, today: date, standing: PlanStanding
) -> None:
    found = standing_of(stands=stands, due_on=DUE, agreed=agreed, closed=closed, today=today)
    assert found is standing


def test_a_plan_without_a_known_day_is_not_late() -> None:
    assert standing_of(stands=True, due_on=None, agreed=False, closed=False, today=DUE) is P.OWED


def test_each_standing_is_said_in_words() -> None:
    words = [each.words for each in P]
    assert words == ["Late", "To be agreed", "Agreed", "No longer asked for", "Closed"]


VERIFIED = PlanAction("I-1", S.VERIFIED, R.MOST)


@pytest.mark.parametrize(
    ("action", "missing"),
    [
        # E9: every action has ended…
        (PlanAction("I-2", S.OPEN), "Action I-2 is open, and has to end"),
        (PlanAction("I-2", S.IN_PROGRESS), "Action I-2 is in progress, and has to end"),
        # E5: done is still outstanding
        (
            PlanAction("I-2", S.DONE),
            "Action I-2 is done, and waits to be verified by somebody else",
        ),
        # E9: …and every verified one has its impact rated…
        (
            PlanAction("I-2", S.VERIFIED),
            "Action I-2 is verified, and its impact has not been rated",
        ),
        # …and “untested” does not close a plan
        (
            PlanAction("I-2", S.VERIFIED, R.UNTESTED),
            (
                "The impact of action I-2 is rated “untested”: look at whether it has helped, and "
                "rate it again"
            ),
        ),
        # that nobody was helped is an answer
        (PlanAction("I-2", S.VERIFIED, R.NONE), None),
        (PlanAction("I-2", S.VERIFIED, R.SOME), None),
        (PlanAction("I-2", S.VERIFIED, R.MOST), None),
        # one that was withdrawn, or closed by an import, asks for no rating
        (PlanAction("I-2", S.WITHDRAWN), None),
        (PlanAction("I-2", S.CLOSED), None),
    ],
)
def test_what_a_plan_lacks_before_it_closes(action: PlanAction, missing: str | None) -> None:
    assert missing_before_closing([VERIFIED, action]) == ([] if missing is None else [missing])


# E9: a plan without anything done is none.
@pytest.mark.parametrize(
    ("actions", "why"),
    [([], "there is none"), ([PlanAction("I-2", S.WITHDRAWN)], "every one was withdrawn")],
)
def test_a_plan_needs_an_action_that_was_not_withdrawn(actions: list[PlanAction], why: str) -> None:
    assert missing_before_closing(actions) == [f"An action that was not withdrawn: {why}"]
    assert live_actions(actions) == 0
    assert live_actions([*actions, VERIFIED]) == 1


# E6: the head of service on the due date, the service director after 5 working days (25 May is a
# bank holiday), the corporate director after 10; each once.
def test_the_steps_of_a_late_plan() -> None:
    climbed = {
        day: [step.code for step in steps]
        for n in range(40)
        if (steps := late_steps(DUE, day := date(2026, 5, 1) + timedelta(n), CALENDAR))
    }
    first = {codes[-1]: min(day for day, at in climbed.items() if at == codes)
             for codes in climbed.values()}  # fmt: skip
    assert first == {
        "due": DUE,
        "service_director": date(2026, 5, 19),
        "corporate_director": date(2026, 5, 27),
    }
    everything = [step.code for step in LATE_STEPS]
    assert late_steps(DUE, date(2026, 8, 1), CALENDAR, taken=everything) == []
    assert late_steps(DUE, date(2026, 8, 1), CALENDAR, taken=["due"]) == [*LATE_STEPS[1:]]


def test_each_step_is_said_in_words() -> None:
    assert [step_words(step.code) for step in LATE_STEPS] == [
        "head of service, on the due date",
        "service director, 5 working days late",
        "corporate director, 10 working days late",
    ]
    assert step_words("service_director", lambda name: 1) == "service director, 1 working day late"
