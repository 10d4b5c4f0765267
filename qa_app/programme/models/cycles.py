"""Cycles, what is expected of whom, and what was asked for and granted (P1 to P5)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person, Post, PostKind, Team
from qa_app.audits.models import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Party, Permission, Subject


class CycleState(StrEnum):
    """P1: planned, open, closed."""

    PLANNED = "planned"
    OPEN = "open"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return self.value.capitalize()


class Cycle(Base):
    """A month of the programme; `month` is its first day, `due_on` its last working day."""

    __tablename__ = "cycle"
    __table_args__ = (
        one_of("state", CycleState),
        CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_has_its_time"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    month: Mapped[date] = mapped_column(unique=True)
    due_on: Mapped[date]
    state: Mapped[CycleState] = mapped_column(Choice(CycleState))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

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

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return "Vacant post" if self is ExemptionReason.VACANCY else self.value.capitalize()


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


class Extension(Base):
    """A later due date for one audit, with the older one kept (P3)."""

    __tablename__ = "extension"
    __table_args__ = (
        CheckConstraint("working_days > 0", name="days_positive"),
        CheckConstraint("due_on > due_before", name="is_later"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    working_days: Mapped[int]
    due_before: Mapped[date]
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(400))
    granted_on: Mapped[date]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    granted_at: Mapped[datetime] = mapped_column(UtcDateTime)

    audit: Mapped[Audit] = relationship()


class AskedFor(StrEnum):
    """What an auditor, or whoever manages them, asks for (P3)."""

    EXEMPTION = "exemption"
    EXTENSION = "extension"

    @property
    def words(self) -> str:
        """What is asked for, as a page says it."""
        return self.value.capitalize()


class RequestState(StrEnum):
    """How a request stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return "Waiting" if self is RequestState.ASKED else self.value.capitalize()


class TimeRequest(Base):
    """A request for an exemption from audits of a cycle, or for more time for one audit (P3).

    `number` is audits for an exemption, working days for an extension. Who grants it is worked out
    from the line: P3.
    """

    __tablename__ = "time_request"
    __table_args__ = (
        one_of("kind", AskedFor),
        one_of("state", RequestState),
        one_of("reason", ExemptionReason),
        CheckConstraint("number > 0", name="number_positive"),
        CheckConstraint(
            "(kind = 'exemption') = (expectation_id IS NOT NULL)"
            " AND (kind = 'extension') = (audit_id IS NOT NULL)",
            name="about_one_thing",
        ),
        CheckConstraint(
            "(state = 'asked') = (decided_by IS NULL)"
            " AND (decided_by IS NULL) = (decided_at IS NULL)",
            name="decided_by_somebody",
        ),
        Index("ix_time_request_state", "state", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[AskedFor] = mapped_column(Choice(AskedFor))
    expectation_id: Mapped[UUID | None] = mapped_column(ForeignKey("expectation.id"), index=True)
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audit.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    number: Mapped[int]
    reason: Mapped[ExemptionReason] = mapped_column(Choice(ExemptionReason))
    note: Mapped[str] = mapped_column(String(400), default="")
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[RequestState] = mapped_column(Choice(RequestState))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(400), default="")

    expectation: Mapped[Expectation | None] = relationship()
    audit: Mapped[Audit | None] = relationship()
    person: Mapped[Person | None] = relationship(foreign_keys=[person_id])
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])
    team: Mapped[Team | None] = relationship()

    seen_with: ClassVar[Permission] = Permission.TIME_REQUEST_SEE

    def permission_subject(self) -> Subject:
        """Whose it is and of which unit; who of the line may decide the service checks (P3)."""
        parties = {(Party.RAISER, self.asked_by)}
        if self.person_id is not None:
            parties.add((Party.OWNER, self.person_id))
        return Subject(team_id=self.team_id, parties=frozenset(parties))
