"""Whoever leaves, is away or comes back, in whatever order, while days pass and the jobs run or are
away: no action without a living owner, no step twice and none skipped, and what is outstanding and
MTM-4 equal a recount from history at every past day (E3, E5, E6)."""

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from typing import ClassVar
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from qa_app.accounts.models import Account, Person, PostHolding
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import db
from qa_app.domain.actions import (
    ActionKind,
    ActionStatus,
    due_date_bars,
    verifier_bars,
    withdrawal_bars,
)
from qa_app.domain.calendar import LONDON, Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.history import _PENDING
from qa_app.notify.models import Notice
from qa_app.reports.asked import Asked, GradeBasis, Selected
from qa_app.reports.queries.counts import Stock, stocks_by_month
from qa_app.tracker import services
from qa_app.tracker.models import Action
from qa_app.tracker.queries import outstanding, parties_to
from qa_app.tracker.queries.living import without_living_owner
from qa_app.tracker.services.changing import BEING_WORKED_ON
from qa_app.tracker.services.handing_over import Seen, hand_over
from qa_app.tracker.services.helping import add_helper, remove_helper
from qa_app.tracker.services.late import tell_of_late_actions
from qa_app.tracker.services.living import see_that_all_are_owned
from qa_app.tracker.services.noting import add_note
from qa_app.tracker.services.withdrawing import ask, refuse, withdraw
from tests.council import Council
from tests.resilience_counts import count
from tests.tracker.factory import an_action
from tests.tracker.ladder import away
from tests.tracker.test_ladder_any_order import BEGAN, DAYS, KINDS, MOST, THEN, Actions, Shadow

S = ActionStatus
OPERATIONS, STEPS_A_RUN = 10_000, 25
DAY = timedelta(days=1)
# Those who come and go, from the worker up to the QA lead. One head of another service stays: where
# nobody at all is left, nobody can own anything, and it is counted (tests/tracker/test_living.py).
STAFF = ("worker", "manager", "auditor", "head", "other_head", "director", "chair", "qa_lead")
STAYS = "review_head"
DECIDERS = ("manager", "head", "other_head", STAYS, "director")
WHO = st.sampled_from(STAFF)
HOW = st.sampled_from(["left", "closed", "post"])


class Owners(Actions):
    """The same actions, and people who leave, lose a post or an account, are away and come back."""

    refused: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.gone: dict[str, set[str]] = {}
        self.absent: list[tuple[str, date, date]] = []
        # MTM-4: each day's grade of an audit, the newest last.
        self.grades = {pins.audit_id: [(BEGAN - DAY, bad)] for bad, pins in self.pins.items()}

    # Who there is

    def key(self, person_id: UUID | None) -> str:
        """Who it is, by key."""
        return next(key for key, each in self.council.people.items() if each == person_id)

    def there(self, keys: Collection[str] = STAFF) -> list[str]:
        """Those who can sign in: nobody who has left or lost their account."""
        return [key for key in keys if not self.gone.get(key, set()) & {"left", "closed"}]

    def is_away(self, key: str) -> bool:
        """Whether somebody is away today."""
        return any(who == key and first <= self.today <= last for who, first, last in self.absent)

    def deciders(
        self, row: Action, bars: Callable[..., Collection[object]], *, never: UUID | None = None
    ) -> list[UUID]:
        """Those who are there, and whom no rule bars from deciding about an action."""
        people = [self.council.people[key] for key in self.there(DECIDERS)]
        return [
            each for each in people if each != never and not bars(parties_to(row, each, self.today))
        ]

    def doer(self, row: Action) -> UUID | None:
        """Whoever covers, or else the owner; None where neither can sign in any more."""
        people = self.council.people
        can = {people[key] for key in (*self.there(), STAYS)}
        return next((each for each in (row.covered_by, row.owner_id) if each in can), None)

    # What is done with actions

    @precondition(lambda self: len(self.shadows) < MOST and self.there(("worker", "manager")))
    @rule(kind=KINDS, days=DAYS, owner=st.sampled_from(["worker", "manager", "head"]),
          inadequate=st.booleans())  # fmt: skip
    def raise_one(self, kind: ActionKind, days: int, owner: str, inadequate: bool) -> None:
        owner = owner if owner in self.there() else self.there(("worker", "manager"))[0]
        due, pins = self.today + timedelta(days=days), self.pins[inadequate]
        row = an_action(
            self.council, kind=kind, owner=owner, due_on=due, at=self.at("raised"), audit=pins
        )
        bad = self.grades[pins.audit_id][-1][1]
        self.shadows.append(Shadow(row, kind, due, self.today, bad))

    @rule(data=st.data(), whole=st.booleans(), then=THEN)
    def the_owner_works(self, data: st.DataObject, whole: bool, then: tuple[int, int]) -> None:
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            row, by = shadow.row, self.doer(shadow.row)
            if by is None:
                continue
            began = row.status is S.OPEN
            if began:
                services.start(row, by=by, at=self.at("started"))
            if whole or not began:
                at = self.at("done")
                services.finish(row, evidence="Seen.", done_on=self.today, by=by, at=at)
                shadow.done = self.today
        self._then(then)

    @rule(data=st.data(), good=st.booleans(), then=THEN)
    def somebody_decides(self, data: st.DataObject, good: bool, then: tuple[int, int]) -> None:
        for shadow in self.one_of(data, S.DONE):
            row, people = shadow.row, self.deciders(shadow.row, verifier_bars)
            # E4: its owner never verifies it, nor do those who did it.
            with pytest.raises(services.NotAllowed):
                services.verify(row, by=row.owner_id, at=self.at("own verification refused"))
            if not people:
                continue
            by = data.draw(st.sampled_from(people))
            with self.perhaps("decided"):
                if good:
                    services.verify(row, by=by, at=self.at("verified"))
                    shadow.settled = self.today
                else:
                    services.send_back(row, missing="Who?", by=by, at=self.at("sent back"))
                    shadow.done = None
        self._then(then)

    @rule(data=st.data(), then=THEN)
    def one_is_withdrawn(self, data: st.DataObject, then: tuple[int, int]) -> None:
        """Asked for, and at another time decided: it goes, or it stays."""
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS, S.DONE):
            row = shadow.row
            if row.withdrawal_asked_at is None:
                by = self.council.people[self.there()[0]] if self.there() else None
                if by is not None:
                    ask(row, why="Raised twice.", by=by, at=self.at("withdrawal asked for"))
                continue
            people = self.deciders(row, withdrawal_bars, never=row.withdrawal_asked_by)
            if not people:
                continue
            by = data.draw(st.sampled_from(people))
            if data.draw(st.booleans()):
                withdraw(row, reason="Raised twice.", by=by, at=self.at("withdrawn"))
                shadow.settled = self.today
            else:
                refuse(row, why="It is needed.", by=by, at=self.at("withdrawal refused"))
        self._then(then)

    @rule(data=st.data(), days=st.integers(0, 12), then=THEN)
    def a_due_date_moves(self, data: st.DataObject, days: int, then: tuple[int, int]) -> None:
        due = self.today + timedelta(days=days)
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            people = self.deciders(shadow.row, due_date_bars)
            if due != shadow.due and people:
                services.change_due_date(
                    shadow.row, due_on=due, reason="Ill.", by=people[-1], at=self.at("moved")
                )
                shadow.due = due
        self._then(then)

    @rule(data=st.data(), to=WHO, then=THEN)
    def one_is_handed_over(self, data: st.DataObject, to: str, then: tuple[int, int]) -> None:
        person = db.session.get_one(Person, self.council.people[to])
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            people = self.deciders(shadow.row, due_date_bars)
            if to in self.there() and shadow.row.owner_id != person.id and people:
                with self.perhaps("handed over"):
                    services.reassign(
                        shadow.row, owner=person, reason="Ill.", by=people[-1],
                        at=self.at("handed over"),
                    )  # fmt: skip
        self._then(then)

    @rule(data=st.data(), to=WHO, then=THEN)
    def all_of_one_person_are(self, data: st.DataObject, to: str, then: tuple[int, int]) -> None:
        """Everything that the owner of one action is working on goes to somebody else."""
        person = db.session.get_one(Person, self.council.people[to])
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            owner, people = shadow.row.owner_id, self.deciders(shadow.row, due_date_bars)
            seen = [
                Seen(each.row.id, each.row.version)
                for each in self.shadows
                if each.row.owner_id == owner and each.row.status in BEING_WORKED_ON
            ]
            if to in self.there() and owner != person.id and people:
                at = self.at("handed over together")
                with self.perhaps("handed over together"):
                    hand_over(seen, owner=person, reason="Ill.", by=people[-1], at=at)
        self._then(then)

    @rule(data=st.data(), who=WHO)
    def somebody_helps_or_stops(self, data: st.DataObject, who: str) -> None:
        person = db.session.get_one(Person, self.council.people[who])
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS):
            row, by = shadow.row, self.doer(shadow.row)
            if by is not None and who in self.there():
                with self.perhaps("helper"):
                    if not remove_helper(row, person_id=person.id, by=by, at=self.at("helper")):
                        add_helper(row, person=person, by=by, at=self.at("helper"))
                with self.perhaps("note"):
                    add_note(row, note="So far.", by=by, at=self.at("noted"))

    @rule(bad=st.booleans(), now=st.booleans(), then=THEN)
    def a_grade_is_amended(self, bad: bool, now: bool, then: tuple[int, int]) -> None:
        audit = db.session.get_one(Audit, self.pins[bad].audit_id)
        grade, at = Grade.INADEQUATE if now else Grade.GOOD, self.at("grade amended")
        audit.final_grade, audit.final_at = grade, at
        db.session.add(GradeRow(audit_id=audit.id, source=GradeSource.FINAL, grade=grade, at=at))
        db.session.flush()
        self.grades[audit.id].append((self.today, now))
        for shadow in self.shadows:
            if shadow.row.audit_id == audit.id:
                shadow.inadequate = now
        self._then(then)

    # What becomes of people

    @rule(who=WHO, deputy=st.none() | WHO, days=st.integers(0, 9), then=THEN)
    def somebody_is_away(
        self, who: str, deputy: str | None, days: int, then: tuple[int, int]
    ) -> None:
        if who == deputy or any(each == who for each, *_ in self.absent):
            return
        self.counted["absences"] += 1
        last = self.today + timedelta(days=days)
        away(self.council, who, deputy, self.today, last)
        self.absent.append((who, self.today, last))
        self._then(then)

    @rule(data=st.data(), how=HOW, then=THEN)
    def an_owner_goes(self, data: st.DataObject, how: str, then: tuple[int, int]) -> None:
        for shadow in self.one_of(data, S.OPEN, S.IN_PROGRESS, S.DONE):
            who = self.key(shadow.row.owner_id)
            if who != STAYS:
                self.somebody_goes(who, how, then)

    @rule(who=WHO, how=HOW, then=THEN)
    def somebody_goes(self, who: str, how: str, then: tuple[int, int]) -> None:
        if how in self.gone.get(who, set()):
            return
        self.counted[f"gone: {how}"] += 1
        self.gone.setdefault(who, set()).add(how)
        self._set(who, how, self.today - DAY)
        self._then(then)

    @rule(data=st.data(), then=THEN)
    def somebody_comes_back(self, data: st.DataObject, then: tuple[int, int]) -> None:
        ways = sorted((who, how) for who, hows in self.gone.items() for how in hows)
        if ways:
            who, how = data.draw(st.sampled_from(ways))
            self.counted["came back"] += 1
            self.gone[who].remove(how)
            self._set(who, how, None)
        self._then(then)

    def _set(self, who: str, how: str, day: date | None) -> None:
        person = self.council.people[who]
        if how == "left":
            db.session.get_one(Person, person).left_on = day
        elif how == "closed":
            account = db.session.query(Account).filter_by(person_id=person).one()
            account.closed_at = None if day is None else datetime.combine(day, time(), LONDON)
        else:
            held = db.session.query(PostHolding).filter_by(person_id=person)
            held.update({"ended_on": day})
        db.session.flush()

    # The jobs

    def _then(self, then: tuple[int, int]) -> None:
        days, rounds = then
        self.counted["days"] += days
        self.today += timedelta(days=days)
        for _ in range(rounds):
            at = self.at("rounds")
            found = see_that_all_are_owned(at)
            assert found["without a living owner"] == 0
            self.counted["passed on"] += found["passed on"]
            self.counted["covered"] += found["covered"]
            tell_of_late_actions(at, stand_inadequate)
        if rounds:
            for shadow in self.shadows:
                shadow.taken |= set(shadow.due_now(self.today))
            self.all_are_owned()

    def all_are_owned(self) -> None:
        """After a round: each action that is outstanding has an owner who works here, can sign in,
        and holds the post for which it is theirs; and somebody covers while they are away."""
        self.counted["ownership looked at"] += 1
        assert without_living_owner(self.today) == 0
        for shadow in self.shadows:
            row = shadow.row
            if shadow.settled:
                continue
            owner = self.key(row.owner_id)
            assert not self.gone.get(owner, set()) & {"left", "closed"}, owner
            assert "post" not in self.gone.get(owner, set()) or owner == "qa_lead", owner
            assert row.covered_by != row.owner_id
            if not self.is_away(owner):
                assert row.covered_by is None
            elif row.covered_by is not None and not shadow.done:
                cover = self.key(row.covered_by)
                assert cover in self.there((*STAFF, STAYS)), cover
                assert not self.is_away(cover), cover

    def perhaps(self, what: str) -> "suppress":
        """A rule may bar them: then nothing is changed, as a request that is refused."""
        return _Perhaps(what, self.refused)

    # Recounts

    @invariant()
    def nobody_gets_two_messages_about_owners_of_one_round(self) -> None:
        keys = db.session.execute(
            select(Notice.person_id, Notice.created_at).where(
                Notice.key.startswith("action-owners:")
            )
        )
        assert set(Counter(map(tuple, keys)).values()) <= {1}

    def _recount(self, day: date) -> None:
        """E5, MTM-4: from the events alone, from the rows, and as the measures count."""
        from_rows = {action.id for action in outstanding(on=day)}
        assert from_rows == self.from_history(day)
        priority = [
            shadow
            for shadow in self.shadows
            if shadow.kind is ActionKind.PRIORITY and shadow.row.id in from_rows
        ]
        wanted = sum(self.was_inadequate(shadow.row.audit_id, day) for shadow in priority)
        assert mtm4(day) == wanted

    def from_history(self, day: date) -> set[UUID]:
        """What the history says was outstanding at the end of a day."""
        found: set[UUID] = set()
        for each in db.session.info.get(_PENDING, ()):
            if london_date(each["at"]) <= day and each["verb"] == "action_raised":
                found.add(each["subject_id"])
            if london_date(each["at"]) <= day and each["verb"] in SETTLING:
                found.discard(each["subject_id"])
        return found

    def was_inadequate(self, audit_id: UUID, day: date) -> bool:
        """Whether an audit stood as Inadequate at the end of a day."""
        return [bad for since, bad in self.grades[audit_id] if since <= day][-1]

    def teardown(self) -> None:
        self.counted["days recounted"] += (self.today - BEGAN).days + 1
        super().teardown()


SETTLING = ("action_verified", "action_withdrawn")


class _Perhaps(suppress):
    """A savepoint: what a rule refuses leaves nothing behind, and is counted."""

    def __init__(self, what: str, refused: Counter[str]) -> None:
        super().__init__(DomainError)
        self.what, self.refused = what, refused

    def __enter__(self) -> None:
        self.savepoint = db.session.begin_nested()
        super().__enter__()

    def __exit__(self, kind, error, trace) -> bool:
        if kind is None:
            self.savepoint.commit()
        else:
            self.savepoint.rollback()
            self.refused[self.what] += 1
        return bool(super().__exit__(kind, error, trace))


def mtm4(day: date) -> int:
    """MTM-4 as at the end of a day."""
    end = datetime.combine(day + DAY, time(), LONDON) - timedelta(microseconds=1)
    month = Month.of(day)
    asked = Asked(month, month, end, GradeBasis.FINAL, Selected.ALL, None)
    return stocks_by_month(asked)[month][Stock.OUTSTANDING]


@pytest.mark.resilience
def test_whoever_comes_and_goes_nothing_is_owned_by_nobody_and_nothing_is_lost(
    context: Flask, council: Council, record_property
) -> None:
    # E3, E4, E5, E6, MTM-4
    Owners.council, Owners.counted, Owners.refused = council, Counter(), Counter()
    examples = count(OPERATIONS) // STEPS_A_RUN
    run_state_machine_as_test(
        Owners,
        settings=runs(max_examples=examples, stateful_step_count=STEPS_A_RUN, deadline=None),
    )
    record_property("counted", f"{dict(Owners.counted)}; refused: {dict(Owners.refused)}")
