"""A data cut: the facts of the audits as they were read at one moment (R4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, UtcDateTime, new_id


class DataCut(Base):
    """Facts of the months from `first_month` to `last_month`, read at `at`, as compressed JSON.

    Facts hold ids, grades, dates and codes: never a case reference and never what anybody wrote.
    `hash` is SHA-256 of the JSON. The database refuses to change one.
    """

    __tablename__ = "data_cut"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_month: Mapped[date]
    last_month: Mapped[date]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    hash: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
