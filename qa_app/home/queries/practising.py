"""What a team should know of its children's audits, and what those ask of the people whose work
they are about (A12)."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select, union

from qa_app.audits.models import Audit, AuditParty, AuditSource, Contribution, FactCheck
from qa_app.audits.queries.contributions import reply_until
from qa_app.audits.queries.lists import implicated
from qa_app.database import db
from qa_app.domain.answers import ContributionKind
from qa_app.domain.calendar import LONDON, Month
from qa_app.domain.permissions import Actor, Party, Role
from qa_app.domain.workflow import SUBMITTED, AuditState

SHOWN = 25
# Longer than the working days of any reply; which of these are still open is reckoned.
_REPLIED_WITHIN = timedelta(days=60)
_READ = 6 * SHOWN


class TeamAudit(NamedTuple):
    """An audit of a child of one's team. It can be opened once it has left its auditor's desk.

    `mine` where it is of the person's own work, so that they have a part in it from the start (A5).
    """

    id: UUID
    reference: str
    case_reference: str
    auditor: str
    state: AuditState
    due_on: date | None
    mine: bool

    @property
    def readable(self) -> bool:
        """Whether the team may read it yet (I2)."""
        return self.state not in (AuditState.GIVEN, AuditState.IN_PROGRESS)


class ToCheck(NamedTuple):
    """An audit whose facts somebody was asked to check, and the last day for it."""

    audit: TeamAudit
    until: date


class ToRead(NamedTuple):
    """An audit to read and reply to; `until` is None until its grade is final.

    `acknowledged_at` is when the person said that they had read it; `drafted` whether a reply is
    begun.
    """

    audit: TeamAudit
    acknowledged_at: datetime | None
    drafted: bool
    until: date | None


class Practising(NamedTuple):
    """What waits for a social worker or a team manager.

    `team` are the audits of this month's cycle, and unfinished ones of the month before, of their
    children; `to_check` those whose facts they have still to check, the soonest due first;
    `to_read` those of their own work that they can reply to and have not, the first to end first.
    """

    team: list[TeamAudit]
    to_check: list[ToCheck]
    to_read: list[ToRead]


def practising(actor: Actor, today: date) -> Practising:
    """All three in one query; the working days of a reply need another one where a grade is
    final."""
    person, reply = actor.person_id, Contribution
    rows = db.session.execute(
        select(
            Audit.id,
            Audit.reference,
            Audit.case_reference,
            Audit.auditor_name,
            Audit.state,
            Audit.due_on,
            _of_own_work(person).label("mine"),
            Audit.final_at,
            _in_month(today).label("in_month"),
            _to_read(person, today).label("to_read"),
            _to_check(today).label("to_check"),
            FactCheck.due_on.label("until"),
            FactCheck.acknowledged_at,
            reply.id.label("reply_id"),
        )
        .outerjoin(FactCheck, and_(FactCheck.audit_id == Audit.id, FactCheck.person_id == person))
        .outerjoin(
            reply,
            and_(
                reply.audit_id == Audit.id,
                reply.person_id == person,
                reply.kind == ContributionKind.REPLY,
            ),
        )
        .where(
            Audit.id.in_(_of_my_children(actor, today)),
            ~implicated(person),
            or_(_in_month(today), _to_read(person, today), _to_check(today)),
        )
        .order_by(Audit.due_on, Audit.reference)
        .limit(_READ)
    ).all()
    return Practising(
        [_audit(row) for row in rows if row.in_month][:SHOWN],
        sorted(
            (ToCheck(_audit(row), row.until) for row in rows if row.to_check),
            key=lambda each: each.until,
        )[:SHOWN],
        _readable([row for row in rows if row.to_read], today),
    )


def _audit(row: Any) -> TeamAudit:
    return TeamAudit(*row[:7])


def _readable(rows: list[Any], today: date) -> list[ToRead]:
    found = [
        ToRead(
            _audit(row),
            row.acknowledged_at,
            row.reply_id is not None,
            None if row.final_at is None else reply_until(row.final_at),
        )
        for row in rows
    ]
    still = [each for each in found if each.until is None or each.until >= today]
    return sorted(still, key=lambda each: each.until or date.max)[:SHOWN]


def _of_my_children(actor: Actor, today: date) -> Any:
    """The ids of audits that are of the person's own work, and of their teams' in two months."""
    mine = select(AuditParty.audit_id).where(_is_mine(actor.person_id))
    teams = {
        team_id
        for reach in actor.reaches
        if reach.role is Role.PRACTITIONER
        for team_id in reach.teams or ()
    }
    if not teams:
        return mine
    return union(mine, select(Audit.id).where(Audit.team_id.in_(teams), _in_month(today)))


def _is_mine(person_id: UUID) -> ColumnElement[bool]:
    parties = [Party.SOCIAL_WORKER, Party.TEAM_MANAGER]
    return and_(AuditParty.person_id == person_id, AuditParty.party.in_(parties))


def _of_own_work(person_id: UUID) -> ColumnElement[bool]:
    return exists().where(AuditParty.audit_id == Audit.id, _is_mine(person_id))


def _in_month(today: date) -> ColumnElement[bool]:
    month = Month.of(today)
    unfinished = Audit.state.not_in([AuditState.FINAL, AuditState.WITHDRAWN])
    return and_(
        Audit.state != AuditState.WITHDRAWN,
        or_(
            Audit.cycle_month == month.first,
            and_(Audit.cycle_month == month.previous().first, unfinished),
        ),
    )


def _to_check(today: date) -> ColumnElement[bool]:
    """Not answered, not over, and no moderator has the audit."""
    moderated = exists().where(AuditParty.audit_id == Audit.id, AuditParty.party == Party.MODERATOR)
    return and_(
        FactCheck.id.is_not(None),
        FactCheck.answered_at.is_(None),
        FactCheck.due_on >= today,
        Audit.state.in_([AuditState.AWAITING_MODERATION, AuditState.RETURNED]),
        ~moderated,
    )


def _to_read(person_id: UUID, today: date) -> ColumnElement[bool]:
    since = datetime.combine(today - _REPLIED_WITHIN, time.min, LONDON)
    return and_(
        _of_own_work(person_id),
        Audit.source == AuditSource.MADE,
        Audit.state.in_([*SUBMITTED, AuditState.RETURNED]),
        Contribution.signed_at.is_(None),
        or_(Audit.final_at.is_(None), Audit.final_at >= since),
    )
