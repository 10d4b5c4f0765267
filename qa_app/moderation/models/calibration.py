"""Calibration (M10): one file graded blind by several people. It counts in no measure."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.grades import Grade, PlanType
from qa_app.domain.permissions import Party, Permission, Subject
from qa_app.standards.models import ToolVersion


class CalibrationState(StrEnum):
    """Being prepared, open for grading, or closed with everything shown."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class CalibrationSession(Base):
    """One file to grade, with the people invited.

    `file` holds what they read, by section code: {"evidence": text, "impact": text}, under "" the
    introduction {"about": text}. A `gold` one is kept, once closed, for new auditors to try; they
    are then shown the agreed answer. `agreed` holds {"grade": code, "why": text} by section code
    ("overall" for the whole), with `agreed_why` of it all; `learnt` what was learnt.
    """

    __tablename__ = "calibration_session"
    __table_args__ = (
        one_of("state", CalibrationState),
        one_of("plan_type", PlanType),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_its_time"),
    )

    seen_with: ClassVar[Permission] = Permission.CALIBRATION_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[CalibrationState] = mapped_column(Choice(CalibrationState))
    gold: Mapped[bool] = mapped_column(default=False)
    tool_version_id: Mapped[UUID] = mapped_column(ForeignKey("tool_version.id"))
    plan_type: Mapped[PlanType] = mapped_column(Choice(PlanType))
    file: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON)
    deadline: Mapped[date | None]
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agreed: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    agreed_why: Mapped[str] = mapped_column(Text, default="")
    learnt: Mapped[str] = mapped_column(Text, default="")

    tool_version: Mapped[ToolVersion] = relationship()
    invites: Mapped[list["CalibrationInvite"]] = relationship(back_populates="session")

    def permission_subject(self) -> Subject:
        """What `can()` needs to know: who is invited, and whether it is there to be tried."""
        return Subject(
            parties=frozenset((Party.INVITED, each.person_id) for each in self.invites),
            readable=self.gold and self.state is CalibrationState.CLOSED,
        )


class CalibrationInvite(Base):
    """Somebody who grades the file: invited, or trying a gold-standard one (`invited` False).

    Nobody sees anybody's grades before they have committed their own (M10).
    """

    __tablename__ = "calibration_invite"
    __table_args__ = (UniqueConstraint("session_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(ForeignKey("calibration_session.id"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    invited: Mapped[bool] = mapped_column(default=True)
    invited_at: Mapped[datetime] = mapped_column(UtcDateTime)
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    session: Mapped[CalibrationSession] = relationship(back_populates="invites")
    person: Mapped[Person] = relationship()
    grades: Mapped[list["CalibrationGrade"]] = relationship(back_populates="invite")


class CalibrationGrade(Base):
    """One person's grade of one section, or overall ("overall"), with why."""

    __tablename__ = "calibration_grade"
    __table_args__ = (UniqueConstraint("invite_id", "section_code"), one_of("grade", Grade))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    invite_id: Mapped[UUID] = mapped_column(ForeignKey("calibration_invite.id"))
    section_code: Mapped[str] = mapped_column(String(60))
    grade: Mapped[Grade] = mapped_column(Choice(Grade))
    why: Mapped[str] = mapped_column(Text, default="")

    invite: Mapped[CalibrationInvite] = relationship(back_populates="grades")
