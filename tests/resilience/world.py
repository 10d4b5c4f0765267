"""A council with one auditor who has several audits open at once, each in a browser of its own."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import flask_migrate
from flask import Flask

from qa_app import config, create_app
from qa_app.accounts import sessions
from qa_app.accounts.models import Account
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.grades import PlanType
from qa_app.standards.services import install_shipped
from tests.audits.making import given
from tests.council import Council, build_council, find

SECRET = "for tests only: not a secret of anything"
FIELD = "risk.evidence"


class Desk(NamedTuple):
    """An audit, and the cookie of the browser in which it is open."""

    audit_id: UUID
    cookie: str

    @property
    def path(self) -> str:
        """Where the audit is."""
        return f"/audits/{self.audit_id}"


def make_app(database: str, folder: Path) -> Flask:
    """The app on a database that holds nothing yet, with its tables and what is shipped."""
    settings = config.load(
        {
            "DATABASE_URL": database,
            "SECRET_KEY": SECRET,
            "QA_HTTP_ON_LOOPBACK": "1",
            "QA_UPLOADS": str(folder),
        }
    )
    app = create_app(settings)
    with app.app_context():
        flask_migrate.upgrade()
        with saving():
            install_shipped(at=now())
    return app


def _case(council: Council, reference: str) -> None:
    today = now().date()
    case = Case(
        reference=reference,
        plan_type=PlanType.CHILD_IN_NEED,
        family_reference=f"F{reference}",
        age_band="5 to 9",
        team_id=council.teams["SAFE1"],
        opened_on=today - timedelta(days=400),
        as_at=today,
    )
    db.session.add(case)
    db.session.flush()
    council.cases[reference] = case.id


def cookie_of(app: Flask, values: Mapping[str, Any]) -> str:
    """A session's cookie, signed as the app signs it."""
    serializer = app.session_interface.get_signing_serializer(app)
    return f"{app.config['SESSION_COOKIE_NAME']}={serializer.dumps(dict(values))}"


def open_desks(app: Flask, number: int) -> list[Desk]:
    """So many audits of the same auditor, each with a session of its own."""
    found = []
    with app.app_context():
        with saving():
            council = build_council()
        account = find(Account, person_id=council.people["other_auditor"])
        for each in range(number):
            reference = str(700_001 + each)
            with saving():
                _case(council, reference)
                audit = given(council, case=reference)
                token = sessions.begin(account, at=now()).id
                audit_id = audit.id
            found.append(Desk(audit_id, cookie_of(app, {"_user_id": token, "_fresh": True})))
        db.session.remove()
        db.engine.dispose()
    return found
