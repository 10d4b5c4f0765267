"""What the rows about one child come to: plan type, dates, people (see derive.py)."""

from datetime import date

import pytest

from qa_app.cases.ssd.derive import RANK, Child, doubted_by, people_of, state_of
from qa_app.cases.ssd.families import family_groups
from qa_app.cases.ssd.parties import involvements_of
from qa_app.cases.ssd.rows import Involved, PeriodRow
from qa_app.cases.ssd.tables import (
    CARE_EPISODES,
    CARE_LEAVERS,
    CIN_PLANS,
    CP_PLANS,
    EARLY_HELP,
    REFERRALS,
)
from qa_app.domain.grades import PlanType

AS_AT = date(2023, 4, 30)
JANUARY, MARCH, MAY = date(2022, 1, 10), date(2022, 3, 1), date(2022, 5, 20)


def period(table, start=JANUARY, end=None, **more) -> tuple[int, PeriodRow]:
    return RANK[table.stem], PeriodRow(2, f"{table.stem}-1", "100001", start, end, **more)


def involved(name, role, start=JANUARY, end=None, team="D2", worker="W1") -> PeriodRow:
    return PeriodRow(2, name, "100001", start, end, team, worker, role=role)


@pytest.mark.parametrize(
    ("open_ones", "plan"),
    [
        # Care comes before everything else.
        ((CARE_EPISODES, CP_PLANS, CIN_PLANS, REFERRALS), PlanType.CHILD_IN_CARE),
        # A child on a protection plan is also in need, and referred.
        ((CP_PLANS, CIN_PLANS, EARLY_HELP, REFERRALS), PlanType.CHILD_PROTECTION),
        ((CARE_LEAVERS, CIN_PLANS, REFERRALS), PlanType.CARE_EXPERIENCED),
        # Care again after having left it: in care.
        ((CARE_EPISODES, CARE_LEAVERS), PlanType.CHILD_IN_CARE),
        ((CIN_PLANS, EARLY_HELP), PlanType.CHILD_IN_NEED),
        # The referral is open under every plan, and decides only where it is alone.
        ((EARLY_HELP, REFERRALS), PlanType.EARLY_HELP),
        ((REFERRALS,), PlanType.CHILD_IN_NEED),
    ],
)
def test_the_plan_type_is_the_first_that_is_open(open_ones, plan: PlanType) -> None:
    child = Child([period(table) for table in reversed(open_ones)])
    state = state_of(child, AS_AT)
    assert state is not None
    assert (state.plan_type, state.closed_on) == (plan, None)


def test_what_ends_on_the_extracts_date_has_ended_and_what_ends_later_has_not() -> None:
    today = state_of(Child([period(CP_PLANS, end=AS_AT)]), AS_AT)
    later = state_of(Child([period(CP_PLANS, end=date(2023, 5, 1))]), AS_AT)
    assert today is not None
    assert later is not None
    assert (today.closed_on, later.closed_on) == (AS_AT, None)


def test_a_case_with_nothing_open_closed_when_the_last_thing_ended() -> None:
    child = Child([period(CIN_PLANS, JANUARY, MARCH), period(CP_PLANS, MARCH, MAY)])
    assert state_of(child, AS_AT) == (
        RANK["ssd_cp_plans"],
        PlanType.CHILD_PROTECTION,
        JANUARY,
        MAY,
    )


def test_a_child_without_any_period_has_no_state() -> None:
    assert state_of(Child(), AS_AT) is None


def test_a_referral_that_led_to_nothing_is_closed_the_day_it_came() -> None:
    state = state_of(Child([period(REFERRALS, MARCH, None, nfa=True)]), AS_AT)
    assert state is not None
    assert (state.opened_on, state.closed_on) == (MARCH, MARCH)


@pytest.mark.parametrize(
    ("periods", "opened"),
    [
        # One plan followed by another the same or the next day is one run.
        ([(CIN_PLANS, JANUARY, MARCH), (CP_PLANS, MARCH, None)], JANUARY),
        ([(CIN_PLANS, JANUARY, date(2022, 2, 28)), (CP_PLANS, MARCH, None)], JANUARY),
        # A gap begins a new one.
        ([(CIN_PLANS, JANUARY, date(2022, 2, 27)), (CP_PLANS, MARCH, None)], MARCH),
        # The earliest of what is open counts, whichever decides the plan type.
        ([(REFERRALS, JANUARY, None), (CP_PLANS, MARCH, None)], JANUARY),
        # A care leaver's record has no start: it follows on the care that ended.
        ([(CARE_EPISODES, JANUARY, MARCH), (CARE_LEAVERS, None, None)], JANUARY),
    ],
)
def test_a_case_is_open_since_the_unbroken_run_began(periods, opened: date) -> None:
    state = state_of(Child([period(*row) for row in periods]), AS_AT)
    assert state is not None
    assert state.opened_on == opened


def test_care_began_when_it_was_entered_not_with_the_present_placement() -> None:
    state = state_of(Child([period(CARE_EPISODES, MAY, entered=JANUARY)]), AS_AT)
    assert state is not None
    assert state.opened_on == JANUARY


def test_a_care_leaver_of_whom_nothing_else_is_known_is_open_since_somebody_was_involved() -> None:
    child = Child([period(CARE_LEAVERS, None)], [involved("I1", Involved.WORKER, MARCH)])
    state = state_of(child, AS_AT)
    assert state is not None
    assert state.opened_on == MARCH


def test_current_people_are_those_who_began_last_and_have_not_ended() -> None:
    child = Child(
        [period(CP_PLANS)],
        [
            involved("I1", Involved.WORKER, JANUARY, MARCH, worker="W1"),
            involved("I2", Involved.WORKER, MARCH, None, team="D3", worker="W2"),
            involved("I3", Involved.WORKER, JANUARY, None, worker="W3"),
            involved("I4", Involved.IRO, JANUARY, MARCH, worker="W4"),
            involved("I5", Involved.CHAIR, MARCH, None, worker="W5"),
        ],
    )
    assert people_of(child, None, AS_AT) == ("D3", "W2", None, "W5")


def test_two_who_began_on_one_day_are_told_apart_the_same_way_every_time() -> None:
    rows = [
        involved("I1", Involved.WORKER, worker="W1"),
        involved("I2", Involved.WORKER, worker="W2"),
    ]
    for order in (rows, rows[::-1]):
        assert people_of(Child([period(CP_PLANS)], order), None, AS_AT).worker == "W2"


def test_where_no_worker_is_involved_the_open_plans_own_stand_in() -> None:
    child = Child(
        [
            period(REFERRALS, team="D1", worker="W1"),
            period(CIN_PLANS, team="D3", worker="W3"),
            period(EARLY_HELP, JANUARY, MARCH, team="D4", worker="W4"),
        ]
    )
    assert people_of(child, None, AS_AT)[:2] == ("D3", "W3")


def test_a_personal_adviser_is_the_worker_where_nobody_else_is() -> None:
    child = Child([period(CARE_LEAVERS, None)], [involved("I1", Involved.PERSONAL_ADVISER)])
    assert people_of(child, None, AS_AT).worker == "W1"


def test_a_closed_case_keeps_the_team_and_has_no_people() -> None:
    child = Child([period(CP_PLANS, JANUARY, MAY)], [involved("I1", Involved.WORKER, JANUARY, MAY)])
    assert people_of(child, MAY, AS_AT) == ("D2", None, None, None)


@pytest.mark.parametrize(
    ("refused", "open_one", "doubted"),
    [
        # A refused protection plan may be open: the referral alone does not tell.
        (CP_PLANS, REFERRALS, True),
        (CP_PLANS, CIN_PLANS, True),
        # A child in care is that, whatever the refused plan said.
        (CP_PLANS, CARE_EPISODES, False),
        # Of two plans of a kind the one that is open says the plan type.
        (CIN_PLANS, CIN_PLANS, False),
        # Nothing open: the refused row may be what keeps the case open.
        (REFERRALS, None, True),
    ],
)
def test_a_plan_type_is_not_told_past_a_refused_row_that_may_change_it(
    refused, open_one, doubted: bool
) -> None:
    state = state_of(Child([period(open_one)] if open_one else []), AS_AT)
    told = doubted_by([(RANK[refused.stem], "row 5 was refused")], state)
    assert told == ("row 5 was refused" if doubted else None)


def test_involvements_hold_whoever_decided_or_worked_with_the_child_once() -> None:
    # S6: worker, reviewing officer, chair, decision-maker; the same person's part only once.
    child = Child(
        [
            period(REFERRALS, worker="W7"),
            period(CIN_PLANS, JANUARY, MARCH, worker="W1"),
            period(EARLY_HELP, MARCH, MAY, worker="W8"),
            period(CARE_LEAVERS, None, worker="W1", adviser="W9"),
        ],
        [involved("I1", Involved.WORKER, worker="W1"), involved("I2", Involved.OTHER, worker="W6")],
    )
    found = [
        (i.id, i.professional, i.role, i.started_on, i.ended_on)
        for i in involvements_of("100001", child, JANUARY)
    ]
    assert found == [
        ("I1", "W1", Involved.WORKER, JANUARY, None),
        ("clea:ssd_care_leavers-1+", "W9", Involved.PERSONAL_ADVISER, JANUARY, None),
        ("earl:ssd_early_help_episodes-1", "W8", Involved.WORKER, MARCH, MAY),
        ("cine:ssd_cin_episodes-1", "W7", Involved.DECISION_MAKER, JANUARY, JANUARY),
    ]


def test_children_who_share_a_family_through_another_child_are_one_group() -> None:
    links = [("F2", "a"), ("F3", "b"), ("F2", "b"), ("F1", "c"), ("F3", "d")]
    expected = {"a": "F2", "b": "F2", "c": "F1", "d": "F2"}
    assert family_groups(links) == expected
    assert family_groups(reversed(links)) == expected
