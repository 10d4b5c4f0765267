"""What a list or a board of actions is asked to show, and the part that somebody has in one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from qa_app.accounts.models import Team
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.permissions import Party
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries.failing import failing_on
from qa_app.tracker.queries.overdue import TO_DO, overdue_on

SOON: Final = 7
"""Days that are shown together as due soon, today among them."""


class Due(StrEnum):
    """When an action is due; soon and later are said of what is still to be done."""

    OVERDUE = "overdue"
    SOON = "week"
    LATER = "later"


class Part(StrEnum):
    """The part that somebody has in doing an action."""

    OWNS = "owns"
    COVERS = "covers"
    HELPS = "helps"
    NONE = "none"


@dataclass(frozen=True)
class Wanted:
    """What the tracker is asked to show; None, False and "" ask for nothing.

    `status` is a status, or "all"; without it the list holds what is outstanding (E5). `mine` is
    what the reader owns, covers or helps with; `failed` what needs somebody.
    """

    team_id: UUID | None = None
    kind: ActionKind | None = None
    owner_id: UUID | None = None
    status: ActionStatus | str | None = None
    due: Due | None = None
    partner: str = ""
    mine: bool = False
    failed: bool = False
    page: int = 1


class Offered(NamedTuple):
    """What there is to choose from among all that is seen, by name."""

    teams: list[tuple[UUID, str]]
    owners: list[tuple[UUID, str]]
    partners: list[str]


def conditions(wanted: Wanted, person_id: UUID, today: date) -> list[ColumnElement[bool]]:
    """All that is wanted but for the status, for this reader."""
    asked: list[tuple[object, ColumnElement[bool]]] = [
        (wanted.team_id, Action.team_id == wanted.team_id),
        (wanted.kind, Action.kind == wanted.kind),
        (wanted.owner_id, Action.owner_id == wanted.owner_id),
        (wanted.partner, Action.partner_agency == wanted.partner),
        (wanted.mine, part_of(person_id) != Part.NONE.value),
    ]
    found = [condition for value, condition in asked if value]
    if wanted.due is not None:
        found.append(_due(wanted.due, today))
    if wanted.failed:
        found.append(failing_on(today))
    return found


def _due(due: Due, today: date) -> ColumnElement[bool]:
    if due is Due.OVERDUE:
        return overdue_on(today)
    end = today + timedelta(days=SOON)
    days = Action.due_on >= end
    if due is Due.SOON:
        days = and_(Action.due_on >= today, Action.due_on < end)
    return and_(Action.status.in_(TO_DO), days)


def by_status(wanted: Wanted) -> list[ColumnElement[bool]]:
    """The statuses that are wanted: the one chosen, every one, or what is outstanding (E5)."""
    if wanted.status is None:
        return [Action.settled_on.is_(None)]
    if isinstance(wanted.status, ActionStatus):
        return [Action.status == wanted.status]
    return []


def part_of(person_id: UUID) -> ColumnElement[str]:
    """The Part that this person has in each action."""
    helping = exists().where(
        ActionParty.action_id == Action.id,
        ActionParty.person_id == person_id,
        ActionParty.party == Party.HELPER,
    )
    return case(
        (Action.owner_id == person_id, Part.OWNS.value),
        (Action.covered_by == person_id, Part.COVERS.value),
        (helping, Part.HELPS.value),
        else_=Part.NONE.value,
    )


def own_first(person_id: UUID) -> ColumnElement[int]:
    """What this person owns or covers before the rest, for ordering."""
    return case((or_(Action.owner_id == person_id, Action.covered_by == person_id), 0), else_=1)


def offered(seen: ColumnElement[bool]) -> Offered:
    """The teams, owners and partner agencies of all that is seen, in one query."""
    query = (
        select(Action.team_id, Team.name, Action.owner_id, Action.owner_name, Action.partner_agency)
        .outerjoin(Team, Team.id == Action.team_id)
        .where(seen)
        .distinct()
    )
    teams: dict[UUID, str] = {}
    owners: dict[UUID, str] = {}
    partners: set[str] = set()
    for team_id, team_name, owner_id, owner_name, partner in db.session.execute(query):
        if team_id is not None:
            teams[team_id] = team_name
        if owner_id is not None:
            owners[owner_id] = owner_name
        partners.add(partner)
    named = sorted(partners - {""}, key=str.casefold)
    return Offered(_by_name(teams.items()), _by_name(owners.items()), named)


def _by_name(names: Iterable[tuple[UUID, str]]) -> list[tuple[UUID, str]]:
    return sorted(names, key=lambda item: (item[1].casefold(), item[0]))
