"""Returning an audit to its auditor for correction (M6)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qa_app.audits import services as audits
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditMove, advance
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.services.taking import held


class GradesFirst(DomainError):
    """A blind moderation whose first grades are not there yet (M3)."""


def check_may_return(moderation: Moderation) -> None:
    """Refuse to return an audit of which the moderator has not seen the auditor's judgement (M3),
    or that is not in its first moderation. Raises GradesFirst and MoveNotAllowed."""
    if moderation.hidden:
        raise GradesFirst(
            "Commit your first grades first, or give the audit back. Nothing has been changed."
        )
    advance(moderation.audit.state, AuditMove.RETURN)


def send_back(
    moderation: Moderation,
    *,
    pins: Sequence[audits.Pin],
    feedback: str = "",
    harmless: str = "",
    by: UUID,
    at: datetime,
) -> None:
    """Return the audit to its auditor, with what is asked for where it is asked (M6).

    `feedback` is a general word beside the comments; `harmless` why words that may identify
    somebody do not (A11). Raises NotYours, GradesFirst, and what audits.return_with_comments does.
    """
    moderation = held(moderation, by)
    check_may_return(moderation)
    audits.return_with_comments(
        moderation.audit, pins, words=feedback, harmless=harmless, by=by, at=at
    )
    moderation.state = ModerationState.RETURNED
    moderation.feedback = feedback.strip()
