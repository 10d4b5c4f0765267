"""An audit held for whoever types in it: what may be done with it, and one of its texts (A8).

Read by statements that are made once and take rows: this runs for everybody who writes, every few
seconds.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NamedTuple, Self, cast
from uuid import UUID

from sqlalchemy import Table, bindparam, select

from qa_app.audits.models import Audit, AuditParty, AuditText
from qa_app.database import run
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Party, Permission, Subject
from qa_app.domain.workflow import AuditState

_AUDITS, _PARTIES, _TEXTS = (
    cast(Table, model.__table__) for model in (Audit, AuditParty, AuditText)
)
_audit, _party, _text = _AUDITS.c, _PARTIES.c, _TEXTS.c

_HELD = (
    select(
        _audit.id,
        _audit.state,
        _audit.team_id,
        _audit.tool_version_id,
        _audit.plan_type,
        _audit.graded,
        _party.party,
        _party.person_id,
        _party.name,
    )
    .outerjoin_from(_AUDITS, _PARTIES, _party.audit_id == _audit.id)
    .where(_audit.id == bindparam("audit_id"))
    .with_for_update(of=_AUDITS)
)
_TEXT = select(
    _text.id, _text.text, _text.version, _text.salt, _text.saved_at, _text.saved_by
).where(_text.audit_id == bindparam("audit_id"), _text.field == bindparam("field"))


class HeldParty(NamedTuple):
    """Somebody pinned to the audit, with their name as it was."""

    party: Party
    person_id: UUID | None
    name: str


@dataclass(frozen=True, slots=True)
class HeldAudit:
    """The audit's row as it stands, kept from everybody else until the transaction ends, so that
    who comes second sees what the first one left (CO-2, CO-5)."""

    seen_with: ClassVar[Permission] = Audit.seen_with

    id: UUID
    state: AuditState
    team_id: UUID | None
    tool_version_id: UUID | None
    plan_type: PlanType | None
    graded: bool
    parties: tuple[HeldParty, ...]

    @classmethod
    def find(cls, audit_id: UUID) -> Self | None:
        """Hold the audit and read it with its parties: one statement. None where there is none."""
        rows = run(_HELD, {"audit_id": audit_id}).all()
        if not rows:
            return None
        return cls(
            rows[0].id,
            rows[0].state,
            rows[0].team_id,
            rows[0].tool_version_id,
            rows[0].plan_type,
            rows[0].graded,
            tuple(
                HeldParty(row.party, row.person_id, row.name)
                for row in rows
                if row.party is not None
            ),
        )

    def permission_subject(self) -> Subject:
        """What the table of permissions asks, as the audit itself says it."""
        return Audit.permission_subject(cast(Audit, self))


class HeldText(NamedTuple):
    """A text as it stands."""

    id: UUID
    text: str
    version: int
    salt: str
    saved_at: datetime
    saved_by: UUID


def held_text(audit_id: UUID, field: str) -> HeldText | None:
    """One text of an audit that is held; None where nothing was ever written there."""
    row = run(_TEXT, {"audit_id": audit_id, "field": field}).one_or_none()
    if row is None:
        return None
    return HeldText(row.id, row.text, row.version, row.salt, row.saved_at, row.saved_by)


class Stored(NamedTuple):
    """What the history is told of a text that was saved."""

    text: str
    version: int
    salt: str
