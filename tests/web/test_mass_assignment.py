"""AZ-5: what a form does not ask for changes nothing, whatever is sent beside it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Account, Person
from qa_app.audits.models import Audit
from qa_app.database import db, now
from qa_app.domain.actions import ActionStatus
from qa_app.extensions import Base
from qa_app.tracker.models import Action
from tests.audits.making import the_audit
from tests.tracker.factory import an_action
from tests.web.access_matrix import World, build_world, routes
from tests.web.filling import forms_of, send

# Columns that a careless form would copy. Those that a form does ask for are left out there.
SENT: dict[str, str] = {
    "id": str(uuid4()), "state": "final", "status": "verified", "final_grade": "outstanding",
    "auditor_grade": "outstanding", "overall_grade": "outstanding", "auditor_id": "", "team_id": "",
    "moderator_id": "", "mode": "blind", "own_service": "1", "owner_id": "", "raised_by": "",
    "verified_by": "", "settled_on": "2026-11-01", "completed_on": "2020-01-01",
    "source": "imported",
    "reference": "TAKEN", "case_reference": "TAKEN", "acknowledged_by": "", "decided_by": "",
    "withdrawn_at": "2026-11-01", "email": "taken@example.test", "person_id": "", "is_admin": "1",
    "password_hash": "x", "closed_at": "", "submitted_at": "2020-01-01", "by": "",
    "at": "2020-01-01",
    "original_due_on": "2030-01-01", "raised_on": "2020-01-01", "audit_id": "", "import_hash": "x",
}  # fmt: skip
WORTHLESS = "TAKEN"
PEOPLE = ("auditor", "other_head", "manager", "qa_lead", "head", "administrator")
# Told by the way things go, not by what was sent: ids, times, tokens, the chain.
GOES_BY_ITSELF = {"event", "chain_head", "sign_in_session", "counter", "notice"}


@pytest.fixture
def world(app: Flask) -> World:
    return build_world(app)


def _rows() -> dict[tuple[str, str], dict[str, Any]]:
    """(table, id) → the row, of every table whose rows have an id."""
    return {
        (name, str(row["id"])): dict(row)
        for name, table in Base.metadata.tables.items()
        if name not in GOES_BY_ITSELF and "id" in table.columns
        for row in db.session.execute(select(table)).mappings()
    }


def _extra(person_id: str) -> dict[str, str]:
    return {name: value or person_id for name, value in SENT.items()}


@pytest.mark.parametrize("person", PEOPLE)
def test_what_no_form_asks_for_changes_nothing(
    app: Flask, world: World, person: str, record_property: Callable[[str, object], None]
) -> None:
    client, forms = world.client(person), {}
    for endpoint, method, rule in routes(app):
        if method == "GET":
            for form in forms_of(client, world.path(endpoint, rule)):
                forms.setdefault((form.action, tuple(form.names)), form)
    with app.app_context():
        before = _rows()
        me = db.session.scalars(select(Person.id).where(Person.staff_id == f"S-{person}")).one()
    posted = 0
    for form in forms.values():
        extra = {k: v for k, v in _extra(str(me)).items() if k not in form.names}
        # Nothing that the form asks for is sent: all that could change is what it does not ask for.
        press = {form.buttons[0]: "1"} if form.buttons and form.buttons[0] else {}
        # Taking an audit gives a moderation its mode, as was chosen when the audit was sent (M3).
        taking = ("/start", "/next", "/second", "/release")
        if "end-sessions" in form.action or form.action.endswith(("/close", *taking)):
            continue
        assert send(client, form, extra | press).status_code < 500, form.action
        posted += 1
    with app.app_context():
        changed = _changed(before, _rows())
    counted = f"{person}: {posted} forms, {len(SENT)} names, {len(changed)} columns changed"
    record_property("counted", counted)
    assert changed == []
    assert posted >= 3


def _changed(before: dict, after: dict) -> list[tuple[str, str, Any]]:
    """Columns that hold something that was sent and did not before."""
    sent = {*SENT.values(), WORTHLESS} - {"", "1", "x"}
    return [
        (table, column, value)
        for (table, row_id), row in after.items()
        for column, value in row.items()
        if str(value) in sent and before.get((table, row_id), {}).get(column) != value
    ]


def _snapshot(model: type[Base], row_id: UUID, *columns: str) -> list[Any]:
    row = db.session.get_one(model, row_id)
    return [getattr(row, column) for column in columns]


# AZ-5: beside a form that is filled in and taken, too.
def test_a_finished_action_takes_only_its_evidence(app: Flask, council, client_for) -> None:
    with app.app_context():
        action = an_action(council, ActionStatus.IN_PROGRESS, at=now())
        db.session.commit()
        action_id = action.id
        columns = ("owner_id", "verified_by", "settled_on", "kind", "due_on", "original_due_on",
                   "what", "team_id", "reference", "raised_by")  # fmt: skip
        before = _snapshot(Action, action_id, *columns)
    client = client_for(council.people["manager"])
    form = forms_of(client, f"/tracker/{action_id}/done")[0]
    extra = _extra(str(council.people["manager"])) | {"kind": "service", "what": WORTHLESS}
    answer = send(client, form, extra | form.filled("On the file."))
    assert answer.status_code == 302
    with app.app_context():
        assert _snapshot(Action, action_id, *columns) == before
        assert _snapshot(Action, action_id, "status") == ["done"]


def test_an_audit_that_is_given_takes_only_what_the_form_asks(
    app: Flask, council, client_for
) -> None:
    client = client_for(council.people["qa_lead"])
    form = forms_of(client, "/programme/give?case=100001")[0]
    extra = _extra(str(council.people["viewer"]))
    wanted = form.filled("", selection="random", auditor=str(council.people["other_auditor"]))
    assert send(client, form, extra | wanted).status_code == 302
    with app.app_context():
        audit = the_audit()
        assert (audit.state, audit.final_grade, audit.source) == ("given", None, "made")
        assert audit.auditor_id == council.people["other_auditor"]
        assert (audit.case_reference, audit.completed_on) == ("100001", None)
        assert audit.reference != WORTHLESS
        assert db.session.scalars(select(Audit)).all() == [audit]


def test_ones_own_password_page_gives_nobody_anything_else(app: Flask, council, client_for) -> None:
    me = council.people["viewer"]
    client = client_for(me)
    form = forms_of(client, "/my-account/password")[0]
    with app.app_context():
        account = db.session.scalars(select(Account.id).where(Account.person_id == me)).one()
        before = _snapshot(Account, account, "email", "password_hash", "closed_at", "person_id")
    roles = {"role": "administrator", "roles": "qa_lead", "scope": "all"}
    assert send(client, form, _extra(str(me)) | roles).status_code < 500
    with app.app_context():
        after = _snapshot(Account, account, "email", "password_hash", "closed_at", "person_id")
        assert after == before
    assert client.get("/people").status_code == 403
