"""Keeping the department tree: which service each unit belongs to, and its path from the root."""

from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Team
from qa_app.database import db
from qa_app.domain.errors import DomainError


class TeamsGoInCircles(DomainError):
    """A unit is its own ancestor."""


def rebuild_tree() -> None:
    """Work out `path` and `service_id` of every unit from its parents.

    A service is a unit directly beneath a root; a root that has no children is its own service, so
    that a flat list of teams works too. Raises TeamsGoInCircles.
    """
    teams = {team.id: team for team in db.session.scalars(select(Team))}
    parents = {team.parent_id for team in teams.values()}
    for team in teams.values():
        chain = _from_root(team, teams)
        team.path = "".join(f"{unit.id.hex}/" for unit in chain)
        if len(chain) > 1:
            team.service_id = chain[1].id
        else:
            team.service_id = None if team.id in parents else team.id


def _from_root(team: Team, teams: dict[UUID, Team]) -> list[Team]:
    chain = [team]
    while (parent_id := chain[0].parent_id) is not None:
        parent = teams[parent_id]
        if parent in chain:
            raise TeamsGoInCircles(f"The team “{team.name}” is above itself. Mend its parent.")
        chain.insert(0, parent)
    return chain
