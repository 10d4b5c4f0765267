"""An audit, the people pinned to it, and its grades by source."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person, PostKind, Team
from qa_app.cases.models import Case
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.answers import SafeNow
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.domain.permissions import Party, Permission, Subject
from qa_app.domain.workflow import SUBMITTED, AuditState
from qa_app.standards.models import ToolVersion


class AuditSource(StrEnum):
    """Done here, or imported from the old workbook."""

    MADE = "made"
    IMPORTED = "imported"


class Audit(Base):
    """One audit, with what it pins at the start (A1).

    `cycle_month` is the first day of the cycle in which it was due (None for an imported audit, and
    for one of a batch, which runs outside the cycles: P7); `graded` is what its tool says;
    `completed_on` the day in Europe/London of its first submission, or the workbook's, and never
    moves; `completed_month` its first day. `auditor_grade` and `final_grade` repeat the standing
    rows of GradeRow for indexes and lists; the service that writes one writes the other.
    An imported audit may name a case, auditor and team that have no row here: they are kept as
    written in `case_reference`, `auditor_name` and `team_name`.
    `facts_until` is the last day of the check of its facts (A12), None where nobody was asked;
    `facts_checked_at` when everybody asked had answered, and every point of theirs too.
    `record_noted_on` is the day on which its summary went onto the child's record.
    """

    __tablename__ = "audit"
    __table_args__ = (
        one_of("state", AuditState),
        one_of("source", AuditSource),
        one_of("selection", Selection),
        one_of("auditor_grade", Grade),
        one_of("final_grade", Grade),
        one_of("auditor_post", PostKind),
        one_of("plan_type", PlanType),
        CheckConstraint(
            "state <> 'final'"
            " OR (final_at IS NOT NULL AND (final_grade IS NOT NULL OR NOT graded))",
            name="final_has_a_grade",
        ),
        CheckConstraint("final_grade IS NULL OR state = 'final'", name="grade_only_when_final"),
        CheckConstraint(
            "state NOT IN ('awaiting_moderation', 'in_moderation', 'in_discussion',"
            " 'awaiting_second', 'in_second_moderation', 'final')"
            " OR completed_on IS NOT NULL",
            name="submitted_has_its_day",
        ),
        CheckConstraint(
            "source = 'imported' OR (case_id IS NOT NULL AND auditor_id IS NOT NULL"
            " AND due_on IS NOT NULL)",
            name="made_is_whole",
        ),
        one_of("safe_now", SafeNow),
        Index("ix_audit_month_grade", "completed_month", "final_grade", "id"),
        Index("ix_audit_cycle", "cycle_month", "state"),
        Index("ix_audit_auditor_state", "auditor_id", "state"),
        Index(
            "ix_audit_waiting",
            "submitted_at",
            sqlite_where=text("state = 'awaiting_moderation'"),
            postgresql_where=text("state = 'awaiting_moderation'"),
        ),
        Index("ix_audit_case_reference", "case_reference"),
    )

    seen_with: ClassVar[Permission] = Permission.AUDIT_SEE

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(String(60), unique=True)
    state: Mapped[AuditState] = mapped_column(Choice(AuditState))
    source: Mapped[AuditSource] = mapped_column(Choice(AuditSource))
    selection: Mapped[Selection] = mapped_column(Choice(Selection))
    selection_reason: Mapped[str] = mapped_column(String(400), default="")
    tool_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("tool_version.id"))
    graded: Mapped[bool] = mapped_column(default=True)

    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    case_reference: Mapped[str] = mapped_column(String(40))
    plan_type: Mapped[PlanType | None] = mapped_column(Choice(PlanType))
    age_band: Mapped[str] = mapped_column(String(20), default="")
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    team_name: Mapped[str] = mapped_column(String(200), default="")
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    judged_from: Mapped[date | None]

    auditor_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    auditor_name: Mapped[str] = mapped_column(String(200), default="")
    auditor_post: Mapped[PostKind] = mapped_column(Choice(PostKind))

    cycle_month: Mapped[date | None]
    due_on: Mapped[date | None]
    given_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_on: Mapped[date | None]
    completed_month: Mapped[date | None]

    safe_now: Mapped[SafeNow | None] = mapped_column(Choice(SafeNow))
    overall_grade: Mapped[Grade | None] = mapped_column(Choice(Grade))
    auditor_grade: Mapped[Grade | None] = mapped_column(Choice(Grade))
    final_grade: Mapped[Grade | None] = mapped_column(Choice(Grade))
    final_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    facts_until: Mapped[date | None]
    facts_checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    record_noted_on: Mapped[date | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(400), default="")
    import_run_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_run.id"))
    import_hash: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int] = mapped_column(default=1)

    case: Mapped[Case | None] = relationship()
    auditor: Mapped[Person | None] = relationship(foreign_keys=[auditor_id])
    team: Mapped[Team | None] = relationship(foreign_keys=[team_id])
    tool_version: Mapped[ToolVersion | None] = relationship()
    parties: Mapped[list["AuditParty"]] = relationship(back_populates="audit")
    grades: Mapped[list["GradeRow"]] = relationship(back_populates="audit", order_by="GradeRow.at")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    def permission_subject(self) -> Subject:
        """What `can()` needs to know of this audit."""
        return Subject(
            team_id=self.team_id,
            parties=frozenset(
                (party.party, party.person_id)
                for party in self.parties
                if party.person_id is not None
            ),
            readable=self.state in SUBMITTED or self.state is AuditState.RETURNED,
        )


class AuditParty(Base):
    """Somebody pinned to an audit: every worker in the period with dates, manager, IRO, chair,
    the auditor, and each moderator once they take it. Names are kept as they were (A1)."""

    __tablename__ = "audit_party"
    __table_args__ = (
        one_of("party", Party),
        Index("ix_audit_party_person_id_party", "person_id", "party"),
        Index(
            "uq_audit_party_one_auditor",
            "audit_id",
            unique=True,
            sqlite_where=text("party = 'auditor'"),
            postgresql_where=text("party = 'auditor'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    party: Mapped[Party] = mapped_column(Choice(Party))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(200))
    started_on: Mapped[date | None]
    ended_on: Mapped[date | None]

    audit: Mapped[Audit] = relationship(back_populates="parties")


class GradeSource(StrEnum):
    """Whose grade a row is (M7). A blind moderator's three first ones are kept apart (M3)."""

    AUDITOR = "auditor"
    MODERATOR_BLIND = "moderator_blind"
    MODERATOR = "moderator"
    SECOND_MODERATOR = "second_moderator"
    FINAL = "final"


class GradeRow(Base):
    """One grade by one source for one section, or overall where `section_id` is None.

    Rows are only ever added: the database refuses to update or delete them (M7). The standing row
    of a source is the newest.
    """

    __tablename__ = "grade"
    __table_args__ = (
        one_of("source", GradeSource),
        one_of("grade", Grade),
        Index("ix_grade_audit_id_source", "audit_id", "source"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    source: Mapped[GradeSource] = mapped_column(Choice(GradeSource))
    section_id: Mapped[UUID | None] = mapped_column(ForeignKey("section.id"))
    grade: Mapped[Grade | None] = mapped_column(Choice(Grade))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason_code: Mapped[str] = mapped_column(String(40), default="")
    reason: Mapped[str] = mapped_column(Text, default="")

    audit: Mapped[Audit] = relationship(back_populates="grades")
