"""A significant-harm concern: its own route, in hours, whatever the grade (E1)."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models.audit import Audit
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Party, Permission, Subject


class ToldAs(StrEnum):
    """Why somebody is told of a concern (E1)."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    HEAD_OF_SERVICE = "head_of_service"
    IRO = "iro"
    CHAIR = "chair"
    QA_LEAD = "qa_lead"
    NEXT_UP = "next_up"

    @property
    def words(self) -> str:
        """Why this person is told, as a page says it."""
        return _TOLD_WORDS[self]


_TOLD_WORDS = {
    ToldAs.SOCIAL_WORKER: "Social worker",
    ToldAs.TEAM_MANAGER: "Team manager",
    ToldAs.HEAD_OF_SERVICE: "Head of service",
    ToldAs.IRO: "Independent reviewing officer",
    ToldAs.CHAIR: "Conference chair",
    ToldAs.QA_LEAD: "QA lead",
    ToldAs.NEXT_UP: "Next one up",
}


class SafetyDecision(StrEnum):
    """What a manager decides the same day (E1)."""

    CHILD_SAFE = "child_safe"
    STRATEGY_DISCUSSION = "strategy_discussion"
    NEITHER_YET = "neither_yet"

    @property
    def words(self) -> str:
        """The decision as a page says it."""
        return _DECISION_WORDS[self]


_DECISION_WORDS = {
    SafetyDecision.CHILD_SAFE: "The child was seen, or is known to be safe",
    SafetyDecision.STRATEGY_DISCUSSION: "A strategy discussion was held",
    SafetyDecision.NEITHER_YET: "Neither, for the reason given",
}


def whether_safe(decision: SafetyDecision | None) -> str:
    """Whether the child is safe now, as far as a manager has decided it (E1): what the auditor
    thought before is no answer."""
    if decision is SafetyDecision.CHILD_SAFE:
        return "Yes"
    if decision is SafetyDecision.STRATEGY_DISCUSSION:
        return "A strategy discussion was held"
    return "Not known yet"


class Concern(Base):
    """“This child may be likely to suffer significant harm.”

    One open concern an audit (a retried submission raises nothing twice, CO-4). Its safety decision
    and its confirmation on the child's record are filled as they happen. `about_adult`: an adult
    who works with children is part of the worry; `strategy_at` and `strategy_outcome` say when a
    strategy discussion was held and what came of it.
    """

    __tablename__ = "concern"
    __table_args__ = (
        Index(
            "uq_concern_one_open",
            "audit_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        CheckConstraint(
            "(telephoned_at IS NULL) = (telephoned_whom = '')", name="telephoned_is_whole"
        ),
        one_of("decision", SafetyDecision),
        CheckConstraint("(decided_at IS NULL) = (decided_by IS NULL)", name="decided_is_whole"),
        CheckConstraint("(decided_at IS NULL) = (decision IS NULL)", name="decided_has_decision"),
    )

    seen_with: ClassVar[Permission] = Permission.CONCERN_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    case_reference: Mapped[str] = mapped_column(String(40))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    worry: Mapped[str] = mapped_column(Text)
    siblings: Mapped[str] = mapped_column(String(400), default="")
    about_adult: Mapped[bool] = mapped_column(default=False)
    telephoned_whom: Mapped[str] = mapped_column(String(200), default="")
    telephoned_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[SafetyDecision | None] = mapped_column(Choice(SafetyDecision))
    decision_note: Mapped[str] = mapped_column(Text, default="")
    strategy_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    strategy_outcome: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="")

    audit: Mapped[Audit] = relationship()
    told: Mapped[list["ConcernTold"]] = relationship(back_populates="concern")

    def permission_subject(self) -> Subject:
        """What `can()` needs to know of this concern."""
        people = {(Party.TOLD, told.person_id) for told in self.told if told.person_id is not None}
        return Subject(
            team_id=self.team_id,
            parties=frozenset(people | {(Party.RAISER, self.raised_by)} | self._implicated()),
        )

    def _implicated(self) -> set[tuple[Party, UUID]]:
        """Those whom the worry is about, pinned to the audit: they see nothing of it (E1)."""
        return {
            (each.party, each.person_id)
            for each in self.audit.parties
            if each.party is Party.IMPLICATED and each.person_id is not None
        }


class ConcernTold(Base):
    """Who was told of a concern, and as what; “person_id” is None where the post is vacant."""

    __tablename__ = "concern_told"
    __table_args__ = (UniqueConstraint("concern_id", "person_id"), one_of("told_as", ToldAs))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    concern_id: Mapped[UUID] = mapped_column(ForeignKey("concern.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    told_as: Mapped[ToldAs] = mapped_column(Choice(ToldAs))
    post: Mapped[str] = mapped_column(String(200))
    told_at: Mapped[datetime] = mapped_column(UtcDateTime)

    concern: Mapped[Concern] = relationship(back_populates="told")
    person: Mapped[Person | None] = relationship()
