"""Returning an audit to its auditor for correction (M6)."""

from datetime import datetime
from uuid import UUID

from qa_app.audits import services as audits
from qa_app.domain.errors import DomainError
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.services.taking import held


class CommentsNeeded(DomainError):
    """An audit returned without saying what is to be corrected."""


def send_back(moderation: Moderation, *, comments: str, by: UUID, at: datetime) -> None:
    """Return the audit to its auditor for correction, with what is asked for (M6)."""
    if not comments.strip():
        raise CommentsNeeded("Enter what is to be corrected", "comments")
    moderation = held(moderation, by)
    moderation.state = ModerationState.RETURNED
    moderation.feedback = comments.strip()
    audits.return_for_correction(moderation.audit, by, at)
