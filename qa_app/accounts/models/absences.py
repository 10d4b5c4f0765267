"""When somebody is away, and who stands in for them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qa_app.accounts.models.people import Person
from qa_app.database import Base, UtcDateTime, new_id


class Absence(Base):
    """Somebody is away from a day to a day, both included; why is nobody's business here.

    `deputy_id` is who stands in for them, None where nobody was named. One that was entered in
    error, or cut short, is ended (`ended_at`) and another one made.
    """

    __tablename__ = "absence"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="ends_after_start"),
        CheckConstraint("deputy_id IS NULL OR deputy_id <> person_id", name="deputy_is_another"),
        Index("ix_absence_person_id_last_on", "person_id", "last_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    first_on: Mapped[date]
    last_on: Mapped[date]
    deputy_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    noted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    noted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id])
