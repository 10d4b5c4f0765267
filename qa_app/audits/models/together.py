"""What makes an audit be done with people, and not to them (A5, A12)."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models.audit import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.answers import ContributionKind, FactAnswer
from qa_app.domain.permissions import Party, Permission, Subject


class Conversation(Base):
    """An invitation to talk the audit through (A5): when, for how many minutes, and where.

    One stands for an audit at a time; a new one takes the place of the last.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("minutes > 0", name="minutes_positive"),
        Index(
            "uq_conversation_standing",
            "audit_id",
            unique=True,
            sqlite_where=text("cancelled_at IS NULL"),
            postgresql_where=text("cancelled_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    minutes: Mapped[int]
    place: Mapped[str] = mapped_column(String(200))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
    guests: Mapped[list["ConversationGuest"]] = relationship(back_populates="conversation")


class ConversationGuest(Base):
    """Who is invited to the audit conversation, and as what."""

    __tablename__ = "conversation_guest"
    __table_args__ = (UniqueConstraint("conversation_id", "person_id"), one_of("party", Party))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversation.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    party: Mapped[Party] = mapped_column(Choice(Party))

    conversation: Mapped[Conversation] = relationship(back_populates="guests")
    person: Mapped[Person] = relationship()


class Contribution(Base):
    """What the social worker or the team manager says in their own words, signed by them.

    A `view` is written while the audit is done; a `reply` (A12) once it can be read. Until it is
    signed it is its writer's alone; a signed one never changes.
    """

    __tablename__ = "contribution"
    __table_args__ = (
        UniqueConstraint("audit_id", "person_id", "kind"),
        one_of("kind", ContributionKind),
        one_of("party", Party),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    party: Mapped[Party] = mapped_column(Choice(Party))
    kind: Mapped[ContributionKind] = mapped_column(Choice(ContributionKind))
    text: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship()


class FactCheck(Base):
    """One person's check of the facts of a submitted audit, and their acknowledgement of it (A12).

    `due_on` is the last day of the check. `agreed` is True where nothing was to correct; where it
    is False the points say what.
    """

    __tablename__ = "fact_check"
    __table_args__ = (
        UniqueConstraint("audit_id", "person_id"),
        one_of("party", Party),
        CheckConstraint("(answered_at IS NULL) = (agreed IS NULL)", name="answered_is_whole"),
    )

    seen_with: ClassVar[Permission] = Permission.AUDIT_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    party: Mapped[Party] = mapped_column(Choice(Party))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed: Mapped[bool | None]
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
    person: Mapped[Person] = relationship()
    points: Mapped[list["FactPoint"]] = relationship(
        back_populates="check", order_by="FactPoint.id"
    )

    def permission_subject(self) -> Subject:
        """A check is its audit's, as far as permissions go."""
        return self.audit.permission_subject()


class FactPoint(Base):
    """Something in the audit that is not right, and what its auditor answered.

    `section_code` is the section it is about, "" for the audit as a whole.
    """

    __tablename__ = "fact_point"
    __table_args__ = (
        one_of("answer", FactAnswer),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_is_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    check_id: Mapped[UUID] = mapped_column(ForeignKey("fact_check.id"), index=True)
    section_code: Mapped[str] = mapped_column(String(60), default="")
    says: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[FactAnswer | None] = mapped_column(Choice(FactAnswer))
    answer_text: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    check: Mapped[FactCheck] = relationship(back_populates="points")


class Thanks(Base):
    """A thank-you for good work, to somebody who may read the audit."""

    __tablename__ = "thanks"
    __table_args__ = (CheckConstraint("from_id <> to_id", name="not_to_oneself"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    from_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(String(1000))
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)

    sender: Mapped[Person] = relationship(foreign_keys=[from_id])
    recipient: Mapped[Person] = relationship(foreign_keys=[to_id])
