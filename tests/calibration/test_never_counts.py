"""What is graded for calibration is in no measure, no figure of agreement and no list (M10)."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Account, Person, PersonSource, RoleGrant, name_key
from qa_app.cli import cli
from qa_app.database import db, saving
from qa_app.domain.grades import GRADES
from qa_app.domain.permissions import Role, Scope
from qa_app.extensions import Base
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.results import results_of
from tests.calibration.making import AT, DEADLINE, LATER, a_draft, a_final_audit, commit, grades
from tests.council import STARTED, Council
from tests.factories import an_imported_audit

OUT, GOOD, RI, BAD = GRADES
# MTM-1 to 4, agreement with its tables and pairs, lists of audits, the queue, home.
PAGES = (
    "/reports/measures?from=2022-12&to=2026-11",
    "/reports/measures/download?from=2022-12&to=2026-11&format=csv",
    "/moderation/agreement?from=2022-12&to=2026-11&by=auditor",
    "/moderation/agreement?from=2022-12&to=2026-11&by=section",
    "/moderation/agreement/audits?from=2022-12&to=2026-11",
    "/audits/", "/audits/?state=final", "/moderation/", "/", "/tracker/", "/programme/",
)  # fmt: skip
COMMANDS = (
    ("measures", "--from", "2022-12", "--to", "2026-11", "--format", "json"),
    ("agreement", "--from", "2022-12", "--to", "2026-11", "--format", "json"),
    ("agreement", "--from", "2022-12", "--to", "2026-11", "--by", "auditor", "--format", "json"),
)
CALIBRATION = {"calibration_session", "calibration_invite", "calibration_grade"}
# Whom calibration told, and the log of what was done.
BESIDE = {"event", "chain_head", "notice", "sign_in_session", "counter"}
_TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')


@pytest.fixture(autouse=True)
def _later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def twenty_auditors() -> list[UUID]:
    """Twenty people who audit, besides the council's."""
    found = []
    for number in range(20):
        name, email = f"Auditor {number:02}", f"auditor{number}@example.test"
        person = Person(
            name=name, name_key=name_key(name), email=email, source=PersonSource.ADMINISTRATOR
        )
        db.session.add(person)
        db.session.flush()
        db.session.add(Account(person_id=person.id, email=email))
        db.session.add(
            RoleGrant(person_id=person.id, role=Role.AUDITOR, scope=Scope.OWN, valid_from=STARTED)
        )
        found.append(person.id)
    db.session.flush()
    return found


def everything(app: Flask, council: Council, client_for) -> dict[str, str]:
    """Every figure and list, as three people read them, and as the commands print them."""
    found = {}
    for key in ("qa_lead", "director", "head"):
        client = client_for(council.people[key])
        for path in PAGES:
            answer = client.get(path)
            body = _TOKEN.sub("", answer.text)
            found[f"{key} {path}"] = f"{answer.status_code} {body}"
    for name, *arguments in COMMANDS:
        done = app.test_cli_runner().invoke(cli.commands[name], arguments)
        assert done.exit_code == 0, done.output
        found[f"{name} {arguments}"] = done.output
    return found


def every_other_row() -> dict[str, list[str]]:
    """Every row of every table that calibration does not write to."""
    return {
        name: sorted(str(tuple(row)) for row in db.session.execute(select(table)))
        for name, table in Base.metadata.tables.items()
        if name not in CALIBRATION | BESIDE
    }


def test_a_session_of_twenty_people_changes_no_figure_and_no_list(
    app: Flask, council: Council, client_for
) -> None:
    # M10, MTM-1 to 4, M9: byte for byte the same before and after, tries and gold among it
    people, lead = council.people, council.people["qa_lead"]
    with app.app_context(), saving():
        many = twenty_auditors()
        audit = a_final_audit(council)
        for number, grade in enumerate(GRADES * 5):
            an_imported_audit(f"B{number:03}", auditor_grade=grade, final_grade=GOOD)
        services.make_from_audit(audit, "From an audit", by=lead, at=AT)
    before = everything(app, council, client_for)
    with app.app_context():
        rows = every_other_row()

    with app.app_context(), saving():
        session = a_draft(council)
        services.invite(session, many, DEADLINE, by=lead, at=AT)
        assert services.open_session(session, by=lead, at=AT) == 20
        for number, person in enumerate(many):
            commit(session, person, grades(session, GRADES[number % 4]))
        services.close(session, by=lead, at=LATER)
        assert len(results_of(session, lead).committed) == 20
        services.agree(session, grades(session, BAD), why="W", learnt="", by=lead, at=LATER)
        services.mark_gold(session, True, by=lead, at=LATER)
        commit(session, people["auditor"], grades(session, OUT), LATER)

    with app.app_context():
        assert every_other_row() == rows
    after = everything(app, council, client_for)
    # the QA lead's own notice, that everybody has committed, is the one thing that is new
    home = "qa_lead /"
    assert "Everybody has committed their grades" in after.pop(home)
    before.pop(home)
    assert after.keys() == before.keys()
    for what, text in after.items():
        assert text == before[what], what
    shown = sum(text.startswith("200") for text in after.values())
    print(f"{len(after)} answers compared, {shown} of them pages that were shown")  # noqa: T201
    assert shown >= 20
