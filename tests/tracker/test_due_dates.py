"""Due dates worked by hand with a wall calendar, never with the product's own: bank holidays, the
council's closures, 29 February, the nights on which the clocks change (E1, E2, E4, E6, DU-6)."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from qa_app.accounts.models import WorkingDayClosure
from qa_app.database import db, now
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import england
from qa_app.domain.escalation import Clock, action_due_on, due_on, verification_due_on
from qa_app.domain.grades import Grade
from qa_app.tracker import services
from qa_app.tracker.queries import brag_of, verification_due
from qa_app.tracker.services import default_due_on
from tests.council import Council
from tests.tracker.factory import an_action, move_to
from tests.tracker.ladder import after, climb, run_job

PRIORITY, LEARNING, SERVICE = ActionKind.PRIORITY, ActionKind.LEARNING, ActionKind.SERVICE
S = ActionStatus
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(text: str) -> date:
    """“Fri 23 Dec 2022”: the weekday is checked too, since whoever works by hand sees it."""
    weekday, number, month, year = text.split()
    found = date(int(year), MONTHS.index(month) + 1, int(number))
    assert f"{found:%a}" == weekday, f"{text} was another weekday"
    return found


# It begins on | the next working day | 5 working days | 20 working days | 3 months
BY_HAND = """
# Christmas 2021 on a Saturday: Mon 27 and Tue 28 Dec in its place, and Mon 3 Jan for New Year
Fri 24 Dec 2021 | Wed 29 Dec 2021 | Wed 5 Jan 2022 | Wed 26 Jan 2022 | Thu 24 Mar 2022
# Christmas 2022 on a Sunday: Mon 26 and Tue 27 Dec, and Mon 2 Jan
Thu 22 Dec 2022 | Fri 23 Dec 2022 | Tue 3 Jan 2023 | Tue 24 Jan 2023 | Wed 22 Mar 2023
Fri 23 Dec 2022 | Wed 28 Dec 2022 | Wed 4 Jan 2023 | Wed 25 Jan 2023 | Thu 23 Mar 2023
# begun on Christmas Day itself: the same as the Friday before
Sun 25 Dec 2022 | Wed 28 Dec 2022 | Wed 4 Jan 2023 | Wed 25 Jan 2023 | Sat 25 Mar 2023
# Easter 2023: Fri 7 and Mon 10 Apr; then 1 May, and 8 May for the coronation
Thu 6 Apr 2023 | Tue 11 Apr 2023 | Mon 17 Apr 2023 | Wed 10 May 2023 | Thu 6 Jul 2023
# Easter 2024: Fri 29 Mar and Mon 1 Apr, with the clocks going forward on the Sunday between
Thu 28 Mar 2024 | Tue 2 Apr 2024 | Mon 8 Apr 2024 | Mon 29 Apr 2024 | Fri 28 Jun 2024
# the jubilee: Thu 2 and Fri 3 Jun 2022, and no holiday on Mon 30 May
Fri 27 May 2022 | Mon 30 May 2022 | Tue 7 Jun 2022 | Tue 28 Jun 2022 | Sat 27 Aug 2022
Wed 1 Jun 2022 | Mon 6 Jun 2022 | Fri 10 Jun 2022 | Fri 1 Jul 2022 | Thu 1 Sep 2022
# the Queen's funeral: Mon 19 Sep 2022
Fri 16 Sep 2022 | Tue 20 Sep 2022 | Mon 26 Sep 2022 | Mon 17 Oct 2022 | Fri 16 Dec 2022
Mon 19 Sep 2022 | Tue 20 Sep 2022 | Mon 26 Sep 2022 | Mon 17 Oct 2022 | Mon 19 Dec 2022
# the coronation: Mon 8 May 2023; and Mon 29 May
Fri 5 May 2023 | Tue 9 May 2023 | Mon 15 May 2023 | Tue 6 Jun 2023 | Sat 5 Aug 2023
# 29 Feb 2024, a Thursday, is a working day; three months from 30 Nov end on it
Wed 28 Feb 2024 | Thu 29 Feb 2024 | Wed 6 Mar 2024 | Wed 27 Mar 2024 | Tue 28 May 2024
Thu 29 Feb 2024 | Fri 1 Mar 2024 | Thu 7 Mar 2024 | Thu 28 Mar 2024 | Wed 29 May 2024
Thu 30 Nov 2023 | Fri 1 Dec 2023 | Thu 7 Dec 2023 | Tue 2 Jan 2024 | Thu 29 Feb 2024
# in a year without one they end on 28 Feb
Wed 30 Nov 2022 | Thu 1 Dec 2022 | Wed 7 Dec 2022 | Fri 30 Dec 2022 | Tue 28 Feb 2023
"""
ROWS = [
    [day(each.strip()) for each in line.split("|")]
    for line in BY_HAND.strip().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("begins", "one", "five", "twenty", "three_months"), ROWS, ids=str)
def test_every_clock_by_hand(
    begins: date, one: date, five: date, twenty: date, three_months: date
) -> None:
    calendar = england()
    # E1: a priority action the next working day, whatever the grade
    assert action_due_on(PRIORITY, Grade.GOOD, begins, calendar) == one
    # E2: after Requires improvement in 20 working days
    assert action_due_on(LEARNING, Grade.REQUIRES_IMPROVEMENT, begins, calendar) == twenty
    # E2: after an Inadequate the head is told within 1, the plan is there in 5, a re-audit in 3
    # months, whatever day of the week that is
    assert due_on(Clock.INADEQUATE_HEAD_TOLD, begins, calendar) == one
    assert due_on(Clock.INADEQUATE_PLAN, begins, calendar) == five
    assert due_on(Clock.RE_AUDIT, begins, calendar) == three_months
    # E4: verified in 5, a priority action in 1
    assert verification_due_on(SERVICE, begins, calendar) == five
    assert verification_due_on(PRIORITY, begins, calendar) == one
    # E1: the designated officer within 1
    assert due_on(Clock.DESIGNATED_OFFICER, begins, calendar) == one


# What the council closes is no working day either: here Wed 28 to Fri 30 Dec 2022, and a Saturday,
# which was none anyway.
@pytest.mark.parametrize(
    ("begins", "one", "twenty"),
    [
        ("Fri 23 Dec 2022", "Tue 3 Jan 2023", "Mon 30 Jan 2023"),
        ("Wed 28 Dec 2022", "Tue 3 Jan 2023", "Mon 30 Jan 2023"),
        ("Thu 22 Dec 2022", "Fri 23 Dec 2022", "Fri 27 Jan 2023"),
        ("Fri 6 Jan 2023", "Mon 9 Jan 2023", "Fri 3 Feb 2023"),
    ],
)
def test_the_council_s_own_closures(
    context: Flask, council: Council, begins: str, one: str, twenty: str
) -> None:
    for number in (28, 29, 30, 31):
        db.session.add(WorkingDayClosure(day=date(2022, 12, number), reason="Closed"))
    db.session.flush()
    db.session.info.clear()
    # E1, E2
    assert default_due_on(PRIORITY, day(begins)) == day(one)
    assert default_due_on(LEARNING, day(begins)) == day(twenty)


# DU-6: the moment in UTC, what London's clock said, and the day on which a priority action that is
# raised at that moment is due, or one that is marked done is to be verified.
NIGHTS = [
    # the clocks go forward at 1:00 on Sun 26 Mar 2023
    ("2023-03-25T23:30", "Sat 23:30", "Mon 27 Mar 2023"),
    ("2023-03-26T00:30", "Sun 00:30", "Mon 27 Mar 2023"),
    # there is no 1:30 in London on that night: an hour later it is 2:30
    ("2023-03-26T01:30", "Sun 02:30", "Mon 27 Mar 2023"),
    ("2023-03-26T22:30", "Sun 23:30", "Mon 27 Mar 2023"),
    # still Sunday in UTC, and Monday already in London
    ("2023-03-26T23:30", "Mon 00:30", "Tue 28 Mar 2023"),
    # they go back at 2:00 on Sun 29 Oct 2023
    ("2023-10-28T22:30", "Sat 23:30", "Mon 30 Oct 2023"),
    ("2023-10-28T23:30", "Sun 00:30", "Mon 30 Oct 2023"),
    # 1:30 comes twice
    ("2023-10-29T00:30", "Sun 01:30", "Mon 30 Oct 2023"),
    ("2023-10-29T01:30", "Sun 01:30", "Mon 30 Oct 2023"),
    ("2023-10-29T23:30", "Sun 23:30", "Mon 30 Oct 2023"),
    ("2023-10-30T00:30", "Mon 00:30", "Tue 31 Oct 2023"),
    # any night in summer: half past eleven, and half past midnight
    ("2023-06-29T22:30", "Thu 23:30", "Fri 30 Jun 2023"),
    ("2023-06-29T23:30", "Fri 00:30", "Mon 3 Jul 2023"),
    # 29 February
    ("2024-02-28T23:30", "Wed 23:30", "Thu 29 Feb 2024"),
    ("2024-02-29T00:30", "Thu 00:30", "Fri 1 Mar 2024"),
]


@pytest.mark.parametrize(("utc", "clock", "due"), NIGHTS)
def test_the_day_is_the_one_in_london(
    context: Flask, council: Council, utc: str, clock: str, due: str
) -> None:
    at = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    # E1: raised at that moment
    raised = an_action(council, kind=PRIORITY, at=at)
    assert (f"{raised.raised_on:%a}", raised.due_on) == (clock[:3], day(due))
    # E4: done at that moment
    done = an_action(council, kind=PRIORITY, at=datetime(2023, 3, 1, 12, tzinfo=UTC))
    move_to(council, done, S.DONE, at)
    assert verification_due(done) == day(due)
    # E4: and verified then, it is settled on that day
    services.verify(done, by=council.people["director"], at=at)
    assert f"{done.settled_on:%a}" == clock[:3]


# E6, DU-6: the ladder begins as the due date begins in London, not in UTC.
@pytest.mark.parametrize(
    ("due", "before", "begun"),
    [
        ("Mon 27 Mar 2023", "2023-03-26T22:59", "2023-03-26T23:00"),
        ("Mon 30 Oct 2023", "2023-10-29T23:59", "2023-10-30T00:00"),
        ("Sun 29 Oct 2023", "2023-10-28T22:59", "2023-10-28T23:00"),
        ("Thu 29 Feb 2024", "2024-02-28T23:59", "2024-02-29T00:00"),
    ],
)
def test_a_step_comes_with_london_s_midnight(
    context: Flask, council: Council, due: str, before: str, begun: str
) -> None:
    early, at = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (before, begun))
    an_action(council, kind=LEARNING, due_on=day(due), at=datetime(2023, 3, 1, tzinfo=UTC))
    assert run_job(early)["steps"] == 0
    assert run_job(at)["steps"] == 1
    # DU-6: a clock that is put back an hour, or a day, and forward again takes no step twice.
    for again in (early, at):
        assert run_job(again)["steps"] == 0


# E6: the whole ladder by hand: at due, +5, +10, and after an Inadequate +15 and +20 working days.
@pytest.mark.parametrize(
    ("due", "steps"),
    [
        # over Christmas 2022
        (
            "Wed 21 Dec 2022",
            ["Wed 21 Dec 2022", "Fri 30 Dec 2022", "Mon 9 Jan 2023", "Mon 16 Jan 2023",
             "Mon 23 Jan 2023"],
        ),
        # over 29 February
        (
            "Fri 23 Feb 2024",
            ["Fri 23 Feb 2024", "Fri 1 Mar 2024", "Fri 8 Mar 2024", "Fri 15 Mar 2024",
             "Fri 22 Mar 2024"],
        ),
        # over Easter, May Day and the coronation in 2023
        (
            "Wed 5 Apr 2023",
            ["Wed 5 Apr 2023", "Fri 14 Apr 2023", "Fri 21 Apr 2023", "Fri 28 Apr 2023",
             "Tue 9 May 2023"],
        ),
    ],
)  # fmt: skip
def test_the_ladder_by_hand(context: Flask, council: Council, due: str, steps: list[str]) -> None:
    raised = datetime(2022, 12, 1, 12, tzinfo=UTC)
    pins = after(council, Grade.INADEQUATE)
    an_action(council, kind=LEARNING, due_on=day(due), at=raised, audit=pins)
    climbed = climb(day(due).replace(day=1), day(steps[-1]).replace(day=28))
    assert list(climbed) == [day(each) for each in steps]
    assert [list(taken) for taken in climbed.values()] == [
        ["due"], ["team_manager"], ["head_of_service"], ["service_director"],
        ["corporate_director"],
    ]  # fmt: skip


# E9: the word beside an action due on Fri 9 June 2023, day by day before it: at risk from two
# working days on.
@pytest.mark.parametrize(
    ("today", "word"),
    [
        ("Tue 6 Jun 2023", "Not due"),
        ("Wed 7 Jun 2023", "At risk"),
        ("Fri 9 Jun 2023", "At risk"),
        ("Sat 10 Jun 2023", "Overdue"),
    ],
)
def test_the_word_by_hand(context: Flask, council: Council, today: str, word: str) -> None:
    action = an_action(council, due_on=day("Fri 9 Jun 2023"), at=datetime(2023, 6, 1, tzinfo=UTC))
    assert brag_of(action, day(today)).words == word
    assert action.raised_at < now()
