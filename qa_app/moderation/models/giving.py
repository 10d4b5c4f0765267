"""Who was given an audit to moderate, allowed in spite of a bar, or told that it is late."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.moderation.models.moderation import ModerationStage


class ModeratorGiven(Base):
    """The QA lead gave the audit to this moderator; the one that stands has not ended.

    `outsider` marks a second moderator who was named because nobody is senior to the first (M5);
    `reason` says why.
    """

    __tablename__ = "moderator_given"
    __table_args__ = (
        one_of("stage", ModerationStage),
        CheckConstraint("NOT outsider OR reason <> ''", name="outsider_has_a_reason"),
        Index(
            "uq_moderator_given_standing",
            "audit_id",
            "stage",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    stage: Mapped[ModerationStage] = mapped_column(Choice(ModerationStage))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    outsider: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(String(400), default="")
    given_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class ModerationWaiver(Base):
    """The corporate director allows a moderation in spite of a bar of M2 or S6.

    `bars` are the reasons as they stood, each after the moderator's name.
    """

    __tablename__ = "moderation_waiver"
    __table_args__ = (
        CheckConstraint("granted_by <> moderator_id", name="not_for_oneself"),
        Index(
            "uq_moderation_waiver_standing",
            "audit_id",
            "moderator_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    moderator_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    bars: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(1000))
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
    moderator: Mapped[Person] = relationship(foreign_keys=[moderator_id])


class ModerationClock(StrEnum):
    """What is late: the moderation, the auditor's answer, or the second moderator (M0)."""

    MODERATE = "moderate"
    ANSWER = "answer"
    SECOND = "second"


class ModerationStep(Base):
    """One step of the ladder for a clock that ran out, taken once (M0, E6).

    `due_on` is the day on which it was due, so that a moved one begins anew; `told` the ids of the
    people told, as text. What the mail server made of it is the outbox's.
    """

    __tablename__ = "moderation_step"
    __table_args__ = (
        UniqueConstraint("audit_id", "clock", "due_on", "step"),
        one_of("clock", ModerationClock),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    clock: Mapped[ModerationClock] = mapped_column(Choice(ModerationClock))
    due_on: Mapped[date]
    step: Mapped[str] = mapped_column(String(40))
    told: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()
