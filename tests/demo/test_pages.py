"""Each of the demonstration's accounts can sign in and look around (every page is checked)."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.workflow import AuditState
from tests.demo.conftest import AT, PASSWORD


def signed_in(app: Flask, key: str):
    """A client that has signed in as one of the demonstration's accounts, by the page."""
    client = app.test_client()
    answer = client.submit("/sign-in", {"email": f"{key}@demo.example", "password": PASSWORD})
    assert answer.status_code == 302
    assert answer.location == "/"
    return client


@pytest.mark.parametrize(
    ("key", "paths"),
    [
        ("qa.lead", ["/reports/measures", "/programme", "/audits", "/tracker/"]),
        ("auditor", ["/audits"]),
        ("head.of.service", ["/moderation/", "/tracker/", "/reports/measures"]),
        ("director", ["/moderation/", "/reports/measures"]),
        ("social.worker", ["/tracker/"]),
        ("team.manager", ["/audits", "/tracker/"]),
        ("iro", ["/audits"]),
        ("viewer", []),
        ("administrator", ["/people", "/settings"]),
    ],
)
def test_each_account_signs_in_and_opens_the_pages_of_its_role(
    demo_app: Flask, key: str, paths: list[str]
):
    with time_machine.travel(AT, tick=False):
        client = signed_in(demo_app, key)
        for path in ["/", *paths]:
            assert client.get(path).status_code == 200, path


def test_a_finished_audit_opens_for_the_qa_lead(demo_app: Flask):
    with demo_app.app_context():
        final = select(Audit.id).where(Audit.state == AuditState.FINAL).order_by(Audit.reference)
        audit_ids = list(db.session.scalars(final))[::150]
    with time_machine.travel(AT, tick=False):
        client = signed_in(demo_app, "qa.lead")
        for audit_id in audit_ids:
            assert client.get(f"/audits/{audit_id}").status_code == 200
