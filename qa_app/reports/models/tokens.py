"""Keys with which other programs read the figures."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from qa_app.database import Base, UtcDateTime, new_id
from qa_app.domain.permissions import Subject


class ApiToken(Base):
    """One key: what it may read (`scopes`), until when. Only SHA-256 of it is kept; `start` is its
    first characters, so that people can tell theirs apart."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(100))
    start: Mapped[str] = mapped_column(String(12))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    made_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_on: Mapped[date]
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    last_used_on: Mapped[date | None]

    def permission_subject(self) -> Subject:
        """A key is nobody's case."""
        return Subject(readable=True)
