"""E1: whoever a concern is about sees and is told nothing of it: not the concern, not the audit, no
action, in no list, count, search, message or export, whatever their role.

Words of their own stand in the concern, the audit and its action, and every address of the app and
every link that leads on is fetched as each person whom it could be about: none is found. As a proof
that the words can be found at all, the same is fetched when the concern is about nobody.
"""

from dataclasses import dataclass
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qa_app.accounts import sessions
from qa_app.accounts.models import Account
from qa_app.audits import services
from qa_app.cli import SCHEDULED
from qa_app.database import db, now, saving
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from tests.audits.making import submitted
from tests.council import Council
from tests.web.access_matrix import routes
from tests.web.programme_world import OF_TOOLS

# Anybody whom a concern about case 100001 could be about, but for its auditor, who raises it.
COULD_BE = ("worker", "manager", "chair", "head", "director", "qa_lead", "review_head")
WORRY, AUDIT, ACTION = "canary of the worry", "A-CANARY-AUDIT", "P-CANARY-ACTION"
NOWHERE = UUID(int=7)


@dataclass
class World:
    """One audit with a concern, and what names them."""

    app: Flask
    council: Council
    ids: dict[str, UUID]

    def client(self, key: str) -> FlaskClient:
        """Each page is checked by the tests of that page; here there are too many of them."""
        client = FlaskClient(self.app, self.app.response_class)
        with self.app.app_context(), saving():
            who = self.council.people[key]
            account = db.session.query(Account).filter_by(person_id=who).one()
            token = sessions.begin(account, at=now()).id
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    def paths(self) -> list[str]:
        """Every address of the app, and the lists in which something could be found."""
        months = "from=2026-01&to=2026-12"
        return [
            *(self._path(rule) for _, method, rule in routes(self.app) if method == "GET"),
            *(f"/audits?q={each}" for each in ("A-CANARY", "100001", "A-")),
            *(f"/tracker/?status={each}" for each in ("all", "open", "done")),
            "/tracker/?kind=priority", "/notices", "/concerns/",
            f"/reports/measures?{months}&grades=auditor",
            f"/reports/measures/actions?{months}&month=2026-11",
        ]  # fmt: skip

    def _path(self, rule) -> str:
        words = {"code": "risk", "field": "overall.rationale", "name": "expected_audits",
                 "standard_number": "1.1", "token": "none"}  # fmt: skip
        known = {**words, **self.ids, "person_id": self.council.people["auditor"]}
        if rule.endpoint.startswith("standards."):
            known |= OF_TOOLS
        values = {name: known.get(name, NOWHERE) for name in rule.arguments}
        with self.app.test_request_context():
            return str(rule.build(values, append_unknown=False)[1])

    def found(self, key: str) -> dict[str, list[str]]:
        """At which addresses this person finds which words."""
        client, words = self.client(key), [WORRY, AUDIT, ACTION, *map(str, self.ids.values())]
        found = {}
        for path in self.paths():
            answer = client.get(path)
            assert answer.status_code < 500, path
            if answer.status_code == 200:
                marks = [each for each in words if each.encode() in answer.data]
                if marks:
                    found[path] = marks
        return found

    def messages(self, key: str) -> list[str]:
        """What was ever sent to this person about it."""
        with self.app.app_context():
            query = select(Notice).where(Notice.person_id == self.council.people[key])
            texts = [f"{e.subject} {e.body} {e.path}" for e in db.session.scalars(query)]
        words = [WORRY, AUDIT, ACTION, *map(str, self.ids.values())]
        return [text for text in texts if any(each in text for each in words)]


@pytest.fixture
def world_of(app: Flask, council: Council):
    """world_of("manager") → an audit with a concern about them; (None) about nobody."""

    def make(about: str | None) -> World:
        implicated = () if about is None else (council.people[about],)
        with app.app_context(), saving():
            audit = submitted(council)
            audit.reference = AUDIT
            concern = services.raise_concern(
                audit, worry=WORRY, beyond=services.Beyond(implicated=implicated),
                by=council.people["other_auditor"], at=now(),
            )  # fmt: skip
            db.session.flush()
            action = db.session.query(Action).one()
            action.reference = ACTION
            ids = {"audit_id": audit.id, "concern_id": concern.id, "action_id": action.id}
            # What is sent before it is known whom it is about cannot be called back.
            db.session.query(Notice).delete()
        return World(app, council, ids)

    return make


@pytest.mark.parametrize("key", COULD_BE)
def test_nothing_is_found_by_whom_it_is_about(world_of, key: str) -> None:
    assert world_of(key).found(key) == {}


# E1: not by a message either, whatever the clock does later.
@pytest.mark.parametrize("key", COULD_BE)
def test_nothing_is_told_to_whom_it_is_about(world_of, app: Flask, key: str) -> None:
    world = world_of(key)
    for job in SCHEDULED:
        with app.app_context(), saving():
            job.run(now().replace(year=now().year + 1))
    assert world.messages(key) == []


def test_the_words_are_there_to_be_found(world_of) -> None:
    world = world_of(None)
    for key in COULD_BE:
        found = world.found(key)
        assert found, key
    assert WORRY in world.found("head")[f"/concerns/{world.ids['concern_id']}"]
