"""Under which themes a finding is filed, beside and after what its auditor chose (T1)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, UtcDateTime, new_id


class FindingTheme(Base):
    """Another theme of a finding, beside its main one."""

    __tablename__ = "finding_theme"
    __table_args__ = (UniqueConstraint("finding_id", "theme_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"))
    theme_id: Mapped[UUID] = mapped_column(ForeignKey("theme.id"), index=True)
    added_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)


class FindingFiling(Base):
    """A finding's main theme from a moment on, after its audit was finished; the newest counts.

    Rows are only ever added, so that a data cut finds what stood then (R4).
    """

    __tablename__ = "finding_filing"
    __table_args__ = (Index("ix_finding_filing_finding_id_at", "finding_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("finding.id"))
    theme_id: Mapped[UUID | None] = mapped_column(ForeignKey("theme.id"), index=True)
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
