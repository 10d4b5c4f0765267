"""Reading examples of good practice: those that stand in the library, and those under way (T4)."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Person, Team
from qa_app.accounts.queries import line_manager_of_team
from qa_app.audits.models import Audit, Finding
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import london_date
from qa_app.domain.identifiers import Found, find_identifiers
from qa_app.domain.learning import ExampleState, example_state
from qa_app.domain.permissions import Actor, Role
from qa_app.domain.workflow import AuditState
from qa_app.reports.models import GoodExample


@dataclass(frozen=True)
class Strength:
    """A strength of a finished audit, from which an example may be marked."""

    finding: Finding
    audit: Audit


def state_of(example: GoodExample) -> ExampleState:
    """Where an example stands."""
    return example_state(
        consented=example.consented_at is not None,
        refused=example.refused_at is not None,
        published=example.published_at is not None,
        withdrawn=example.withdrawn_at is not None,
    )


def published() -> list[GoodExample]:
    """The library: every example that stands published, the newest first (T4)."""
    query = (
        select(GoodExample)
        .where(GoodExample.published_at.is_not(None), GoodExample.withdrawn_at.is_(None))
        .order_by(GoodExample.published_at.desc(), GoodExample.id.desc())
        .options(joinedload(GoodExample.theme))
    )
    return list(db.session.scalars(query))


def under_way(actor: Actor) -> list[GoodExample]:
    """The examples that are not published, of teams that the actor answers for, the oldest first:
    all of them for the QA lead."""
    query = (
        select(GoodExample)
        .where(or_(GoodExample.published_at.is_(None), GoodExample.withdrawn_at.is_not(None)))
        .order_by(GoodExample.marked_at, GoodExample.id)
        .options(joinedload(GoodExample.theme))
    )
    if not actor.holds(Role.QA_LEAD):
        reached = _reached(actor)
        if reached is not None:
            query = query.where(reached)
    return list(db.session.scalars(query))


def _reached(actor: Actor) -> ColumnElement[bool] | None:
    """None where a role reaches every team."""
    roles = (Role.PRACTITIONER, Role.MODERATOR)
    reaches = [reach.teams for reach in actor.reaches if reach.role in roles]
    if None in reaches:
        return None
    teams = {team for each in reaches for team in each or ()}
    return GoodExample.team_id.in_(teams)


def strength_of(finding_id: UUID, actor: Actor) -> Strength | None:
    """A strength of a finished audit that the actor may read; None where there is no such."""
    query = (
        select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(
            Finding.id == finding_id,
            Finding.kind == FindingKind.STRENGTH,
            Audit.state == AuditState.FINAL,
            may_read(actor),
        )
        .options(joinedload(Audit.team))
    )
    row = db.session.execute(query).first()
    return Strength(row[0], row[1]) if row is not None else None


def identifying_in(title: str, text: str) -> list[Found]:
    """What in an example may identify a child or family (A11): the last look before it is shown to
    everybody."""
    return [*find_identifiers(title), *find_identifiers(text)]


def manager_to_ask(example: GoodExample) -> Person | None:
    """The team's own manager, or who leads the service where there is none."""
    team = db.session.get(Team, example.team_id) if example.team_id else None
    return line_manager_of_team(team, london_date(example.marked_at))
