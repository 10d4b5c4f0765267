"""Who was what to a case, and to its brothers and sisters: the facts that S6 and A1 need."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from qa_app.accounts.models import Person, Post, PostHolding, Team
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import db
from qa_app.domain.independence import CaseTie, Period, TieRole

_ROLES = {
    InvolvementRole.SOCIAL_WORKER: TieRole.SOCIAL_WORKER,
    InvolvementRole.IRO: TieRole.IRO,
    InvolvementRole.CHAIR: TieRole.CHAIR,
    InvolvementRole.DECISION_MAKER: TieRole.DECISION_MAKER,
}
_NOW = (
    ("worker_id", TieRole.SOCIAL_WORKER),
    ("iro_id", TieRole.IRO),
    ("chair_id", TieRole.CHAIR),
)


def family_of(case: Case) -> list[Case]:
    """The case itself and, where a family is known, its brothers' and sisters' cases."""
    if not case.family_reference:
        return [case]
    query = (
        select(Case).where(Case.family_reference == case.family_reference).order_by(Case.reference)
    )
    return list(db.session.scalars(query))


def ties_of(case: Case, period: Period) -> list[CaseTie]:
    """Everybody's part in the case and its brothers' and sisters' that touches the period.

    Managers are those who held a line post in a team while a worker of that team had the child.
    """
    family = family_of(case)
    involvements = _involvements([each.id for each in family], period)
    ties = [_tie(case, involvement) for involvement in involvements]
    ties += _present_ties(case, family, ties)
    ties += _manager_ties(case, family, involvements, period)
    unique = dict.fromkeys(tie for tie in ties if tie.overlaps(period))
    return sorted(unique, key=lambda tie: (tie.sibling, tie.role, tie.started_on or date.min))


def _involvements(case_ids: list[UUID], period: Period) -> list[Involvement]:
    first, last = period
    query = (
        select(Involvement)
        .where(
            Involvement.case_id.in_(case_ids),
            Involvement.started_on <= last,
            or_(Involvement.ended_on.is_(None), Involvement.ended_on >= first),
        )
        .order_by(Involvement.started_on, Involvement.id)
    )
    found = list(db.session.scalars(query))
    # Named in one query; each involvement then finds its person in the session.
    wanted = {each.person_id for each in found}
    list(db.session.scalars(select(Person).where(Person.id.in_(wanted))))
    return found


def _tie(case: Case, involvement: Involvement) -> CaseTie:
    return CaseTie(
        person_id=involvement.person_id,
        name=involvement.person.name,
        role=_ROLES[involvement.role],
        started_on=involvement.started_on,
        ended_on=involvement.ended_on,
        sibling=involvement.case_id != case.id,
    )


def _present_ties(case: Case, family: list[Case], known: list[CaseTie]) -> list[CaseTie]:
    """Those whom the case names today without an involvement of their own."""
    there = {(tie.person_id, tie.role, tie.sibling) for tie in known if tie.ended_on is None}
    missing = [
        (person_id, role, each.id != case.id)
        for each in family
        for column, role in _NOW
        if (person_id := getattr(each, column)) is not None
        and (person_id, role, each.id != case.id) not in there
    ]
    if not missing:
        return []
    query = select(Person.id, Person.name).where(Person.id.in_({each[0] for each in missing}))
    names = {row.id: row.name for row in db.session.execute(query)}
    return [
        CaseTie(person_id, names[person_id], role, None, None, sibling)
        for person_id, role, sibling in missing
    ]


_Span = tuple[UUID, date | None, date | None, bool]


def _manager_ties(
    case: Case, family: list[Case], involvements: list[Involvement], period: Period
) -> list[CaseTie]:
    spans: list[_Span] = [
        (each.team_id, each.started_on, each.ended_on, each.case_id != case.id)
        for each in involvements
        if each.team_id is not None and each.role is InvolvementRole.SOCIAL_WORKER
    ]
    spanned = {team_id for team_id, *_ in spans}
    spans += [
        (each.team_id, each.opened_on, each.closed_on, each.id != case.id)
        for each in family
        if each.team_id is not None and each.team_id not in spanned
    ]
    holdings = _line_holdings({team_id for team_id, *_ in spans}, period)
    return [
        CaseTie(
            person_id=person.id,
            name=person.name,
            role=TieRole.TEAM_MANAGER,
            started_on=max(started or holding.started_on, holding.started_on),
            ended_on=min(filter(None, (ended, holding.ended_on)), default=None),
            sibling=sibling,
        )
        for team_id, started, ended, sibling in spans
        for holding, person, held_team in holdings
        if held_team == team_id
        and (ended is None or holding.started_on <= ended)
        and (holding.ended_on is None or started is None or holding.ended_on >= started)
    ]


def _line_holdings(
    team_ids: Collection[UUID], period: Period
) -> list[tuple[PostHolding, Person, UUID]]:
    query = (
        select(PostHolding, Person, Post.team_id)
        .join(Post, Post.id == PostHolding.post_id)
        .join(Person, Person.id == PostHolding.person_id)
        .where(Post.team_id.in_(team_ids), Post.line, _held_in(period))
    )
    rows = db.session.execute(query)
    return [(holding, person, team_id) for holding, person, team_id in rows]


def _held_in(period: Period):  # type: ignore[no-untyped-def]  # a SQL expression
    first, last = period
    return (PostHolding.started_on <= last) & or_(
        PostHolding.ended_on.is_(None), PostHolding.ended_on >= first
    )


def attached_to_team(team: Team | None, period: Period) -> frozenset[UUID]:
    """Everybody who in the period held a post in the team, or a line post above it (S6)."""
    if team is None:
        return frozenset()
    above = [UUID(part) for part in team.path.strip("/").split("/") if part] or [team.id]
    query = (
        select(PostHolding.person_id)
        .join(Post, Post.id == PostHolding.post_id)
        .where(
            Post.team_id.in_(above),
            or_(Post.line, Post.team_id == team.id),
            _held_in(period),
        )
    )
    return frozenset(db.session.scalars(query))
