"""Lists of audits: only what may be read, narrowed, a page at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select, true
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Team
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor, Party, Role
from qa_app.domain.workflow import OPEN_FOR_WRITING, SUBMITTED, AuditState

PAGE = 25
_READABLE = Audit.state.in_([*SUBMITTED, AuditState.RETURNED])
_WORKING_IT = (Party.AUDITOR, Party.CO_AUDITOR, Party.MODERATOR)
_CASE_PEOPLE = (Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR)


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to. `month` is a first day: of the cycle or, for an imported audit,
    of completion. `search` is an audit's reference or the beginning of it, or a case reference."""

    state: AuditState | None = None
    month: date | None = None
    grade: Grade | None = None
    team_id: UUID | None = None
    search: str = ""


@dataclass(frozen=True)
class Page:
    """Some audits, newest first, and the ids to go on from (None where there is no more)."""

    audits: Sequence[Audit]
    newer: UUID | None = None
    older: UUID | None = None


def may_read(actor: Actor) -> ColumnElement[bool]:
    """The condition on Audit that equals `allowed(AUDIT_READ, actor, audit)` (I2)."""
    # M3: a blind moderator reads nothing of it before their own first grades.
    sighted = ~_involves(actor.person_id, (Party.BLIND_MODERATOR,))
    return and_(sighted, ~implicated(actor.person_id), _reads(actor))


def implicated(person_id: UUID) -> ColumnElement[bool]:
    """The condition on Audit that a concern on it is about this person: they see nothing of it,
    whatever their role (E1)."""
    # By another name: a query that asks about parties itself is not mixed up with it.
    party = aliased(AuditParty)
    return exists().where(
        party.audit_id == Audit.id,
        party.person_id == person_id,
        party.party == Party.IMPLICATED,
    )


def _reads(actor: Actor) -> ColumnElement[bool]:
    if actor.holds(Role.QA_LEAD):
        return true()
    return or_(
        _involves(actor.person_id, _WORKING_IT),
        and_(
            _READABLE,
            or_(
                _involves(actor.person_id, _CASE_PEOPLE),
                _of_teams(actor, Role.PRACTITIONER),
                _of_teams(actor, Role.MODERATOR),
            ),
        ),
    )


def _involves(person_id: UUID, parties: Collection[Party]) -> ColumnElement[bool]:
    return exists().where(
        AuditParty.audit_id == Audit.id,
        AuditParty.person_id == person_id,
        AuditParty.party.in_(parties),
    )


def _of_teams(actor: Actor, role: Role) -> ColumnElement[bool]:
    reaches = [reach.teams for reach in actor.reaches if reach.role is role]
    if None in reaches:
        return true()
    teams = {team for each in reaches for team in each or ()}
    return Audit.team_id.in_(teams) if teams else false()


def to_do(person_id: UUID) -> list[Audit]:
    """The audits that wait for their auditor, or their second one: returned ones first, then by
    due date."""
    theirs = or_(Audit.auditor_id == person_id, _involves(person_id, (Party.CO_AUDITOR,)))
    query = select(Audit).where(theirs, Audit.state.in_(OPEN_FOR_WRITING), ~implicated(person_id))
    found = db.session.scalars(query.order_by(Audit.due_on, Audit.id).limit(100))
    return sorted(found, key=lambda audit: audit.state is not AuditState.RETURNED)


def page_of(
    actor: Actor,
    filters: Filters,
    *,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
) -> Page:
    """A page of the audits that the actor may read, newest first, by keyset (one query)."""
    query = select(Audit).where(*listed(actor, filters)).limit(PAGE + 1)
    if newer_than is not None:
        query = query.where(Audit.id > newer_than).order_by(Audit.id)
        found = list(db.session.scalars(query))
        more, shown = len(found) > PAGE, found[:PAGE][::-1]
        return Page(shown, shown[0].id if more else None, shown[-1].id if shown else None)
    if older_than is not None:
        query = query.where(Audit.id < older_than)
    found = list(db.session.scalars(query.order_by(Audit.id.desc())))
    more, shown = len(found) > PAGE, found[:PAGE]
    newer = shown[0].id if shown and older_than is not None else None
    return Page(shown, newer, shown[-1].id if more else None)


def listed(actor: Actor, filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions on Audit of all that the list holds, page after page."""
    return [may_read(actor), *_narrowed(filters)]


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(Audit.state == filters.state)
    if filters.month is not None:
        completed = and_(Audit.cycle_month.is_(None), Audit.completed_month == filters.month)
        conditions.append(or_(Audit.cycle_month == filters.month, completed))
    if filters.grade is not None:
        conditions.append(Audit.final_grade == filters.grade)
    if filters.team_id is not None:
        conditions.append(Audit.team_id == filters.team_id)
    if filters.search:
        conditions.append(
            or_(
                Audit.reference.startswith(filters.search, autoescape=True),
                Audit.reference.startswith(filters.search.upper(), autoescape=True),
                Audit.case_reference == filters.search,
            )
        )
    return conditions


def teams_to_choose(actor: Actor) -> list[Team]:
    """The teams that a list may be narrowed to: those that the actor's roles reach."""
    roles = (Role.QA_LEAD, Role.MODERATOR, Role.PRACTITIONER)
    reaches = [reach.teams for reach in actor.reaches if reach.role in roles]
    query = select(Team).order_by(Team.name)
    if None in reaches:
        return list(db.session.scalars(query))
    teams = {team for each in reaches for team in each or ()}
    return list(db.session.scalars(query.where(Team.id.in_(teams)))) if len(teams) > 1 else []
