"""Earlier versions of what was written, and what a writer confirmed to identify nobody."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, UtcDateTime, new_id


class TextVersion(Base):
    """A long text as it stood before it was replaced, so that it can be looked at and restored
    (A8).

    Any box that holds narrative, by its field name (see `AuditText` and `services.fields`).
    `version` is the replaced text's own, 0 where its box counts none. `written_by` is None where
    the box does not say who wrote it. Retention empties this table with the texts (I1).
    """

    __tablename__ = "text_version"
    __table_args__ = (Index("ix_text_version_audit_id_field", "audit_id", "field", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"))
    field: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class IdentifierCleared(Base):
    """The writer's word that something in a text identifies no child or family, with the reason
    (A11).

    What it was is kept as a salted hash alone: it stands for the same words wherever they are in
    the audit. `field` is the box in which they were confirmed, or `finding.<id>` for a finding.
    """

    __tablename__ = "identifier_cleared"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    audit_id: Mapped[UUID] = mapped_column(ForeignKey("audit.id"), index=True)
    field: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(String(400))
    cleared_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    cleared_at: Mapped[datetime] = mapped_column(UtcDateTime)
