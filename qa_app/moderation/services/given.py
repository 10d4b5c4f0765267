"""Whoever an audit was given to takes it, and nobody else."""

from datetime import datetime

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.moderation.models import ModerationStage
from qa_app.moderation.queries.given import standing_given


class GivenToAnother(DomainError):
    """The QA lead gave the audit to somebody else."""


def take_given(audit: Audit, stage: ModerationStage, moderator: Person, *, at: datetime) -> None:
    """Note that whoever the audit was given to has taken it: it is given to nobody any more.

    For a caller that holds the audit's row. Raises GivenToAnother with the name of who may.
    """
    given = standing_given(audit.id, stage)
    if given is None:
        return
    if given.person_id != moderator.id:
        raise GivenToAnother(
            f"Audit {audit.reference} was given to {given.person.name}. Nothing has been changed. "
            "Choose another one from the queue, or ask the QA lead."
        )
    given.ended_at = at
    db.session.flush()
