"""Taking an audit out of the queue (M2, CO-3), and putting it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import MoveNotAllowed
from qa_app.formatting import time_words
from qa_app.moderation import queries
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState


class MayNotModerate(DomainError):
    """M2 or S6 bars this person from moderating the audit."""


class AlreadyTaken(DomainError):
    """Somebody else is moderating the audit: one moderation is open at a time (CO-3)."""


class NotYours(DomainError):
    """The moderation is somebody else's, or has ended."""


def start(audit: Audit, moderator: Person, *, by: UUID, at: datetime) -> Moderation:
    """Take the audit for a sighted moderation.

    Raises MayNotModerate with every reason, AlreadyTaken with the name of who has it,
    MoveNotAllowed where it does not wait for moderation, and audits.FactsBeingChecked where the
    check of its facts goes on and it is not urgent (A12).
    """
    review = queries.review_of(audit, moderator.id, london_date(at))
    if review.bars:
        raise MayNotModerate(f"{review.sentence(moderator.name)} Nothing has been changed.")
    moderation = Moderation(
        audit_id=audit.id,
        moderator_id=moderator.id,
        moderator_name=moderator.name,
        mode=ModerationMode.SIGHTED,
        state=ModerationState.OPEN,
        own_service=review.own_service,
        started_at=at,
    )
    audits.check_may_begin(audits.locked(audit), at)
    try:
        audits.take_for_moderation(audit, moderator, by, at)
        with db.session.begin_nested():
            db.session.add(moderation)
    except (MoveNotAllowed, IntegrityError):
        holder = queries.open_moderation(audit.id)
        if holder is None:
            raise
        raise AlreadyTaken(
            f"{holder.moderator_name} took this audit for moderation at "
            f"{time_words(holder.started_at)}. Nothing has been changed. Choose another one from "
            "the queue."
        ) from None
    return moderation


def note_refused(audit: Audit, review: queries.Review, *, by: UUID, at: datetime) -> None:
    """Put in the history that somebody tried to moderate what a rule bars them from."""
    rules = " and ".join(sorted({bar.rule for bar in review.bars}))
    history.record(
        "refused", audit, by=by, at=at, audit_id=audit.id,
        reason=f"may not moderate this audit ({rules})",
    )  # fmt: skip


def release(moderation: Moderation, *, by: UUID, at: datetime) -> None:
    """Put the audit back in the queue, for somebody else."""
    moderation = held(moderation, by)
    moderation.state = ModerationState.RELEASED
    audits.release_from_moderation(moderation.audit, _moderator(moderation), by, at)


def held(moderation: Moderation, by: UUID) -> Moderation:
    """The moderation with its row held, still open and this person's; otherwise NotYours."""
    query = (
        select(Moderation)
        .where(Moderation.id == moderation.id)
        .with_for_update(of=Moderation)
        .execution_options(populate_existing=True)
    )
    moderation = db.session.scalars(query).one()
    if moderation.state is not ModerationState.OPEN or moderation.moderator_id != by:
        raise NotYours(
            "This moderation is not open to you any more: it was finished, given back or returned. "
            "Nothing has been changed."
        )
    return moderation


def _moderator(moderation: Moderation) -> Person:
    return db.session.get_one(Person, moderation.moderator_id)
