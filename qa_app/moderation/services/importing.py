"""Recording imported moderations in bulk."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from qa_app.bulk import insert_columns
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState


class ImportedModeration(TypedDict):
    """A moderation that the old workbook names; `moderator_id` is None for a mere name."""

    audit_id: UUID
    moderator_id: UUID | None
    moderator_name: str
    committed_at: datetime


def record_imported(rows: Sequence[ImportedModeration]) -> None:
    """Store committed, sighted moderations of imported audits (measures.md, imported rows)."""
    committed_at = [row["committed_at"] for row in rows]
    insert_columns(
        Moderation.__table__,  # type: ignore[arg-type]  # a Table
        {
            "audit_id": [row["audit_id"] for row in rows],
            "moderator_id": [row["moderator_id"] for row in rows],
            "moderator_name": [row["moderator_name"] for row in rows],
            "mode": ModerationMode.SIGHTED,
            "state": ModerationState.COMMITTED,
            "started_at": committed_at,
            "committed_at": committed_at,
        },
        len(rows),
    )
