"""A child is a case reference: no name, birth date or address has a column here (I5)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person, Team
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.grades import PlanType


class Case(Base):
    """A case as the latest import knows it. `age_band` is as at the extract's date."""

    __tablename__ = "case"
    __table_args__ = (
        one_of("plan_type", PlanType),
        CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="closes_after_opening"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    plan_type: Mapped[PlanType] = mapped_column(Choice(PlanType))
    family_reference: Mapped[str | None] = mapped_column(String(40), index=True)
    age_band: Mapped[str] = mapped_column(String(20), default="")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    worker_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    iro_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    chair_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    opened_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    as_at: Mapped[date]

    team: Mapped[Team | None] = relationship()
    worker: Mapped[Person | None] = relationship(foreign_keys=[worker_id])
    iro: Mapped[Person | None] = relationship(foreign_keys=[iro_id])
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    involvements: Mapped[list["Involvement"]] = relationship(back_populates="case")


class InvolvementRole(StrEnum):
    """What somebody was to a case."""

    SOCIAL_WORKER = "social_worker"
    IRO = "iro"
    CHAIR = "chair"
    DECISION_MAKER = "decision_maker"


class Involvement(Base):
    """Who was what to a case, from when until when (None while it lasts)."""

    __tablename__ = "involvement"
    __table_args__ = (
        one_of("role", InvolvementRole),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_start"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    external_id: Mapped[str | None] = mapped_column(String(40), unique=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    role: Mapped[InvolvementRole] = mapped_column(Choice(InvolvementRole))
    started_on: Mapped[date]
    ended_on: Mapped[date | None]

    case: Mapped[Case] = relationship(back_populates="involvements")
    person: Mapped[Person] = relationship()


class ImportKind(StrEnum):
    """What was imported."""

    SSD = "ssd"
    AUDITS = "audits"
    PEOPLE = "people"


class ImportRun(Base):
    """One import: what file, as at when, by whom, and what came of it."""

    __tablename__ = "import_run"
    __table_args__ = (one_of("kind", ImportKind),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ImportKind] = mapped_column(Choice(ImportKind))
    file_name: Mapped[str] = mapped_column(String(200))
    file_hash: Mapped[str] = mapped_column(String(64), default="")
    as_at: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    loaded: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    faults: Mapped[list["ImportFault"]] = relationship(order_by="ImportFault.position")


class ImportFault(Base):
    """A refused row: where, what and why. Values that could identify a child are withheld."""

    __tablename__ = "import_fault"
    __table_args__ = (Index("ix_import_fault_run_id_position", "run_id", "position"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id"))
    position: Mapped[int]
    place: Mapped[str] = mapped_column(String(200))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(200))
    value: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(400))
