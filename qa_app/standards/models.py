"""An audit tool as data. A published version never changes; an audit keeps its version."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import Grade, Limiting, PlanType


class ToolVersionState(StrEnum):
    """Draft → published → retired."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ToolVersion(Base):
    """One version of an audit tool, and what it says of itself (P7)."""

    __tablename__ = "tool_version"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        one_of("state", ToolVersionState),
        CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name="published_has_its_time"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int]
    state: Mapped[ToolVersionState] = mapped_column(Choice(ToolVersionState))
    graded: Mapped[bool]
    voices: Mapped[bool]
    gates: Mapped[bool]
    moderated: Mapped[bool]
    counts_in_mtm: Mapped[bool]
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    sections: Mapped[list["Section"]] = relationship(
        order_by="Section.position", back_populates="version"
    )


class Section(Base):
    """A section with its guidance, its grade descriptors and whether it limits the grade (A7)."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("version_id", "code"), one_of("limiting", Limiting))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("tool_version.id"), index=True)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    guidance: Mapped[str] = mapped_column(Text)
    limiting: Mapped[Limiting] = mapped_column(Choice(Limiting))
    plan_types: Mapped[list[str]] = mapped_column(JSON)
    descriptors: Mapped[dict[str, str]] = mapped_column(JSON)

    version: Mapped[ToolVersion] = relationship(back_populates="sections")
    questions: Mapped[list["Question"]] = relationship(
        order_by="Question.position", back_populates="section"
    )

    def descriptor(self, grade: Grade) -> str:
        """What this grade looks like in this section."""
        return self.descriptors.get(grade.value, "")

    def applies_to(self, plan_type: PlanType) -> bool:
        """Whether the section is asked for this plan type (an empty list means every one)."""
        return not self.plan_types or plan_type.value in self.plan_types


class Question(Base):
    """One question of a section, with the standard that it tests."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("section_id", "code"), one_of("kind", QuestionKind))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    section_id: Mapped[UUID] = mapped_column(ForeignKey("section.id"), index=True)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[QuestionKind] = mapped_column(Choice(QuestionKind))
    wording: Mapped[str] = mapped_column(Text)
    guidance: Mapped[str] = mapped_column(Text, default="")
    standard: Mapped[str] = mapped_column(String(200), default="")
    plan_types: Mapped[list[str]] = mapped_column(JSON)

    section: Mapped[Section] = relationship(back_populates="questions")

    def applies_to(self, plan_type: PlanType) -> bool:
        """Whether the question is asked for this plan type (an empty list means every one)."""
        return not self.plan_types or plan_type.value in self.plan_types


class Theme(Base):
    """A theme that findings are filed under (T1)."""

    __tablename__ = "theme"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    synonyms: Mapped[list[str]] = mapped_column(JSON)
