"""What waits for one's verification: the list, its page, and the count on Home (E4)."""

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.queries import actor as actor_of
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from qa_app.tracker.models import ActionParty
from qa_app.tracker.queries import waiting_for_verification_by
from qa_app.tracker.queries.verifying import count_to_verify
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.doing import a_population, as_read
from tests.tracker.factory import an_action, pinned_to_a_case

S = ActionStatus
PEOPLE = ("auditor", "head", "other_head", "review_head", "director", "manager", "worker", "chair")


def counted(person_id) -> int:
    who = actor_of(person_id, london_date(now()))
    return db.session.scalar(select(count_to_verify(who))) or 0


# E4: the number on Home is that of the list, for everybody.
def test_the_count_is_that_of_the_list(context: Flask, council: Council) -> None:
    with saving():
        a_population(council)
        an_action(council, S.DONE, kind=ActionKind.PRIORITY, audit=pinned_to_a_case(council))
        an_action(council, S.DONE, owner="worker", audit=pinned_to_a_case(council))
    today, found = london_date(now()), 0
    for key in PEOPLE:
        person_id = council.people[key]
        listed = waiting_for_verification_by(actor_of(person_id, today), today)
        assert counted(person_id) == len(listed), key
        found += len(listed)
    assert found >= 5


# The action is Manny Manager's, of Safeguarding.
@pytest.mark.parametrize(
    ("key", "kind", "sees"),
    [
        # E4: a priority action is verified by a head outside the owner's service.
        ("other_head", ActionKind.PRIORITY, True),
        ("head", ActionKind.PRIORITY, False),
        # E4: any other by somebody who answers for it, and never by its owner.
        ("head", ActionKind.IMPROVEMENT, True),
        ("other_head", ActionKind.IMPROVEMENT, False),
        ("manager", ActionKind.IMPROVEMENT, False),
        ("worker", ActionKind.IMPROVEMENT, False),
    ],
)
def test_whom_a_done_action_waits_for(
    app: Flask, council: Council, client_for, key: str, kind: ActionKind, sees: bool
) -> None:
    with app.app_context(), saving():
        reference = an_action(council, S.DONE, kind=kind).reference
    client = client_for(council.people[key])
    page = as_read(client.get("/tracker/to-verify").text)
    assert (reference in page) is sees
    assert ("Nothing waits for you to verify" in page) is not sees
    assert ("1 action to verify" in as_read(client.get("/").text)) is sees


# M3: whoever moderates its audit blind is told of nothing that came of it.
def test_what_is_kept_from_somebody_does_not_wait_for_them(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        action = an_action(council, S.DONE, kind=ActionKind.PRIORITY)
        person_id = council.people["other_head"]
        action.parties.append(ActionParty(party=Party.BLIND_MODERATOR, person_id=person_id))
    client = client_for(council.people["other_head"])
    assert "Nothing waits" in client.get("/tracker/to-verify").text
    assert "to verify" not in as_read(client.get("/").text)


def test_the_list_costs_the_same_however_much_waits(
    app: Flask, council: Council, client_for
) -> None:
    client, asked = client_for(council.people["other_head"]), []
    for number in (1, 12):
        with app.app_context(), saving():
            for _ in range(number):
                pins = pinned_to_a_case(council)
                an_action(council, S.DONE, kind=ActionKind.PRIORITY, audit=pins)
        with count_queries(app) as queries:
            client.get("/tracker/to-verify")
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 9
