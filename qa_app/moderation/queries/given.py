"""Whom an audit is given to, who is away, and the audit as somebody would take it (M2, M5)."""

from dataclasses import replace
from datetime import date
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.absences import deputies
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.permissions import Party, Permission, Subject
from qa_app.moderation.models import ModerationStage, ModerationWaiver, ModeratorGiven


class ToModerate:
    """An audit as somebody would take it, for `fetch`: a waiver that stands lets the people of its
    case ask (M2); whoever audited it never."""

    seen_with: ClassVar[Permission] = Permission.AUDIT_SEE

    def __init__(self, audit: Audit, waived: UUID | None) -> None:
        self.audit = audit
        self._waived = waived

    @classmethod
    def find(cls, audit_id: UUID, person_id: UUID) -> "ToModerate | None":
        """The audit as this person would take it."""
        audit = db.session.get(Audit, audit_id)
        if audit is None:
            return None
        stands = select(ModerationWaiver.id).where(
            ModerationWaiver.audit_id == audit_id,
            ModerationWaiver.moderator_id == person_id,
            ModerationWaiver.ended_at.is_(None),
        )
        return cls(audit, person_id if db.session.scalars(stands).first() else None)

    def permission_subject(self) -> Subject:
        """The audit's, without what this person is to the case."""
        subject = self.audit.permission_subject()
        kept = frozenset(
            (party, person_id)
            for party, person_id in subject.parties
            if person_id != self._waived or party not in _OF_THE_CASE
        )
        return replace(subject, parties=kept)


_OF_THE_CASE: Final = frozenset(
    {Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR, Party.DECISION_MAKER}
)


def standing_given(audit_id: UUID, stage: ModerationStage) -> ModeratorGiven | None:
    """Whom the audit is given to for this moderation, if anybody."""
    query = select(ModeratorGiven).where(
        ModeratorGiven.audit_id == audit_id,
        ModeratorGiven.stage == stage,
        ModeratorGiven.ended_at.is_(None),
    )
    return db.session.scalars(query).one_or_none()


def is_away(person_id: UUID, today: date) -> bool:
    """Whether somebody is away today, or has left."""
    left = select(Person.id).where(Person.id == person_id, Person.left_on < today)
    return bool(deputies([person_id], today)) or db.session.scalars(left).first() is not None
