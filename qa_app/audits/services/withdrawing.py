"""Withdrawing an audit that was given and not yet submitted (S4)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.models import Audit
from qa_app.audits.queries.conversations import standing_conversation
from qa_app.audits.queries.sharing import second_person
from qa_app.audits.services.conversations import call_off
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.workflow import AuditMove, advance
from qa_app.notify import services as notify


def withdraw(audit: Audit, reason: str, by: UUID, at: datetime) -> Audit:
    """Withdraw the audit for a reason in words (up to 400 characters); its auditors are told.

    What was written stays. A concern that was raised with it, and actions, go on: they are about
    the child. A conversation that is still to come is called off. What was expected of the auditor
    stays expected (P4): an exemption or another audit is somebody's decision. Raises MoveNotAllowed
    once it was submitted.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.WITHDRAW)
    audit.withdrawn_reason = reason
    db.session.flush()
    history.record("audit_withdrawn", audit, by=by, at=at, audit_id=audit.id, reason=reason)
    conversation = standing_conversation(audit)
    if conversation is not None and conversation.starts_at > at:
        call_off(audit, by=by, at=at)
    _tell(audit, at)
    return audit


def _tell(audit: Audit, at: datetime) -> None:
    people = [person for person in (audit.auditor, second_person(audit)) if person is not None]
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                f"Audit {audit.reference} has been withdrawn",
                "You need do nothing more with it. What you wrote is kept, and so is any concern "
                "that you raised. Sign in to read why.",
                f"/audits/{audit.id}",
                f"withdrawn:{audit.id}" + ("" if person is audit.auditor else f":{person.id}"),
            )
            for person in people
        ],
        at,
    )
