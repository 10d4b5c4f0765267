"""Improvement plans after the demonstration's Inadequate audits: some still owed, one late, others
agreed, and closed where their actions have ended and are rated (E2, E9).

Each audit has its own random numbers, so that nothing else depends on what is written here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table

from qa_app.accounts.models import PostKind
from qa_app.audits.models import Audit, ImprovementPlan, PlanStep
from qa_app.database import Base, new_id
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row
from qa_app.demo.words import phrases
from qa_app.domain.actions import ActionStatus, Impact, is_outstanding
from qa_app.domain.calendar import LONDON
from qa_app.domain.escalation import Clock, due_on
from qa_app.domain.grades import Grade
from qa_app.domain.plans import late_steps, step_words
from qa_app.domain.steps import LadderStep
from qa_app.domain.steps import Told as Level
from qa_app.tracker.models import Action

_S = ActionStatus
_HOUR: Final = 7
_DAY: Final = timedelta(days=1)
_KINDS: Final = {
    Level.SERVICE_DIRECTOR: (PostKind.SERVICE_DIRECTOR, PostKind.CORPORATE_DIRECTOR),
    Level.CORPORATE_DIRECTOR: (PostKind.CORPORATE_DIRECTOR,),
}
_RATINGS: Final = (Impact.MOST, Impact.SOME, Impact.NONE)
_WEIGHTS: Final = (50, 40, 10)
_KEPT_OPEN: Final = (None, Impact.UNTESTED)
"""What the latest plans that could be closed still lack: a rating, and one that says something."""


class _Asked(NamedTuple):
    """An audit that asks for a plan: since when, and by when."""

    since: date
    due_on: date
    told: Told
    actions: list[Row]


@dataclass(frozen=True)
class Plans:
    """The demonstration's heads of service at work."""

    days: Days
    council: Council
    ledger: Ledger

    def write(self, told: Sequence[Told]) -> None:
        """Add the plans agreed by yesterday, and the steps of the one that is late."""
        asked = sorted(self._asked(told), key=lambda each: (each.since, each.told.piece.reference))
        past = [each for each in asked if each.due_on < self.days.today]
        late = self._latest_of_the_login(past)
        agreed = [each for each in past if each is not late]
        closable = [each for each in agreed if _ended(each.actions)]
        kept_open = dict(
            zip((each.told.piece.id for each in reversed(closable)), _KEPT_OPEN, strict=False)
        )
        for each in agreed:
            self._agree(each, kept_open)
        if late is not None:
            self._climb(late)

    def _asked(self, told: Sequence[Told]) -> Iterator[_Asked]:
        audits = {row["id"]: row for row in self._rows(Audit)}
        actions: dict[UUID, list[Row]] = {}
        for row in self._rows(Action):
            actions.setdefault(row["audit_id"], []).append(row)
        for each in told:
            since = _since(audits[each.piece.id])
            if since is not None:
                due = due_on(Clock.INADEQUATE_PLAN, since, self.days.calendar)
                yield _Asked(since, due, each, actions.get(each.piece.id, []))

    def _rows(self, model: type[Base]) -> list[Row]:
        return self.ledger.rows.get(cast(Table, model.__table__), [])

    def _latest_of_the_login(self, past: Sequence[_Asked]) -> _Asked | None:
        """The latest that whoever signs in as the head of service has let pass."""
        head = self.council.logins["head.of.service"]
        own = [each for each in past if self._head(each) is head]
        return next(reversed(own or past), None)

    def _head(self, each: _Asked) -> Member:
        return self.council.head_of(each.told.piece.case.unit)

    def _agree(self, each: _Asked, kept_open: dict[UUID, Impact | None]) -> None:
        live = [row for row in each.actions if row["status"] is not _S.WITHDRAWN]
        if not live:
            return
        piece, rng = each.told.piece, self._rng(each)
        words, head = each.told.words.apart(rng), self._head(each)
        day = self.days.on(rng.randint(1, 5), each.since)
        raised = min(row["raised_at"] for row in live)
        at = max(self.days.moment(rng, day), raised + timedelta(minutes=20))
        row = self.ledger.add(
            ImprovementPlan,
            id=new_id(),
            audit_id=piece.id,
            due_on=each.due_on,
            aims=words.one(phrases("plans")["aims"]["all"]),
            agreed_at=at,
            agreed_by=head.id,
            closed_at=None,
            closed_by=None,
            outcome="",
        )
        self._note("plan_agreed", row, head, at)
        if piece.id in kept_open:
            self._rate_all(each, rng, at, kept_open[piece.id])
        elif _ended(each.actions):
            rated = self._rate_all(each, rng, at, *_RATINGS)
            self._close(row, head, rng, rated, words.one(phrases("plans")["outcome"]["all"]))

    def _rate_all(
        self, each: _Asked, rng: Random, after: datetime, *ratings: Impact | None
    ) -> datetime:
        """Rate what was verified by one of these, some days after that and after the plan; gives
        the moment of the last rating. None for a rating that is still to come."""
        last = after
        for row in each.actions:
            if row["status"] is not _S.VERIFIED:
                continue
            weights = _WEIGHTS if len(ratings) == len(_WEIGHTS) else None
            impact = rng.choices(ratings, weights)[0]
            if impact is None:
                continue
            day = self.days.on(rng.randint(5, 15), row["settled_on"])
            at = self.days.moment(rng, max(day, _day(after)), after)
            by = self._head(each)
            if by.id == row["owner_id"]:
                by = self.council.qa_lead
            row["impact"], last = impact, max(last, at)
            self.ledger.note(
                "action_impact_rated", "action", row["id"], by=by.id, at=at,
                audit_id=each.told.piece.id, impact=impact.words.lower(),
            )  # fmt: skip
        return last

    def _close(self, row: Row, head: Member, rng: Random, after: datetime, outcome: str) -> None:
        """Some days after the last rating, where that day has come."""
        day = self.days.calendar.add_working_days(_day(after), rng.randint(1, 8))
        if day > self.days.yesterday:
            return
        at = self.days.moment(rng, day, after)
        row |= {"closed_at": at, "closed_by": head.id, "outcome": outcome}
        self._note("plan_closed", row, head, at)

    def _note(self, verb: str, row: Row, head: Member, at: datetime) -> None:
        self.ledger.note(
            verb, "improvementplan", row["id"], by=head.id, at=at, audit_id=row["audit_id"]
        )

    def _rng(self, each: _Asked) -> Random:
        return Random(f"plan {each.told.piece.reference}")  # noqa: S311  # only looked at

    def _climb(self, late: _Asked) -> None:
        """Take every step that had come by yesterday (E6)."""
        taken: list[str] = []
        day = late.due_on
        while day <= self.days.yesterday:
            for step in late_steps(late.due_on, day, self.days.calendar, taken=taken):
                self._take(late, step, self.days.clock(day, _HOUR, 10))
                taken.append(step.code)
            day += _DAY

    def _take(self, late: _Asked, step: LadderStep, at: datetime) -> None:
        piece, person = late.told.piece, self._told(late, step)
        self.ledger.add(
            PlanStep,
            audit_id=piece.id,
            due_on=late.due_on,
            step=step.code,
            told=[str(person.id)],
            at=at,
        )
        self.ledger.note(
            "plan_late", "audit", piece.id, by=None, at=at, audit_id=piece.id,
            step=step_words(step.code), people=[person.id],
        )  # fmt: skip

    def _told(self, late: _Asked, step: LadderStep) -> Member:
        kinds = _KINDS.get(step.told[0])
        head = self._head(late)
        if kinds is None:
            return head
        above = self.council.managers_above(late.told.piece.case.unit)
        return next((each for each in above if each.kind in kinds), head)


def _since(audit: Row) -> date | None:
    """The day on which an audit that stands as Inadequate came to stand so (E2)."""
    own, final = audit.get("auditor_grade"), audit.get("final_grade")
    if (final or own) is not Grade.INADEQUATE:
        return None
    return audit["completed_on"] if own is Grade.INADEQUATE else _day(audit["final_at"])


def _ended(actions: Sequence[Row]) -> bool:
    """Whether every action has ended, and one of them by being verified."""
    over = not any(is_outstanding(row["status"]) for row in actions)
    return over and any(row["status"] is _S.VERIFIED for row in actions)


def _day(at: datetime) -> date:
    return at.astimezone(LONDON).date()
