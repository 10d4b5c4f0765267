"""A moderation: who, in what mode, and what came of it. Its grades are grade rows of the audit."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Permission, Subject


class ModerationMode(StrEnum):
    """Whether the moderator saw the auditor's grades before giving their own (M3)."""

    SIGHTED = "sighted"
    BLIND = "blind"


class ModerationState(StrEnum):
    """Open while being done; committed, released or returned when it ends."""

    OPEN = "open"
    COMMITTED = "committed"
    RELEASED = "released"
    RETURNED = "returned"


class Moderation(Base):
    """One person's moderation of one audit; at most one is open an audit (CO-3)."""

    __tablename__ = "moderation"
    __table_args__ = (
        one_of("mode", ModerationMode),
        one_of("state", ModerationState),
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
    own_service: Mapped[bool] = mapped_column(default=False)
    opened_record: Mapped[bool | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    feedback: Mapped[str] = mapped_column(Text, default="")

    audit: Mapped[Audit] = relationship()
    moderator: Mapped[Person | None] = relationship()

    def permission_subject(self) -> Subject:
        """A moderation is seen with its audit."""
        return self.audit.permission_subject()
