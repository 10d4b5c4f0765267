"""Discussions of a moderator: audits whose overall grade they see differently (M4, M5)."""

from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, select

from qa_app.audits.models import Audit
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationStage, ModerationState

SHOWN: Final = 25
GOES_ON: Final = (
    AuditState.IN_DISCUSSION,
    AuditState.AWAITING_SECOND,
    AuditState.IN_SECOND_MODERATION,
)


class Discussion(NamedTuple):
    """An audit whose moderator gave another overall grade; `due_on` is the answer's (M4)."""

    id: UUID
    reference: str
    case_reference: str
    state: AuditState
    auditor: str
    due_on: date | None


def discussions_of(person_id: UUID) -> Select[UUID, str, str, AuditState, str, date | None]:
    """A query of what goes on about this person's moderations, a row for each as a Discussion is
    made of: first what its auditor has still to answer, the soonest due first."""
    return (
        select(
            Audit.id.label("audit_id"),
            Audit.reference,
            Audit.case_reference,
            Audit.state,
            Audit.auditor_name,
            Moderation.answer_due_on,
        )
        .join(Moderation, Moderation.audit_id == Audit.id)
        .where(
            Audit.state.in_(GOES_ON),
            Moderation.stage == ModerationStage.FIRST,
            Moderation.state == ModerationState.COMMITTED,
            Moderation.moderator_id == person_id,
        )
        .order_by(
            Audit.state != AuditState.IN_DISCUSSION, Moderation.answer_due_on, Audit.reference
        )
        .limit(SHOWN)
    )
