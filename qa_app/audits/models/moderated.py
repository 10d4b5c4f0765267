"""What moderation leaves on an audit: whether it is chosen for it, comments, amendments."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.audits.models.audit import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.choosing import ChoiceReason
from qa_app.domain.permissions import Permission, Subject


class ModerationSeed(Base):
    """The seed from which one month's audits are chosen for moderation, and for a blind one.

    `month` is the first day of the month of submission. Made once, at random, when the month's
    first audit is sent; never changed.
    """

    __tablename__ = "moderation_seed"

    month: Mapped[date] = mapped_column(primary_key=True)
    seed: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ModerationChoice(Base):
    """Whether one submission of an audit is moderated, and blind (M1, M3); the newest row stands.

    `share` and `blind_share` are the settings in percent as they stood; `ticket` and
    `blind_ticket` the audit's own numbers, in hundredths of a percent (0 to 9,999): chosen where
    below the share. `selected` says whether it is moderated, `reason` why. A blind one that the QA
    lead made sighted says who, when and why.
    """

    __tablename__ = "moderation_choice"
    __table_args__ = (
        one_of("reason", ChoiceReason),
        CheckConstraint("ticket BETWEEN 0 AND 9999", name="ticket_known"),
        CheckConstraint("blind_ticket BETWEEN 0 AND 9999", name="blind_ticket_known"),
        CheckConstraint("(sighted_at IS NULL) = (sighted_by IS NULL)", name="sighted_is_whole"),
        Index("ix_moderation_choice_audit_id_at", "audit_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    month: Mapped[date] = mapped_column(ForeignKey("moderation_seed.month"), index=True)
    share: Mapped[int]
    ticket: Mapped[int]
    selected: Mapped[bool]
    reason: Mapped[ChoiceReason] = mapped_column(Choice(ChoiceReason))
    blind_share: Mapped[int]
    blind_ticket: Mapped[int]
    blind: Mapped[bool]
    sighted_reason: Mapped[str] = mapped_column(String(400), default="")
    sighted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    sighted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()


class PinnedComment(Base):
    """What a moderator asks to be corrected, pinned to a question or a section (M6).

    `question_code` is "" where it is about a section, and both codes are where it is about the
    audit as a whole. It must be answered before the audit can be sent again.
    """

    __tablename__ = "pinned_comment"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_is_whole"),
    )

    seen_with: ClassVar[Permission] = Permission.AUDIT_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    section_code: Mapped[str] = mapped_column(String(60), default="")
    question_code: Mapped[str] = mapped_column(String(80), default="")
    text: Mapped[str] = mapped_column(Text)
    pinned_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    pinned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()

    def permission_subject(self) -> Subject:
        """A comment is its audit's, as far as permissions go."""
        return self.audit.permission_subject()


class Amendment(Base):
    """A correction of a final audit by the QA lead: what, from what to what, and why (M8).

    `field` is `grade.overall`, `grade.<section code>`, `plan_type`, or a text's box as in
    AuditText, after `text.`. Rows are only ever added: the database refuses to change them.
    """

    __tablename__ = "amendment"
    __table_args__ = (Index("ix_amendment_audit_id_field", "audit_id", "field", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    field: Mapped[str] = mapped_column(String(100))
    old: Mapped[str] = mapped_column(Text)
    new: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(1000))
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
