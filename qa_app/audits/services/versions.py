"""Keeping a text that a save replaces, where it is worth it (A8)."""

from datetime import datetime
from uuid import UUID

from qa_app.audits.models import TextVersion
from qa_app.audits.services.fields import Box
from qa_app.database import db
from qa_app.domain.versions import is_worth_keeping


def keep_replaced(
    audit_id: UUID, box: Box, new: str, by: UUID, at: datetime, *, always: bool = False
) -> None:
    """Keep what the box holds before `new` takes its place; see `qa_app.domain.versions`.

    `always` where an older text is restored. Called by every save of a box: reads nothing, and adds
    at most one row.
    """
    if box.written is None or not box.value:
        return
    if not always and not is_worth_keeping(box.value, new, box.written, by, at):
        return
    db.session.add(
        TextVersion(
            audit_id=audit_id,
            field=box.name,
            text=box.value,
            # A box that does not say who wrote it counts no versions either.
            version=box.version if box.written.by is not None else 0,
            written_at=box.written.at,
            written_by=box.written.by,
            replaced_at=at,
            replaced_by=by,
        )
    )
