"""What a concern still needs beyond the child's own team, and how far its hours have run (E1)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.audits.models.concern import Concern
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of


class ReferralTo(StrEnum):
    """Who else has to be told of a concern (E1)."""

    DESIGNATED_OFFICER = "designated_officer"
    OTHER_AUTHORITY = "other_authority"
    MASH = "mash"

    @property
    def words(self) -> str:
        """Who it is, as a page says it."""
        return _REFERRAL_WORDS[self]


_REFERRAL_WORDS = {
    ReferralTo.DESIGNATED_OFFICER: "the designated officer (LADO)",
    ReferralTo.OTHER_AUTHORITY: "the front door of the authority where the child lives",
    ReferralTo.MASH: "the multi-agency safeguarding hub (MASH)",
}


class ConcernReferral(Base):
    """Somebody outside who is to be told of the concern: by when, and who was told and when.

    `authority` names the other authority. `due_on` is the last day in time.
    """

    __tablename__ = "concern_referral"
    __table_args__ = (
        one_of("kind", ReferralTo),
        UniqueConstraint("concern_id", "kind"),
        CheckConstraint("(told_at IS NULL) = (told_whom = '')", name="told_is_whole"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    concern_id: Mapped[UUID] = mapped_column(ForeignKey("concern.id"))
    kind: Mapped[ReferralTo] = mapped_column(Choice(ReferralTo))
    authority: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date]
    told_whom: Mapped[str] = mapped_column(String(200), default="")
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    noted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))

    concern: Mapped[Concern] = relationship()


class ConcernStep(Base):
    """One step that the clock took for a concern, once (E1): who was told, and when.

    `told` holds the ids of the people told, as text.
    """

    __tablename__ = "concern_step"
    __table_args__ = (UniqueConstraint("concern_id", "step"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    concern_id: Mapped[UUID] = mapped_column(ForeignKey("concern.id"))
    step: Mapped[str] = mapped_column(String(40))
    told: Mapped[list[str]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    concern: Mapped[Concern] = relationship()
