"""How far a role reaches, and the unit that a text names."""

from typing import NamedTuple

from sqlalchemy import func, or_, select

from qa_app.accounts.models import Team
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role, Scope

_OVER_ALL = frozenset({Role.QA_LEAD, Role.ADMINISTRATOR, Role.VIEWER})


class ScopeUnclear(DomainError):
    """A scope that names no unit, or several."""


class Reach(NamedTuple):
    """A scope with the unit it is about."""

    scope: Scope
    team: Team | None


def usual_reach(role: Role, *, line: bool, team: Team | None) -> Reach:
    """How far a role reaches where nobody says: by the post's unit and whether it manages it.

    Those who run the programme reach everything, a moderator their service (everything, above all
    services), a manager their unit, anybody else their own work.
    """
    if role in _OVER_ALL:
        return Reach(Scope.ALL, None)
    if role is Role.MODERATOR:
        service = team.service if team else None
        return Reach(Scope.SERVICE, service) if service else Reach(Scope.ALL, None)
    if role is Role.PRACTITIONER and line and team is not None:
        return Reach(Scope.TEAM, team)
    return Reach(Scope.OWN, None)


def parse_scope(text: str) -> Reach:
    """`all`, `own`, `service:NAME` or `team:NAME` (name or code, any case). Raises ScopeUnclear."""
    kind, _, name = text.partition(":")
    scope = next((each for each in Scope if each.value == kind.strip().lower()), None)
    if scope is None or (scope in {Scope.ALL, Scope.OWN}) == bool(name.strip()):
        raise ScopeUnclear("Write the scope as all, own, service:NAME or team:NAME", "scope")
    if scope in {Scope.ALL, Scope.OWN}:
        return Reach(scope, None)
    return Reach(scope, team_named(name, service=scope is Scope.SERVICE))


def team_named(name: str, *, service: bool = False) -> Team:
    """The open unit (or service) with this name or code, in any case. Raises ScopeUnclear."""
    wanted = " ".join(name.lower().split())
    query = select(Team).where(
        Team.closed_on.is_(None),
        or_(func.lower(Team.name) == wanted, func.lower(Team.code) == wanted),
    )
    if service:
        query = query.where(Team.service_id == Team.id)
    found = list(db.session.scalars(query.limit(2)))
    what = "service" if service else "team"
    if not found:
        raise ScopeUnclear(f"There is no {what} “{name.strip()}”", "scope")
    if len(found) > 1:
        raise ScopeUnclear(f"Several units are called “{name.strip()}”: use the code", "scope")
    return found[0]
