"""Whatever is done in whatever order, while days pass and the job runs or is away: each step of the
ladder once, none skipped, and what is outstanding equals a recount at every day (E5, E6, E9)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

import pytest
from flask import Flask
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import bank_holidays_england
from qa_app.domain.grades import Grade
from qa_app.history import _PENDING
from qa_app.notify.models import Notice
from qa_app.tracker import services
from qa_app.tracker.models import Action, LadderTaken
from qa_app.tracker.queries import outstanding
from qa_app.tracker.services.late import tell_of_late_actions
from tests.council import Council
from tests.resilience_counts import count
from tests.tracker.factory import an_action
from tests.tracker.ladder import after, at_noon, away

S = ActionStatus
OPERATIONS, STEPS_A_RUN = 10_000, 25
BEGAN = date(2026, 12, 14)  # Christmas is near
MOST = 8
KINDS = st.sampled_from([ActionKind.PRIORITY, ActionKind.LEARNING, ActionKind.LEARNING])
DAYS = st.integers(0, 6)
OWNERS = st.sampled_from(["worker", "manager", "head"])
# After each operation days pass, and the job runs: not at all (an outage), once, or twice.
THEN = st.tuples(st.sampled_from([1, 0, 1, 2, 3, 7]), st.sampled_from([1, 1, 0, 2]))
# E6 and E9, written out once more: the step, and how many working days after which day.
UNDONE = {
    ActionKind.PRIORITY: {"priority_due": 0, "priority_corporate_director": 1},
    ActionKind.LEARNING: {"due": 0, "team_manager": 5, "head_of_service": 10},
}
AFTER_INADEQUATE = {"service_director": 15, "corporate_director": 20}
UNVERIFIED = {
    ActionKind.PRIORITY: {"verify_late": 1, "verify_late_corporate_director": 2},
    ActionKind.LEARNING: {"verify_late": 1},
}
TO_VERIFY = {ActionKind.PRIORITY: 1, ActionKind.LEARNING: 5}


def later(day: date, working_days: int) -> date:
    """Counted day by day, apart from the calendar of the product."""
    while working_days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in bank_holidays_england(day.year):
            working_days -= 1
    return day


@dataclass
class Shadow:
    """An action as the test remembers it."""

    row: Action
    kind: ActionKind
    due: date
    raised: date
    inadequate: bool
    done: date | None = None
    settled: date | None = None
    taken: set[tuple[date, str]] = field(default_factory=set)

    def due_now(self, today: date) -> Iterator[tuple[date, str]]:
        """The steps whose day has come, by the rule as it is written above."""
        if self.settled:
            return
        if self.done:
            last, ladder = later(self.done, TO_VERIFY[self.kind]), UNVERIFIED[self.kind]
        else:
            more = AFTER_INADEQUATE if self.inadequate else {}
            last, ladder = self.due, UNDONE[self.kind]
            if self.kind is ActionKind.LEARNING:
                ladder = ladder | more
        yield from ((last, step) for step, days in ladder.items() if later(last, days) <= today)


class Actions(RuleBasedStateMachine):
    """Several actions, a clock, and the job now and then."""

    council: ClassVar[Council]
    counted: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.today, self.moments, self.shadows = BEGAN, 0, list[Shadow]()
        self.pins = {
            True: after(self.council, Grade.INADEQUATE), False: after(self.council, Grade.GOOD),
        }  # fmt: skip

    def at(self, what: str) -> datetime:
        """Another moment of the day for each operation."""
        self.moments += 1
        self.counted[what] += 1
        return at_noon(self.today) + timedelta(seconds=self.moments)

    @precondition(lambda self: len(self.shadows) < MOST)
    @rule(kind=KINDS, days=DAYS, owner=OWNERS, inadequate=st.booleans())
    def raise_one(self, kind: ActionKind, days: int, owner: str, inadequate: bool) -> None:
        due = self.today + timedelta(days=days)
        pins = self.pins[inadequate]
        row = an_action(
            self.council, kind=kind, owner=owner, due_on=due, at=self.at("raised"), audit=pins
        )
        self.shadows.append(Shadow(row, kind, due, self.today, inadequate))

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        for _ in range(4):
            self.raise_one(*(data.draw(each) for each in (KINDS, DAYS, OWNERS, st.booleans())))

    @rule(then=THEN)
    def days_pass(self, then: tuple[int, int]) -> None:
        self._then(then)

    def _then(self, then: tuple[int, int]) -> None:
        days, rounds = then
        self.counted["days"] += days
        self.today += timedelta(days=days)
        for _ in range(rounds):
            tell_of_late_actions(self.at("rounds"), stand_inadequate)
        for shadow in self.shadows if rounds else ():
            shadow.taken |= set(shadow.due_now(self.today))

    @rule(data=st.data(), then=THEN)
    def the_owner_works(self, data: st.DataObject, then: tuple[int, int]) -> None:
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            row, at = shadow.row, self.at("worked on")
            if row.status is S.OPEN:
                services.start(row, by=row.owner_id, at=at)
            else:
                services.finish(row, evidence="Seen.", done_on=self.today, by=row.owner_id, at=at)
                shadow.done = self.today
        self._then(then)

    @rule(data=st.data(), good=st.booleans(), then=THEN)
    def somebody_decides(self, data: st.DataObject, good: bool, then: tuple[int, int]) -> None:
        director = self.council.people["director"]
        for shadow in self.one_of(data, S.DONE):
            if good:
                services.verify(shadow.row, by=director, at=self.at("verified"))
                shadow.settled = self.today
            else:
                services.send_back(shadow.row, missing="Who?", by=director, at=self.at("sent back"))
                shadow.done = None
        self._then(then)

    @rule(data=st.data(), then=THEN)
    def one_is_withdrawn(self, data: st.DataObject, then: tuple[int, int]) -> None:
        director = self.council.people["director"]
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS, S.DONE):
            services.withdraw(
                shadow.row, reason="Raised twice.", by=director, at=self.at("withdrawn")
            )
            shadow.settled = self.today

    @rule(data=st.data(), days=st.integers(0, 12), then=THEN)
    def a_due_date_moves(self, data: st.DataObject, days: int, then: tuple[int, int]) -> None:
        director, due = self.council.people["director"], self.today + timedelta(days=days)
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            if due != shadow.due:
                services.change_due_date(
                    shadow.row, due_on=due, reason="Ill.", by=director, at=self.at("moved")
                )
                shadow.due = due
        self._then(then)

    @rule(who=st.sampled_from(["worker", "manager", "head"]), days=st.integers(0, 9), then=THEN)
    def somebody_is_away(self, who: str, days: int, then: tuple[int, int]) -> None:
        self.counted["absences"] += 1
        away(self.council, who, "chair", self.today, self.today + timedelta(days=days))
        self._then(then)

    def one_of(self, data: st.DataObject, *states: ActionStatus) -> Iterator[Shadow]:
        """One of the actions in these states, where there is any."""
        found = [each for each in self.shadows if each.row.status in states]
        if found:
            yield data.draw(st.sampled_from(found))
            db.session.flush()

    @invariant()
    def each_step_was_taken_once_and_none_was_skipped(self) -> None:
        rows = db.session.execute(
            select(LadderTaken.action_id, LadderTaken.due_on, LadderTaken.step)
        )
        taken = Counter(map(tuple, rows))
        assert max(taken.values(), default=1) == 1
        assert set(taken) == {
            (shadow.row.id, *step) for shadow in self.shadows for step in shadow.taken
        }

    @invariant()
    def nobody_gets_two_messages_of_one_round(self) -> None:
        rounds = (
            select(func.count())
            .where(Notice.key.startswith("action-late:"))
            .group_by(Notice.person_id, Notice.created_at)
        )
        assert set(db.session.scalars(rounds)) <= {1}

    @invariant()
    def everything_told_is_in_the_history(self) -> None:
        told = [each for each in db.session.info.get(_PENDING, ()) if each["verb"] == "action_late"]
        assert len(told) == sum(len(shadow.taken) for shadow in self.shadows)

    @invariant()
    def what_is_outstanding_equals_a_recount(self) -> None:
        self._recount(self.today)

    def _recount(self, day: date) -> None:
        assert {action.id for action in outstanding(on=day)} == {
            each.row.id
            for each in self.shadows
            if each.raised <= day and not (each.settled and each.settled <= day)
        }

    def teardown(self) -> None:
        try:
            for back in range((self.today - BEGAN).days + 1):
                self._recount(self.today - timedelta(days=back))
            self.counted["steps"] += sum(len(shadow.taken) for shadow in self.shadows)
        finally:
            db.session.rollback()


@pytest.mark.resilience
def test_in_any_order_each_step_is_taken_once_and_nothing_is_lost(
    context: Flask, council: Council, record_property
) -> None:
    # E5, E6, E9
    Actions.council, Actions.counted = council, Counter()
    examples = count(OPERATIONS) // STEPS_A_RUN
    run_state_machine_as_test(
        Actions,
        settings=runs(max_examples=examples, stateful_step_count=STEPS_A_RUN, deadline=None),
    )
    record_property("counted", f"{dict(Actions.counted)}")
