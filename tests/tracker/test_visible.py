"""Which actions each person sees: the list's SQL equals the table of permissions (I2, AZ-4)."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.escalation import Brag
from qa_app.domain.permissions import Permission, Role, Scope, allowed
from qa_app.tracker import queries
from qa_app.tracker.models import Action
from qa_app.tracker.queries import Due, Wanted
from qa_app.tracker.queries.withdrawing import mine_and_asked
from tests.council import Council, grant
from tests.tracker.factory import an_action, pinned_to_a_case

S = ActionStatus
STATUSES = (S.OPEN, S.IN_PROGRESS, S.DONE, S.VERIFIED, S.WITHDRAWN)
TODAY = now().date()
TEAMS = ("SAFE1", "SAFE2", "CARE1", "REV")
OWNERS = ("manager", "other_auditor", "head", "worker", "iro")


def _population(council: Council) -> None:
    """Actions of every status, team and owner, with and without an audit, raised by several."""
    raisers = ("qa_lead", "auditor", "review_head")
    for place, status in enumerate(STATUSES):
        for owner in OWNERS:
            an_action(council, status, owner=owner, by=raisers[place % 3])
        for team in TEAMS:
            pins = pinned_to_a_case(council, team, "auditor" if place % 2 else "other_auditor")
            kind = ActionKind.PRIORITY if place % 2 else ActionKind.LEARNING
            an_action(council, status, kind=kind, audit=pins)


def test_the_list_holds_what_the_table_of_permissions_allows(
    context: Flask, council: Council
) -> None:
    with saving():
        _population(council)
        # A second role, one that ended, and a team manager of another team who is also a moderator.
        grant(council, "iro", Role.MODERATOR, Scope.TEAM, "CARE1")
        grant(council, "chair", Role.PRACTITIONER, Scope.SERVICE, "SAFE")
    actions = list(db.session.scalars(select(Action)))
    sizes = {}
    for key, person_id in council.people.items():
        who = actor(person_id, TODAY)
        wanted = {
            action.id
            for action in actions
            if allowed(Permission.ACTION_READ, who, action.permission_subject())
        }
        found = set(db.session.scalars(select(Action.id).where(queries.visible_to(who))))
        assert found == wanted, key
        sizes[key] = len(found)
    print(f"{len(actions)} actions, {len(sizes)} people, seen: {sizes}")  # noqa: T201
    # The comparison means something only if it tells people apart.
    assert len(set(sizes.values())) > 5
    assert sizes["qa_lead"] == len(actions)
    assert sizes["administrator"] == sizes["viewer"] == 0


def test_overdue_in_the_list_is_the_word_overdue(context: Flask, council: Council) -> None:
    with saving():
        for days in range(0, 40, 2):
            at = now() - timedelta(days=days)
            for status in STATUSES:
                for kind in (ActionKind.PRIORITY, ActionKind.SERVICE):
                    an_action(council, status, kind=kind, at=at)
    words = {
        action.id: queries.brag_of(action, TODAY) for action in db.session.scalars(select(Action))
    }
    who = actor(council.people["qa_lead"], TODAY)
    found = set()
    for page in (1, 2, 3, 4, 5):
        wanted = Wanted(status="all", due=Due.OVERDUE, page=page)
        found |= {row.action.id for row in queries.listing(who, wanted, TODAY).rows}
    assert found == {key for key, word in words.items() if word is Brag.OVERDUE}
    assert len(set(words.values())) >= 5, "the population holds most words"


@pytest.mark.parametrize(
    ("wanted", "count"),
    [
        # E5: without a status the list holds what is outstanding, done among it
        (Wanted(), 3),
        (Wanted(status="all"), 5),
        (Wanted(status=S.DONE), 1),
        (Wanted(kind=ActionKind.PRIORITY), 0),
    ],
)
def test_the_filters_narrow(context: Flask, council: Council, wanted: Wanted, count: int) -> None:
    with saving():
        for status in STATUSES:
            an_action(council, status)
    listing = queries.listing(actor(council.people["manager"], TODAY), wanted, TODAY)
    assert (len(listing.rows), listing.total) == (count, count)


def test_ones_own_actions_come_first(context: Flask, council: Council) -> None:
    with saving():
        an_action(council, owner="worker", kind=ActionKind.PRIORITY)
        mine = an_action(council, owner="manager")
    listing = queries.listing(actor(council.people["manager"], TODAY), Wanted(), TODAY)
    assert [row.mine for row in listing.rows] == [True, False]
    assert listing.rows[0].action.id == mine.id
    assert [action.id for action in mine_and_asked(council.people["manager"]).to_do] == [mine.id]


def test_outstanding_looks_back_to_a_day(context: Flask, council: Council) -> None:
    long_ago = now() - timedelta(days=60)
    with saving():
        an_action(council, S.VERIFIED, at=long_ago)
        an_action(council, S.OPEN, kind=ActionKind.PRIORITY, at=long_ago)
    during = london_date(long_ago)
    before = during - timedelta(days=1)
    assert queries.outstanding(on=before) == []
    # The verified one was settled on the day it was raised.
    assert len(queries.outstanding(on=during)) == 1
    assert len(queries.outstanding(kind=ActionKind.PRIORITY)) == 1
    assert queries.outstanding(kind=ActionKind.SERVICE) == []


WAITING = [
    # E4: any but the owner verifies; it waits for those who answer for the team, and the QA lead
    ("manager", ActionKind.IMPROVEMENT, {"head", "director", "qa_lead"}),
    # E4: a priority action waits for heads of service outside the owner's service
    ("manager", ActionKind.PRIORITY, {"other_head", "review_head", "director"}),
    ("other_auditor", ActionKind.PRIORITY, {"head", "review_head", "director"}),
]


@pytest.mark.parametrize(("owner", "kind", "people"), WAITING)
def test_a_done_action_waits_for_those_who_may_verify_it(
    context: Flask, council: Council, owner: str, kind: ActionKind, people: set[str]
) -> None:
    with saving():
        an_action(council, S.DONE, owner=owner, kind=kind)
        an_action(council, S.OPEN, owner=owner, kind=kind)
    waiting = {
        key
        for key, person_id in council.people.items()
        if queries.waiting_for_verification_by(actor(person_id, TODAY), TODAY)
    }
    assert waiting == people
