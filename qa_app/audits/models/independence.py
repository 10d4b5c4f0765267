"""What S6 knows beyond the involvements: interests that people declared, and waivers."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.cases.models import Case
from qa_app.database import Base, UtcDateTime, new_id


class DeclaredInterest(Base):
    """Somebody said that they have an interest in a case: they do not audit it (S6).

    Why is not asked: that somebody knows a family is theirs to keep. It stands until it is
    withdrawn.
    """

    __tablename__ = "declared_interest"
    __table_args__ = (
        Index(
            "uq_declared_interest_standing",
            "person_id",
            "case_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    declared_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    case: Mapped[Case] = relationship()


class Waiver(Base):
    """An audit allowed in spite of a conflict (S6), listed in the compliance report.

    `conflicts` are the reasons against the auditor as they stood, each after "the auditor";
    `alternatives` says why no other service, pair of auditors or outside auditor could do it.
    """

    __tablename__ = "waiver"
    __table_args__ = (
        CheckConstraint("granted_by <> auditor_id", name="not_for_oneself"),
        Index(
            "uq_waiver_standing",
            "case_id",
            "auditor_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    auditor_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    conflicts: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(1000))
    alternatives: Mapped[str] = mapped_column(String(1000))
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audit.id"), index=True)

    case: Mapped[Case] = relationship()
    auditor: Mapped[Person] = relationship(foreign_keys=[auditor_id])
    granter: Mapped[Person] = relationship(foreign_keys=[granted_by])
