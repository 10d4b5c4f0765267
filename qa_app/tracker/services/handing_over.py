"""Handing several actions of one person over to another one, all of them or none (E3)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor as actor_of
from qa_app.accounts.queries import posts_held
from qa_app.database import db
from qa_app.domain.actions import due_date_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import listed
from qa_app.domain.permissions import Actor, Permission, allowed
from qa_app.tracker.models import Action
from qa_app.tracker.queries.standing import parties_from, standings
from qa_app.tracker.services.changing import BEING_WORKED_ON, CannotBeChanged, move_to_owner
from qa_app.tracker.services.handed import Handed, Part
from qa_app.tracker.services.refusing import ChangedMeanwhile, refuse_barred
from qa_app.tracker.services.stepping import needs_words


class Seen(NamedTuple):
    """An action, and the version of it that the page showed."""

    action_id: UUID
    version: int


def hand_over(
    seen: Sequence[Seen], *, owner: Person, reason: str, by: UUID, at: datetime
) -> list[Action]:
    """Somebody senior to their owner gives these actions to somebody else, who gets one message.

    Raises ChangedMeanwhile, and moves none, where one of them was changed since it was seen, is
    worked on no more, or is not theirs to move any more; NotAllowed where a rule bars them (E3).
    """
    if not seen:
        raise CannotBeChanged("Select at least one action", "actions")
    needs_words(reason, "Enter why they go to somebody else", "reason")
    today = london_date(at)
    actions = _locked(seen)
    _check_seen(actions, seen, actor_of(by, today))
    found = standings([by, *(action.owner_id for action in actions)], today)
    post = next(iter(posts_held(owner.id, today)), None)
    handed = Handed()
    for action in actions:
        bars = due_date_bars(parties_from(action, by, found))
        refuse_barred(action, bars, f"give {action.reference} to somebody else", by)
        move_to_owner(action, owner, post, reason=reason, by=by, at=at)
        handed.note(owner.id, Part.OWNED, action)
    db.session.flush()
    handed.tell(at)
    return actions


def _locked(seen: Sequence[Seen]) -> list[Action]:
    """The actions as they are saved now, held until the transaction ends."""
    query = (
        select(Action)
        .where(Action.id.in_({each.action_id for each in seen}))
        .options(joinedload(Action.team), selectinload(Action.parties), selectinload(Action.steps))
        .order_by(Action.id)
        .with_for_update(of=Action)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _check_seen(actions: Sequence[Action], seen: Sequence[Seen], actor: Actor) -> None:
    versions = {each.action_id: each.version for each in seen}
    theirs = [action for action in actions if _is_theirs(action, actor)]
    changed = [
        action
        for action in theirs
        if action.version != versions[action.id] or action.status not in BEING_WORKED_ON
    ]
    if changed or len(theirs) < len(versions):
        references = [action.reference for action in changed]
        which = listed(references) if references else "one of these actions"
        raise ChangedMeanwhile(
            f"Somebody else changed {which} while this page was open, so nothing has been handed "
            "over. What you chose and wrote is below: look at it again, and send it again"
        )


def _is_theirs(action: Action, actor: Actor) -> bool:
    facts = action.permission_subject()
    needs = (Permission.ACTION_READ, Permission.ACTION_CHANGE_DUE)
    return all(allowed(permission, actor, facts) for permission in needs)
