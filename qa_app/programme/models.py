"""Cycles and what is expected of whom. Due = expected − exempted (P4)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person, Post, PostKind
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of


class CycleState(StrEnum):
    """P1: planned, open, closed."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"


class Cycle(Base):
    """A month of the programme; `month` is its first day, `due_on` its last working day."""

    __tablename__ = "cycle"
    __table_args__ = (one_of("state", CycleState),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    month: Mapped[date] = mapped_column(unique=True)
    due_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(Choice(CycleState))

    expectations: Mapped[list["Expectation"]] = relationship(back_populates="cycle")


class Expectation(Base):
    """How many audits a post (or, where given without one, a person) is expected to do in a cycle.

    `person_id` is who held the post when the expectation was set, None while it is vacant;
    `post_kind` is pinned, because MTM-2 counts by it.
    """

    __tablename__ = "expectation"
    __table_args__ = (
        UniqueConstraint("cycle_id", "post_id"),
        one_of("post_kind", PostKind),
        CheckConstraint("number >= 0", name="number_not_negative"),
        CheckConstraint("post_id IS NOT NULL OR person_id IS NOT NULL", name="of_somebody"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    cycle_id: Mapped[UUID] = mapped_column(ForeignKey("cycle.id"), index=True)
    post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    post_kind: Mapped[PostKind] = mapped_column(Choice(PostKind))
    number: Mapped[int]

    cycle: Mapped[Cycle] = relationship(back_populates="expectations")
    post: Mapped[Post | None] = relationship()
    person: Mapped[Person | None] = relationship()
    exemptions: Mapped[list["Exemption"]] = relationship(back_populates="expectation")


class ExemptionReason(StrEnum):
    """P3."""

    SICKNESS = "sickness"
    LEAVE = "leave"
    VACANCY = "vacancy"
    OTHER = "other"


class Exemption(Base):
    """Audits not expected after all. Granted after the due date it does not reduce due (P4)."""

    __tablename__ = "exemption"
    __table_args__ = (
        one_of("reason", ExemptionReason),
        CheckConstraint("number > 0", name="number_positive"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    expectation_id: Mapped[UUID] = mapped_column(ForeignKey("expectation.id"), index=True)
    number: Mapped[int]
    reason: Mapped[ExemptionReason] = mapped_column(Choice(ExemptionReason))
    note: Mapped[str] = mapped_column(String(400), default="")
    granted_on: Mapped[date]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    expectation: Mapped[Expectation] = relationship(back_populates="exemptions")
