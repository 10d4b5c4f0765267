"""Late moderations: the clocks of M0, and the ladder of E6 as it is climbed for them."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import england, london_date
from qa_app.domain.grades import Grade
from qa_app.domain.late import (
    STEPS,
    Above,
    Around,
    Late,
    Told,
    Whose,
    due_on,
    is_urgent,
    late_steps,
    next_up,
    people_told,
    second_due_on,
    step_words,
    within,
)
from qa_app.domain.settings import default_number

CALENDAR = england()
GOOD, BAD = Grade.GOOD, Grade.INADEQUATE
HEAD, MANAGER, SERVICE, CORPORATE, LEAD, DEPUTY, ABLE = (UUID(int=n) for n in range(1, 8))
UP = (
    Above(MANAGER, Told.HEAD_OF_SERVICE),
    Above(SERVICE, Told.SERVICE_DIRECTOR),
    Above(CORPORATE, Told.CORPORATE_DIRECTOR),
)


@pytest.mark.parametrize(
    ("grade", "concern", "days"),
    [
        # M0: an Inadequate or a concern within 2 working days
        (BAD, False, 2),
        (GOOD, True, 2),
        (None, True, 2),
        # M0: others within 10
        (GOOD, False, 10),
        (None, False, 10),
    ],
)
def test_how_long_a_moderation_may_take(grade: Grade | None, concern: bool, days: int) -> None:
    assert within(is_urgent(grade, concern)) == days


DUE = [
    # M0: over Easter 2026 (Good Friday 3 April, Easter Monday 6 April), 2 and 10 working days
    (date(2026, 4, 2), True, date(2026, 4, 8)),
    (date(2026, 4, 2), False, date(2026, 4, 20)),
    # M0: over Christmas 2026 (Friday 25 December; Monday 28 in place of Saturday 26) and New Year
    (date(2026, 12, 23), True, date(2026, 12, 29)),
    (date(2026, 12, 24), True, date(2026, 12, 30)),
    (date(2026, 12, 18), False, date(2027, 1, 6)),
    # M0: over the early May bank holiday (4 May 2026) and the spring one (25 May 2026)
    (date(2026, 5, 1), True, date(2026, 5, 6)),
    (date(2026, 5, 22), True, date(2026, 5, 27)),
    (date(2026, 5, 12), False, date(2026, 5, 27)),
    # M0: sent on a Saturday or on a bank holiday, counted from there
    (date(2026, 5, 2), True, date(2026, 5, 6)),
    (date(2026, 5, 4), True, date(2026, 5, 6)),
]


@pytest.mark.parametrize(("sent_on", "urgent", "due"), DUE)
def test_the_last_day_for_a_moderation(sent_on: date, urgent: bool, due: date) -> None:
    assert due_on(sent_on, urgent, CALENDAR) == due


@pytest.mark.parametrize(
    ("disagreed_on", "due"),
    [
        # M0, M5: a second moderator within 5 working days, over each of these
        (date(2026, 4, 1), date(2026, 4, 10)),
        (date(2026, 12, 24), date(2027, 1, 5)),
        (date(2026, 5, 1), date(2026, 5, 11)),
        (date(2026, 5, 21), date(2026, 5, 29)),
    ],
)
def test_the_last_day_for_a_second_moderator(disagreed_on: date, due: date) -> None:
    assert second_due_on(disagreed_on, CALENDAR) == due


# M0: the clock counts days in London, whichever way the night of the change goes (29 March and
# 25 October 2026), and whatever the day is in UTC.
@pytest.mark.parametrize(
    ("sent_at", "due"),
    [
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 31)),  # Saturday, winter time
        (datetime(2026, 3, 29, 23, 30, tzinfo=UTC), date(2026, 4, 1)),  # Monday 00:30, summer time
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 27)),  # Sunday 00:30, summer
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 27)),  # Sunday, winter time
        (datetime(2026, 10, 26, 0, 30, tzinfo=UTC), date(2026, 10, 28)),  # Monday, winter time
    ],
)
def test_the_clock_goes_by_the_day_in_london(sent_at: datetime, due: date) -> None:
    assert due_on(london_date(sent_at), True, CALENDAR) == due


def _climbed(late: Late, until: date) -> list[tuple[str, date]]:
    """Each step with the day on which it is taken, looking every day from before it is due."""
    taken: list[tuple[str, date]] = []
    day = late.due_on - timedelta(3)
    while day <= until:
        codes = [code for code, _ in taken]
        taken += [(step.code, day) for step in late_steps(late, day, CALENDAR, taken=codes)]
        day += timedelta(1)
    return taken


EASTER, CHRISTMAS, MAY = date(2026, 4, 2), date(2026, 12, 24), date(2026, 5, 1)
CLIMBS = [
    # E6: others: at due, owner; +5, team manager; +10, head of service (over Easter)
    (
        Late(EASTER),
        [
            ("due", EASTER),
            ("team_manager", date(2026, 4, 13)),
            ("head_of_service", date(2026, 4, 20)),
        ],
    ),
    # E6: after an Inadequate +15, service director, +20, corporate director (over both May ones)
    (
        Late(MAY, inadequate=True),
        [
            ("due", MAY),
            ("team_manager", date(2026, 5, 11)),
            ("head_of_service", date(2026, 5, 18)),
            ("service_director", date(2026, 5, 26)),
            ("corporate_director", date(2026, 6, 2)),
        ],
    ),
    # E6: a concern: at due, everybody up to the service director; +1, the corporate director
    (
        Late(CHRISTMAS, concern=True),
        [("priority_due", CHRISTMAS), ("priority_corporate_director", date(2026, 12, 29))],
    ),
    # E6: a concern goes before an Inadequate
    (
        Late(EASTER, concern=True, inadequate=True),
        [("priority_due", EASTER), ("priority_corporate_director", date(2026, 4, 7))],
    ),
]


@pytest.mark.parametrize(("late", "climbed"), CLIMBS)
def test_each_step_is_taken_on_its_day_and_once(
    late: Late, climbed: list[tuple[str, date]]
) -> None:
    assert _climbed(late, late.due_on + timedelta(60)) == climbed


# E6: after an outage every step whose day has come is due at once, in order.
def test_after_an_outage_the_steps_that_were_missed_are_due_together() -> None:
    late = Late(MAY, inadequate=True)
    steps = late_steps(late, date(2026, 5, 19), CALENDAR)
    assert [step.code for step in steps] == ["due", "team_manager", "head_of_service"]


# E6: the numbers are settings.
def test_the_ladder_is_as_steep_as_the_council_set_it() -> None:
    steps = late_steps(Late(EASTER), EASTER, CALENDAR, number=lambda _name: 0)
    assert [step.code for step in steps] == ["due", "team_manager", "head_of_service"]


@given(
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.integers(0, 60),
    st.booleans(),
    st.booleans(),
)
def test_looking_often_or_seldom_takes_the_same_steps(
    due: date, days: int, concern: bool, inadequate: bool
) -> None:
    late, today = Late(due, concern, inadequate), due + timedelta(days)
    often = [code for code, _ in _climbed(late, today)]
    assert often == [step.code for step in late_steps(late, today, CALENDAR)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("due", "whoever has it, on the due date"),
        ("team_manager", "team manager, 5 working days late"),
        ("priority_corporate_director", "corporate director, 1 working day late"),
        (
            "priority_due",
            "whoever has it, team manager, head of service and service director, on the due date",
        ),
    ],
)
def test_a_step_in_words(code: str, words: str) -> None:
    assert step_words(code) == words


def test_every_step_has_words() -> None:
    assert all(step_words(code, default_number) for code in STEPS)


@pytest.mark.parametrize(
    ("told", "away", "person"),
    [
        # E6: the lowest of the line who stands high enough
        (Told.TEAM_MANAGER, {}, MANAGER),
        (Told.HEAD_OF_SERVICE, {}, MANAGER),
        (Told.SERVICE_DIRECTOR, {}, SERVICE),
        (Told.CORPORATE_DIRECTOR, {}, CORPORATE),
        # E6: their deputy while they are away, and without one the next above
        (Told.HEAD_OF_SERVICE, {MANAGER: DEPUTY}, DEPUTY),
        (Told.HEAD_OF_SERVICE, {MANAGER: None}, SERVICE),
        # E6: nobody is told of their own lateness as somebody else's deputy
        (Told.HEAD_OF_SERVICE, {MANAGER: HEAD}, SERVICE),
        # E6: nobody is left
        (Told.CORPORATE_DIRECTOR, {CORPORATE: None}, None),
    ],
)
def test_who_is_next_up(told: Told, away: dict[UUID, UUID | None], person: UUID | None) -> None:
    assert next_up(told, UP, HEAD, away) == person


def test_a_vacant_post_is_passed_over() -> None:
    assert next_up(Told.HEAD_OF_SERVICE, UP[1:], HEAD, {}) == SERVICE
    assert next_up(Told.TEAM_MANAGER, (), HEAD, {}) is None


MINE, NOBODYS, BLIND = Whose(HEAD), Whose(), Whose(HEAD, blind=True)
TOLD = [
    # E6: at due, whoever has it
    ("due", MINE, {}, (HEAD,)),
    # M0: where nobody has it, the QA lead, and those who could take it
    ("due", NOBODYS, {}, (LEAD, ABLE)),
    ("due", NOBODYS, {ABLE: None}, (LEAD,)),
    # E6: the line of whoever has it, step by step
    ("team_manager", MINE, {}, (MANAGER,)),
    ("service_director", MINE, {}, (SERVICE,)),
    ("corporate_director", MINE, {}, (CORPORATE,)),
    # E6: a concern tells them all at once, each once
    ("priority_due", MINE, {}, (HEAD, MANAGER, SERVICE)),
    ("priority_due", MINE, {MANAGER: None}, (HEAD, SERVICE)),
    # M0: the line climbed is the QA lead's where nobody has it
    ("head_of_service", NOBODYS, {}, (SERVICE,)),
    # E6: somebody away: their deputy, or else the next up; and the QA lead, who can put it back
    ("due", MINE, {HEAD: DEPUTY}, (DEPUTY, LEAD)),
    ("due", MINE, {HEAD: None}, (MANAGER, LEAD)),
    ("due", MINE, {HEAD: None, MANAGER: None, SERVICE: None, CORPORATE: None}, (LEAD,)),
    # E6: a QA lead who is away has a deputy; without one nobody else is told in their place
    ("due", NOBODYS, {LEAD: DEPUTY}, (DEPUTY, ABLE)),
    ("due", NOBODYS, {LEAD: None}, (LEAD, ABLE)),
    # E6: nobody is left in the line: the QA lead
    ("corporate_director", MINE, {CORPORATE: None}, (LEAD,)),
    # M3: of a blind one only those who can read it anyway: never whoever moderates it or could
    ("due", BLIND, {}, (LEAD,)),
    ("team_manager", BLIND, {}, (LEAD,)),
    ("service_director", BLIND, {}, (LEAD,)),
    ("corporate_director", BLIND, {}, (CORPORATE,)),
    ("due", BLIND, {LEAD: DEPUTY}, (DEPUTY,)),
]


@pytest.mark.parametrize(("code", "whose", "away", "told"), TOLD)
def test_whom_a_step_tells(
    code: str, whose: Whose, away: dict[UUID, UUID | None], told: tuple[UUID, ...]
) -> None:
    lines = {HEAD: UP, LEAD: UP[1:]}
    around = Around((LEAD,), lines.__getitem__, (ABLE,), {CORPORATE}, away)
    assert people_told(STEPS[code], whose, around) == told


# E6: somebody who has left, or is above everybody, has no line: the QA lead's is climbed, though
# nobody is told of their own lateness as somebody above.
@pytest.mark.parametrize(
    ("code", "holder", "told"),
    [
        ("due", HEAD, (HEAD,)),
        ("team_manager", HEAD, (SERVICE,)),
        ("corporate_director", HEAD, (CORPORATE,)),
        ("corporate_director", CORPORATE, (LEAD,)),
    ],
)
def test_whoever_has_no_line_is_told_of_by_the_qa_leads(
    code: str, holder: UUID, told: tuple[UUID, ...]
) -> None:
    lines = {LEAD: UP[1:]}
    around = Around((LEAD,), lambda person: lines.get(person, ()))
    assert people_told(STEPS[code], Whose(holder), around) == told


# M3: shuffling who has a blind audit, and who could take it, moves nobody who is told.
@given(st.sampled_from(sorted(STEPS)), st.sampled_from([None, HEAD, MANAGER, ABLE]))
def test_who_is_told_of_a_blind_audit_does_not_depend_on_who_has_it(
    code: str, holder: UUID | None
) -> None:
    around = Around((LEAD,), lambda _person: UP[1:], (ABLE, HEAD), {CORPORATE})
    told = people_told(STEPS[code], Whose(holder, blind=True), around)
    assert told == people_told(STEPS[code], Whose(None, blind=True), around)
    assert {HEAD, MANAGER, ABLE}.isdisjoint(told)
