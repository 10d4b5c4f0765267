"""Waivers of moderation as their list shows them: all that stand and stood (M2, S6)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, joinedload

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.moderation.models import Moderation, ModerationState, ModerationWaiver

SHOWN: Final = 200


@dataclass(frozen=True)
class WaiverRow:
    """A waiver; `used` where its moderator has taken the audit since."""

    id: UUID
    audit: Audit
    moderator: str
    bars: list[str]
    reason: str
    granted_by: str
    granted_at: datetime
    ended_at: datetime | None
    used: bool

    @property
    def state(self) -> str:
        """How it stands, in words."""
        if self.used:
            return "Used"
        return "Ended" if self.ended_at is not None else "Stands"


def all_waivers(limit: int = SHOWN) -> list[WaiverRow]:
    """The newest waivers, those that ended too (two queries)."""
    granter = aliased(Person)
    used = exists().where(
        Moderation.audit_id == ModerationWaiver.audit_id,
        Moderation.moderator_id == ModerationWaiver.moderator_id,
        Moderation.state.in_([ModerationState.OPEN, ModerationState.COMMITTED]),
        Moderation.started_at >= ModerationWaiver.granted_at,
    )
    query = (
        select(ModerationWaiver, granter.name, used)
        .join(granter, granter.id == ModerationWaiver.granted_by)
        .options(
            joinedload(ModerationWaiver.audit).selectinload(Audit.parties),
            joinedload(ModerationWaiver.moderator),
        )
        .order_by(ModerationWaiver.granted_at.desc(), ModerationWaiver.id.desc())
        .limit(limit)
    )
    return [
        WaiverRow(
            id=waiver.id,
            audit=waiver.audit,
            moderator=waiver.moderator.name,
            bars=waiver.bars,
            reason=waiver.reason,
            granted_by=granted_by,
            granted_at=waiver.granted_at,
            ended_at=waiver.ended_at,
            used=bool(was_used),
        )
        for waiver, granted_by, was_used in db.session.execute(query)
    ]
