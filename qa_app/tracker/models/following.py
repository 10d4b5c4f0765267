"""What follows an action: steps of its ladder, and references to other ladders (E6)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.tracker.models.action import Action


class LadderTaken(Base):
    """One step of the ladder that was taken for an action, once for each due date (E6).

    `step` is the code of the step (qa_app.domain.escalation), or of what is late in verifying;
    `told` the ids of the people told, as text. What the mail server made of it is the outbox's.
    """

    __tablename__ = "ladder_taken"
    __table_args__ = (UniqueConstraint("action_id", "due_on", "step"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id"))
    due_on: Mapped[date]
    step: Mapped[str] = mapped_column(String(40))
    told: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    action: Mapped[Action] = relationship()


class OtherLadderKind(StrEnum):
    """Another way of escalating, which runs elsewhere and is counted apart, never added."""

    IRO_DISPUTE = "iro_dispute"
    PARTNERSHIP = "partnership"

    @property
    def words(self) -> str:
        """The ladder as a page says it."""
        return _OTHER_WORDS[self]

    @property
    def rung(self) -> str:
        """What it calls its steps: stages of a dispute, levels of a partnership escalation."""
        return "stage" if self is OtherLadderKind.IRO_DISPUTE else "level"


_OTHER_WORDS = {
    OtherLadderKind.IRO_DISPUTE: "dispute raised by the independent reviewing officer",
    OtherLadderKind.PARTNERSHIP: "partnership escalation",
}


class OtherLadder(Base):
    """A reference to a dispute or an escalation that runs elsewhere, with the step it has reached.

    A further step is a row of its own: the newest of the same kind and reference stands, unless it
    has ended.
    """

    __tablename__ = "other_ladder"
    __table_args__ = (
        one_of("kind", OtherLadderKind),
        UniqueConstraint("action_id", "kind", "reference", "rung"),
        CheckConstraint("rung BETWEEN 1 AND 9", name="rung_known"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_is_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    action_id: Mapped[UUID] = mapped_column(ForeignKey("action.id"))
    kind: Mapped[OtherLadderKind] = mapped_column(Choice(OtherLadderKind))
    reference: Mapped[str] = mapped_column(String(60))
    rung: Mapped[int]
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    action: Mapped[Action] = relationship()
