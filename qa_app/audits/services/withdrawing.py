"""Withdrawing an audit that was given and not yet submitted (S4)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.models import Audit
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.workflow import AuditMove, advance
from qa_app.notify import services as notify


def withdraw(audit: Audit, reason: str, by: UUID, at: datetime) -> Audit:
    """Withdraw the audit for a reason (a code's words, up to 400 characters); its auditor is told.

    What was written stays. A concern that was raised with it, and actions, go on: they are about
    the child. Raises MoveNotAllowed once it was submitted.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.WITHDRAW)
    audit.withdrawn_reason = reason
    db.session.flush()
    history.record("audit_withdrawn", audit, by=by, at=at, audit_id=audit.id, reason=reason)
    if audit.auditor is not None:
        notify.queue(
            audit.auditor.id,
            audit.auditor.email,
            f"Audit {audit.reference} has been withdrawn",
            "You need do nothing more with it. What you wrote is kept, and so is any concern that "
            "you raised. Sign in to read why.",
            f"/audits/{audit.id}",
            f"withdrawn:{audit.id}",
            at,
        )
    return audit
