"""Improvement plans in the demonstration: owed, late, agreed and closed ones (E2, E6, E9)."""

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, ImprovementPlan, PlanStep
from qa_app.audits.queries.inadequate import inadequate_since
from qa_app.audits.queries.planlist import Wanted, listing
from qa_app.audits.queries.plans import due_of, owed_plans, reading_of_plan
from qa_app.database import db
from qa_app.domain.actions import ActionStatus, Impact
from qa_app.domain.calendar import london_date
from qa_app.history import Event
from qa_app.home.queries import inadequates
from qa_app.tracker.models import Action
from tests.demo.conftest import AT, TODAY

pytestmark = pytest.mark.database


def plans() -> list[ImprovementPlan]:
    return list(db.session.scalars(select(ImprovementPlan)))


# Some owed, exactly one late, others agreed, most of them closed.
def test_there_are_plans_of_every_kind(demo: Flask) -> None:
    owed = owed_plans()
    assert [each.late(TODAY) for each in owed].count(True) == 1
    assert len(owed) >= 2
    found = Counter(each.closed_at is not None for each in plans())
    assert found[True] > found[False] > 2


# E2: each is due five working days from the day on which its audit came to stand as Inadequate.
def test_each_is_due_when_the_rules_say(demo: Flask) -> None:
    made = plans()
    since = inadequate_since([each.audit_id for each in made])
    assert {each.audit_id: due_of(since[each.audit_id]) for each in made} == {
        each.audit_id: each.due_on for each in made
    }
    assert all(since[each.audit_id] <= london_date(each.agreed_at) for each in made)


# E9: a closed one lacks nothing; of those still open one waits for a rating, one is “untested”.
def test_what_closed_and_open_plans_lack(demo: Flask) -> None:
    missing = Counter()
    for plan in plans():
        audit = db.session.get_one(Audit, plan.audit_id)
        reading = reading_of_plan(audit, TODAY)
        assert reading.live
        if plan.closed_at is not None:
            assert reading.missing == []
            assert plan.outcome
            assert plan.agreed_at < plan.closed_at < AT
        missing.update(word for each in reading.missing for word in ("rated “untested”",
                       "has not been rated", "has to end") if word in each)  # fmt: skip
    assert all(missing[each] for each in ("rated “untested”", "has not been rated", "has to end"))


# E9: every rating is of something verified, and never by its owner.
def test_ratings_are_by_somebody_else(demo: Flask) -> None:
    rated = list(db.session.scalars(select(Action).where(Action.impact.is_not(None))))
    assert {each.impact for each in rated} == set(Impact)
    assert {each.status for each in rated} == {ActionStatus.VERIFIED}
    events = select(Event).where(Event.verb == "action_impact_rated")
    by = {each.subject_id: each.actor_id for each in db.session.scalars(events)}
    assert all(by[each.id] not in (None, each.owner_id) for each in rated)


# E6: the late one has its steps, and waits on the page of whoever signs in as head of service.
def test_the_late_one_is_on_home(demo: Flask) -> None:
    late = next(each for each in owed_plans() if each.late(TODAY))
    steps = list(db.session.scalars(select(PlanStep)))
    assert {each.audit_id for each in steps} == {late.audit_id}
    assert "due" in {each.step for each in steps}

    def home(address: str, *, theirs: bool):
        person = db.session.scalars(select(Person).where(Person.email == address)).one()
        return inadequates(actor(person.id, TODAY), TODAY, theirs=theirs).plans

    head = home("head.of.service@demo.example", theirs=True)
    assert late.audit_id in {each.id for each in head.first}
    assert home("qa.lead@demo.example", theirs=False).total == 1


def test_the_list_shows_them(demo: Flask) -> None:
    lead = db.session.scalars(select(Person).where(Person.email == "qa.lead@demo.example")).one()
    found = listing(actor(lead.id, TODAY), Wanted(), TODAY)
    assert (found.late, found.more) == (1, True)
    assert found.owed + found.agreed + found.closed == len(plans()) + len(owed_plans())
