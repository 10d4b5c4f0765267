"""An audit put into any state, for tests of who may move it on."""

from uuid import UUID

from flask import Flask
from sqlalchemy import update

from qa_app.accounts.invitations import Partner
from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import SUBMITTED, AuditState
from tests.audits.making import given
from tests.council import Council

S = AuditState
# Everybody who may see a draft or be told of it, and some who may not.
PEOPLE = (
    "qa_lead", "other_auditor", "auditor", "manager", "worker", "head", "director", "viewer",
    "administrator",
)  # fmt: skip


def put_into(state: AuditState, audit_id: UUID) -> None:
    """Give the audit a state, with what the database asks of it."""
    at = now()
    values: dict[str, object] = {"state": state}
    if state in {*SUBMITTED, S.RETURNED}:
        values |= {"completed_on": at.date(), "completed_month": at.date().replace(day=1)}
    if state is S.FINAL:
        values |= {"final_at": at, "final_grade": Grade.GOOD}
    db.session.execute(update(Audit).where(Audit.id == audit_id).values(**values))


def an_audit(app: Flask, council: Council, state: AuditState = S.IN_PROGRESS) -> UUID:
    """An audit by `other_auditor` in a state, saved."""
    with app.app_context():
        with saving():
            audit_id = given(council, at=now()).id
        with saving():
            put_into(state, audit_id)
    return audit_id


def person(council: Council, key: str) -> Person:
    """Somebody of the council."""
    return db.session.get_one(Person, council.people[key])


def a_partner(email: str = "per.partner@police.test", *, days: int = 30, **more: object) -> Partner:
    """An invitation of somebody of the police."""
    last_day = date_after(days)
    return Partner("Per Partner", "Cityshire Police", email, last_day)._replace(**more)


def date_after(days: int):
    """The London day this many days after today."""
    today = london_date(now())
    return type(today).fromordinal(today.toordinal() + days)


def share(council: Council, audit: Audit, key: str = "iro") -> AuditParty:
    """A colleague is the second auditor."""
    return services.share_with_colleague(
        audit, person(council, key), by=council.people["qa_lead"], at=now()
    )


def share_outside(council: Council, audit: Audit, partner: Partner | None = None) -> UUID:
    """Somebody of a partner agency is the second auditor; their person's id."""
    party, _ = services.share_with_partner(
        audit, partner or a_partner(), by=council.people["qa_lead"], at=now()
    )
    assert party.person_id is not None
    return party.person_id
