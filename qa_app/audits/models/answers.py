"""What the auditor wrote and chose. Grades here are a draft until submission makes grade rows."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.answers import FindingAbout, FindingKind, VoiceOf
from qa_app.domain.grades import ComplianceAnswer, Grade, LimitingRule
from qa_app.standards.models import Theme


class AuditText(Base):
    """One piece of narrative under a field name, with its own version (A8).

    Kept apart from the narrow rows, so that figures never read it. Field names:
    `overall.rationale`, `overall.why_not_above`, `overall.why_not_below`, `safe.how_known`,
    `none_found.strength`, `none_found.development`, and for each section `<section code>.evidence`,
    `<code>.impact`, `<code>.not_applicable`; for a text question `question.<question code>`. `salt`
    hides the text's hash in the history, and goes with the text. `likeness` is the same for texts
    that say the same in any case, spacing and punctuation (R8); None for one too short to be a
    copy.
    """

    __tablename__ = "audit_text"
    __table_args__ = (UniqueConstraint("audit_id", "field"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    field: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    salt: Mapped[str] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    saved_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    likeness: Mapped[str | None] = mapped_column(String(64), index=True)


class SectionAnswer(Base):
    """The draft grade of one section, or that it does not apply (the reason is a text)."""

    __tablename__ = "section_answer"
    __table_args__ = (
        UniqueConstraint("audit_id", "section_id"),
        one_of("grade", Grade),
        CheckConstraint("NOT not_applicable OR grade IS NULL", name="not_applicable_has_no_grade"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    section_id: Mapped[UUID] = mapped_column(ForeignKey("section.id"))
    grade: Mapped[Grade | None] = mapped_column(Choice(Grade))
    not_applicable: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QuestionAnswer(Base):
    """An answer to one question: a compliance answer, or a grade for a quality question (A2)."""

    __tablename__ = "question_answer"
    __table_args__ = (
        UniqueConstraint("audit_id", "question_id"),
        one_of("compliance", ComplianceAnswer),
        one_of("grade", Grade),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    question_id: Mapped[UUID] = mapped_column(ForeignKey("question.id"), index=True)
    compliance: Mapped[ComplianceAnswer | None] = mapped_column(Choice(ComplianceAnswer))
    grade: Mapped[Grade | None] = mapped_column(Choice(Grade))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Finding(Base):
    """A strength or an area for development, with its theme and section (None on imported ones)."""

    __tablename__ = "finding"
    __table_args__ = (one_of("kind", FindingKind), one_of("about", FindingAbout))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    section_id: Mapped[UUID | None] = mapped_column(ForeignKey("section.id"))
    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"), index=True)
    kind: Mapped[FindingKind] = mapped_column(Choice(FindingKind))
    about: Mapped[FindingAbout | None] = mapped_column(Choice(FindingAbout))
    text: Mapped[str] = mapped_column(Text)
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)

    theme: Mapped[Theme | None] = relationship()


class Voice(Base):
    """Whether somebody was asked or the audit was talked through: when and what, or why not (A5).

    Saved as it is answered: `obtained` is None until that is said, which the gates do not accept.
    What was said `in_confidence` is read by those who work on the audit and the QA lead alone.
    """

    __tablename__ = "voice"
    __table_args__ = (UniqueConstraint("audit_id", "voice_of"), one_of("voice_of", VoiceOf))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    voice_of: Mapped[VoiceOf] = mapped_column(Choice(VoiceOf))
    obtained: Mapped[bool | None]
    on: Mapped[date | None]
    said: Mapped[str] = mapped_column(Text, default="")
    why_not: Mapped[str] = mapped_column(Text, default="")
    safe_to_contact: Mapped[bool | None]
    in_confidence: Mapped[bool] = mapped_column(default=False)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LimitOverride(Base):
    """A limiting rule set aside by the auditor, with the reason that the moderator sees (A7)."""

    __tablename__ = "limit_override"
    __table_args__ = (UniqueConstraint("audit_id", "rule"), one_of("rule", LimitingRule))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    rule: Mapped[LimitingRule] = mapped_column(Choice(LimitingRule))
    reason: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
