"""Actions: states, bars, clocks, ladder and words (E1 to E9)."""

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import england
from qa_app.domain.escalation import (
    ACTION_TRANSITIONS,
    BORN,
    LADDER,
    ActionKind,
    ActionMove,
    ActionMoveNotAllowed,
    ActionParties,
    ActionStatus,
    Brag,
    Clock,
    Told,
    acknowledge_by,
    action_due_on,
    action_moves_from,
    advance_action,
    brag,
    due_date_bars,
    due_on,
    is_outstanding,
    ladder_runs,
    steps_due,
    verification_due_on,
    verification_steps_due,
    verifier_bars,
    withdrawal_bars,
)
from qa_app.domain.grades import Grade
from qa_app.domain.settings import SETTINGS, default_number

CALENDAR = england()
S, M = ActionStatus, ActionMove
FRIDAY = date(2023, 2, 3)


@pytest.mark.parametrize(
    ("status", "move", "following"),
    [
        # E4: open → in progress → done → verified, or returned
        (S.OPEN, M.START, S.IN_PROGRESS),
        (S.IN_PROGRESS, M.FINISH, S.DONE),
        (S.DONE, M.VERIFY, S.VERIFIED),
        (S.DONE, M.RETURN, S.IN_PROGRESS),
        # E5: withdrawn while it is outstanding
        (S.OPEN, M.WITHDRAW, S.WITHDRAWN),
        (S.IN_PROGRESS, M.WITHDRAW, S.WITHDRAWN),
        (S.DONE, M.WITHDRAW, S.WITHDRAWN),
    ],
)
def test_an_action_moves_on(
    status: ActionStatus, move: ActionMove, following: ActionStatus
) -> None:
    assert advance_action(status, move) is following
    assert move in action_moves_from(status)


@pytest.mark.parametrize(
    ("status", "move"), sorted(set(product(ActionStatus, ActionMove)) - set(ACTION_TRANSITIONS))
)
def test_every_other_move_is_refused(status: ActionStatus, move: ActionMove) -> None:
    with pytest.raises(ActionMoveNotAllowed, match="This action cannot be"):
        advance_action(status, move)
    assert move not in action_moves_from(status)


def test_every_status_can_be_reached() -> None:
    assert BORN | set(ACTION_TRANSITIONS.values()) == set(ActionStatus)


def test_a_refused_move_says_what_stands_in_the_way() -> None:
    with pytest.raises(ActionMoveNotAllowed) as refused:
        advance_action(S.VERIFIED, M.START)
    assert refused.value.message == (
        "This action cannot be started now: it is verified. Nothing has been changed."
    )


@pytest.mark.parametrize(
    ("status", "outstanding"),
    [
        # E5: not verified and not withdrawn; done is still outstanding; closed by an import is not
        (S.OPEN, True),
        (S.IN_PROGRESS, True),
        (S.DONE, True),
        (S.VERIFIED, False),
        (S.WITHDRAWN, False),
        (S.CLOSED, False),
    ],
)
def test_outstanding_means_that_nobody_has_verified_it(
    status: ActionStatus, outstanding: bool
) -> None:
    assert is_outstanding(status) is outstanding
    assert outstanding is bool(action_moves_from(status))


OWNER, PERSON = UUID(int=1), UUID(int=2)
NORTH, SOUTH = UUID(int=11), UUID(int=12)
HEAD = ActionParties(
    kind=ActionKind.PRIORITY,
    person_id=PERSON,
    person_rank=60,
    person_service_id=SOUTH,
    owner_id=OWNER,
    owner_rank=40,
    owner_service_id=NORTH,
)
MANAGER = replace(HEAD, person_rank=50)
OWN_HEAD = replace(HEAD, person_service_id=NORTH)
DIRECTOR = replace(HEAD, person_rank=80, person_service_id=None)
ABOVE_SERVICES = replace(DIRECTOR, owner_service_id=None)
OWNER_SELF = replace(HEAD, person_id=OWNER)


@pytest.mark.parametrize(
    ("parties", "kind", "reasons"),
    [
        # E4: a priority action by a head of service or above outside the owner's service
        (HEAD, "priority", []),
        (DIRECTOR, "priority", []),
        (MANAGER, "priority", ["is not a head of service or above, as a priority action needs"]),
        (OWN_HEAD, "priority", ["is in the service of the action's owner"]),
        (ABOVE_SERVICES, "priority", ["is in the service of the action's owner"]),
        # E4: the owner never verifies their own
        (OWNER_SELF, "priority", ["owns this action"]),
        (OWNER_SELF, "learning", ["owns this action"]),
        # anybody else may verify another kind
        (MANAGER, "improvement", []),
        (OWN_HEAD, "service", []),
    ],
)
def test_who_may_verify(parties: ActionParties, kind: str, reasons: list[str]) -> None:
    bars = verifier_bars(replace(parties, kind=ActionKind(kind)))
    assert [bar.reason for bar in bars] == reasons
    assert {bar.rule for bar in bars} <= {"E4"}


@pytest.mark.parametrize(
    ("parties", "allowed"),
    # E5: a withdrawal needs a head of service outside the owner's service
    [(HEAD, True), (DIRECTOR, True), (MANAGER, False), (OWN_HEAD, False)],
)
def test_who_may_withdraw(parties: ActionParties, allowed: bool) -> None:
    assert (withdrawal_bars(parties) == []) is allowed


@pytest.mark.parametrize(
    ("parties", "allowed"),
    [
        # E3: somebody senior to the owner changes a due date
        (MANAGER, True),
        (OWN_HEAD, True),
        (replace(HEAD, person_rank=40), False),
        (replace(HEAD, person_rank=30), False),
        (OWNER_SELF, False),
    ],
)
def test_who_may_change_a_due_date(parties: ActionParties, allowed: bool) -> None:
    assert (due_date_bars(parties) == []) is allowed


@pytest.mark.parametrize(
    ("clock", "rule", "due"),
    [
        # E1: priority actions are due the next working day; the designated officer within 1
        (Clock.PRIORITY_ACTION, "E1", date(2023, 2, 6)),
        (Clock.DESIGNATED_OFFICER, "E1", date(2023, 2, 6)),
        # E2: head told within 1, plan within 5, re-audit in 3 months; 20 days after RI
        (Clock.INADEQUATE_HEAD_TOLD, "E2", date(2023, 2, 6)),
        (Clock.INADEQUATE_PLAN, "E2", date(2023, 2, 10)),
        (Clock.RE_AUDIT, "E2", date(2023, 5, 3)),
        (Clock.REQUIRES_IMPROVEMENT, "E2", date(2023, 3, 3)),
        # E4: verification in 5, priority 1
        (Clock.VERIFY, "E4", date(2023, 2, 10)),
        (Clock.VERIFY_PRIORITY, "E4", date(2023, 2, 6)),
    ],
)
def test_a_clock_runs_from_a_friday(clock: Clock, rule: str, due: date) -> None:
    assert due_on(clock, FRIDAY, CALENDAR) == due
    assert clock.rule == rule


def test_a_clock_runs_for_as_long_as_the_council_set_it() -> None:
    assert due_on(Clock.INADEQUATE_PLAN, FRIDAY, CALENDAR, lambda name: 2) == date(2023, 2, 7)


def test_every_clock_is_a_setting() -> None:
    assert all(clock.value in SETTINGS for clock in Clock)


def test_a_concern_is_acknowledged_within_an_hour_whatever_the_clocks_do() -> None:
    raised = datetime(2023, 3, 26, 0, 30, tzinfo=UTC)
    assert acknowledge_by(raised) == datetime(2023, 3, 26, 1, 30, tzinfo=UTC)  # E1
    with pytest.raises(ValueError, match="hours"):
        due_on(Clock.ACKNOWLEDGE_CONCERN, FRIDAY, CALENDAR)


@pytest.mark.parametrize(
    ("kind", "grade", "due"),
    [
        (ActionKind.PRIORITY, Grade.GOOD, date(2023, 2, 6)),  # E1: about the child, not the grade
        (ActionKind.PRIORITY, None, date(2023, 2, 6)),
        (ActionKind.IMPROVEMENT, Grade.REQUIRES_IMPROVEMENT, date(2023, 3, 3)),  # E2
        (ActionKind.LEARNING, Grade.INADEQUATE, None),
        (ActionKind.SERVICE, None, None),
    ],
)
def test_an_action_is_due_when_the_rules_say_or_when_a_person_does(
    kind: ActionKind, grade: Grade | None, due: date | None
) -> None:
    assert action_due_on(kind, grade, FRIDAY, CALENDAR) == due


def test_a_priority_action_is_verified_sooner() -> None:
    assert verification_due_on(ActionKind.PRIORITY, FRIDAY, CALENDAR) == date(2023, 2, 6)
    assert verification_due_on(ActionKind.LEARNING, FRIDAY, CALENDAR) == date(2023, 2, 10)


@pytest.mark.parametrize(
    ("status", "due", "word"),
    [
        # E9: more than 2 working days left: open is not due, in progress is on track
        (S.OPEN, date(2023, 2, 8), Brag.NOT_DUE),
        (S.IN_PROGRESS, date(2023, 2, 8), Brag.ON_TRACK),
        # E9: at risk when due within 2 working days
        (S.OPEN, date(2023, 2, 7), Brag.AT_RISK),
        (S.IN_PROGRESS, date(2023, 2, 6), Brag.AT_RISK),
        (S.OPEN, FRIDAY, Brag.AT_RISK),
        # E6: overdue is computed from the date
        (S.OPEN, date(2023, 2, 2), Brag.OVERDUE),
        (S.IN_PROGRESS, date(2023, 1, 2), Brag.OVERDUE),
        # done waits for its verifier
        (S.DONE, date(2023, 1, 2), Brag.ON_TRACK),
        # ended, whatever the date
        (S.VERIFIED, date(2023, 1, 2), Brag.COMPLETE),
        (S.CLOSED, date(2023, 1, 2), Brag.COMPLETE),
        (S.WITHDRAWN, date(2023, 1, 2), Brag.WITHDRAWN),
    ],
)
def test_the_word_beside_an_action_on_a_friday(status: ActionStatus, due: date, word: Brag) -> None:
    assert brag(status, due, FRIDAY, CALENDAR) is word


@pytest.mark.parametrize(
    ("verification_due", "word"),
    [
        (date(2023, 2, 2), Brag.OVERDUE),
        (date(2023, 2, 6), Brag.AT_RISK),
        (date(2023, 2, 9), Brag.ON_TRACK),
    ],
)
def test_an_action_that_is_done_is_measured_against_its_verification(
    verification_due: date, word: Brag
) -> None:
    due = date(2023, 1, 2)
    assert brag(S.DONE, due, FRIDAY, CALENDAR, verification_due=verification_due) is word


def test_how_near_is_at_risk_can_be_set() -> None:
    due = date(2023, 2, 8)
    assert brag(S.OPEN, due, FRIDAY, CALENDAR, number=lambda name: 3) is Brag.AT_RISK


OWN, T, H, D, C = ([post] for post in Told)


@pytest.mark.parametrize(
    ("kind", "today", "inadequate", "told"),
    [
        # E6 priority: at due, owner to service director; +1 working day, corporate director
        (ActionKind.PRIORITY, date(2023, 2, 2), False, []),
        (ActionKind.PRIORITY, FRIDAY, False, [OWN + T + H + D]),
        (ActionKind.PRIORITY, date(2023, 2, 5), False, [OWN + T + H + D]),
        (ActionKind.PRIORITY, date(2023, 2, 6), True, [OWN + T + H + D, C]),
        # E6 others: at due, owner; +5, team manager; +10, head of service
        (ActionKind.LEARNING, date(2023, 2, 2), False, []),
        (ActionKind.LEARNING, FRIDAY, False, [OWN]),
        (ActionKind.LEARNING, date(2023, 2, 9), False, [OWN]),
        (ActionKind.LEARNING, date(2023, 2, 10), False, [OWN, T]),
        (ActionKind.SERVICE, date(2023, 2, 17), False, [OWN, T, H]),
        (ActionKind.SERVICE, date(2023, 12, 1), False, [OWN, T, H]),
        # E6 after an Inadequate: +15, service director; +20, corporate director
        (ActionKind.IMPROVEMENT, date(2023, 2, 24), True, [OWN, T, H, D]),
        (ActionKind.IMPROVEMENT, date(2023, 3, 3), True, [OWN, T, H, D, C]),
    ],
)
def test_the_ladder_of_an_action_due_on_a_friday(
    kind: ActionKind, today: date, inadequate: bool, told: list[list[Told]]
) -> None:
    steps = steps_due(kind, FRIDAY, today, CALENDAR, inadequate)
    assert [list(step.told) for step in steps] == told


def test_a_step_already_sent_is_not_due_again() -> None:
    today = date(2023, 2, 10)
    (first, second) = steps_due(ActionKind.LEARNING, FRIDAY, today, CALENDAR)
    (left,) = steps_due(ActionKind.LEARNING, FRIDAY, today, CALENDAR, sent=[first.code])
    assert left == second


@given(st.sampled_from(ActionKind), st.dates(FRIDAY, date(2023, 6, 1)), st.booleans())
def test_a_ladder_only_grows(kind: ActionKind, today: date, inadequate: bool) -> None:
    before = steps_due(kind, FRIDAY, today, CALENDAR, inadequate)
    after = steps_due(kind, FRIDAY, CALENDAR.next_working_day(today), CALENDAR, inadequate)
    assert before == after[: len(before)]


def test_every_step_has_its_own_code_and_a_setting_that_exists() -> None:
    assert len({step.code for step in LADDER}) == len(LADDER)
    assert all(step.setting is None or default_number(step.setting) > 0 for step in LADDER)


@pytest.mark.parametrize("status", ActionStatus)
def test_doing_or_ending_an_action_stops_its_ladder(status: ActionStatus) -> None:
    assert ladder_runs(status) is (status in (S.OPEN, S.IN_PROGRESS))  # E9


def test_codes_have_words_for_pages() -> None:
    assert [kind.words for kind in ActionKind] == ["Priority", "Improvement", "Learning", "Service"]
    assert [status.words for status in (S.IN_PROGRESS, S.DONE)] == ["In progress", "Done"]
    assert [word.words for word in (Brag.NOT_DUE, Brag.AT_RISK)] == ["Not due", "At risk"]
    assert Told.HEAD_OF_SERVICE.words == "head of service"


@pytest.mark.parametrize(
    ("kind", "today", "codes"),
    [
        # E9, E4: the last day for verifying is in time; then the verifier's head or director
        (ActionKind.LEARNING, FRIDAY, []),
        (ActionKind.LEARNING, date(2023, 2, 5), []),
        (ActionKind.LEARNING, date(2023, 2, 6), ["verify_late"]),
        (ActionKind.LEARNING, date(2023, 12, 1), ["verify_late"]),
        # E9: of a priority action the corporate director too, as one day later in E6
        (ActionKind.PRIORITY, FRIDAY, []),
        (ActionKind.PRIORITY, date(2023, 2, 6), ["verify_late"]),
        (
            ActionKind.PRIORITY,
            date(2023, 2, 7),
            ["verify_late", "verify_late_corporate_director"],
        ),
    ],
)
def test_the_ladder_of_an_action_to_be_verified_by_a_friday(
    kind: ActionKind, today: date, codes: list[str]
) -> None:
    steps = verification_steps_due(kind, FRIDAY, today, CALENDAR)
    assert [step.code for step in steps] == codes
    left = verification_steps_due(kind, FRIDAY, today, CALENDAR, sent=codes[:1])
    assert [step.code for step in left] == codes[1:]


# E6: every step over days that are no working days: when each is taken.
@pytest.mark.parametrize(
    ("due", "days"),
    [
        # Christmas 2026: Friday 25th; Saturday 26th is made up for on Monday 28th
        (date(2026, 12, 24), ["24 Dec", "29 Dec", "5 Jan", "12 Jan", "19 Jan", "26 Jan"]),
        # due on Christmas Day itself, if somebody so wishes
        (date(2026, 12, 25), ["25 Dec", "29 Dec", "5 Jan", "12 Jan", "19 Jan", "26 Jan"]),
        # New Year 2027: Friday 1 January
        (date(2026, 12, 31), ["31 Dec", "4 Jan", "8 Jan", "15 Jan", "22 Jan", "29 Jan"]),
        # Easter 2027: Good Friday 26 March to Easter Monday 29 March; the clocks go forward too
        (date(2027, 3, 25), ["25 Mar", "30 Mar", "5 Apr", "12 Apr", "19 Apr", "26 Apr"]),
        # the jubilee of 2022: Thursday 2 and Friday 3 June in place of Monday 30 May
        (date(2022, 6, 1), ["1 Jun", "6 Jun", "10 Jun", "17 Jun", "24 Jun", "1 Jul"]),
        # the Queen's funeral: Monday 19 September 2022
        (date(2022, 9, 16), ["16 Sep", "20 Sep", "26 Sep", "3 Oct", "10 Oct", "17 Oct"]),
        # the coronation: Monday 8 May 2023, a week after May Day and three before Whitsun
        (date(2023, 4, 28), ["28 Apr", "2 May", "9 May", "16 May", "23 May", "31 May"]),
        # the clocks go back on Sunday 25 October 2026: a day is a day
        (date(2026, 10, 23), ["23 Oct", "26 Oct", "30 Oct", "6 Nov", "13 Nov", "20 Nov"]),
        # a due date on a Sunday: that day, and then working days
        (date(2026, 10, 25), ["25 Oct", "26 Oct", "30 Oct", "6 Nov", "13 Nov", "20 Nov"]),
    ],
)
def test_the_days_of_the_ladder(due: date, days: list[str]) -> None:
    by_code = {step.code: step.due_on(due, CALENDAR, default_number) for step in LADDER}
    assert by_code["priority_due"] == by_code["due"]
    codes = (
        "due", "priority_corporate_director", "team_manager", "head_of_service",
        "service_director", "corporate_director",
    )  # fmt: skip
    assert [f"{by_code[code].day} {by_code[code]:%b}" for code in codes] == days


@pytest.mark.parametrize(
    ("raised", "priority", "others", "verify"),
    [
        # E1, E2, E4: over Christmas 2026
        (date(2026, 12, 24), date(2026, 12, 29), date(2027, 1, 26), date(2027, 1, 5)),
        # over Easter 2027, with May Day after it
        (date(2027, 3, 25), date(2027, 3, 30), date(2027, 4, 26), date(2027, 4, 5)),
        (date(2027, 4, 26), date(2027, 4, 27), date(2027, 5, 25), date(2027, 5, 4)),
        # the extra holidays of 2022 and 2023
        (date(2022, 6, 1), date(2022, 6, 6), date(2022, 7, 1), date(2022, 6, 10)),
        (date(2022, 9, 16), date(2022, 9, 20), date(2022, 10, 17), date(2022, 9, 26)),
        (date(2023, 5, 5), date(2023, 5, 9), date(2023, 6, 6), date(2023, 5, 15)),
    ],
)
def test_due_dates_over_holidays(raised: date, priority: date, others: date, verify: date) -> None:
    assert due_on(Clock.PRIORITY_ACTION, raised, CALENDAR) == priority
    assert due_on(Clock.REQUIRES_IMPROVEMENT, raised, CALENDAR) == others
    assert verification_due_on(ActionKind.LEARNING, raised, CALENDAR) == verify
    assert verification_due_on(ActionKind.PRIORITY, raised, CALENDAR) == priority


# E6: the council's own closures are no working days either.
def test_a_local_closure_puts_a_step_off() -> None:
    closed = england(frozenset({date(2026, 10, 26)}))
    (step,) = (step for step in LADDER if step.code == "priority_corporate_director")
    assert step.due_on(date(2026, 10, 23), closed, default_number) == date(2026, 10, 27)
