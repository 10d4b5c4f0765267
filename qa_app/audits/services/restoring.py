"""Putting an earlier text back into its box (A8)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, TextVersion
from qa_app.audits.services.fields import box
from qa_app.audits.services.writing import Change, Saved, save_fields


def restore_text(audit: Audit, version: TextVersion, shown: int, by: UUID, at: datetime) -> Saved:
    """Save an earlier text anew, where its box still holds what its writer was shown (`shown`, a
    version); else the conflict comes back and nothing changes.

    What it replaces is kept. Raises MoveNotAllowed once the audit was submitted.
    """
    outcome = save_fields(
        audit, [Change(version.field, version.text, shown, restored=True)], by, at
    )
    if outcome.changed:
        label = box(Draft(audit), version.field).label
        history.record("text_restored", audit, by=by, at=at, audit_id=audit.id, field=label)
    return outcome
