"""Whatever becomes of people in whatever order, and whenever the job runs: after it nothing is
without a living owner, and each passing on is recorded once and told once (E3, E6)."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from qa_app.accounts.models import Absence, Account, Person, Post, PostHolding, PostKind
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.permissions import Party
from qa_app.history import _PENDING
from qa_app.notify.models import Notice
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionParty, ActionStep
from qa_app.tracker.queries.living import without_living_owner
from qa_app.tracker.services.living import see_that_all_are_owned
from tests.council import Council
from tests.resilience_counts import count
from tests.tracker.factory import an_action
from tests.tracker.ladder import at_noon, away

S = ActionStatus
OPERATIONS, STEPS_A_RUN = 10_000, 25
BEGAN = date(2026, 5, 4)
MOST = 8
# Whoever is not among them stays: the QA lead and the head of another service.
PEOPLE = ("worker", "manager", "head", "director", "auditor", "chair")
WHO = st.sampled_from(PEOPLE)
UNITS = st.sampled_from(["SAFE1", "SAFE2", "SAFE"])
# After each operation days pass, and the job runs: not at all, once, or twice.
THEN = st.tuples(st.sampled_from([0, 1, 0, 2, 5]), st.sampled_from([1, 1, 0, 2]))


class People(RuleBasedStateMachine):
    """Several actions, people who come and go, a clock, and the job now and then."""

    council: ClassVar[Council]
    counted: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.today, self.moments, self.passed = BEGAN, 0, Counter[UUID]()
        self.actions: list[Action] = []

    def at(self, what: str) -> datetime:
        """Another moment of the day for each operation."""
        self.moments += 1
        self.counted[what] += 1
        return at_noon(self.today) + timedelta(seconds=self.moments)

    @initialize()
    def begin(self) -> None:
        for owner in ("worker", "worker", "manager", "auditor"):
            self.raise_one(owner, ActionKind.LEARNING)

    @precondition(lambda self: len(self.actions) < MOST)
    @rule(owner=WHO, kind=st.sampled_from([ActionKind.PRIORITY, ActionKind.LEARNING]))
    def raise_one(self, owner: str, kind: ActionKind) -> None:
        self.actions.append(an_action(self.council, owner=owner, kind=kind, at=self.at("raised")))

    @rule(who=WHO, then=THEN)
    def somebody_leaves(self, who: str, then: tuple[int, int]) -> None:
        self.counted["left"] += 1
        self.person(who).left_on = self.today
        self._then(then)

    @rule(who=WHO, then=THEN)
    def somebody_comes_back(self, who: str, then: tuple[int, int]) -> None:
        self.counted["came back"] += 1
        self.person(who).left_on = None
        self.account(who).closed_at = None
        self._then(then)

    @rule(who=WHO, then=THEN)
    def an_account_is_closed(self, who: str, then: tuple[int, int]) -> None:
        self.account(who).closed_at = self.at("closed")
        self._then(then)

    @rule(who=WHO, then=THEN)
    def a_post_ends(self, who: str, then: tuple[int, int]) -> None:
        for held in self.held(who):
            self.counted["posts ended"] += 1
            held.ended_on = self.today
        self._then(then)

    @rule(who=WHO, unit=UNITS, line=st.booleans(), then=THEN)
    def a_post_begins(self, who: str, unit: str, line: bool, then: tuple[int, int]) -> None:
        self.counted["posts begun"] += 1
        kind = PostKind.TEAM_MANAGER if line else PostKind.SOCIAL_WORKER
        rank, team_id = (40 if line else 10), self.council.teams[unit]
        post = Post(title=kind.words, kind=kind, rank=rank, line=line, team_id=team_id)
        db.session.add(post)
        db.session.flush()
        person_id = self.council.people[who]
        db.session.add(PostHolding(post_id=post.id, person_id=person_id, started_on=self.today))
        self._then(then)

    @rule(who=WHO, deputy=st.none() | WHO, days=st.integers(0, 5), then=THEN)
    def somebody_is_away(
        self, who: str, deputy: str | None, days: int, then: tuple[int, int]
    ) -> None:
        if deputy == who or self.is_away(self.council.people[who], days):
            return
        self.counted["absences"] += 1
        away(self.council, who, deputy, self.today, self.today + timedelta(days=days))
        self._then(then)

    @rule(data=st.data(), who=st.sampled_from(["worker", "manager", "chair"]), then=THEN)
    def a_concern_is_about_somebody(
        self, data: st.DataObject, who: str, then: tuple[int, int]
    ) -> None:
        action, person_id = data.draw(st.sampled_from(self.actions)), self.council.people[who]
        if person_id not in {each.person_id for each in action.parties}:
            self.counted["implicated"] += 1
            action.parties.append(ActionParty(party=Party.IMPLICATED, person_id=person_id))
        self._then(then)

    @rule(data=st.data(), then=THEN)
    def whoever_has_it_works(self, data: st.DataObject, then: tuple[int, int]) -> None:
        action = data.draw(st.sampled_from(self.actions))
        by = action.covered_by or action.owner_id
        if action.status is S.OPEN:
            services.start(action, by=by, at=self.at("started"))
        elif action.status is S.IN_PROGRESS:
            services.finish(action, evidence="Seen.", done_on=self.today, by=by, at=self.at("done"))
        self._then(then)

    @rule(data=st.data(), good=st.booleans(), who=WHO, then=THEN)
    def somebody_decides(
        self, data: st.DataObject, good: bool, who: str, then: tuple[int, int]
    ) -> None:
        action, by = data.draw(st.sampled_from(self.actions)), self.council.people[who]
        if action.status is not S.DONE:
            return
        did_it, doing = _who_did(action), {action.owner_id, action.covered_by}
        try:
            if good:
                services.verify(action, by=by, at=self.at("tried to verify"))
            else:
                services.send_back(action, missing="Who?", by=by, at=self.at("tried to return"))
        except services.NotAllowed:
            return
        # E4: never by those who do it or did it.
        assert by not in doing | {did_it}
        self._then(then)

    @rule(then=THEN)
    def days_pass(self, then: tuple[int, int]) -> None:
        self._then(then)

    def _then(self, then: tuple[int, int]) -> None:
        days, rounds = then
        db.session.flush()
        self.today += timedelta(days=days)
        for _ in range(rounds):
            self._look()

    def _look(self) -> None:
        at, owned = self.at("rounds"), [action.owner_id for action in self.actions]
        steps = self._passings()
        counts = see_that_all_are_owned(at)
        # E3: none without a living owner, by the database and by the rule written once more.
        assert counts["without a living owner"] == without_living_owner(self.today) == 0
        for action, before in zip(self.actions, owned, strict=True):
            db.session.refresh(action)
            self.passed[action.id] += action.owner_id != before
            if action.settled_on is None:
                self._is_owned(action)
        # E6: each passing on once, with one message to each person.
        assert self._passings() - steps == counts["passed on"]
        assert self._passings() == sum(self.passed.values())
        events = Counter(
            each["subject_id"]
            for each in db.session.info.get(_PENDING, ())
            if each["verb"] == "action_passed_on"
        )
        assert events == +self.passed
        messages = select(func.count()).where(Notice.created_at == at).group_by(Notice.person_id)
        assert set(db.session.scalars(messages)) <= {1}
        self.counted["passed on"] += counts["passed on"]
        self.counted["covered"] += counts["covered"]
        # Looked at once more, nothing changes.
        again = see_that_all_are_owned(at + timedelta(microseconds=1))
        assert not any(again.values()), again

    def _is_owned(self, action: Action) -> None:
        """The owner is there and in post; whoever covers is there, and only while they are away."""
        owner, cover = action.owner_id, action.covered_by
        kept = {each.person_id for each in action.parties}
        assert self.lives(owner)
        assert owner not in kept
        assert action.owner_post_id in {held.post_id for held in self.held_by(owner)}
        if cover is not None:
            assert cover != owner
            assert self.is_away(owner)
        if action.status in (S.OPEN, S.IN_PROGRESS) and self.is_away(owner):
            assert cover is not None
            assert self.lives(cover)
            assert cover not in kept
            assert not self.is_away(cover)

    def _passings(self) -> int:
        return db.session.query(ActionStep).filter_by(by=None).count()

    def person(self, who: str) -> Person:
        return db.session.get_one(Person, self.council.people[who])

    def account(self, who: str) -> Account:
        return db.session.query(Account).filter_by(person_id=self.council.people[who]).one()

    def held(self, who: str) -> list[PostHolding]:
        return self.held_by(self.council.people[who])

    def held_by(self, person_id: UUID | None) -> list[PostHolding]:
        rows = db.session.query(PostHolding).filter_by(person_id=person_id)
        return [each for each in rows if each.ended_on is None or each.ended_on >= self.today]

    def lives(self, person_id: UUID | None) -> bool:
        person = db.session.get_one(Person, person_id)
        account = db.session.query(Account).filter_by(person_id=person_id).one()
        return account.closed_at is None and (
            person.left_on is None or person.left_on >= self.today
        )

    def is_away(self, person_id: UUID | None, days: int = 0) -> bool:
        until = self.today + timedelta(days=days)
        rows = db.session.query(Absence).filter_by(person_id=person_id, ended_at=None)
        return any(each.first_on <= until and each.last_on >= self.today for each in rows)

    def teardown(self) -> None:
        db.session.rollback()


def _who_did(action: Action) -> UUID | None:
    done = [
        step
        for step in action.steps
        if step.to_status is S.DONE and step.from_status is S.IN_PROGRESS
    ]
    return done[-1].by


@pytest.mark.resilience
def test_in_any_order_nothing_is_without_a_living_owner(
    context: Flask, council: Council, record_property
) -> None:
    # E3, E4, E6
    People.council, People.counted = council, Counter()
    examples = count(OPERATIONS) // STEPS_A_RUN
    run_state_machine_as_test(
        People,
        settings=runs(max_examples=examples, stateful_step_count=STEPS_A_RUN, deadline=None),
    )
    record_property("counted", f"{dict(People.counted)}")
