"""Frames, draws from them, and what became of each case that was drawn (S1 to S5)."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.permissions import Party, Permission, Subject
from qa_app.domain.sampling import ReplacedBecause
from qa_app.programme.models.batches import Batch
from qa_app.programme.models.cycles import Cycle
from qa_app.standards.models import FrameKind, ToolVersion


class Frame(Base):
    """The list of cases that draws were made from, kept whole (S1).

    `content` holds a row for each case, as `qa_app.domain.sampling.FrameCase` writes it; `hash`
    covers the date and those rows, sorted, and nothing else, so the same list has one row here.
    """

    __tablename__ = "frame"
    __table_args__ = (one_of("kind", FrameKind),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[FrameKind] = mapped_column(Choice(FrameKind))
    as_at: Mapped[date]
    size: Mapped[int]
    content: Mapped[list[list[str]]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DrawState(StrEnum):
    """A draw is shown, then used or discarded; a discarded one stays to be seen."""

    MADE = "made"
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return DRAW_STATE_WORDS[self]


DRAW_STATE_WORDS = {
    DrawState.MADE: "Waiting for allocation",
    DrawState.CONFIRMED: "Allocated",
    DrawState.DISCARDED: "Discarded",
}


class Draw(Base):
    """One seeded draw: for a cycle, or for a batch outside the cycles (P7).

    `number` names it for people and for `qa-app redraw`. `rules`, `facts`, `strata` and
    `exclusions` are what `qa_app.domain.sampling` took in and gave out, so that it can be proved
    again. `allocation` is the proposal last shown: who gets which case, and what was found.
    """

    __tablename__ = "draw"
    __table_args__ = (
        one_of("state", DrawState),
        CheckConstraint("(cycle_id IS NULL) <> (batch_id IS NULL)", name="of_cycle_or_batch"),
        CheckConstraint(
            "(state = 'discarded') = (discarded_because <> '')", name="discarded_has_a_reason"
        ),
        Index("ix_draw_cycle_id", "cycle_id"),
        Index("ix_draw_batch_id", "batch_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(unique=True)
    cycle_id: Mapped[UUID | None] = mapped_column(ForeignKey("cycle.id"))
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batch.id"))
    tool_version_id: Mapped[UUID] = mapped_column(ForeignKey("tool_version.id"))
    frame_id: Mapped[UUID] = mapped_column(ForeignKey("frame.id"))
    seed: Mapped[str] = mapped_column(String(40))
    seed_given: Mapped[bool]
    size: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    strata: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    exclusions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    state: Mapped[DrawState] = mapped_column(Choice(DrawState))
    allocation: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    discarded_because: Mapped[str] = mapped_column(String(400), default="")
    discarded_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    discarded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)

    cycle: Mapped[Cycle | None] = relationship()
    batch: Mapped[Batch | None] = relationship()
    tool_version: Mapped[ToolVersion] = relationship()
    frame: Mapped[Frame] = relationship()
    cases: Mapped[list["DrawnCase"]] = relationship(
        back_populates="draw", order_by="DrawnCase.is_reserve, DrawnCase.position"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    @property
    def reference(self) -> str:
        """The draw's name on a page."""
        return f"D-{self.number:04d}"


class CaseFate(StrEnum):
    """What became of a case in a draw."""

    DRAWN = "drawn"
    RESERVE = "reserve"
    PROMOTED = "promoted"
    REPLACED = "replaced"

    @property
    def words(self) -> str:
        """The fate as a page says it."""
        return FATE_WORDS[self]


FATE_WORDS = {
    CaseFate.DRAWN: "Drawn",
    CaseFate.RESERVE: "Reserve",
    CaseFate.PROMOTED: "Reserve, taken",
    CaseFate.REPLACED: "Replaced",
}


class DrawnCase(Base):
    """One case of a draw, in the order drawn (`position` from 1, reserves counted apart by
    stratum). A replaced case stays (S4)."""

    __tablename__ = "drawn_case"
    __table_args__ = (
        UniqueConstraint("draw_id", "case_reference"),
        one_of("fate", CaseFate),
        CheckConstraint("NOT (fate = 'replaced' AND is_reserve)", name="reserves_are_not_replaced"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    draw_id: Mapped[UUID] = mapped_column(ForeignKey("draw.id"), index=True)
    position: Mapped[int]
    stratum: Mapped[str] = mapped_column(String(200))
    is_reserve: Mapped[bool]
    fate: Mapped[CaseFate] = mapped_column(Choice(CaseFate))
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    case_reference: Mapped[str] = mapped_column(String(40), index=True)
    audit_id: Mapped[UUID | None] = mapped_column(ForeignKey("audit.id"), index=True)

    draw: Mapped[Draw] = relationship(back_populates="cases")
    case: Mapped[Case] = relationship()
    audit: Mapped[Audit | None] = relationship()


class SubstitutionState(StrEnum):
    """A replacement is asked for by one person and decided by another (S4)."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return (
            "Waiting for approval" if self is SubstitutionState.ASKED else self.value.capitalize()
        )


class Substitution(Base):
    """A drawn case that is to be replaced by the next reserve of its stratum (S4)."""

    __tablename__ = "substitution"
    __table_args__ = (
        one_of("state", SubstitutionState),
        one_of("reason", ReplacedBecause),
        CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="two_people"),
        CheckConstraint("(state = 'asked') = (decided_by IS NULL)", name="decided_by_somebody"),
        CheckConstraint(
            "(state = 'approved') = (reserve_id IS NOT NULL)", name="approved_has_its_reserve"
        ),
        Index(
            "uq_substitution_open",
            "replaced_id",
            unique=True,
            sqlite_where=text("state <> 'refused'"),
            postgresql_where=text("state <> 'refused'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    replaced_id: Mapped[UUID] = mapped_column(ForeignKey("drawn_case.id"))
    reserve_id: Mapped[UUID | None] = mapped_column(ForeignKey("drawn_case.id"), unique=True)
    reason: Mapped[ReplacedBecause] = mapped_column(Choice(ReplacedBecause))
    note: Mapped[str] = mapped_column(String(400), default="")
    state: Mapped[SubstitutionState] = mapped_column(Choice(SubstitutionState))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answer: Mapped[str] = mapped_column(String(400), default="")

    replaced: Mapped[DrawnCase] = relationship(foreign_keys=[replaced_id])
    reserve: Mapped[DrawnCase | None] = relationship(foreign_keys=[reserve_id])
    asker: Mapped[Person] = relationship(foreign_keys=[asked_by])
    decider: Mapped[Person | None] = relationship(foreign_keys=[decided_by])

    seen_with: ClassVar[Permission] = Permission.SUBSTITUTION_SEE

    def permission_subject(self) -> Subject:
        """The case's team, and who asked: that one does not decide (S4)."""
        return Subject(
            team_id=self.replaced.case.team_id,
            parties=frozenset({(Party.RAISER, self.asked_by)}),
        )
