"""What is done about a theme and whether it helped (T3); what was done well (T4)."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.audits.models import Finding
from qa_app.database import Base, Choice, UtcDateTime, new_id, one_of
from qa_app.domain.learning import JudgedBy, ResponseKind
from qa_app.domain.permissions import Permission, Subject
from qa_app.standards.models import Theme


class LearningResponse(Base):
    """A response to a theme: who does what by when, and by which measure it will be judged (T3).

    `judged_code` is the section's or the standard's, "" for the other measures; the months before
    end with the last whole month before `due_on`, or before `done_on` once it is done, and those
    after begin with the month after it. `service_id` keeps it to one service (None: all).
    """

    __tablename__ = "learning_response"
    __table_args__ = (
        one_of("kind", ResponseKind),
        one_of("judged_by", JudgedBy),
        CheckConstraint("months_before > 0 AND months_after > 0", name="some_months"),
    )

    seen_with: ClassVar[Permission] = Permission.LEARNING_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    theme_id: Mapped[UUID] = mapped_column(ForeignKey("theme.id"), index=True)
    kind: Mapped[ResponseKind] = mapped_column(Choice(ResponseKind))
    title: Mapped[str] = mapped_column(String(200))
    what: Mapped[str] = mapped_column(Text, default="")
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    owner_name: Mapped[str] = mapped_column(String(200))
    service_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    due_on: Mapped[date]
    done_on: Mapped[date | None]
    judged_by: Mapped[JudgedBy] = mapped_column(Choice(JudgedBy))
    judged_code: Mapped[str] = mapped_column(String(60), default="")
    months_before: Mapped[int] = mapped_column(default=6)
    months_after: Mapped[int] = mapped_column(default=6)
    conclusion: Mapped[str] = mapped_column(Text, default="")
    concluded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_why: Mapped[str] = mapped_column(Text, default="")
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    theme: Mapped[Theme] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    def permission_subject(self) -> Subject:
        """Learning is for everybody."""
        return Subject(readable=True)


class GoodExample(Base):
    """Good practice, told without saying of whom, and published with the team's consent (T4).

    It is marked from a strength (`finding_id`, None once that is gone); `text` is written anew,
    and names nobody. Until `consented_at` nobody outside the team, its leaders and the QA lead
    reads it.
    """

    __tablename__ = "good_example"
    __table_args__ = (
        CheckConstraint(
            "published_at IS NULL OR consented_at IS NOT NULL", name="published_with_consent"
        ),
        CheckConstraint("consented_at IS NULL OR refused_at IS NULL", name="consented_or_refused"),
    )

    seen_with: ClassVar[Permission] = Permission.EXAMPLE_READ

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    finding_id: Mapped[UUID | None] = mapped_column(ForeignKey("finding.id"), index=True)
    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    team_name: Mapped[str] = mapped_column(String(200), default="")
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    marked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    consented_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refused_why: Mapped[str] = mapped_column(Text, default="")
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revision: Mapped[int] = mapped_column(default=1)

    finding: Mapped[Finding | None] = relationship()
    theme: Mapped[Theme | None] = relationship()

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 -- SQLAlchemy reads it as it is

    def permission_subject(self) -> Subject:
        """Its team consents; who reads it depends on whether it stands published."""
        shown = self.published_at is not None and self.withdrawn_at is None
        return Subject(team_id=self.team_id, readable=shown)
