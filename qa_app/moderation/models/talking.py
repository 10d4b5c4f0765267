"""What auditor and moderator say to each other: answers by section, messages, meetings, talks."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import Base, UtcDateTime, new_id
from qa_app.domain.permissions import Permission, Subject
from qa_app.moderation.models.moderation import Moderation


class ModerationReply(Base):
    """What the auditor answers about one grade that differs (M4); `section_code` "" is overall."""

    __tablename__ = "moderation_reply"
    __table_args__ = (UniqueConstraint("moderation_id", "section_code"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    moderation_id: Mapped[UUID] = mapped_column(ForeignKey("moderation.id"))
    section_code: Mapped[str] = mapped_column(String(60), default="")
    accepts: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    moderation: Mapped[Moderation] = relationship()


class ModerationMessage(Base):
    """One message between an audit's auditors and its moderators. Nothing is changed or deleted."""

    __tablename__ = "moderation_message"
    __table_args__ = (Index("ix_moderation_message_audit_id_at", "audit_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
    person: Mapped[Person] = relationship()


class ModerationMeeting(Base):
    """An appointment of auditor and moderator to talk; the one that stands is not cancelled."""

    __tablename__ = "moderation_meeting"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index(
            "uq_moderation_meeting_standing",
            "audit_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    seen_with: ClassVar[Permission] = Permission.AUDIT_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200), default="")
    arranged_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    arranged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()

    def permission_subject(self) -> Subject:
        """A meeting is its audit's, as far as permissions go."""
        return self.audit.permission_subject()


class ModerationTalk(Base):
    """That they talked: on which day, and who took part, in words (M4)."""

    __tablename__ = "moderation_talk"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    on: Mapped[date]
    who: Mapped[str] = mapped_column(String(400))
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
