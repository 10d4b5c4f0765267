"""How many audits are under way with a version, and how many findings a theme has.

The room of audits lies above this one, so its models may not be imported here: its table is read
by name, and the states come from the domain.
"""

from typing import Final
from uuid import UUID

from sqlalchemy import case, func, select

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


def findings_by_theme() -> dict[UUID | None, int]:
    """How many findings of finished audits are filed under each theme, by the newest filing or as
    the auditor chose; merges are not followed. None stands for those under no theme."""
    tables = Base.metadata.tables
    audit, finding, filing = (tables[name] for name in ("audit", "finding", "finding_filing"))
    turn = func.row_number().over(
        partition_by=filing.c.finding_id, order_by=(filing.c.at.desc(), filing.c.id.desc())
    )
    numbered = select(filing.c.finding_id, filing.c.theme_id, turn.label("turn")).subquery()
    newest = select(numbered).where(numbered.c.turn == 1).subquery()
    chosen = case((newest.c.finding_id.is_not(None), newest.c.theme_id), else_=finding.c.theme_id)
    query = (
        select(chosen, func.count())
        .select_from(finding)
        .join(audit, audit.c.id == finding.c.audit_id)
        .outerjoin(newest, newest.c.finding_id == finding.c.id)
        .where(audit.c.state == AuditState.FINAL.value)
        .group_by(chosen)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
