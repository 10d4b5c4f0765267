"""Done actions that wait for somebody to verify them (E4)."""

from datetime import date

from sqlalchemy import ColumnElement, ScalarSelect, and_, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from qa_app.database import db
from qa_app.domain.actions import HEAD_OF_SERVICE_RANK, ActionKind, ActionStatus, verifier_bars
from qa_app.domain.permissions import Actor, Role
from qa_app.tracker.models import Action
from qa_app.tracker.queries.filters import Part, part_of
from qa_app.tracker.queries.standing import parties_from, standings
from qa_app.tracker.queries.visible import kept_from, reached_by
from qa_app.tracker.queries.withdrawing import outside


def waiting_for_verification_by(actor: Actor, today: date) -> list[Action]:
    """Done actions for this person to verify, the longest waiting first.

    Many may verify an action (E4): it waits for those who answer for its team, for the QA lead, for
    whoever raised it, and, where it is a priority action, for each head outside the service.
    """
    query = (
        select(Action)
        .where(
            Action.status == ActionStatus.DONE,
            Action.owner_id != actor.person_id,
            _answers_for(actor),
            ~kept_from(actor.person_id),
        )
        .options(
            joinedload(Action.team),
            joinedload(Action.owner),
            selectinload(Action.parties),
            selectinload(Action.steps),
        )
        .order_by(Action.done_at)
    )
    actions = list(db.session.scalars(query))
    people = [actor.person_id, *(action.owner_id for action in actions)]
    found = standings(people, today) if actions else {}
    return [
        action
        for action in actions
        if not verifier_bars(parties_from(action, actor.person_id, found))
    ]


def count_to_verify(actor: Actor) -> ScalarSelect[int]:
    """How many wait for this person, as near as one query can say it, for a query that counts other
    things: whoever changed posts since is looked at in the list alone."""
    high = actor.rank >= HEAD_OF_SERVICE_RANK
    theirs = and_(Action.kind == ActionKind.PRIORITY, outside(actor)) if high else false()
    return (
        select(func.count())
        .select_from(Action)
        .where(
            Action.status == ActionStatus.DONE,
            part_of(actor.person_id) == Part.NONE.value,
            ~kept_from(actor.person_id),
            or_(theirs, and_(Action.kind != ActionKind.PRIORITY, _answers_for(actor))),
        )
        .scalar_subquery()
    )


def _answers_for(actor: Actor) -> ColumnElement[bool]:
    moderating = or_(Action.raised_by == actor.person_id, Action.kind == ActionKind.PRIORITY)
    return or_(
        true() if actor.holds(Role.QA_LEAD) else false(),
        reached_by(actor, Role.MODERATOR),
        reached_by(actor, Role.PRACTITIONER),
        moderating if actor.holds(Role.MODERATOR) else false(),
    )
