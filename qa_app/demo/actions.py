"""Actions on the tracker: raised by concerns, auditors and moderators, and what became of them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import cycle
from random import Random
from typing import Final
from uuid import UUID

from qa_app.audits.services.concerns import WHAT_TO_DO
from qa_app.demo.actionrows import ActionRows, Planned
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.fates import ORDINARY, OUTSTANDING, PRIORITY, SHOWN, Fate, Verb
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.words import phrases
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.tracker.models import ActionSource

_G = Grade

# How many improvement actions follow a grade, at least and at most.
_IMPROVEMENTS: Final = {_G.REQUIRES_IMPROVEMENT: (1, 3), _G.INADEQUATE: (2, 4), _G.GOOD: (0, 1)}
_LEARNING: Final = {_G.GOOD: 0.2, _G.OUTSTANDING: 0.5}
_SERVICE: Final = 0.02
_OF_THE_WORKER: Final = 0.65
_BY_MODERATOR: Final = 0.15
_DUE_IN: Final = 20
# A special audit's actions show the tracker's states only where there was time for them.
_LONG_ENOUGH: Final = 9


class ActionPlanner:
    """Decides which actions each audit has; `write()` adds them in the order they were raised."""

    def __init__(self, rng: Random, days: Days, council: Council, ledger: Ledger) -> None:
        self.rng, self.days, self.council = rng, days, council
        self.rows = ActionRows(rng, days, council, ledger)
        self.planned: list[Planned] = []
        self.outstanding: Iterator[Fate] = cycle(OUTSTANDING)
        self.shown: Iterator[Fate] = cycle(SHOWN)

    def of(self, told: Told, concern: Row | None) -> None:
        """Plan the actions of one audit and of its concern."""
        if concern is not None:
            self._priority(told, concern)
        grade = told.piece.final_grade or told.piece.auditor_grade
        if grade is None or told.submitted_at is None:
            return
        least, most = _IMPROVEMENTS.get(grade, (0, 0))
        count = max(self.rng.randint(least, most), 2 if self._shows(told) and most else 0)
        kinds = [ActionKind.IMPROVEMENT] * count
        kinds += [ActionKind.LEARNING] * (self.rng.random() < _LEARNING.get(grade, 0))
        kinds += [ActionKind.SERVICE] * (self.rng.random() < _SERVICE)
        said = phrases("moderation")["action"]
        whats = {
            kind: self.rng.sample(said[kind.value]["what"], min(4, len(said[kind.value]["what"])))
            for kind in dict.fromkeys(kinds)
        }
        for number, kind in enumerate(kinds, start=1):
            what = told.words.fill(whats[kind][number % len(whats[kind])])
            self._improvement(told, kind, what, f"audit:{told.piece.id}:{number}")

    def write(self) -> None:
        """Add every planned action."""
        for planned in sorted(self.planned, key=lambda each: (each.raised_at, each.what)):
            self.rows.write(planned)

    def _shows(self, told: Told) -> bool:
        special = told.piece.special
        return (
            special is not None
            and told.piece.state is AuditState.FINAL
            and special.days_ago > _LONG_ENOUGH
        )

    def _priority(self, told: Told, concern: Row) -> None:
        at = concern["raised_at"]
        day = at.astimezone(LONDON).date()
        manager = next(self.council.managers_above(told.piece.case.unit, on=day))
        special = told.piece.special
        outstanding = special.outstanding if special else 0
        count = max(outstanding, self.rng.choice((1, 1, 2)))
        fresh = told.submitted_at is None
        said = phrases("moderation")["action"]["priority"]["what"]
        whats = [WHAT_TO_DO, *map(told.words.fill, self.rng.sample(said, 2))]
        for number in range(1 if fresh else count):
            source = ActionSource.AUDIT if number else ActionSource.CONCERN
            key = f"audit:{told.piece.id}:p{number}" if number else f"concern:{concern['id']}"
            due = self.days.calendar.next_working_day(day)
            planned = self._plan(
                told, ActionKind.PRIORITY, whats[number], source, key, manager, at, due
            )
            if number < outstanding:
                self._shape(planned, next(self.outstanding))
            elif not fresh:
                self._shape(planned, self._chosen(PRIORITY))

    def _plan(
        self,
        told: Told,
        kind: ActionKind,
        what: str,
        source: ActionSource,
        key: str,
        owner: Member,
        at: datetime,
        due: date,
        by: UUID | None = None,
    ) -> Planned:
        planned = Planned(
            told=told,
            kind=kind,
            what=what,
            source=source,
            source_key=key,
            owner=owner,
            raised_by=by or told.piece.auditor.id,
            raised_at=at,
            raised_on=at.astimezone(LONDON).date(),
            due=due,
        )
        self.planned.append(planned)
        return planned

    def _improvement(self, told: Told, kind: ActionKind, what: str, key: str) -> None:
        piece = told.piece
        at, by, source = known(told.submitted_at), piece.auditor.id, ActionSource.AUDIT
        moderator = piece.moderator
        committed = told.committed_at if piece.state is not AuditState.RETURNED else None
        if committed and moderator and self.rng.random() < _BY_MODERATOR:
            at, by, source = committed, moderator.id, ActionSource.MODERATION
        at += timedelta(seconds=self.rng.randint(1, 50))
        day = at.astimezone(LONDON).date()
        due = self.days.calendar.add_working_days(day, _DUE_IN)
        owner = self._owner(told, kind, day)
        planned = self._plan(told, kind, what, source, key, owner, at, due, by)
        if self._shows(told):
            self._shape(planned, next(self.shown))
        else:
            self._shape(planned, self._chosen(ORDINARY))

    def _owner(self, told: Told, kind: ActionKind, day: date) -> Member:
        case = told.piece.case
        if kind is ActionKind.SERVICE:
            return self.council.head_of(case.unit)
        manager = next(self.council.managers_above(case.unit, on=day))
        shown = self._shows(told) and told.piece.special and told.piece.special.worker
        if shown or self.rng.random() < _OF_THE_WORKER:
            return case.worker_on(day)
        return manager

    def _chosen(self, fates: tuple[tuple[Fate, int], ...]) -> Fate:
        return self.rng.choices([each for each, _ in fates], [weight for _, weight in fates])[0]

    def _shape(self, planned: Planned, fate: Fate) -> None:
        """Give the action its days: those that have come by yesterday."""
        if fate.due_back is not None:
            planned.due = self._away(fate.due_back)
        planned.steps = [(verb, self.days.back(count)) for verb, count in fate.back]
        day = planned.raised_on
        for verb, least, most in fate.steps:
            day = self.days.calendar.add_working_days(day, self.rng.randint(least, most))
            if day > self.days.yesterday:
                break
            if verb is Verb.MOVE_DUE and day > planned.due:
                continue
            planned.steps.append((verb, day))
        planned.steps = [(verb, max(day, planned.raised_on)) for verb, day in planned.steps]

    def _away(self, back: int) -> date:
        if back >= 0:
            return self.days.back(back)
        return self.days.calendar.add_working_days(self.days.today, -back)
