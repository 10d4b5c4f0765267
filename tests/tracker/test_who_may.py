"""Every move of an action by every person, sent straight to its address (E3, E4, E5)."""

from itertools import product
from uuid import UUID

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.tracker.models import Action, DueDateChange
from tests.council import Council
from tests.tracker.factory import an_action

S = ActionStatus
STATUSES = (S.OPEN, S.IN_PROGRESS, S.DONE, S.VERIFIED, S.WITHDRAWN)
SETTLED = (S.VERIFIED, S.WITHDRAWN)
OUTSIDE = {"other_head", "review_head", "director"}

# The action is owned by Manny Manager, of Safeguarding. (move, status) → who may, and what follows.
# E4: the owner works on it, and nobody else does.
# E3: the due date and the owner are changed by somebody senior to the owner.
RULES: dict[tuple[str, ActionStatus], tuple[set[str], ActionStatus]] = {
    ("start", S.OPEN): ({"manager"}, S.IN_PROGRESS),
    ("done", S.IN_PROGRESS): ({"manager"}, S.DONE),
    ("due-date", S.OPEN): ({"head", "director", "qa_lead"}, S.OPEN),
    ("due-date", S.IN_PROGRESS): ({"head", "director", "qa_lead"}, S.IN_PROGRESS),
    ("owner", S.OPEN): ({"head", "director", "qa_lead"}, S.OPEN),
    ("owner", S.IN_PROGRESS): ({"head", "director", "qa_lead"}, S.IN_PROGRESS),
    # E5: withdrawn by a head of service outside the owner's service, who sees it: a director, and
    # the others once it waits for them.
    ("withdraw", S.OPEN): ({"director"}, S.WITHDRAWN),
    ("withdraw", S.IN_PROGRESS): ({"director"}, S.WITHDRAWN),
}
# E4: anybody but the owner who answers for it verifies; a priority action, a head outside.
VERIFIERS = {
    ActionKind.IMPROVEMENT: {"head", "director", "qa_lead"},
    ActionKind.PRIORITY: OUTSIDE,
}


def _rules(kind: ActionKind) -> dict[tuple[str, ActionStatus], tuple[set[str], ActionStatus]]:
    return RULES | {
        ("verify", S.DONE): (VERIFIERS[kind], S.VERIFIED),
        ("return", S.DONE): (VERIFIERS[kind], S.IN_PROGRESS),
        # E4, I2: only a priority action waits for heads of other services once it is done.
        ("withdraw", S.DONE): (
            OUTSIDE if kind is ActionKind.PRIORITY else {"director"},
            S.WITHDRAWN,
        ),
    }


def _data(move: str) -> tuple[str, dict[str, str]]:
    """The address a move is sent to, and what is sent."""
    later = {"due_on-day": "1", "due_on-month": "2", "due_on-year": str(now().year + 1)}
    today = now().date()
    done_on = {
        "done_on-day": str(today.day), "done_on-month": str(today.month),
        "done_on-year": str(today.year),
    }  # fmt: skip
    return {
        "start": ("start", {}),
        "done": ("done", {"evidence": "On the file.", **done_on}),
        "verify": ("verify", {"decision": "verified"}),
        "return": ("verify", {"decision": "returned", "missing": "The date."}),
        "withdraw": ("withdraw", {"reason": "Raised twice.", "heard": "y"}),
        "due-date": ("due-date", {"reason": "On leave.", **later}),
        "owner": ("owner", {"owner": "Wendy Worker", "reason": "On leave."}),
    }[move]


MOVES = ("start", "done", "verify", "return", "withdraw", "due-date", "owner")


def _change(app: Flask, action_id: UUID) -> tuple[object, ...]:
    with app.app_context():
        action = db.session.get_one(Action, action_id)
        return action.status, action.due_on, action.owner_id, action.version


def _actions(app: Flask, council: Council, kind: ActionKind) -> dict[tuple[str, ...], UUID]:
    """One action for each cell of the table that may change it, and one a status for the rest."""
    cells = [
        (move, status, person)
        for (move, status), (people, _) in _rules(kind).items()
        for person in sorted(people)
    ]
    with app.app_context(), saving():
        made = {cell: an_action(council, cell[1], kind=kind).id for cell in cells}
        made |= {(status,): an_action(council, status, kind=kind).id for status in STATUSES}
    return made


@pytest.mark.parametrize("kind", [ActionKind.IMPROVEMENT, ActionKind.PRIORITY])
def test_every_move_by_every_person(app: Flask, council: Council, client_for, kind) -> None:
    rules, actions = _rules(kind), _actions(app, council, kind)
    accepted, refused, wrong = 0, 0, []
    for person, person_id in council.people.items():
        client = client_for(person_id)
        token = client.token_in(client.get("/account").text) or client.token_in(
            client.get("/").text
        )
        assert token
        for move, status in product(MOVES, STATUSES):
            people, following = rules.get((move, status), (set(), status))
            legal = person in people
            action_id = actions[(move, status, person) if legal else (status,)]
            before = _change(app, action_id)
            path, data = _data(move)
            answer = client.send(f"/tracker/{action_id}/{path}", data, token=token)
            after = _change(app, action_id)
            done = answer.status_code == 302 and after != before and after[0] is following
            kept = answer.status_code in (403, 404, 409) and after == before
            accepted, refused = accepted + legal, refused + (not legal)
            if not (done if legal else kept):
                wrong.append((person, move, status, answer.status_code, after))
    print(f"{kind}: {accepted} legal moves accepted, {refused} refused, {len(wrong)} wrong")  # noqa: T201
    assert not wrong


# E3: the original due date stays, and each change is kept with its reason.
def test_a_moved_due_date_keeps_its_original(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council).id
        original = db.session.get_one(Action, action_id).due_on
    client = client_for(council.people["head"])
    path, data = _data("due-date")
    answer = client.submit(f"/tracker/{action_id}/{path}", data, follow_redirects=True)
    assert f"Originally {original.day} " in answer.text
    assert "On leave." in answer.text
    with app.app_context():
        action = db.session.get_one(Action, action_id)
        assert action.original_due_on == original != action.due_on
        change = db.session.query(DueDateChange).one()
        assert (change.old_due_on, change.new_due_on) == (original, action.due_on)


# E4: the refusal of an owner who tries to verify their own is kept in the history.
def test_an_owner_who_tries_to_verify_their_own_is_refused_and_noted(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, S.DONE).id
    client = client_for(council.people["manager"])
    shown = client.get(f"/tracker/{action_id}")
    assert "Manny Manager owns this action, so cannot verify it." in shown.text
    token = client.token_in(shown.text) or client.token_in(client.get("/").text)
    answer = client.send(f"/tracker/{action_id}/verify", {"decision": "verified"}, token=token)
    assert answer.status_code == 409
    assert "Manny Manager owns this action, so cannot verify it." in answer.text
    after = client.get(f"/tracker/{action_id}")
    assert "Was refused: owns this action (E4), so cannot verify it" in after.text
