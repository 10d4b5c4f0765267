"""The demonstration's people talk to each other: something of each kind is there to be seen."""

import pytest
from sqlalchemy import func, select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, Contribution, Conversation, ConversationGuest, Thanks, Voice
from qa_app.database import db
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from tests.demo.conftest import AT, TODAY

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]


def count(query) -> int:
    return db.session.scalars(select(func.count()).select_from(query.subquery())).one()


def test_conversations_lie_ahead_and_one_is_with_somebody_who_can_sign_in():
    # A5
    assert count(select(Conversation.id)) >= 3
    assert all(each.starts_at > AT for each in db.session.scalars(select(Conversation)))
    guest = (
        select(ConversationGuest.id)
        .join(Person, Person.id == ConversationGuest.person_id)
        .where(Person.email == "social.worker@demo.example")
    )
    assert count(guest) >= 1


def test_views_are_signed_and_thanks_sent():
    # A5
    assert count(select(Contribution.id).where(Contribution.signed_at.is_not(None))) >= 3
    assert count(select(Thanks.id)) >= 3


def test_the_auditor_holds_a_childs_words_in_confidence():
    # A5
    confided = (
        select(Audit.id)
        .join(Voice, Voice.audit_id == Audit.id)
        .join(Person, Person.id == Audit.auditor_id)
        .where(
            Voice.in_confidence,
            Person.email == "auditor@demo.example",
            Audit.state.in_(OPEN_FOR_WRITING),
        )
    )
    assert count(confided) == 1


def test_some_summaries_are_on_the_record_and_some_wait():
    final = select(Audit.record_noted_on).where(Audit.state == AuditState.FINAL)
    noted = list(db.session.scalars(final))
    assert None in noted
    assert any(noted)
    assert all(day is None or day <= TODAY for day in noted)
