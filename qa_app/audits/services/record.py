"""Noting that an audit's summary is on the child's record."""

from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.models import Audit
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditState


class NotFinalYet(DomainError):
    """A summary is noted before the audit has come to its end."""


class WrongDay(DomainError):
    """A day on which the summary cannot have gone onto the record."""


def note_on_record(audit: Audit, on: date, *, by: UUID, at: datetime) -> Audit:
    """Note the day on which the summary went onto the child's record; another day corrects it.

    The same day again changes nothing. Raises NotFinalYet, and WrongDay for a day before the audit
    was final or after today.
    """
    audit = locked(audit)
    if audit.state is not AuditState.FINAL or audit.final_at is None:
        raise NotFinalYet(
            "The summary goes onto the child's record when the audit is final. Nothing has been "
            "changed"
        )
    if on > london_date(at):
        raise WrongDay("Enter today's date or an earlier one", "on")
    if on < london_date(audit.final_at):
        words = date_words(london_date(audit.final_at))
        raise WrongDay(f"Enter {words}, when the audit became final, or a later date", "on")
    if audit.record_noted_on != on:
        audit.record_noted_on = on
        db.session.flush()
        history.record("record_noted", audit, by=by, at=at, audit_id=audit.id, day=date_words(on))
    return audit
