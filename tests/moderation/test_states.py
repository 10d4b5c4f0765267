"""Who may do what in which state of an audit's moderation, by direct POST (AZ-6, AZ-7, CO-5).

Every (state, action, person) is tried. What is allowed stands below in English; all else is
refused: it changes neither the audit nor its moderations nor a grade.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Account, Person, PostKind
from qa_app.audits.models import Audit, AuditParty, GradeRow
from qa_app.audits.services import return_for_correction
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation import services
from qa_app.moderation.models import (
    Moderation,
    ModerationMode,
    ModerationReply,
    ModerationState,
)
from tests.council import Council, _add_person, grant
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import answered, asked, committed, disputed, second_taken, taken
from tests.moderation.factory import AGREE_WITH_ALL, a_submitted_audit, agreeing, tie

# M2, M4, M5, M6: the audit is Ada Auditor's, with a second auditor; Hetty Head is her line manager.
ALLOWED = """
waiting: another head, the first moderator and the senior one may start
waiting, to be blind: another head and the first moderator may start
being moderated: the first moderator may commit, release and return
being moderated blind: the first moderator may give first grades and release
being moderated blind, first grades given: the first moderator may commit, release and return
waiting for the answer: the auditor may answer
waiting for a second moderator: the senior one may start the second
with the second moderator: the senior one may decide and release the second
"""

# Nothing at all is allowed in these.
NOTHING = (
    "not started", "being written", "withdrawn", "returned", "final", "final after a second one",
    "waiting, not chosen", "waiting, facts being checked", "final without a reply",
)  # fmt: skip

PEOPLE = {
    "nobody": None,
    "the auditor": "auditor",
    "the second auditor": "shared",
    "the line manager": "head",
    "another head": "review_head",
    "the first moderator": "other_head",
    "the senior one": "director",
    "the social worker": "worker",
    "the team manager": "manager",
    "the QA lead": "qa_lead",
    "the viewer": "viewer",
    "the administrator": "administrator",
    "somebody deactivated": "gone",
}

DECISION = {"overall_grade": "good", "overall_words": "It was.", "opened_record": "y"}
FIRST = {"overall_grade": "good", "opened_record": "y"}
ACCEPTING = {"overall_view": "accept", "risk_view": "accept"}
RETURNING = {"says_0": "Say who saw the child.", "where_0": "", "feedback": "The plan is clear."}

# action: the path beneath the audit's moderation, or beneath each moderation; and what is sent
ACTIONS = {
    "start": ("/moderation/audits/{audit}/start", {}),
    "commit": ("/moderation/{moderation}", AGREE_WITH_ALL),
    "give first grades": ("/moderation/{moderation}/first-grades", FIRST),
    "release": ("/moderation/{moderation}/release", {}),
    "return": ("/moderation/{moderation}/return", RETURNING),
    "answer": ("/moderation/audits/{audit}/answer", ACCEPTING),
    "start the second": ("/moderation/audits/{audit}/second", {}),
    "decide": ("/moderation/{moderation}/decide", DECISION),
    "release the second": ("/moderation/{moderation}/release-second", {}),
}


def _listed(text: str) -> list[str]:
    return [each.strip() for each in re.split(r",(?! first)| and ", text)]


def allowed() -> set[tuple[str, str, str]]:
    """The table above as (state, action, person)."""
    found = set()
    for line in ALLOWED.strip().splitlines():
        state, rest = line.split(": ")
        people, actions = rest.split(" may ")
        found |= {(state, act, who) for act in _listed(actions) for who in _listed(people)}
    assert {who for _, _, who in found} <= set(PEOPLE)
    assert {act for _, act, _ in found} == set(ACTIONS)
    return found


@dataclass
class Made:
    """An audit in a state, and the ids of its moderations."""

    audit_id: UUID
    moderations: list[UUID]


def _written(council: Council, state: AuditState) -> Audit:
    audit = a_submitted_audit(council)
    audit.state, audit.submitted_at = state, None
    audit.completed_on = audit.completed_month = None
    # As if somebody had moderated it in a former life: they are no moderator of it now.
    _released(council, audit)
    return audit


def _released(council: Council, audit: Audit) -> Audit:
    name = db.session.get_one(Person, council.people["other_head"]).name
    db.session.add(
        Moderation(
            audit_id=audit.id, moderator_id=council.people["other_head"], moderator_name=name,
            mode=ModerationMode.SIGHTED, state=ModerationState.RELEASED, started_at=now(),
        )
    )  # fmt: skip
    return audit


def _waiting(council: Council, **more: bool) -> Audit:
    audit = _released(council, a_submitted_audit(council))
    if more:
        chosen(audit, **more)
    return audit


def _facts(council: Council) -> Audit:
    audit = _waiting(council)
    audit.facts_until = now().date().replace(year=2099)
    return audit


def _blind(council: Council) -> Audit:
    audit = a_submitted_audit(council)
    chosen(audit, blind=True)
    moderator = db.session.get_one(Person, council.people["other_head"])
    return services.start(audit, moderator, by=moderator.id, at=now()).audit


def _revealed(council: Council) -> Audit:
    audit = _blind(council)
    moderation = db.session.query(Moderation).filter_by(audit_id=audit.id).one()
    services.commit_first(
        moderation,
        dict.fromkeys([*moderation.blind_sections, "overall"], audit.auditor_grade),
        by=moderation.moderator_id,
        at=now(),
        opened_record=True,
    )
    return audit


def _returned(council: Council) -> Audit:
    moderation = taken(council)
    moderation.state = ModerationState.RETURNED
    return return_for_correction(moderation.audit, moderation.moderator_id, now())


def _agreed(council: Council) -> Audit:
    moderation = taken(council)
    return committed(moderation, agreeing(moderation.audit)).audit


def _decided(council: Council) -> Audit:
    moderation = second_taken(council, disputed(council))
    given = {"overall": services.GradeGiven(moderation.audit.auditor_grade, None, "It was.")}
    services.decide_second(
        moderation, given, opened_record=True, feedback="", by=moderation.moderator_id, at=now()
    )
    return moderation.audit


def _unanswered(council: Council) -> Audit:
    moderation = asked(council)
    services.stand_without_reply(now().replace(year=2099))
    return moderation.audit


MAKES: dict[str, Callable[[Council], Audit]] = {
    "not started": lambda council: _written(council, AuditState.GIVEN),
    "being written": lambda council: _written(council, AuditState.IN_PROGRESS),
    "withdrawn": lambda council: _written(council, AuditState.WITHDRAWN),
    "waiting": _waiting,
    "waiting, not chosen": lambda council: _waiting(council, selected=False),
    "waiting, to be blind": lambda council: _waiting(council, blind=True),
    "waiting, facts being checked": _facts,
    "being moderated": lambda council: taken(council).audit,
    "being moderated blind": _blind,
    "being moderated blind, first grades given": _revealed,
    "returned": _returned,
    "waiting for the answer": lambda council: asked(council).audit,
    "waiting for a second moderator": lambda council: answered(asked(council), "overall").audit,
    "with the second moderator": lambda council: second_taken(council, disputed(council)).audit,
    "final": _agreed,
    "final after a second one": _decided,
    "final without a reply": _unanswered,
}


@pytest.fixture
def world(app: Flask, council: Council, client_for):
    """The clients of everybody, and world.make(state)."""
    with app.app_context(), saving():
        _add_person(council, "gone", "Gina Gone", PostKind.CORPORATE_DIRECTOR, 80, True, "ROOT",
                    [(Role.MODERATOR, Scope.ALL, None)])  # fmt: skip
        _add_person(council, "shared", "Sid Second", PostKind.SOCIAL_WORKER, 10, False, "SAFE2",
                    [(Role.AUDITOR, Scope.OWN, None)])  # fmt: skip
    clients = {
        who: app.test_client() if key is None else client_for(council.people[key])
        for who, key in PEOPLE.items()
    }
    with app.app_context(), saving():
        account = db.session.query(Account).filter_by(person_id=council.people["gone"]).one()
        account.closed_at = now()
    tokens = {}
    for who, client in clients.items():
        page = client.get("/account").text or client.get("/sign-in").text
        tokens[who] = client.token_in(page) or client.token_in(client.get("/sign-in").text)
        assert tokens[who], who

    def make(state: str) -> Made:
        with app.app_context(), saving():
            audit = MAKES[state](council)
            tie(council, audit, "shared", Party.CO_AUDITOR)
            db.session.flush()
            query = select(Moderation.id).where(Moderation.audit_id == audit.id)
            return Made(audit.id, list(db.session.scalars(query)))

    def post(who: str, action: str, made: Made) -> None:
        path, data = ACTIONS[action]
        # A blind moderation has sections of its own to grade first.
        with app.app_context():
            first = db.session.get(Moderation, made.moderations[0]) if made.moderations else None
            more = {f"{code}_grade": "good" for code in (first.blind_sections if first else [])}
        data = data | (more if action == "give first grades" else {})
        for moderation_id in made.moderations if "{moderation}" in path else [""]:
            address = path.format(audit=made.audit_id, moderation=moderation_id)
            sent = clients[who].send(address, data, token=tokens[who])
            assert sent.status_code in (302, 400, 401, 403, 404, 409), (who, action, address)

    def stands(made: Made) -> tuple[object, ...]:
        with app.app_context():
            audit = db.session.get_one(Audit, made.audit_id)
            moderations = db.session.scalars(
                select(Moderation).where(Moderation.audit_id == audit.id).order_by(Moderation.id)
            )
            rows = db.session.scalars(select(GradeRow.id).where(GradeRow.audit_id == audit.id))
            parties = select(AuditParty.party, AuditParty.person_id).where(
                AuditParty.audit_id == audit.id
            )
            replies = (
                select(ModerationReply.id).join(Moderation).where(Moderation.audit_id == audit.id)
            )
            return (
                audit.state,
                audit.final_grade,
                [(m.id, m.state, m.answer, m.revealed_at, m.committed_at) for m in moderations],
                sorted(rows),
                sorted((party.value, str(who)) for party, who in db.session.execute(parties)),
                len(db.session.scalars(replies).all()),
            )

    class World:
        pass

    found = World()
    found.make, found.post, found.stands = make, post, stands
    return found


def test_the_tables_know_every_state() -> None:
    named = {state for state, _, _ in allowed()}
    assert named | set(NOTHING) == set(MAKES)
    assert not named & set(NOTHING)


# AZ-6: 0 illegal ones accepted, 0 legal ones refused.
@pytest.mark.parametrize("state", MAKES)
def test_what_is_allowed_in_a_state_and_nothing_else(
    app: Flask, world, record_property, state: str
) -> None:
    legal = allowed()
    accepted_illegal, refused_legal, tried = [], [], 0
    still = world.make(state)
    before = world.stands(still)
    for action in ACTIONS:
        for who in PEOPLE:
            tried += 1
            is_legal = (state, action, who) in legal
            made = world.make(state) if is_legal else still
            stood = world.stands(made) if is_legal else before
            world.post(who, action, made)
            changed = world.stands(made) != stood
            if changed and not is_legal:
                accepted_illegal.append((action, who))
                still = world.make(state)
                before = world.stands(still)
            if is_legal and not changed:
                refused_legal.append((action, who))
    record_property(
        "counted",
        f"{tried} tuples of “{state}”: {len(accepted_illegal)} illegal accepted, "
        f"{len(refused_legal)} legal refused",
    )
    assert not accepted_illegal
    assert not refused_legal


# AZ-7: one's own audit, and one's own moderation, whatever roles one holds; and it is logged.
@pytest.mark.parametrize(
    ("state", "path", "who"),
    [
        ("waiting", "start", "auditor"),
        ("waiting", "start", "shared"),
        ("waiting for a second moderator", "second", "auditor"),
        ("waiting for a second moderator", "second", "shared"),
        ("waiting for a second moderator", "second", "other_head"),
    ],
)
def test_nobody_moderates_their_own_work(
    app: Flask, council: Council, world, client_for, state: str, path: str, who: str
) -> None:
    with app.app_context(), saving():
        grant(council, who, Role.MODERATOR, Scope.ALL, None)
    made = world.make(state)
    before = world.stands(made)
    client = client_for(council.people[who])
    answer = client.send(f"/moderation/audits/{made.audit_id}/{path}")
    assert answer.status_code == 409
    assert "so cannot moderate this audit" in answer.text
    assert world.stands(made) == before
    with app.app_context():
        refused = db.session.query(Event).filter_by(verb="refused").one()
        assert (refused.actor_id, refused.audit_id) == (council.people[who], made.audit_id)
