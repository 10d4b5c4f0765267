"""What an audit that stands as Inadequate asks for: an improvement plan, and a re-audit (E2, E8).

That either is owed, and by when, is computed from the audit; a row is what was done about it.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.audits.models.audit import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of


class ImprovementPlan(Base):
    """A head of service's plan after an Inadequate audit; its actions are the audit's.

    `aims` says what is to be better for the child, `due_on` is the last day on which agreeing it
    was in time. Closed with `outcome`, what changed, once its actions have ended and their impact
    is rated (E9).
    """

    __tablename__ = "improvement_plan"
    __table_args__ = (
        UniqueConstraint("audit_id"),
        CheckConstraint("(closed_at IS NULL) = (closed_by IS NULL)", name="closed_is_whole"),
        CheckConstraint("(closed_at IS NULL) = (outcome = '')", name="closed_with_outcome"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    due_on: Mapped[date]
    aims: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    agreed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(Text, default="")

    audit: Mapped[Audit] = relationship()


class PlanStep(Base):
    """One step that was taken because the plan that an audit asks for is late, once (E2, E6).

    `told` holds the ids of the people told, as text.
    """

    __tablename__ = "plan_step"
    __table_args__ = (UniqueConstraint("audit_id", "due_on", "step"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    due_on: Mapped[date]
    step: Mapped[str] = mapped_column(String(40))
    told: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()


class ReAudit(Base):
    """What was decided about auditing a case again: given as `audit_id`, or called off (E8).

    One for each first audit. `due_on` is the last day in time, counted from the day on which the
    first audit came to stand as Inadequate.
    """

    __tablename__ = "re_audit"
    __table_args__ = (
        UniqueConstraint("first_audit_id"),
        UniqueConstraint("audit_id"),
        CheckConstraint("audit_id IS NULL OR audit_id <> first_audit_id", name="two_audits"),
        CheckConstraint("(audit_id IS NULL) = (reason <> '')", name="given_or_called_off"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    first_audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    due_on: Mapped[date]
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audit.id"))
    reason: Mapped[str] = mapped_column(String(400), default="")
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    first_audit: Mapped[Audit] = relationship(foreign_keys=[first_audit_id])
    audit: Mapped[Audit | None] = relationship(foreign_keys=[audit_id])


class PutRight(StrEnum):
    """What became of a section that the first audit found wanting (E8)."""

    PUT_RIGHT = "put_right"
    PARTLY = "partly"
    NOT_PUT_RIGHT = "not_put_right"
    CANNOT_BE = "cannot_be"

    @property
    def words(self) -> str:
        """The answer as a page says it."""
        return _PUT_RIGHT_WORDS[self]


_PUT_RIGHT_WORDS = {
    PutRight.PUT_RIGHT: "Put right",
    PutRight.PARTLY: "Partly put right",
    PutRight.NOT_PUT_RIGHT: "Not put right",
    PutRight.CANNOT_BE: "Can no longer be put right",
}


class ReAuditAnswer(Base):
    """What became of one section that the first audit graded below Good, said in the re-audit.

    The words that go with it are a text of the re-audit, `since.<section>.note`.
    """

    __tablename__ = "re_audit_answer"
    __table_args__ = (UniqueConstraint("re_audit_id", "section_id"), one_of("answer", PutRight))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    re_audit_id: Mapped[UUID] = mapped_column(ForeignKey("re_audit.id"))
    section_id: Mapped[UUID] = mapped_column(ForeignKey("section.id"))
    answer: Mapped[PutRight] = mapped_column(Choice(PutRight))
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    re_audit: Mapped[ReAudit] = relationship()
