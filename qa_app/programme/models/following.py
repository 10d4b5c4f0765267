"""What follows an audit that was given: cover, reminders, a buddy (P5)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.reminders import ReminderStep


class Cover(Base):
    """An audit that somebody else took over, with the expectation that moved along (P5)."""

    __tablename__ = "cover"
    __table_args__ = (CheckConstraint("covered_by <> covered_for", name="by_another"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    covered_for: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    covered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String(400))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))

    audit: Mapped[Audit] = relationship()


class Reminder(Base):
    """One reminder about one audit to one person; the same one is never sent twice.

    `step` names the reminder for a due date, so that a moved date reminds anew; `week` counts the
    weekly ones from 1, is the day's number for those by hand (one a day) and 0 for the others. One
    message may carry several: `key` is that of the outbox's notice, its proof, "/" and a number.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("audit_id", "due_on", "step", "week", "person_id"),
        one_of("step", ReminderStep),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    step: Mapped[ReminderStep] = mapped_column(Choice(ReminderStep))
    week: Mapped[int] = mapped_column(default=0)
    due_on: Mapped[date]
    key: Mapped[str] = mapped_column(String(200), unique=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    audit: Mapped[Audit] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])


class Buddy(Base):
    """An experienced auditor at the side of a new one, from a day until a day.

    A buddy helps and is named; they read no audit by it (I2).
    """

    __tablename__ = "buddy"
    __table_args__ = (
        CheckConstraint("auditor_id <> buddy_id", name="two_people"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    auditor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    buddy_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[date]
    until: Mapped[date | None]
    named_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    named_at: Mapped[datetime] = mapped_column(UtcDateTime)

    auditor: Mapped[Person] = relationship(foreign_keys=[auditor_id])
    buddy: Mapped[Person] = relationship(foreign_keys=[buddy_id])
