"""Whose actions somebody may hand over to somebody else, and which of them (E3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionParties, due_date_bars
from qa_app.domain.grades import listed
from qa_app.domain.permissions import Actor, Permission, Role, allowed
from qa_app.tracker.models import Action
from qa_app.tracker.queries.overdue import TO_DO
from qa_app.tracker.queries.standing import Standing, parties_from, standings
from qa_app.tracker.queries.visible import reached_by, visible_to

SHOWN: Final = 100
"""People, or actions of one, that a page shows."""


class Owner(NamedTuple):
    """Somebody with actions that may be handed over, and how many they are."""

    id: UUID
    name: str
    post: str
    number: int


@dataclass(frozen=True)
class Owners:
    """Those with the most actions first; `more` says that there are others."""

    rows: Sequence[Owner]
    more: bool


class Staying(NamedTuple):
    """An action that cannot be handed over, and why."""

    action: Action
    why: str


@dataclass(frozen=True)
class Owns:
    """What one person owns, as far as the reader sees it: what may move, and what may not."""

    person: Person
    movable: Sequence[Action]
    staying: Sequence[Staying]
    more: bool


def owners_to_hand_over(actor: Actor, today: date) -> Owners:
    """Whose actions this actor may give to somebody else (two queries)."""
    query = (
        select(
            Action.owner_id,
            func.max(Action.owner_name),
            func.max(Action.owner_post),
            func.count(),
        )
        .where(
            visible_to(actor),
            _answered_for(actor),
            Action.status.in_(TO_DO),
            # Whoever covers counts as the owner, who moves nothing of their own.
            or_(Action.covered_by.is_(None), Action.covered_by != actor.person_id),
        )
        .group_by(Action.owner_id)
        .order_by(func.count().desc(), func.max(Action.owner_name), Action.owner_id)
    )
    rows = [
        Owner(owner_id, name, post, number)
        for owner_id, name, post, number in db.session.execute(query)
        if owner_id is not None
    ]
    found = standings([actor.person_id, *(row.id for row in rows)], today)
    senior = [row for row in rows if _may_move(actor.person_id, row.id, found)]
    return Owners(senior[:SHOWN], len(senior) > SHOWN)


def _answered_for(actor: Actor) -> ColumnElement[bool]:
    """The same answer as `allowed(ACTION_CHANGE_DUE)`; a test holds the two equal."""
    if actor.holds(Role.QA_LEAD):
        return true()
    return or_(reached_by(actor, Role.MODERATOR), reached_by(actor, Role.PRACTITIONER))


def _may_move(person_id: UUID, owner_id: UUID, found: dict[UUID, Standing]) -> bool:
    person, owner = found.get(person_id, Standing()), found.get(owner_id, Standing())
    parties = ActionParties(
        ActionKind.IMPROVEMENT,
        person_id,
        person.rank,
        person.service_id,
        owner_id,
        owner.rank,
        owner.service_id,
    )
    return not due_date_bars(parties)


def owned_by(actor: Actor, person_id: UUID, today: date) -> Owns | None:
    """What this person owns and has still to do or to have verified, by due date; None where the
    actor sees nothing of the kind (six queries)."""
    query = (
        select(Action)
        .where(visible_to(actor), Action.owner_id == person_id, Action.settled_on.is_(None))
        .options(
            joinedload(Action.owner),
            joinedload(Action.team),
            selectinload(Action.parties),
            selectinload(Action.steps),
        )
        .order_by(Action.due_on.is_(None), Action.due_on, Action.reference)
        .limit(SHOWN + 1)
    )
    actions = list(db.session.scalars(query))
    if not actions:
        return None
    found = standings([actor.person_id, person_id], today)
    name = names([actor.person_id])[actor.person_id]
    why = {action: _why_not(action, actor, name, found) for action in actions[:SHOWN]}
    return Owns(
        db.session.get_one(Person, person_id),
        [action for action, words in why.items() if not words],
        [Staying(action, words) for action, words in why.items() if words],
        len(actions) > SHOWN,
    )


def _why_not(action: Action, actor: Actor, name: str, found: dict[UUID, Standing]) -> str:
    """Why somebody cannot hand an action over, in words; "" where they can."""
    if action.status not in TO_DO:
        return "It is done, and waits to be verified"
    if not allowed(Permission.ACTION_CHANGE_DUE, actor, action.permission_subject()):
        return f"{name} does not answer for the team that it belongs to"
    bars = due_date_bars(parties_from(action, actor.person_id, found))
    return f"{name} {listed([bar.reason for bar in bars])}" if bars else ""
