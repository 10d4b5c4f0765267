"""Practice standards, audit tools as data, and themes.

A published version of a tool never changes, and an audit keeps its version; a standard that changes
is a new version from a day on, so that an audit is judged by what was in force in its period.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import Grade, Limiting, PlanType
from qa_app.domain.learning import ThemeChangeKind


class ToolVersionState(StrEnum):
    """Draft → published → retired."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class FrameKind(StrEnum):
    """Which cases the list that a tool is drawn from holds (S1)."""

    OPEN = "open"
    RECENTLY_OPENED = "recently_opened"
    RECENTLY_CLOSED = "recently_closed"

    @property
    def words(self) -> str:
        """The list as a page says it."""
        return FRAME_WORDS[self]


FRAME_WORDS = {
    FrameKind.OPEN: "Open cases",
    FrameKind.RECENTLY_OPENED: "Recently opened cases",
    FrameKind.RECENTLY_CLOSED: "Recently closed cases",
}


class ToolVersion(Base):
    """One version of an audit tool, and what it says of itself (P7).

    It is drawn from a list of cases of `plan_types` (empty: every plan), those of `frame`, looking
    back `frame_months` where that is a recent one; `usual_number` is how many a month, None for one
    for each auditor. `changes` says what is new. `revision` keeps two editors of a draft apart.
    """

    __tablename__ = "tool_version"
    __table_args__ = (
        UniqueConstraint("code", "number"),
        one_of("state", ToolVersionState),
        one_of("frame", FrameKind),
        CheckConstraint(
            "(state = 'draft') = (published_at IS NULL)", name="published_has_its_time"
        ),
        CheckConstraint(
            "(state = 'retired') = (retired_at IS NOT NULL)", name="retired_has_its_time"
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
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    purpose: Mapped[str] = mapped_column(Text, default="")
    changes: Mapped[str] = mapped_column(Text, default="")
    plan_types: Mapped[list[str]] = mapped_column(JSON, default=list)
    frame: Mapped[FrameKind] = mapped_column(Choice(FrameKind), default=FrameKind.OPEN)
    frame_months: Mapped[int] = mapped_column(default=3)
    usual_number: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)

    sections: Mapped[list["Section"]] = relationship(
        order_by="Section.position", back_populates="version"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    def is_for(self, plan_type: PlanType) -> bool:
        """Whether a case on this plan may be audited with it (an empty list means every plan)."""
        return not self.plan_types or plan_type.value in self.plan_types


class Section(Base):
    """A section with its guidance, its grade descriptors and whether it limits the grade (A7).

    `only_if` is None, or {"question": code, "answers": [...]}: asked only after such an answer.
    """

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
    only_if: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

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
    """One question of a section. `standard` is the number of the practice standard that it tests
    (older versions hold words instead); `only_if` is as a section's."""

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
    only_if: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    section: Mapped[Section] = relationship(back_populates="questions")

    def applies_to(self, plan_type: PlanType) -> bool:
        """Whether the question is asked for this plan type (an empty list means every one)."""
        return not self.plan_types or plan_type.value in self.plan_types


class Theme(Base):
    """A theme that findings are filed under (T1). One that was ended takes no new ones."""

    __tablename__ = "theme"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    description: Mapped[str] = mapped_column(Text, default="")
    synonyms: Mapped[list[str]] = mapped_column(JSON)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ThemeChange(Base):
    """A theme that was merged into another, split, ended or reopened (T1).

    Findings keep the theme under which they were filed; a theme that was `merged` is read as the
    one it went `into` from then on, so that history is neither lost nor rewritten. A theme that was
    `split` is named once for each theme that came `into` being; its findings are filed anew by a
    person. Rows are only ever added.
    """

    __tablename__ = "theme_change"
    __table_args__ = (
        one_of("kind", ThemeChangeKind),
        CheckConstraint(
            "(kind IN ('merged', 'split')) = (into_id IS NOT NULL)", name="goes_into_another"
        ),
        CheckConstraint("into_id IS NULL OR into_id <> theme_id", name="not_into_itself"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    theme_id: Mapped[UUID] = mapped_column(ForeignKey("theme.id"), index=True)
    kind: Mapped[ThemeChangeKind] = mapped_column(Choice(ThemeChangeKind))
    into_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"), index=True)
    why: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class StandardSource(StrEnum):
    """Where a practice standard comes from."""

    STATUTE = "statute"
    NATIONAL = "national"
    LOCAL = "local"

    @property
    def words(self) -> str:
        """The source as a page says it."""
        return SOURCE_WORDS[self]


SOURCE_WORDS = {
    StandardSource.STATUTE: "Law",
    StandardSource.NATIONAL: "National standard",
    StandardSource.LOCAL: "Local standard",
}


class PracticeStandard(Base):
    """One version of a practice standard: a testable expectation, in force from a day to a day.

    `number` is chapter.number ("4.3") and stays; a change is a new row with the next `version`,
    which begins the day after the one before ends. `plan_types` is empty for every plan.
    """

    __tablename__ = "practice_standard"
    __table_args__ = (
        UniqueConstraint("number", "version"),
        one_of("source", StandardSource),
        CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name="ends_after_start"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(10))
    version: Mapped[int]
    chapter: Mapped[str] = mapped_column(String(100))
    title: Mapped[str] = mapped_column(String(200))
    expectation: Mapped[str] = mapped_column(Text)
    source: Mapped[StandardSource] = mapped_column(Choice(StandardSource))
    source_detail: Mapped[str] = mapped_column(String(300), default="")
    national_timescale: Mapped[str] = mapped_column(String(200), default="")
    local_timescale: Mapped[str] = mapped_column(String(200), default="")
    plan_types: Mapped[list[str]] = mapped_column(JSON)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    change: Mapped[str] = mapped_column(String(400), default="")
    changed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def sort_key(self) -> tuple[int, ...]:
        """The number as it is counted: 4.10 comes after 4.9."""
        return tuple(int(part) for part in self.number.split("."))

    def in_force(self, first: date, last: date) -> bool:
        """Whether it was in force on any day from the first to the last, both included."""
        return self.valid_from <= last and (self.valid_until is None or self.valid_until >= first)
