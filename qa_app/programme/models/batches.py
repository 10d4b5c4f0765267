"""Thematic audits and batches, which have people and dates of their own (P7)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.standards.models import Theme


class BatchKind(StrEnum):
    """What runs beside the monthly audits."""

    THEMATIC = "thematic"
    LOOK_BACK = "look_back"
    DIP_SAMPLE = "dip_sample"

    @property
    def words(self) -> str:
        """The kind as a page says it."""
        return BATCH_WORDS[self]


BATCH_WORDS = {
    BatchKind.THEMATIC: "Thematic audit",
    BatchKind.LOOK_BACK: "Look-back",
    BatchKind.DIP_SAMPLE: "Dip sample",
}


class Batch(Base):
    """A number of audits with one tool between two days, outside the cycles; its report's day."""

    __tablename__ = "batch"
    __table_args__ = (
        one_of("kind", BatchKind),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint("kind <> 'thematic' OR theme_id IS NOT NULL", name="thematic_has_a_theme"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[BatchKind] = mapped_column(Choice(BatchKind))
    name: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(Text, default="")
    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"))
    tool_code: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    report_due_on: Mapped[date | None]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    theme: Mapped[Theme | None] = relationship()
    auditors: Mapped[list["BatchAuditor"]] = relationship(back_populates="batch")
    audits: Mapped[list["BatchAudit"]] = relationship(back_populates="batch")


class BatchAuditor(Base):
    """Who audits in a batch, and how many."""

    __tablename__ = "batch_auditor"
    __table_args__ = (CheckConstraint("number > 0", name="number_positive"),)

    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    number: Mapped[int]

    batch: Mapped[Batch] = relationship(back_populates="auditors")
    person: Mapped[Person] = relationship()


class BatchAudit(Base):
    """Which batch an audit belongs to."""

    __tablename__ = "batch_audit"

    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    batch_id: Mapped[UUID] = mapped_column(ForeignKey("batch.id"), index=True)

    batch: Mapped[Batch] = relationship(back_populates="audits")
    audit: Mapped[Audit] = relationship()
