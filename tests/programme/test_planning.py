"""Planning a year, opening and closing months, and what is expected in them (P1, P2, P4, P6)."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from qa_app.accounts import settings
from qa_app.accounts.models import (
    COUNTED_AUDITORS,
    Person,
    Post,
    PostHolding,
    PostKind,
)
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db, saving
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Selection
from qa_app.history import Event
from qa_app.programme import services
from qa_app.programme.models import (
    Cycle,
    CycleState,
    ExemptionReason,
    Expectation,
)
from qa_app.programme.queries import completion, planning
from qa_app.programme.queries.cycles import month_page, unfinished_count
from qa_app.programme.queries.planning import YearPlan
from qa_app.programme.services import ChangedBecause
from tests.audits.making import given

pytestmark = pytest.mark.usefixtures("context")

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
NOVEMBER = Month(2026, 11)
APRIL = Month(2027, 4)


def plan(first=APRIL, aside=(), **numbers):
    """A plan of a year; by default one audit of each kind that audits in the council."""
    kinds = {PostKind(kind): number for kind, number in numbers.items()}
    every = dict.fromkeys(planning.auditor_kinds(), 1)
    return YearPlan(first, frozenset(aside), kinds or every)


def planned(council, wanted, at=AT):
    """The plan, made by the QA lead."""
    made = services.plan_year(wanted, by=council.people["qa_lead"], at=at)
    db.session.flush()
    return made


def cycle(month):
    """The cycle of a month."""
    return db.session.scalars(select(Cycle).where(Cycle.month == month.first)).one()


def expectations(month):
    """The expectations of a month."""
    return list(
        db.session.scalars(select(Expectation).where(Expectation.cycle_id == cycle(month).id))
    )


def post_of(council, key):
    """The post that somebody of the council holds."""
    holding = select(PostHolding).where(PostHolding.person_id == council.people[key])
    return db.session.scalars(holding).one().post


# P1: due on the last working day of the month; bank holidays and weekends worked out by hand.
DUE = (
    # the year of the coronation: 29 May is the spring bank holiday, 8 May an extra one
    (2023, "31 28 31 28 31 30 31 31 29 31 30 29"),
    # 31 May 2026 is a Sunday; 25 December a Friday, the 26th a Saturday with its substitute day
    (2026, "30 27 31 30 29 30 31 28 30 30 30 31"),
    # 29 March 2024 is Good Friday: the last working day is the day before it
    (2024, "31 29 28 30 31 28 31 30 30 31 29 31"),
    # 31 May 2027 is the spring bank holiday, a Monday: back over the weekend to the 28th
    (2027, "29 26 31 30 28 30 30 31 30 29 30 31"),
)


@pytest.mark.parametrize(("year", "days"), DUE)
def test_every_month_is_due_on_its_last_working_day(council, year, days):
    at = datetime(year, 1, 1, 12, tzinfo=UTC)
    planned(council, plan(Month(year, 1)), at)
    found = {c.month.month: c.due_on for c in db.session.scalars(select(Cycle))}

    assert [found[month].day for month in range(1, 13)] == [int(day) for day in days.split()]
    assert all(due.month == month for month, due in found.items())


def test_a_closure_of_the_council_moves_the_due_date(council):
    # P1: the council's own closures are no working days either.
    settings.close_day(date(2027, 4, 30), "Moving house", None, AT)
    planned(council, plan())

    assert cycle(APRIL).due_on == date(2027, 4, 29)


def test_a_year_is_planned_at_once_with_every_post_of_an_auditor(council):
    # P1, P2: twelve planned months, one audit of each auditor's post a month.
    made = planned(council, plan())
    posts = db.session.scalar(
        select(func.count(Post.id)).where(Post.kind.in_(planning.auditor_kinds()))
    )

    assert made.cycles == 12
    assert made.expectations == 12 * posts
    assert {c.state for c in db.session.scalars(select(Cycle))} == {CycleState.PLANNED}
    assert {each.number for each in expectations(APRIL)} == {1}


def test_a_month_that_is_set_aside_expects_nothing_of_anybody(council):
    # P2: none in months set aside.
    august = Month(2027, 8)
    wanted = plan(aside=[august])
    planned(council, wanted)
    page = month_page(cycle(august))

    assert page.set_aside
    assert {each.number for each in expectations(august)} == {0}
    assert (page.figures.expected, page.figures.due) == (0, 0)
    assert not month_page(cycle(APRIL)).set_aside


@pytest.mark.parametrize(
    ("value", "aside"),
    [
        # P2: August unless the council says otherwise
        (None, [8]),
        ("8 12", [8, 12]),
        ("", []),
    ],
)
def test_months_are_set_aside_as_the_setting_says(council, value, aside):
    if value is not None:
        settings.change("months_without_audits", value, date(2026, 11, 2), None, AT)
    months = planning.months_from(APRIL)

    found = planning.usually_set_aside(months, date(2026, 11, 2))
    assert [month.month for month in found] == aside


def test_a_vacant_post_is_planned_without_a_person(council):
    # P4: expectations attach to posts, so that a vacancy shows.
    post = post_of(council, "auditor")
    post.holdings[0].ended_on = date(2027, 4, 10)
    planned(council, plan())
    held = dict.fromkeys((APRIL, Month(2027, 5)))
    for month in held:
        held[month] = next(e for e in expectations(month) if e.post_id == post.id).person_id

    assert held == {APRIL: council.people["auditor"], Month(2027, 5): None}
    (kind,) = [k for k in month_page(cycle(Month(2027, 5))).kinds if k.kind is post.kind]
    assert kind.vacant == 1
    assert (kind.expected, kind.due) == (kind.posts, kind.posts)


def test_planning_again_adds_only_what_is_not_there(council):
    planned(council, plan())
    first = {each.id for each in expectations(APRIL)}
    changed = expectations(APRIL)[0]
    changed.number = 3
    again = planned(council, plan())
    assert again == (0, 0)
    post = Post(title="Team Manager", kind=PostKind.TEAM_MANAGER, rank=40, line=False,
                team_id=council.teams["SAFE1"])  # fmt: skip
    db.session.add(post)
    db.session.flush()
    third = planned(council, plan(Month(2027, 6)))

    assert third.cycles == 2
    assert [e.post_id for e in expectations(Month(2027, 6)) if e.post_id == post.id] == [post.id]
    assert {each.id for each in expectations(APRIL)} == first
    assert changed.number == 3


def test_the_preview_says_what_planning_makes(council):
    wanted = plan(aside=[Month(2027, 8)])
    shown = planning.preview(wanted)
    made = planned(council, wanted)

    assert sum(each.adds for each in shown) == made.expectations
    assert sum(each.audits for each in shown) == db.session.scalar(
        select(func.sum(Expectation.number))
    )
    assert [each.audits for each in shown if each.set_aside] == [0]
    assert {each.adds for each in planning.preview(wanted)} == {0}


def test_a_closed_post_and_a_closed_month_get_nothing(council):
    post_of(council, "auditor").closed_on = date(2027, 5, 15)
    planned(council, plan())
    post_id = post_of(council, "auditor").id
    there = [month for month in planning.months_from(APRIL)
             if any(e.post_id == post_id for e in expectations(month))]  # fmt: skip
    assert there == [APRIL]
    # P6: a closed month gets nothing more
    db.session.add(Cycle(month=date(2026, 9, 1), due_on=date(2026, 9, 30),
                         state=CycleState.CLOSED, closed_at=AT))  # fmt: skip
    db.session.flush()
    assert planning.preview(plan(Month(2026, 9)))[0].adds == 0


@pytest.mark.parametrize(
    ("today", "taken", "first"),
    [
        (date(2026, 11, 2), (), APRIL),
        (date(2027, 3, 31), (), APRIL),
        (date(2027, 4, 1), (), Month(2028, 4)),
        (date(2026, 11, 2), (APRIL,), Month(2028, 4)),
    ],
)
def test_the_next_financial_year_is_offered_first(council, today, taken, first):
    for month in taken:
        planned(council, plan(month))
    assert planning.first_to_plan(today) == first


@pytest.mark.parametrize("number", [-1, 21])
def test_a_number_that_nobody_does_is_refused(council, number):
    with pytest.raises(services.NumberRefused) as refused:
        planned(council, plan(team_manager=number))
    assert refused.value.field == "number_team_manager"


# --- opening


def test_a_month_opens_on_its_first_day_with_those_who_hold_the_posts(council):
    # P1, P4
    planned(council, plan(Month(2026, 12)))
    post = post_of(council, "auditor")
    post.holdings[0].ended_on = date(2026, 11, 20)
    db.session.add(PostHolding(post_id=post.id, person_id=council.people["worker"],
                               started_on=date(2026, 11, 23)))  # fmt: skip
    db.session.flush()
    first = datetime(2026, 12, 1, 6, tzinfo=UTC)

    assert services.open_due(date(2026, 11, 30), at=AT) == []
    assert services.open_due(date(2026, 12, 1), at=first) == [cycle(Month(2026, 12))]
    assert services.open_due(date(2026, 12, 1), at=first) == []
    (row,) = [e for e in expectations(Month(2026, 12)) if e.post_id == post.id]
    assert row.person_id == council.people["worker"]
    assert cycle(Month(2027, 1)).state is CycleState.PLANNED


def test_a_post_that_closed_meanwhile_expects_nothing_when_its_month_opens(council):
    planned(council, plan(Month(2026, 12)))
    post_of(council, "auditor").closed_on = date(2026, 12, 15)
    services.open_due(date(2026, 12, 1), at=datetime(2026, 12, 1, 6, tzinfo=UTC))
    numbers = {e.post_id: e.number for e in expectations(Month(2026, 12))}

    assert numbers[post_of(council, "auditor").id] == 0
    assert numbers[post_of(council, "other_auditor").id] == 1


def test_somebody_who_was_given_audits_beforehand_keeps_their_number(council):
    december = Month(2026, 12)
    planned(council, plan(december))
    audit = given(council)
    audit.cycle_month = december.first
    post = post_of(council, "other_auditor")
    post.holdings[0].ended_on = date(2026, 11, 20)
    db.session.flush()
    services.open_due(december.first, at=datetime(2026, 12, 1, 6, tzinfo=UTC))

    (row,) = [e for e in expectations(december) if e.post_id == post.id]
    assert row.person_id == council.people["other_auditor"]


@pytest.mark.parametrize(
    ("month", "state"),
    [
        # P1: giving the first audit opens a month that has begun, not one to come
        (date(2026, 11, 1), CycleState.OPEN),
        (date(2026, 12, 1), CycleState.PLANNED),
    ],
)
def test_the_first_audit_opens_a_month_that_has_begun(council, month, state):
    planned(council, plan(Month(2026, 12)))
    assert services.ensure_cycle(month, None, AT).state is state
    again = services.ensure_cycle(date(2026, 12, 1), None, datetime(2026, 12, 1, 9, tzinfo=UTC))
    assert again.state is CycleState.OPEN


# --- closing


def _close(council, month=NOVEMBER, day=date(2026, 12, 1)):
    at = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return services.close_cycle(cycle(month), by=council.people["qa_lead"], at=at)


@pytest.mark.parametrize(
    ("day", "closes"),
    [
        # P6: up to the last day of the month an audit still counts in time
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), True),
    ],
)
def test_a_month_closes_after_its_last_day(council, day, closes):
    services.ensure_cycle(NOVEMBER.first, None, AT)
    if not closes:
        with pytest.raises(services.CycleNotOver):
            _close(council, day=day)
        return
    assert _close(council, day=day) == 0
    assert cycle(NOVEMBER).closed_at is not None
    with pytest.raises(services.CycleClosed):
        _close(council, day=day)


def test_what_is_unfinished_when_a_month_closes_stays_and_counts_as_late(council):
    # P6: overdue, not gone; done later it stands beside this month's figure.
    planned(council, plan(NOVEMBER, team_manager=1))
    audit = given(council)
    before = completion(NOVEMBER.first, NOVEMBER.first)[NOVEMBER.first]
    assert _close(council) == unfinished_count(cycle(NOVEMBER)) == 1
    assert db.session.scalars(select(Audit)).all() == [audit]
    audit.completed_on, audit.submitted_at = date(2026, 12, 9), AT
    after = completion(NOVEMBER.first, NOVEMBER.first)[NOVEMBER.first]

    assert (before.due, before.done, before.late) == (after.due, 0, 0)
    assert (after.done, after.late) == (0, 1)
    assert completion(date(2026, 12, 1), date(2026, 12, 1))[date(2026, 12, 1)].late == 0


def test_a_closed_month_changes_no_more(council):
    # P6: nothing is given, expected or exempted in it.
    planned(council, plan(NOVEMBER))
    row, lead = expectations(NOVEMBER)[0], council.people["qa_lead"]
    _close(council)
    at = datetime(2026, 12, 2, 9, tzinfo=UTC)
    why = {"because": ChangedBecause.MISTAKE, "by": lead, "at": at}
    person = db.session.get_one(Person, council.people["worker"])
    tries = (
        lambda: services.ensure_cycle(NOVEMBER.first, lead, at),
        lambda: services.change_by_kind(cycle(NOVEMBER), {PostKind.IRO: 2}, **why),
        lambda: services.change_expectation(row, number=2, **why),
        lambda: services.expect_beside(cycle(NOVEMBER), person, number=1, by=lead, at=at),
        lambda: services.exempt(row, number=1, reason=ExemptionReason.LEAVE, note="", by=lead,
                                at=at),
    )  # fmt: skip
    for attempt in tries:
        with pytest.raises(services.CycleClosed):
            attempt()
    with pytest.raises(services.CycleOver):
        services.give_audit(
            db.session.get_one(Case, council.cases["100001"]),
            db.session.get_one(Person, council.people["other_auditor"]),
            NOVEMBER.first, Selection.RANDOM, "", by=lead, at=at,
        )  # fmt: skip


# --- changing what is expected


def _why(council, **more):
    return {"because": ChangedBecause.MORE_NEEDED, "by": council.people["qa_lead"], "at": AT} | more


def test_the_number_of_a_role_changes_for_one_month_with_the_reason_kept(council):
    # P2: by role
    planned(council, plan(NOVEMBER))
    managers = [e for e in expectations(NOVEMBER) if e.post_kind is PostKind.TEAM_MANAGER]
    with saving():
        done = services.change_by_kind(cycle(NOVEMBER), {PostKind.TEAM_MANAGER: 2}, **_why(council))

    assert done == (len(managers), 0)
    assert {each.number for each in managers} == {2}
    assert {e.number for e in expectations(NOVEMBER) if e.post_kind is PostKind.IRO} == {1}
    assert {e.number for e in expectations(Month(2026, 12))} == {1}
    event = db.session.scalars(select(Event).where(Event.verb == "expectation_changed")).first()
    assert event.sentence == (
        "Changed the expected number of audits from 1 to 2: more audits are needed this month"
    )


def test_no_number_goes_below_what_is_given_or_exempted(council):
    # P4: what is exempted is at most what is expected; what was given is expected.
    planned(council, plan(NOVEMBER, team_manager=2))
    given(council)
    mine = post_of(council, "other_auditor").id
    theirs = post_of(council, "auditor").id
    rows = {each.post_id: each for each in expectations(NOVEMBER)}
    services.exempt(rows[theirs], number=2, reason=ExemptionReason.LEAVE, note="",
                    by=council.people["head"], at=AT)  # fmt: skip
    done = services.change_by_kind(cycle(NOVEMBER), {PostKind.TEAM_MANAGER: 0}, **_why(council))

    assert (rows[mine].number, rows[theirs].number) == (1, 2)
    assert done.kept == 2
    with pytest.raises(services.NumberRefused, match="at least 1"):
        services.change_expectation(rows[mine], number=0, **_why(council))
    assert services.change_expectation(rows[mine], number=4, **_why(council))
    assert not services.change_expectation(rows[mine], number=4, **_why(council))


def test_somebody_is_expected_to_audit_beside_their_post(council):
    # P2: by person
    planned(council, plan(NOVEMBER))
    person = db.session.get_one(Person, council.people["iro"])
    options = {"by": council.people["qa_lead"], "at": AT}
    row = services.expect_beside(cycle(NOVEMBER), person, number=2, **options)

    assert (row.post_id, row.person_id, row.number) == (None, person.id, 2)
    assert row.post_kind is PostKind.IRO
    with pytest.raises(services.ExpectedAlready):
        services.expect_beside(cycle(NOVEMBER), person, number=1, **options)
    with pytest.raises(services.NumberRefused):
        services.expect_beside(cycle(Month(2026, 12)), person, number=0, **options)


def test_the_kinds_that_are_planned_are_those_whose_titles_audit(council):
    # P2: by role, as the table of job titles has it
    kinds = planning.kinds_of_post(date(2026, 11, 2))
    found = {each.kind: (each.posts, each.vacant) for each in kinds}

    assert found[PostKind.TEAM_MANAGER] == (3, 0)
    assert PostKind.SOCIAL_WORKER not in found
    assert PostKind.IRO in COUNTED_AUDITORS & set(found)
