"""An action and its steps. That it is outstanding or overdue is computed, never typed (E5, E6)."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person, Team
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.actions import OUTSTANDING, ActionKind, ActionStatus, Impact
from qa_app.domain.permissions import Party, Permission, Subject


class ActionSource(StrEnum):
    """What raised the action."""

    CONCERN = "concern"
    AUDIT = "audit"
    MODERATION = "moderation"
    SERVICE = "service"
    IMPORTED = "imported"


class Action(Base):
    """Something to be done, by an owner, by a date, verified by somebody else (E3, E4).

    Pins of its audit: `audit_id`, `audit_reference`, `case_reference`, `team_id`, `auditor_id`.
    `raised_on` and `settled_on` are days in Europe/London: an action is outstanding from the end of
    `raised_on` until it is settled (verified, withdrawn, or closed by an import). `source_key` is
    unique, so that a retried change raises nothing twice. `owner_post_id` is the post for which the
    owner has it, and `covered_by` stands in while they are away. `section_code`, `question_code`,
    `finding_id` (kept though the finding is removed) and `theme_id` say what it came from. A
    withdrawal is asked for with `withdrawal_why`, and `auditor_said` is what the auditor, who is
    heard, said of it (E5).
    """

    __tablename__ = "action"
    __table_args__ = (
        UniqueConstraint("source_key"),
        one_of("kind", ActionKind),
        one_of("status", ActionStatus),
        one_of("source", ActionSource),
        one_of("impact", Impact),
        CheckConstraint("covered_by IS NULL OR covered_by <> owner_id", name="covered_by_another"),
        CheckConstraint(
            "(withdrawal_asked_at IS NULL) = (withdrawal_asked_by IS NULL)",
            name="withdrawal_asked_is_whole",
        ),
        # E5: settled exactly when verified, withdrawn or closed by an import.
        CheckConstraint(
            "(status IN ('verified', 'withdrawn', 'closed')) = (settled_on IS NOT NULL)",
            name="settled_has_its_day",
        ),
        # E4: verified by somebody, and never by its owner.
        CheckConstraint(
            "status <> 'verified' OR (verified_by IS NOT NULL AND verified_by <> owner_id)",
            name="verified_by_another",
        ),
        CheckConstraint("status <> 'closed' OR source = 'imported'", name="closed_only_by_import"),
        # Only an imported action may lack an owner with an account: it keeps the name as written.
        CheckConstraint("owner_id IS NOT NULL OR source = 'imported'", name="has_an_owner"),
        CheckConstraint("source = 'imported' OR due_on IS NOT NULL", name="has_a_due_date"),
        # Stocks at a past day: what was not settled by then (MTM-4).
        Index("ix_action_kind_settled_on", "kind", "settled_on", "raised_on"),
        Index(
            "ix_action_outstanding",
            "due_on",
            sqlite_where=text("settled_on IS NULL"),
            postgresql_where=text("settled_on IS NULL"),
        ),
        Index(
            "ix_action_priority_outstanding",
            "audit_id",
            sqlite_where=text("settled_on IS NULL AND kind = 'priority'"),
            postgresql_where=text("settled_on IS NULL AND kind = 'priority'"),
        ),
    )

    seen_with: ClassVar[Permission] = Permission.ACTION_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[ActionKind] = mapped_column(Choice(ActionKind))
    status: Mapped[ActionStatus] = mapped_column(Choice(ActionStatus), default=ActionStatus.OPEN)
    source: Mapped[ActionSource] = mapped_column(Choice(ActionSource))
    source_key: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(Text)

    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audit.id"), index=True)
    audit_reference: Mapped[str] = mapped_column(String(60), default="")
    case_reference: Mapped[str] = mapped_column(String(40), default="")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    auditor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    owner_name: Mapped[str] = mapped_column(String(200))
    owner_post: Mapped[str] = mapped_column(String(200), default="")
    owner_post_id: Mapped[UUID | None] = mapped_column(ForeignKey("post.id"))
    covered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    partner_agency: Mapped[str] = mapped_column(String(200), default="")
    section_code: Mapped[str] = mapped_column(String(60), default="")
    question_code: Mapped[str] = mapped_column(String(80), default="")
    finding_id: Mapped[UUID | None]
    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"))

    raised_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    raised_on: Mapped[date]
    original_due_on: Mapped[date | None]
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    settled_on: Mapped[date | None]
    impact: Mapped[Impact | None] = mapped_column(Choice(Impact))
    withdrawal_asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawal_asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    withdrawal_why: Mapped[str] = mapped_column(Text, default="")
    auditor_said: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)

    team: Mapped[Team | None] = relationship()
    owner: Mapped[Person | None] = relationship(foreign_keys=[owner_id])
    cover: Mapped[Person | None] = relationship(foreign_keys=[covered_by])
    steps: Mapped[list["ActionStep"]] = relationship(
        order_by="ActionStep.at", back_populates="action"
    )
    parties: Mapped[list["ActionParty"]] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    def permission_subject(self) -> Subject:
        """What `can()` needs to know of this action."""
        people = {(Party.OWNER, self.owner_id), (Party.OWNER, self.covered_by)}
        people |= {(Party.RAISER, self.raised_by)}
        people |= {(Party.AUDITOR, self.auditor_id), (Party.VERIFIER, self.verified_by)}
        people |= {(party.party, party.person_id) for party in self.parties}
        return Subject(
            team_id=self.team_id,
            parties=frozenset((party, person) for party, person in people if person is not None),
            readable=self.waits_for_outsiders,
        )

    @property
    def waits_for_outsiders(self) -> bool:
        """Whether it waits for a head outside the owner's service: as a priority action that is
        done to be verified (E4), or for its withdrawal to be decided (E5)."""
        if self.withdrawal_asked_at is not None:
            return self.status in OUTSTANDING
        return self.kind is ActionKind.PRIORITY and self.status is ActionStatus.DONE


class ActionParty(Base):
    """People of the case pinned when the action was raised, so that they see it (I2); and those who
    help its owner, as they come and go (E3)."""

    __tablename__ = "action_party"
    __table_args__ = (UniqueConstraint("action_id", "party", "person_id"), one_of("party", Party))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id"), index=True)
    party: Mapped[Party] = mapped_column(Choice(Party))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)


class ActionStep(Base):
    """One change of status with its words: evidence when done, what is missing when returned."""

    __tablename__ = "action_step"
    __table_args__ = (one_of("to_status", ActionStatus), one_of("from_status", ActionStatus))

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    from_status: Mapped[ActionStatus | None] = mapped_column(Choice(ActionStatus))
    to_status: Mapped[ActionStatus] = mapped_column(Choice(ActionStatus))
    on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")

    action: Mapped[Action] = relationship(back_populates="steps")


class DueDateChange(Base):
    """A moved due date, with its reason; the original stays on the action (E3)."""

    __tablename__ = "due_date_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    old_due_on: Mapped[date]
    new_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
