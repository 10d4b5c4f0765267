"""The proof that no action is owned by nobody, and what is covered now (E3).

The question is asked of the database in one piece, apart from the rule that passes actions on
(qa_app/domain/owners.py), so that one finds out the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Account, Person, PostHolding, RoleGrant
from qa_app.accounts.periods import grant_on, holding_on, open_on
from qa_app.database import db
from qa_app.domain.permissions import Party, Role
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries.overdue import TO_DO
from qa_app.tracker.queries.owning import to_be_owned

SHOWN: Final = 50


@dataclass(frozen=True)
class Some:
    """How many actions there are, and the first of them."""

    total: int
    actions: Sequence[Action]


def without_living_owner(today: date) -> int:
    """How many outstanding actions nobody owns who is there to do them (one query); it is 0."""
    query = select(func.count()).select_from(Action).where(ownerless_on(today))
    return db.session.scalar(query) or 0


def ownerless_on(today: date) -> ColumnElement[bool]:
    """The condition for them: the owner has left, cannot sign in, is whom a concern on the audit is
    about, or does not hold the post any more for which the action was theirs."""
    return and_(to_be_owned(), ~and_(_signs_in(today), ~_implicated(), _in_post(today)))


def _signs_in(today: date) -> ColumnElement[bool]:
    return exists().where(
        Person.id == Action.owner_id,
        or_(Person.left_on.is_(None), Person.left_on >= today),
        Account.person_id == Person.id,
        open_on(today),
    )


def _implicated() -> ColumnElement[bool]:
    return exists().where(
        ActionParty.action_id == Action.id,
        ActionParty.person_id == Action.owner_id,
        ActionParty.party == Party.IMPLICATED,
    )


def _in_post(today: date) -> ColumnElement[bool]:
    """In the post for which the action is theirs; where it is theirs for none, in any, but for a QA
    lead, who needs none."""
    held = exists().where(PostHolding.person_id == Action.owner_id, holding_on(today))
    leads = exists().where(
        RoleGrant.person_id == Action.owner_id, RoleGrant.role == Role.QA_LEAD, grant_on(today)
    )
    pinned = Action.owner_post_id
    return or_(
        and_(pinned.is_not(None), held.where(PostHolding.post_id == pinned)),
        and_(pinned.is_(None), or_(held, leads)),
    )


@dataclass(frozen=True)
class Living:
    """Of what somebody answers for: what nobody owns who is there, and what is covered now."""

    ownerless: Some
    covered: Some


def living(seen: ColumnElement[bool], today: date) -> Living:
    """Both, of the actions `seen` (one query, and one for each that has any)."""
    covered = and_(to_be_owned(), Action.status.in_(TO_DO), Action.covered_by.is_not(None))
    chosen = [and_(seen, ownerless_on(today)), and_(seen, covered)]
    counts = [
        select(func.count()).select_from(Action).where(each).scalar_subquery() for each in chosen
    ]
    totals = db.session.execute(select(*counts)).one()
    return Living(*(_some(each, total) for each, total in zip(chosen, totals, strict=True)))


def _some(chosen: ColumnElement[bool], total: int) -> Some:
    if not total:
        return Some(0, ())
    query = (
        select(Action)
        .where(chosen)
        .options(joinedload(Action.cover), joinedload(Action.team))
        .order_by(Action.due_on, Action.reference)
        .limit(SHOWN)
    )
    return Some(total, list(db.session.scalars(query)))
