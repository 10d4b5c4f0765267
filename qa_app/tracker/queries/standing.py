"""An action's word and clocks today, and where people stand towards it."""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.accounts.line import Line
from qa_app.accounts.models import Account, Person, Post, Team, name_key
from qa_app.accounts.periods import open_on
from qa_app.accounts.queries import holders, people_with
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionParties, ActionStatus, verifier_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.escalation import Brag, brag
from qa_app.domain.escalation import verification_due_on as clock
from qa_app.domain.permissions import Party, Role
from qa_app.tracker.models import Action
from qa_app.tracker.queries.story import evidence

# M3, E1: whoever moderates its audit blind, and whoever a concern on it is about.
KEPT = (Party.BLIND_MODERATOR, Party.IMPLICATED)


def verification_due(action: Action) -> date | None:
    """The last day for verifying the action; None unless it is done (E4)."""
    if action.status is not ActionStatus.DONE or action.done_at is None:
        return None
    return verification_due_of(action.kind, action.done_at)


def verification_due_of(kind: ActionKind, done_at: datetime) -> date:
    """The last day for verifying what was marked done at a moment (E4)."""
    done_on = london_date(done_at)
    number = partial(settings.number, on=done_on)
    return clock(kind, done_on, settings.calendar(), number)


def brag_of(action: Action, today: date) -> Brag:
    """The action's word today (E9). An imported action without a due date is not due."""
    due = action.due_on or date.max
    return brag(
        action.status,
        due,
        today,
        settings.calendar(),
        verification_due=verification_due(action),
        number=partial(settings.number, on=today),
    )


class Standing(NamedTuple):
    """Somebody's highest post today; the service is None above the services and without a post."""

    rank: int = 0
    service_id: UUID | None = None


def standings(person_ids: Collection[UUID | None], today: date) -> dict[UUID, Standing]:
    """Where each of these people stands, in one query; somebody without a post is missing."""
    rows = db.session.execute(
        holders(today)
        .join(Team, Team.id == Post.team_id)
        .where(Person.id.in_({person_id for person_id in person_ids if person_id}))
        .with_only_columns(Person.id, Post.rank, Team.service_id)
        .order_by(Post.rank, Person.id)
    )
    return {person_id: Standing(rank, service_id) for person_id, rank, service_id in rows}


def parties_to(action: Action, person_id: UUID, today: date) -> ActionParties:
    """The facts that decide whether this person may verify, withdraw or move the action (E3-E5)."""
    found = standings([person_id, action.owner_id], today)
    return parties_from(action, person_id, found)


def parties_from(action: Action, person_id: UUID, found: dict[UUID, Standing]) -> ActionParties:
    """The same from standings already read. An owner without an account is nobody's colleague."""
    team_service = action.team.service_id if action.team else None
    person = found.get(person_id, Standing())
    # An owner who holds no post any more still belongs where the action does.
    owner = found.get(action.owner_id or action.id, Standing(0, team_service))
    return ActionParties(
        kind=action.kind,
        person_id=person_id,
        person_rank=person.rank,
        person_service_id=person.service_id,
        owner_id=action.owner_id or action.id,
        owner_rank=owner.rank,
        owner_service_id=owner.service_id,
        takes_part=takes_part(action, person_id),
        covers=person_id == action.covered_by,
        did_it=person_id == who_did_it(action),
        asked_withdrawal=person_id == action.withdrawal_asked_by,
    )


def takes_part(action: Action, person_id: UUID) -> bool:
    """Whether somebody covers the action's owner, or helps with it (E3)."""
    return person_id in _taking_part(action)


def _taking_part(action: Action) -> set[UUID | None]:
    helpers = {each.person_id for each in action.parties if each.party is Party.HELPER}
    return helpers | {action.covered_by}


def who_did_it(action: Action) -> UUID | None:
    """Who marked the action done that waits to be verified: perhaps a cover or an owner of before,
    who does not verify it either (E4)."""
    shown = evidence(action) if action.status is ActionStatus.DONE else None
    return shown.by if shown else None


def never_verify(action: Action) -> set[UUID]:
    """Who does not verify it, whoever they are otherwise: those who do it or did (E4), and those
    who are kept from it (M3, E1)."""
    kept = {each.person_id for each in action.parties if each.party in KEPT}
    doing = {action.owner_id, who_did_it(action)} | _taking_part(action)
    return kept | {each for each in doing if each is not None}


def verifiers_of(action: Action, today: date) -> list[Person]:
    """Whom to tell that the action waits for verification (E4).

    A priority action: the lowest-ranking moderators who may verify it, heads of service as a rule.
    Any other: the owner's line manager, or the next one up. Nobody of `never_verify`.
    """
    never = never_verify(action)
    if action.kind is not ActionKind.PRIORITY:
        found_id = Line(today).manager_of(action.owner_id, never) if action.owner_id else None
        manager = db.session.get(Person, found_id) if found_id else None
        return [manager] if manager else []
    people = [each for each in people_with(Role.MODERATOR, today) if each.id not in never]
    found = standings([person.id for person in people] + [action.owner_id], today)
    able = [
        person for person in people if not verifier_bars(parties_from(action, person.id, found))
    ]
    lowest = min((found[person.id].rank for person in able), default=0)
    return [person for person in able if found[person.id].rank == lowest]


def people_matching(text: str, today: date, limit: int = 10) -> list[tuple[Person, Post]]:
    """People with an open account whose name or e-mail address holds the text, with a post each."""
    wanted = name_key(text)
    query = (
        holders(today)
        .join(Account, Account.person_id == Person.id)
        .where(
            open_on(today),
            Person.left_on.is_(None),
            Person.name_key.contains(wanted, autoescape=True)
            | (Account.email == text.strip().lower()),
        )
        .order_by(Person.name, Post.rank.desc())
        .limit(limit)
    )
    found: dict[UUID, tuple[Person, Post]] = {}
    for row in db.session.execute(query):
        person, post = row.Person, row.Post
        found.setdefault(person.id, (person, post))
    return list(found.values())


def person_to_own(person_id: UUID) -> Person | None:
    """Somebody who may be given an action: with an open account, and still here."""
    query = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(Person.id == person_id, Account.closed_at.is_(None), Person.left_on.is_(None))
    )
    return db.session.scalars(query).one_or_none()
