"""Taking an audit out of the queue, blind or sighted (M2, M3, CO-3), and putting it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.queries.choosing import is_to_be_blind, standing_choice
from qa_app.database import db
from qa_app.domain.blind import READS_IT
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.formatting import time_words
from qa_app.moderation import queries
from qa_app.moderation.models import (
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.services.given import take_given


class MayNotModerate(DomainError):
    """M2, S6 or M3 bars this person from moderating the audit."""


class NotChosen(DomainError):
    """The audit was not chosen for moderation, and no concern is open (M1)."""


class AlreadyTaken(DomainError):
    """Somebody else is moderating the audit: one moderation is open at a time (CO-3)."""


class NotYours(DomainError):
    """The moderation is somebody else's, or has ended."""


def start(audit: Audit, moderator: Person, *, by: UUID, at: datetime) -> Moderation:
    """Take the audit for moderation: blind where it was chosen for that (M3), else sighted.

    Raises MayNotModerate with every reason, AlreadyTaken with the name of who has it, NotChosen
    where its auditor's grade stands (M1), MoveNotAllowed where it does not wait for moderation, and
    audits.FactsBeingChecked where the check of its facts goes on and it is not urgent (A12), and
    GivenToAnother where the QA lead gave it to somebody else.
    """
    review = queries.review_of(audit, moderator.id, london_date(at))
    if review.bars:
        raise MayNotModerate(f"{review.sentence(moderator.name)} Nothing has been changed.")
    audit = audits.locked(audit)
    blind = _check_choice(audit, moderator, at)
    audits.check_may_begin(audit, at)
    take_given(audit, ModerationStage.FIRST, moderator, at=at)
    moderation = Moderation(
        audit_id=audit.id,
        moderator_id=moderator.id,
        moderator_name=moderator.name,
        mode=ModerationMode.BLIND if blind else ModerationMode.SIGHTED,
        state=ModerationState.OPEN,
        blind_sections=queries.sections_graded_first(audit) if blind else [],
        own_service=review.own_service,
        started_at=at,
    )
    try:
        audits.take_for_moderation(audit, moderator, by, at, blind=blind)
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


def _check_choice(audit: Audit, moderator: Person, at: datetime) -> bool:
    """Whether the moderation is blind, as the newest choice and any concern say (M1, M3)."""
    if audit.state is not AuditState.AWAITING_MODERATION:
        return False  # the table of moves says what is wrong then
    choice, concern = standing_choice(audit.id), audits.open_concern(audit) is not None
    if choice is not None and not choice.selected and not concern:
        raise NotChosen(
            f"Audit {audit.reference} was not chosen for moderation: its auditor’s grade stands. "
            "Nothing has been changed."
        )
    blind = is_to_be_blind(audit, choice, concern)
    asking = actor(moderator.id, london_date(at))
    if blind and queries.barred_from_blind(asking, [audit]):
        raise MayNotModerate(
            f"{moderator.name} {READS_IT.reason}, so cannot moderate it blind. Somebody of another "
            "service can. Nothing has been changed."
        )
    return blind


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
    check_yours(moderation, by)
    return moderation


def check_yours(moderation: Moderation, person_id: UUID) -> None:
    """Refuse somebody whose moderation it is not, or not any more. Raises NotYours.

    An audit's page about its moderation is for whoever moderated it before, too; its grades are
    this person's alone.
    """
    if moderation.state is not ModerationState.OPEN or moderation.moderator_id != person_id:
        raise NotYours(
            "This moderation is not open to you any more: it was finished, given back or returned. "
            "Nothing has been changed."
        )


def _moderator(moderation: Moderation) -> Person:
    return db.session.get_one(Person, moderation.moderator_id)
