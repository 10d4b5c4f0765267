"""What waits for an auditor, and what a team should know of its children's audits."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select

from qa_app.accounts.models import Team
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Actor, Party, Role
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState

SHOWN = 25


class ToDo(NamedTuple):
    """An audit that its auditor has still to finish."""

    id: UUID
    reference: str
    case_reference: str
    age_band: str
    plan_type: PlanType | None
    team: str | None
    state: AuditState
    due_on: date | None

    @property
    def returned(self) -> bool:
        """Whether a moderator asked for a correction (M6)."""
        return self.state is AuditState.RETURNED


def audits_to_do(person_id: UUID) -> list[ToDo]:
    """The person's own unfinished audits: the soonest due first."""
    rows = db.session.execute(
        select(
            Audit.id,
            Audit.reference,
            Audit.case_reference,
            Audit.age_band,
            Audit.plan_type,
            Team.name,
            Audit.state,
            Audit.due_on,
        )
        .outerjoin(Team, Team.id == Audit.team_id)
        .where(Audit.auditor_id == person_id, Audit.state.in_(OPEN_FOR_WRITING))
        .order_by(Audit.due_on, Audit.reference)
        .limit(SHOWN)
    )
    return [ToDo(*row) for row in rows]


class TeamAudit(NamedTuple):
    """An audit of a child of one's team. It can be opened once it has left its auditor's desk."""

    id: UUID
    reference: str
    case_reference: str
    auditor: str
    state: AuditState
    due_on: date | None

    @property
    def readable(self) -> bool:
        """Whether the team may read it yet (I2)."""
        return self.state not in (AuditState.GIVEN, AuditState.IN_PROGRESS)


def audits_of_my_teams(actor: Actor, today: date) -> list[TeamAudit]:
    """Audits of this month's cycle, and unfinished ones of the month before, of my children."""
    month = Month.of(today)
    unfinished = Audit.state.not_in([AuditState.FINAL, AuditState.WITHDRAWN])
    rows = db.session.execute(
        select(
            Audit.id,
            Audit.reference,
            Audit.case_reference,
            Audit.auditor_name,
            Audit.state,
            Audit.due_on,
        )
        .where(
            _of_my_children(actor),
            Audit.state != AuditState.WITHDRAWN,
            or_(
                Audit.cycle_month == month.first,
                and_(Audit.cycle_month == month.previous().first, unfinished),
            ),
        )
        .order_by(Audit.due_on, Audit.reference)
        .limit(SHOWN)
    )
    return [TeamAudit(*row) for row in rows]


def _of_my_children(actor: Actor) -> ColumnElement[bool]:
    teams = {
        team_id
        for reach in actor.reaches
        if reach.role is Role.PRACTITIONER
        for team_id in reach.teams or ()
    }
    mine = exists().where(
        AuditParty.audit_id == Audit.id,
        AuditParty.person_id == actor.person_id,
        AuditParty.party.in_([Party.SOCIAL_WORKER, Party.TEAM_MANAGER]),
    )
    return or_(Audit.team_id.in_(teams), mine) if teams else mine
