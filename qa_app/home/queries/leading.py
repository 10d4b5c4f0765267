"""What waits for a head of service or a director."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, false, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from qa_app.accounts.models import Team
from qa_app.audits.models import Audit, AuditParty, AuditSource, Concern, SafetyDecision
from qa_app.audits.models.concern import whether_safe
from qa_app.audits.queries.choosing import to_be_moderated
from qa_app.audits.queries.late_concerns import about, is_open
from qa_app.database import db
from qa_app.domain.actions import ActionKind
from qa_app.domain.permissions import Actor, Party, Permission, Role, allowed
from qa_app.home.queries.discussing import Discussion, discussions_of
from qa_app.home.queries.reporting import count_to_approve
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.tracker.models import Action
from qa_app.tracker.queries.verifying import count_to_verify
from qa_app.tracker.queries.visible import kept_from
from qa_app.tracker.queries.withdrawing import count_to_decide

SHOWN = 10
_NEVER_MODERATES = (
    Party.AUDITOR, Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR,
    Party.IMPLICATED,
)  # fmt: skip


def moderated_by(actor: Actor, team_id: InstrumentedAttribute[UUID | None]) -> ColumnElement[bool]:
    """What belongs to the teams that this person's moderator role reaches."""
    teams: set[UUID] = set()
    for reach in actor.reaches:
        if reach.role is Role.MODERATOR:
            if reach.teams is None:
                return true()
            teams |= reach.teams
    return team_id.in_(teams) if teams else false()


class Queue(NamedTuple):
    """The moderation queue at a glance: how many wait, since when, how many I have begun; how many
    withdrawals of actions wait for my decision (E5), actions for me to verify (E4) and reports for
    me to approve (R3); and what goes on about the audits that I see differently (M4)."""

    waiting: int
    oldest: datetime | None
    begun: int
    withdrawals: int = 0
    to_verify: int = 0
    to_approve: int = 0
    discussions: Sequence[Discussion] = ()


def moderation_queue(actor: Actor) -> Queue:
    """Audits waiting for a moderator (M1) who is no party to them (M2), and mine in hand (one
    query)."""
    party = exists().where(
        AuditParty.audit_id == Audit.id,
        AuditParty.person_id == actor.person_id,
        AuditParty.party.in_(_NEVER_MODERATES),
    )
    begun = (
        select(func.count())
        .select_from(Moderation)
        .where(Moderation.moderator_id == actor.person_id, Moderation.state == ModerationState.OPEN)
        .scalar_subquery()
    )
    counts = (
        select(
            func.count(),
            func.min(Audit.submitted_at),
            begun,
            count_to_decide(actor).label("withdrawals"),
            count_to_verify(actor).label("to_verify"),
            count_to_approve(actor.person_id).label("to_approve"),
        )
        .where(to_be_moderated(), Audit.source == AuditSource.MADE, ~party)
        .subquery()
    )
    # One row, or one for each discussion: the page asks few questions.
    discussions = discussions_of(actor.person_id).subquery()
    found = select(counts, discussions).select_from(counts).outerjoin(discussions, true())
    rows = db.session.execute(found).all()
    discussed = [Discussion(*row[6:]) for row in rows if row.audit_id is not None]
    waiting, oldest, mine, withdrawals, verifying, approving, *_ = rows[0]
    if not allowed(Permission.REPORT_APPROVE, actor):
        approving = 0
    return Queue(waiting, oldest, mine, withdrawals, verifying, approving, discussed)


class Priorities(NamedTuple):
    """Outstanding priority actions: all of them counted, the soonest due listed."""

    total: int
    first: Sequence[Action]


def priority_actions(actor: Actor) -> Priorities:
    """Priority actions outstanding in what this moderator answers for, the soonest due first."""
    rows = db.session.execute(
        select(Action, func.count().over())
        .where(
            Action.kind == ActionKind.PRIORITY,
            Action.settled_on.is_(None),
            moderated_by(actor, Action.team_id),
            ~kept_from(actor.person_id),
        )
        .order_by(Action.due_on.is_(None), Action.due_on, Action.reference)
        .limit(SHOWN)
    ).all()
    return Priorities(rows[0][1] if rows else 0, [row[0] for row in rows])


class Worry(NamedTuple):
    """A child somebody is worried about today: an open concern, and what is known by now."""

    id: UUID
    case_reference: str
    team: str | None
    raised_at: datetime
    telephoned_whom: str
    acknowledged_at: datetime | None
    decision: SafetyDecision | None
    recorded_at: datetime | None

    @property
    def safe(self) -> str:
        """Whether the child is safe now, as the concern's own page says it."""
        return whether_safe(self.decision)

    @property
    def stands(self) -> str:
        """The last step that was taken, in words."""
        if self.decision is SafetyDecision.NEITHER_YET:
            return "No safety decision yet"
        if self.decision is not None and self.recorded_at is not None:
            return "Safety decision made and on the child’s record; not everything is done yet"
        if self.decision is not None:
            return "Safety decision made; not yet confirmed on the child’s record"
        if self.acknowledged_at:
            return "Acknowledged; waiting for the safety decision"
        if self.telephoned_whom:
            return "Telephoned; nobody has acknowledged it here"
        return "Nobody has acknowledged it"


def worries(actor: Actor) -> list[Worry]:
    """Concerns of which something of the safety route is still to be done, the newest first; none
    that is about this person (E1)."""
    rows = db.session.execute(
        select(
            Concern.id,
            Concern.case_reference,
            Team.name,
            Concern.raised_at,
            Concern.telephoned_whom,
            Concern.acknowledged_at,
            Concern.decision,
            Concern.recorded_at,
        )
        .outerjoin(Team, Team.id == Concern.team_id)
        .where(is_open(), ~about(actor.person_id), moderated_by(actor, Concern.team_id))
        .order_by(Concern.raised_at.desc())
        .limit(2 * SHOWN)
    )
    return [Worry(*row) for row in rows]
