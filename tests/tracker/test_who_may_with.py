"""Every move of a covered action, and of one with a helper, by every person (E3, E4)."""

from itertools import product
from uuid import UUID

import pytest
from flask import Flask

from qa_app.accounts.models import Person
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.permissions import Party
from qa_app.tracker.models import ActionParty
from tests.council import Council
from tests.tracker.factory import an_action
from tests.tracker.test_who_may import _change, _data

S = ActionStatus
STATUSES = (S.OPEN, S.IN_PROGRESS, S.DONE)
HELPER, COVER = "helper", "cover"
SENIOR = {"manager", "head", "director", "qa_lead"}
OUTSIDE = {"other_head", "review_head", "director"}


def rules(
    doing: set[str], deciding: set[str], verifying: set[str]
) -> dict[tuple[str, ActionStatus], tuple[set[str], ActionStatus]]:
    """(move, status) → who may, and what follows."""
    found = {
        ("start", S.OPEN): (doing, S.IN_PROGRESS),
        ("done", S.IN_PROGRESS): (doing, S.DONE),
        ("verify", S.DONE): (verifying, S.VERIFIED),
        ("return", S.DONE): (verifying, S.IN_PROGRESS),
    }
    for move, status in product(("due-date", "owner"), (S.OPEN, S.IN_PROGRESS)):
        found[move, status] = (deciding, status)
    return found


# Wendy Worker owns the action, of Safeguarding Team 1.
@pytest.mark.parametrize(
    ("kind", "part", "who", "table"),
    [
        # E4: whoever covers works on it like the owner; a stranger to it otherwise has no more
        (ActionKind.IMPROVEMENT, COVER, "chair", rules({"worker", "chair"}, SENIOR, SENIOR)),
        # E3, E4: the manager covers: neither moves its due date, nor gives it away, nor verifies it
        (ActionKind.IMPROVEMENT, COVER, "manager",
         rules({"worker", "manager"}, SENIOR - {"manager"}, SENIOR - {"manager"})),
        # E4: nor does a head of another service who covers
        (ActionKind.PRIORITY, COVER, "other_head",
         rules({"worker", "other_head"}, SENIOR, OUTSIDE - {"other_head"})),
        # E3, E4: whoever helps leaves starting and finishing to the owner, and never verifies it
        (ActionKind.IMPROVEMENT, HELPER, "iro", rules({"worker"}, SENIOR, SENIOR)),
        (ActionKind.IMPROVEMENT, HELPER, "head", rules({"worker"}, SENIOR, SENIOR - {"head"})),
        (ActionKind.PRIORITY, HELPER, "review_head",
         rules({"worker"}, SENIOR, OUTSIDE - {"review_head"})),
    ],
)  # fmt: skip
def test_every_move_by_every_person(
    app: Flask, council: Council, client_for, kind: ActionKind, part: str, who: str, table
) -> None:
    cells = [
        (move, status, person)
        for (move, status), (people, _) in table.items()
        for person in sorted(people)
    ]
    with app.app_context(), saving():
        actions = {cell: _with(council, cell[1], kind, part, who) for cell in cells}
        actions |= {(each,): _with(council, each, kind, part, who) for each in STATUSES}
    accepted, refused, wrong = 0, 0, []
    for person, person_id in council.people.items():
        client = client_for(person_id)
        token = client.token_in(client.get("/account").text)
        for (move, status), (people, following) in table.items():
            legal = person in people
            action_id = actions[(move, status, person) if legal else (status,)]
            before = _change(app, action_id)
            path, data = _data(move)
            if move == "owner":
                data = data | {"owner": "Otto Auditor"}
            answer = client.send(f"/tracker/{action_id}/{path}", data, token=token)
            after = _change(app, action_id)
            done = answer.status_code == 302 and after != before and after[0] is following
            kept = answer.status_code in (403, 404, 409) and after == before
            accepted, refused = accepted + legal, refused + (not legal)
            if not (done if legal else kept):
                wrong.append((person, move, status, answer.status_code, after))
    assert not wrong
    assert (accepted, refused) == (len(cells), len(table) * len(council.people) - len(cells))


def _with(council: Council, status: ActionStatus, kind: ActionKind, part: str, who: str) -> UUID:
    """An action in a status, with somebody who covers for its owner or helps."""
    action = an_action(council, status, kind=kind, owner="worker")
    if part == COVER:
        action.cover = db.session.get_one(Person, council.people[who])
    else:
        action.parties.append(ActionParty(party=Party.HELPER, person_id=council.people[who]))
    db.session.flush()
    return action.id
