"""An audit held for whoever types in it: what may be done with it, and one of its texts (A8).

Read by one statement that is made once and gives rows: this runs for everybody who writes, every
few seconds.
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
        _text.id.label("text_id"),
        _text.text,
        _text.version,
        _text.salt,
        _text.saved_at,
        _text.saved_by,
    )
    .select_from(
        _AUDITS.outerjoin(_PARTIES, _party.audit_id == _audit.id).outerjoin(
            _TEXTS, (_text.audit_id == _audit.id) & (_text.field == bindparam("field"))
        )
    )
    .where(_audit.id == bindparam("audit_id"))
    .with_for_update(of=_AUDITS)
)


class HeldParty(NamedTuple):
    """Somebody pinned to the audit, with their name as it was."""

    party: Party
    person_id: UUID | None
    name: str


class HeldText(NamedTuple):
    """A text as it stood when the audit was asked for.

    On PostgreSQL that may be a moment before it was held, for whoever had to wait: so it is written
    on condition that its version still stands (`services.texts`).
    """

    id: UUID
    text: str
    version: int
    salt: str
    saved_at: datetime
    saved_by: UUID


@dataclass(frozen=True, slots=True)
class HeldAudit:
    """The audit's row as it stands, kept from everybody else until the transaction ends, so that
    who comes second sees what the first one left (CO-2, CO-5); and one of its texts."""

    seen_with: ClassVar[Permission] = Audit.seen_with

    id: UUID
    state: AuditState
    team_id: UUID | None
    tool_version_id: UUID | None
    plan_type: PlanType | None
    graded: bool
    parties: tuple[HeldParty, ...]
    text: HeldText | None

    @classmethod
    def find(cls, audit_id: UUID, field: str = "") -> Self | None:
        """Hold the audit, and read it with its parties and the text of this name: one statement.

        None where there is no such audit; no text where none was ever written there.
        """
        rows = run(_HELD, {"audit_id": audit_id, "field": field}).all()
        if not rows:
            return None
        row = rows[0]
        return cls(
            row.id,
            row.state,
            row.team_id,
            row.tool_version_id,
            row.plan_type,
            row.graded,
            tuple(
                HeldParty(each.party, each.person_id, each.name)
                for each in rows
                if each.party is not None
            ),
            None
            if row.text_id is None
            else HeldText(row.text_id, row.text, row.version, row.salt, row.saved_at, row.saved_by),
        )

    def permission_subject(self) -> Subject:
        """What the table of permissions asks, as the audit itself says it."""
        return Audit.permission_subject(cast(Audit, self))


class Stored(NamedTuple):
    """What the history is told of a text that was saved."""

    text: str
    version: int
    salt: str
