"""When boards meet: a pack holds what was published since the meeting before."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, UtcDateTime, new_id
from qa_app.domain.permissions import Subject


class BoardMeeting(Base):
    """A meeting of a board that reads the reports."""

    __tablename__ = "board_meeting"
    __table_args__ = (UniqueConstraint("board", "held_on"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    board: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)

    def permission_subject(self) -> Subject:
        """A meeting is nobody's case."""
        return Subject(readable=True)
