"""How many audits are under way with a version, as the pages of tools say it.

The room of audits lies above this one, so its models may not be imported here: its table is read
by name, and the states come from the domain.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from qa_app.database import Base, db
from qa_app.domain.workflow import AuditState

ENDED: Final = (AuditState.FINAL.value, AuditState.WITHDRAWN.value)


def audits_under_way(version_ids: list[UUID]) -> dict[UUID, int]:
    """The number of audits under way by version; versions without any are left out."""
    audit = Base.metadata.tables["audit"]
    query = (
        select(audit.c.tool_version_id, func.count())
        .where(audit.c.tool_version_id.in_(version_ids), audit.c.state.not_in(ENDED))
        .group_by(audit.c.tool_version_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
