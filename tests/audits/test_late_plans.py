"""Plans that nobody agrees: each step of the ladder once, to the right people (E2, E6)."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, PlanStep
from qa_app.audits.queries.plans import reading_of_plan
from qa_app.audits.services.late_plans import tell_of_late_plans
from qa_app.cli import SCHEDULED
from qa_app.database import db, saving
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.notify.passing import LADDERS
from qa_app.notify.scheduled import run_all
from tests.audits.plan_world import (
    BAD,
    DUE,
    GOOD,
    RI,
    SENT,
    agreed,
    at_noon,
    finally_graded,
    inadequate,
)
from tests.council import Council, hold
from tests.moderation.factory import tie
from tests.tracker.ladder import (
    DORA,
    HETTY,
    HUGH,
    QUINN,
    SIDNEY,
    add_service_director,
    away,
    vacate,
)

FIRST, LAST = date(2026, 5, 1), date(2026, 7, 31)
FIVE_LATE, TEN_LATE = date(2026, 5, 18), date(2026, 5, 26)  # 25 May is a bank holiday


def run_job(at: datetime) -> dict[str, int]:
    with saving():
        return tell_of_late_plans(at)


def look(day: date) -> dict[str, set[str]]:
    """What the job did on a day: each new step, with the names of those it told."""
    before = set(db.session.scalars(select(PlanStep.id)))
    run_job(at_noon(day))
    names = {str(row.id): row.name for row in db.session.query(Person)}
    found: dict[str, set[str]] = {}
    for row in db.session.query(PlanStep):
        if row.id not in before:
            found.setdefault(row.step, set()).update(names[each] for each in row.told)
    return found


def climb(first: date = FIRST, last: date = LAST) -> dict[date, dict[str, set[str]]]:
    """The days between on which a step was taken, looking every day."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return {day: steps for day in days if (steps := look(day))}


def told() -> list[Notice]:
    rows = db.session.query(Notice).filter(Notice.key.startswith("plan-late:"))
    return rows.order_by(Notice.created_at, Notice.id).all()


# E6: at due, the head of service; +5, the service director; +10, the corporate director.
def test_the_ladder_of_a_late_plan(context: Flask, council: Council) -> None:
    add_service_director(council, "ROOT")
    inadequate(council)
    assert climb() == {
        DUE: {"due": {HETTY}},
        FIVE_LATE: {"service_director": {SIDNEY}},
        TEN_LATE: {"corporate_director": {DORA}},
    }


@pytest.mark.parametrize(
    ("sent", "days"),
    [
        # E2: over Christmas and New Year
        (date(2026, 12, 23), [date(2027, 1, 4), date(2027, 1, 11), date(2027, 1, 18)]),
        # E2: over Easter, and the early May bank holiday after it
        (date(2026, 4, 1), [date(2026, 4, 10), date(2026, 4, 17), date(2026, 4, 24)]),
    ],
)
def test_the_days_of_the_ladder(
    context: Flask, council: Council, sent: date, days: list[date]
) -> None:
    inadequate(council, at=at_noon(sent))
    assert list(climb(sent, sent + timedelta(days=40))) == days


# The days are settings: those of the day on which the plan was first asked for.
def test_the_days_are_settings(context: Flask, council: Council) -> None:
    hold("plan_late_service_director", 1)
    hold("plan_late_corporate_director", 2)
    inadequate(council)
    assert list(climb()) == [DUE, date(2026, 5, 12), date(2026, 5, 13)]


# E2: moderation never pauses it; a final grade that agrees changes nothing.
def test_moderation_does_not_pause_the_clock(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    finally_graded(audit, BAD, at_noon(date(2026, 5, 8)))
    assert list(climb()) == [DUE, FIVE_LATE, TEN_LATE]


# E2: its moderator's Inadequate begins the clock with the final grade.
def test_the_clock_of_a_final_grade(context: Flask, council: Council) -> None:
    finally_graded(inadequate(council, grade=GOOD), BAD, at_noon(date(2026, 6, 1)))
    assert list(climb()) == [date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 22)]


# E2, E6: agreed, or finally graded better: no further step.
def test_the_ladder_ends(context: Flask, council: Council) -> None:
    one, other = inadequate(council), inadequate(council)
    assert look(DUE) == {"due": {HETTY}}
    agreed(council, one)
    finally_graded(other, RI, at_noon(DUE))
    assert climb(DUE) == {}
    # M8: amended back, the clock begins anew, with a due date of its own
    finally_graded(other, BAD, at_noon(date(2026, 6, 1)))
    assert list(climb(date(2026, 6, 1))) == [
        date(2026, 6, 8), date(2026, 6, 15), date(2026, 6, 22),
    ]  # fmt: skip


# Somebody away: their deputy; without one, a vacant post, or somebody whom a concern is about: the
# next one up (E1).
def test_who_is_told_in_place_of_the_head(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    away(council, "head", "other_head", DUE, DUE)
    assert look(DUE) == {"due": {HUGH}}
    (notice,) = told()
    assert notice.path == "/"  # of another service, he cannot open it: it is about a case
    away(council, "head", None, date(2026, 5, 12), LAST)
    inadequate(council)
    assert look(date(2026, 5, 12)) == {"due": {DORA}}
    tie(council, audit, "director", Party.IMPLICATED)
    # of the one the QA lead, for nobody else is left; of the other the director
    assert look(FIVE_LATE) == {"service_director": {QUINN, DORA}}


# E6: nobody left in the line: the QA lead, so that it reaches somebody.
def test_the_qa_lead_is_told_where_nobody_is_left(context: Flask, council: Council) -> None:
    inadequate(council)
    vacate(council, ["head", "director"], date(2026, 5, 1))
    assert look(DUE) == {"due": {QUINN}}


# M3, E1: never whoever moderates it blind, nor whoever a concern is about.
@pytest.mark.parametrize("party", [Party.BLIND_MODERATOR, Party.IMPLICATED])
def test_whoever_is_kept_from_the_audit_is_not_told(
    context: Flask, council: Council, party: Party
) -> None:
    audit = inadequate(council)
    tie(council, audit, "head", party)
    assert look(DUE) == {"due": {DORA}}
    assert council.people["head"] not in {each.person_id for each in told()}


# The day after an outage everybody gets one message, whatever it lists.
def test_it_catches_up_without_a_flood(context: Flask, council: Council) -> None:
    for _ in range(40):
        inadequate(council)
    assert run_job(at_noon(TEN_LATE)) == {"steps": 120, "people": 2}
    messages = {each.person_id: each for each in told()}
    assert len(told()) == len(messages) == 2
    head = messages[council.people["head"]]
    assert head.subject == "40 improvement plans to be agreed, due or late"
    assert head.path == "/plans"
    assert "; and " in head.body
    assert max(len(each.body) for each in told()) <= 2_000
    assert run_job(at_noon(TEN_LATE)) == {"steps": 0, "people": 0}


def test_what_a_message_says(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    look(DUE)
    (notice,) = told()
    assert notice.subject == f"Improvement plan after audit {audit.reference}: due today"
    assert f"audit {audit.reference} (due today, 11 May 2026)" in notice.body
    assert notice.path == f"/audits/{audit.id}/plan"
    # E6: one that the mail server refuses is passed on
    assert notice.key.startswith(LADDERS)


# I1: each step is in the audit's history and on the plan's page, with who was told.
def test_each_step_is_in_the_history(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    look(TEN_LATE)
    events = [e for e in history.timeline(audit_id=audit.id) if e.verb == "plan_late"]
    assert [event.sentence for event in events] == [
        "Told that the improvement plan is late: corporate director, 10 working days late",
        "Told that the improvement plan is late: service director, 5 working days late",
        "Told that the improvement plan is late: head of service, on the due date",
    ]
    read = reading_of_plan(audit, TEN_LATE).steps
    assert [(each.words, each.told) for each in read] == [
        ("Corporate director, 10 working days late", DORA),
        ("Service director, 5 working days late", DORA),
        ("Head of service, on the due date", HETTY),
    ]
    assert history.verify().intact


def test_it_is_one_of_the_jobs_that_run_by_the_clock(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        inadequate(council)
    with app.app_context():
        for counts in ({"steps": 1, "people": 1}, {"steps": 0, "people": 0}):
            (outcome,) = [
                each for each in run_all(SCHEDULED, at_noon(DUE)) if each.name == "late plans"
            ]
            assert (outcome.error, outcome.counts) == ("", counts)


AT_ONCE = 8


# E6: of many machines that look at the same moment, each step is taken by exactly one.
def test_eight_at_once_take_each_step_once(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        for _ in range(12):
            inadequate(council)
    together, outcomes = Barrier(AT_ONCE), []

    def run() -> None:
        with app.app_context():
            together.wait()
            outcomes.append(run_job(at_noon(FIVE_LATE)))
            db.session.remove()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.query(PlanStep).count() == 24
        assert sorted(each["steps"] for each in outcomes) == [0] * (AT_ONCE - 1) + [24]
        assert db.session.query(Event).filter_by(verb="plan_late").count() == 24
        people = [notice.person_id for notice in told()]
        assert len(people) == len(set(people)) == 2  # Hetty, Dora
        assert db.session.query(Audit).count() == 12
        assert history.verify().intact


# A step that was taken is never taken again, however the days come: SENT is long before.
def test_nothing_is_told_before_the_due_date(context: Flask, council: Council) -> None:
    inadequate(council)
    assert run_job(SENT) == {"steps": 0, "people": 0}
