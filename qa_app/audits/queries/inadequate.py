"""Which audits stand as Inadequate: by the final grade, or the auditor's until there is one."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState

_MANY: Final = 500


def stand_inadequate(audit_ids: Collection[UUID]) -> set[UUID]:
    """Those of these audits that stand as Inadequate now (MTM-4, E6); a withdrawn one does not."""
    wanted, found = list(audit_ids), set[UUID]()
    for start in range(0, len(wanted), _MANY):
        query = select(Audit.id).where(
            Audit.id.in_(wanted[start : start + _MANY]),
            Audit.state != AuditState.WITHDRAWN,
            func.coalesce(Audit.final_grade, Audit.auditor_grade) == Grade.INADEQUATE,
        )
        found |= set(db.session.scalars(query))
    return found
