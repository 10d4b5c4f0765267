"""Which actions are late, which steps of the ladder were taken, and whom a step would tell (E6)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from qa_app.accounts import settings
from qa_app.accounts.absences import deputies
from qa_app.accounts.line import Line
from qa_app.accounts.models import Account, Person, PostKind
from qa_app.accounts.periods import open_on
from qa_app.accounts.queries import people_with
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.escalation import (
    LadderStep,
    Told,
    ladder_runs,
    steps_due,
    verification_steps_due,
)
from qa_app.domain.ladder import STEPS, Around
from qa_app.domain.late import Above, Away
from qa_app.domain.permissions import Party, Role
from qa_app.tracker.models import Action, ActionSource, LadderTaken
from qa_app.tracker.queries.standing import verification_due, verifiers_of

Inadequate = Callable[[Collection[UUID]], set[UUID]]
"""Those of these audits that stand as Inadequate: handed in, for audits are above this room."""

NOTICE: Final = "action-late:"
"""How the key of every notice about a late action begins."""

_MANY: Final = 500
_ORDER: Final = list(STEPS)
_LEVELS: Final = {
    PostKind.HEAD_OF_SERVICE: Told.HEAD_OF_SERVICE,
    PostKind.SERVICE_DIRECTOR: Told.SERVICE_DIRECTOR,
    PostKind.CORPORATE_DIRECTOR: Told.CORPORATE_DIRECTOR,
}
# Whoever is kept from an action learns nothing of it from a notice either (M3, E1).
_KEPT: Final = frozenset({Party.BLIND_MODERATOR, Party.IMPLICATED})


@dataclass(frozen=True)
class Late:
    """An action whose last day has come: `due_on` to do it, or, once done, to verify it."""

    action: Action
    due_on: date
    after_inadequate: bool = False

    @property
    def owner_id(self) -> UUID:
        """Its owner, whom only an imported action may lack."""
        return self.action.owner_id or self.action.id

    @property
    def doers(self) -> tuple[UUID | None, ...]:
        """Its owner, and whoever covers for them."""
        return self.owner_id, self.action.covered_by

    @property
    def key(self) -> tuple[UUID, date]:
        """What its steps are stored by."""
        return self.action.id, self.due_on

    def steps(self, today: date, taken: Iterable[str]) -> list[LadderStep]:
        """The steps that are to be taken now, by the settings as they stand today."""
        number, calendar = partial(settings.number, on=today), settings.calendar()
        kind = self.action.kind
        if ladder_runs(self.action.status):
            return steps_due(
                kind, self.due_on, today, calendar, self.after_inadequate,
                sent=taken, number=number,
            )  # fmt: skip
        return verification_steps_due(kind, self.due_on, today, calendar, sent=taken, number=number)


def come_due(today: date, inadequate: Inadequate) -> list[Late]:
    """Every action on whose clock the last day has come, the longest due first.

    Imported ones are history: no clock runs on them (measures.md).
    """
    query = (
        select(Action)
        .where(
            Action.settled_on.is_(None),
            Action.source != ActionSource.IMPORTED,
            or_(Action.status == ActionStatus.DONE, Action.due_on <= today),
        )
        .options(selectinload(Action.parties))
        .order_by(Action.due_on, Action.id)
    )
    found = []
    for action in db.session.scalars(query):
        due = action.due_on if ladder_runs(action.status) else verification_due(action)
        if due is not None and due <= today:
            found.append((action, due))
    graded = {
        action.audit_id
        for action, _ in found
        if action.audit_id is not None and action.kind is not ActionKind.PRIORITY
    }
    bad = inadequate(graded) if graded else set()
    return [Late(action, due, action.audit_id in bad) for action, due in found]


def steps_taken(action_ids: Collection[UUID]) -> dict[tuple[UUID, date], list[LadderTaken]]:
    """The steps taken for these actions, by the due date that they belong to, in order."""
    found: dict[tuple[UUID, date], list[LadderTaken]] = {}
    wanted = list(dict.fromkeys(action_ids))
    for start in range(0, len(wanted), _MANY):
        query = select(LadderTaken).where(LadderTaken.action_id.in_(wanted[start : start + _MANY]))
        for step in db.session.scalars(query):
            found.setdefault((step.action_id, step.due_on), []).append(step)
    for steps in found.values():
        steps.sort(key=in_order)
    return found


def in_order(step: LadderTaken) -> tuple[datetime, int]:
    """What sorts steps: the time, and the ladder within it."""
    return step.at, _ORDER.index(step.step)


class Surroundings:
    """Whom a step could tell, for many actions in a few queries: see `domain.ladder.Around`."""

    def __init__(self, late: Sequence[Late], today: date) -> None:
        self._line = Line(today)
        self._verifiers = {
            each.action.id: [person.id for person in verifiers_of(each.action, today)]
            for each in late
            if not ladder_runs(each.action.status)
        }
        leads = [person.id for person in people_with(Role.QA_LEAD, today)]
        everybody = {person for each in late for person in each.doers if person} | set(leads)
        everybody |= {up.person_id for each in late for up in self._above(each)}
        everybody |= {
            up.person_id
            for verifiers in self._verifiers.values()
            for each in verifiers
            for up in self._line_above(each)
        }
        self._away = _gone(everybody, today) | deputies(everybody, today)
        there = [person for each in leads if (person := self._away.get(each, each)) is not None]
        self._leads = there or leads

    def around(self, late: Late) -> Around:
        """Everybody around one action."""
        verifiers = self._verifiers.get(late.action.id, ())
        return Around(
            owner=late.owner_id,
            line=self._above(late),
            verifiers={each: self._line_above(each) for each in verifiers},
            away=self._away_for(late),
            barred=frozenset(each.person_id for each in late.action.parties if each.party in _KEPT),
            leads=self._leads,
        )

    def _away_for(self, late: Late) -> Away:
        """Who is away, with whoever covers this action in its owner's place (E3)."""
        owner, cover = late.doers
        if cover is None or cover in self._away or owner not in self._away:
            return self._away
        return {**self._away, owner: cover}

    def _above(self, late: Late) -> tuple[Above, ...]:
        """The line above the action's team; the owner's, where it has no team or no line."""
        line = self._line.people_above(late.action.team_id)
        if not line:
            posts = self._line.posts_of(late.owner_id)
            line = self._line.people_above(posts[0].team_id) if posts else []
        return tuple(Above(each.person_id, _level(each.kind)) for each in line)

    def _line_above(self, person_id: UUID) -> tuple[Above, ...]:
        found = []
        for manager in self._line.managers_above(person_id):
            posts = self._line.posts_of(manager)
            found.append(Above(manager, _level(posts[0].kind if posts else None)))
        return tuple(found)


def _level(kind: PostKind | None) -> Told:
    return _LEVELS.get(kind, Told.TEAM_MANAGER) if kind else Told.TEAM_MANAGER


def _gone(person_ids: Collection[UUID], today: date) -> dict[UUID, UUID | None]:
    """Those who have left, or whose account was closed: nobody stands in for them."""
    query = (
        select(Person.id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(
            Person.id.in_(person_ids),
            or_(Person.left_on < today, and_(Account.id.is_not(None), ~open_on(today))),
        )
    )
    return dict.fromkeys(db.session.scalars(query))
