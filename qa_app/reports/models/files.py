"""The files of a published version, drawn once: everybody who downloads it gets the same bytes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, UtcDateTime, new_id


class ReportFile(Base):
    """A published version in one layout (pdf, docx, …), in full or as its public form.

    The database refuses to change or delete one.
    """

    __tablename__ = "report_file"
    __table_args__ = (UniqueConstraint("version_id", "public", "layout"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("report_version.id"))
    public: Mapped[bool]
    layout: Mapped[str] = mapped_column(String(10))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)
