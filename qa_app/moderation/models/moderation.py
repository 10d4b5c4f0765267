"""A moderation: who, in what mode, and what came of it. Its grades are grade rows of the audit."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Permission, Subject


class ModerationMode(StrEnum):
    """Whether the moderator saw the auditor's grades before giving their own (M3)."""

    SIGHTED = "sighted"
    BLIND = "blind"


class ModerationStage(StrEnum):
    """The first moderation of an audit, or the second one that decides a disagreement (M5)."""

    FIRST = "first"
    SECOND = "second"


class ModerationState(StrEnum):
    """Open while being done; committed, released or returned when it ends."""

    OPEN = "open"
    COMMITTED = "committed"
    RELEASED = "released"
    RETURNED = "returned"


class AuditorsAnswer(StrEnum):
    """What the auditor made of a moderator's other grade (M4, M5)."""

    ACCEPTED = "accepted"
    DISAGREED = "disagreed"
    NO_REPLY = "no_reply"


class Moderation(Base):
    """One person's moderation of one audit; at most one is open an audit (CO-3).

    A blind one (M3) grades the audit as a whole and the sections of `blind_sections` first;
    `revealed_at` is when those grades were committed, and what the auditor judged was shown.
    `draft` is what the moderator has typed and not yet committed, by the form's field names;
    `draft_version` counts its saves. Where the overall grades differ, the auditor's answer is due
    on `answer_due_on` (M4); `answer` is what came of it, `answered_at` when.
    """

    __tablename__ = "moderation"
    __table_args__ = (
        one_of("mode", ModerationMode),
        one_of("state", ModerationState),
        one_of("stage", ModerationStage),
        one_of("answer", AuditorsAnswer),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_is_whole"),
        CheckConstraint(
            "(state = 'committed') = (committed_at IS NOT NULL)", name="committed_has_its_time"
        ),
        Index(
            "uq_moderation_one_open",
            "audit_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_moderation_audit_id_state", "audit_id", "state"),
    )

    seen_with: ClassVar[Permission] = Permission.AUDIT_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    moderator_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    moderator_name: Mapped[str] = mapped_column(String(200))
    mode: Mapped[ModerationMode] = mapped_column(Choice(ModerationMode))
    state: Mapped[ModerationState] = mapped_column(Choice(ModerationState))
    stage: Mapped[ModerationStage] = mapped_column(
        Choice(ModerationStage), default=ModerationStage.FIRST
    )
    blind_sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    revealed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_service: Mapped[bool] = mapped_column(default=False)
    opened_record: Mapped[bool | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    feedback: Mapped[str] = mapped_column(Text, default="")
    draft: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    draft_version: Mapped[int] = mapped_column(default=0)
    draft_saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer_due_on: Mapped[date | None]
    answer: Mapped[AuditorsAnswer | None] = mapped_column(Choice(AuditorsAnswer))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
    moderator: Mapped[Person | None] = relationship()

    @property
    def hidden(self) -> bool:
        """Whether the auditor's judgement is still kept from this moderator (M3)."""
        return self.mode is ModerationMode.BLIND and self.revealed_at is None

    def permission_subject(self) -> Subject:
        """A moderation is seen with its audit."""
        return self.audit.permission_subject()
