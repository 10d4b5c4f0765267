"""The demonstration's checks of facts, and what became of them (A12)."""

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, Contribution, FactCheck, FactPoint
from qa_app.audits.queries.contributions import last_day_to_reply
from qa_app.audits.queries.facts import asked_of, checks_of, moderation_has_begun
from qa_app.database import db
from qa_app.demo.logins import demo_accounts
from qa_app.domain.answers import ContributionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.facts import is_checked, may_begin
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.home.queries import practising
from qa_app.moderation.models import Moderation
from tests.demo.conftest import AT, TODAY
from tests.demo.test_audits import all_audits

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]


def test_every_audit_that_was_sent_had_its_facts_asked_about():
    sent = all_audits(Audit.submitted_at.is_not(None))
    asked = [audit for audit in sent if audit.facts_until is not None]
    assert len(asked) > 0.98 * len(sent)
    assert not all_audits(Audit.submitted_at.is_(None), Audit.facts_until.is_not(None))
    for audit in asked[::7]:
        checks = checks_of(audit)
        assert {each.due_on for each in checks} == {audit.facts_until}
        assert {each.party for each in checks} <= {Party.SOCIAL_WORKER, Party.TEAM_MANAGER}


def test_an_audit_is_checked_exactly_when_everybody_has_answered_everything():
    for audit in all_audits(Audit.facts_until.is_not(None))[::3]:
        assert is_checked(asked_of(checks_of(audit))) == (audit.facts_checked_at is not None)


def test_moderation_never_began_early_unless_it_was_urgent():
    concerned = set(
        db.session.scalars(select(Event.audit_id).where(Event.verb == "concern_raised"))
    )
    for moderation in db.session.scalars(select(Moderation)):
        audit, at = moderation.audit, moderation.started_at
        urgent = audit.auditor_grade is Grade.INADEQUATE or audit.id in concerned
        checked = audit.facts_checked_at is not None and audit.facts_checked_at <= at
        assert may_begin(london_date(at), audit.facts_until, checked=checked, urgent=urgent)


def test_nobody_answered_after_the_end_or_after_moderation_began():
    began = {
        moderation.audit_id: moderation.started_at
        for moderation in db.session.scalars(select(Moderation))
    }
    for check in db.session.scalars(select(FactCheck).where(FactCheck.answered_at.is_not(None))):
        assert check.asked_at < check.answered_at < began.get(check.audit_id, AT)
        assert london_date(check.answered_at) <= check.due_on


def test_some_checks_are_open_and_those_one_signs_in_as_have_one():
    open_now = [
        audit
        for audit in all_audits(Audit.state == AuditState.AWAITING_MODERATION)
        if audit.facts_until >= TODAY and not moderation_has_begun(audit)
    ]
    assert len(open_now) >= 2
    emails = {each.label: each.email for each in demo_accounts()}
    for label in ("Practitioner", "Team manager"):
        person = _person(emails[label])
        waiting = practising(actor(person, TODAY), TODAY)
        assert waiting.to_check, label
        assert waiting.to_read, label


def _person(email):
    return db.session.scalars(select(Person.id).where(Person.email == email)).one()


def test_an_auditor_one_signs_in_as_has_a_point_to_answer():
    points = list(db.session.scalars(select(FactPoint).where(FactPoint.answered_at.is_(None))))
    assert {point.check.audit.auditor.email for point in points} <= {
        each.email for each in demo_accounts()
    }
    assert points
    answered = list(db.session.scalars(select(FactPoint).where(FactPoint.answer.is_not(None))))
    assert len(answered) > 10
    assert all("{" not in point.says + point.answer_text for point in answered)


def test_there_are_replies_signed_in_their_time():
    of_kind = Contribution.kind == ContributionKind.REPLY
    replies = list(db.session.scalars(select(Contribution).where(of_kind)))
    assert 2 <= len(replies) <= 3
    for reply in replies:
        audit = db.session.get_one(Audit, reply.audit_id)
        assert "{" not in reply.text
        assert audit.final_at < reply.signed_at < AT
        assert london_date(reply.signed_at) <= last_day_to_reply(audit)
