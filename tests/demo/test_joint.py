"""The demonstration's joint audit: a partner's account that sees it, and nothing else (I2)."""

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Account, Person, PersonSource
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, AuditParty
from qa_app.audits.queries import auditors_words, may_read
from qa_app.database import db
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from tests.demo.conftest import AT, TODAY
from tests.demo.test_pages import signed_in


@pytest.fixture
def partner(demo: Flask) -> Person:
    return db.session.scalars(select(Person).where(Person.source == PersonSource.PARTNER)).one()


def test_one_audit_is_done_with_somebody_of_the_police(partner):
    party = db.session.scalars(select(AuditParty).where(AuditParty.party == Party.CO_AUDITOR)).one()
    assert party.person_id == partner.id
    audit = db.session.get_one(Audit, party.audit_id)
    assert audit.state is AuditState.IN_PROGRESS
    assert audit.auditor.email == "auditor@demo.example"
    assert auditors_words(audit).endswith("with Priya Thornleigh, Wexcombe Constabulary")


def test_the_partners_account_lasts_for_a_time_and_sees_that_audit_alone(partner):
    # I2
    account = db.session.scalars(select(Account).where(Account.person_id == partner.id)).one()
    assert account.ends_on > TODAY
    seen = actor(partner.id, TODAY)
    assert seen.reaches == ()
    assert len(db.session.scalars(select(Audit.id).where(may_read(seen))).all()) == 1


def test_the_partner_signs_in_and_finds_it(demo_app: Flask):
    with time_machine.travel(AT, tick=False):
        client = signed_in(demo_app, "partner")
        assert "Audits that are shared with you" in client.get("/").text
        assert client.get("/audits").status_code == 403
