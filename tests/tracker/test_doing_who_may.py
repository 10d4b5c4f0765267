"""Every piece of daily work on an action by every person, sent straight to its address."""

from itertools import product
from uuid import UUID

from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionStatus
from qa_app.domain.permissions import Party
from qa_app.tracker.models import Action, ActionParty, ActionStep, OtherLadder, OtherLadderKind
from qa_app.tracker.services.linking import note_ladder
from tests.council import Council
from tests.tracker.doing import help_with
from tests.tracker.factory import an_action, move_to, pinned_to_a_case

S = ActionStatus
STATUSES = (S.OPEN, S.IN_PROGRESS, S.DONE, S.VERIFIED, S.WITHDRAWN)
OUTSTANDING, TO_DO = STATUSES[:3], STATUSES[:2]
REFERENCE = "D-2023-1"

# The action is owned by Manny Manager of Safeguarding Team 1, after an audit by Ada Auditor of a
# child of Cleo Chair; Iris Reviewer helps, and Rhona Head covers for its owner.
ANSWERING = {"manager", "head", "director", "qa_lead"}
COVER, HELPER, CHAIR = "review_head", "iro", "chair"
RULES: dict[str, tuple[tuple[ActionStatus, ...], set[str]]] = {
    # E4: whoever does it or answers for it says how it goes, until it is settled.
    "note": (OUTSTANDING, ANSWERING | {COVER, HELPER}),
    # E3: its owner, or whoever answers for it, says who else helps, until it is done.
    "help": (TO_DO, ANSWERING | {COVER}),
    "stop": (TO_DO, ANSWERING | {COVER}),
    "partner": (TO_DO, ANSWERING | {COVER}),
    # E9: rated by those who answer for it and did not do it, once it is done.
    "impact": ((S.DONE, S.VERIFIED), ANSWERING - {"manager"}),
    # The owner, the child's conference chair, and whoever answers for the service.
    "ladder": (OUTSTANDING, ANSWERING | {COVER, CHAIR}),
    "end": (STATUSES, ANSWERING | {COVER, CHAIR}),
}


def _sent(move: str, action_id: UUID, council: Council, ladder: UUID) -> tuple[str, dict[str, str]]:
    """The address a move is sent to, and what is sent."""
    path, data = {
        "note": ("note", {"note": "Spoke with the school."}),
        "help": ("helpers", {"owner": "Wendy Worker"}),
        "stop": (f"helpers/{council.people[HELPER]}/stop", {}),
        "partner": ("partner", {"partner": "A school"}),
        "impact": ("impact", {"impact": "some"}),
        "ladder": (
            "other-ladders",
            {"kind": "partnership", "reference": "ESC-1", "rung": "1"},
        ),
        "end": (f"other-ladders/{ladder}/end", {}),
    }[move]
    return f"/tracker/{action_id}/{path}", data


def _made(council: Council, status: ActionStatus) -> tuple[UUID, UUID]:
    action = an_action(council, audit=pinned_to_a_case(council))
    help_with(council, action, HELPER)
    kind, by = OtherLadderKind.IRO_DISPUTE, council.people[CHAIR]
    row = note_ladder(action, kind=kind, reference=REFERENCE, rung=2, by=by, at=now())
    move_to(council, action, status, now())
    action.covered_by = council.people[COVER]
    return action.id, row.id


def _facts(app: Flask, action_id: UUID) -> tuple[object, ...]:
    """All that these moves can change."""
    with app.app_context():
        action = db.session.get_one(Action, action_id)
        steps = db.session.query(ActionStep).filter_by(action_id=action_id).count()
        helpers = db.session.query(ActionParty).filter_by(
            action_id=action_id, party=Party.HELPER
        ).count()  # fmt: skip
        rows = db.session.query(OtherLadder).filter_by(action_id=action_id).all()
        ended = sum(row.ended_at is not None for row in rows)
        return action.impact, action.partner_agency, steps, helpers, len(rows), ended


def test_every_piece_of_work_by_every_person(app: Flask, council: Council, client_for) -> None:
    legal = {
        (move, status, person)
        for move, (statuses, people) in RULES.items()
        for status, person in product(statuses, people)
    }
    with app.app_context(), saving():
        made = {cell: _made(council, cell[1]) for cell in sorted(legal)}
        made |= {(status,): _made(council, status) for status in STATUSES}
    refused, wrong = 0, []
    for person, person_id in council.people.items():
        client = client_for(person_id)
        token = client.token_in(client.get("/account").text)
        for move, status in product(RULES, STATUSES):
            may = (move, status, person) in legal
            action_id, ladder = made[(move, status, person) if may else (status,)]
            before = _facts(app, action_id)
            path, data = _sent(move, action_id, council, ladder)
            answer = client.send(path, data, token=token)
            changed = _facts(app, action_id) != before
            fits = answer.status_code == 302 if may else answer.status_code in (403, 404, 409)
            refused += not may
            if changed is not may or not fits:
                wrong.append((person, move, status, answer.status_code, changed))
    print(f"{len(legal)} legal moves accepted, {refused} refused, {len(wrong)} wrong")  # noqa: T201
    assert not wrong


# M3, E1: whoever the action is kept from finds nothing of it, whatever their role.
def test_who_is_kept_from_it_does_nothing(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id, ladder = _made(council, S.DONE)
        action = db.session.get_one(Action, action_id)
        for key, party in (("head", Party.IMPLICATED), ("director", Party.BLIND_MODERATOR)):
            action.parties.append(ActionParty(party=party, person_id=council.people[key]))
    before = _facts(app, action_id)
    for key, move in product(("head", "director"), RULES):
        client = client_for(council.people[key])
        path, data = _sent(move, action_id, council, ladder)
        assert client.send(path, data).status_code == 404, (key, move)
    assert _facts(app, action_id) == before


# What a person may do stands on the page, and nothing else does.
def test_the_page_offers_what_may_be_done(app: Flask, council: Council, client_for) -> None:
    offers = {"note": "/note", "help": "/helpers", "impact": "/impact", "ladder": "/other-ladders"}
    with app.app_context(), saving():
        made = {status: _made(council, status)[0] for status in STATUSES}
    for person, person_id in council.people.items():
        client = client_for(person_id)
        for status, action_id in made.items():
            answer = client.get(f"/tracker/{action_id}")
            if answer.status_code == 404:
                continue
            for move, path in offers.items():
                statuses, people = RULES[move]
                may = status in statuses and person in people
                offered = f'href="/tracker/{action_id}{path}"' in answer.text
                assert offered is may, (person, status, move)
