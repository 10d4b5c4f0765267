"""Whatever people do in whatever order: nobody reads another's grade too early, and what was
committed stays (M10)."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from qa_app.database import db, saving, set_reading
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, Grade
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.results import Given, own_grades
from qa_app.moderation.calibration.queries.seen import Shown
from qa_app.moderation.models import CalibrationSession, CalibrationState
from tests.calibration.making import AT, DEADLINE, LATER, a_draft, grades
from tests.client import CheckedClient
from tests.council import Council

AUDITING = ("auditor", "iro", "head", "chair")
READING = (*AUDITING, "qa_lead")
PAGES = ("", "/grade", "/commit", "/results", "/compare", "/agreed")
people = st.sampled_from(AUDITING)


class Sessions(RuleBasedStateMachine):
    """One session, several people, and a clock; each word is a canary of who wrote it."""

    app: ClassVar[Flask]
    council: ClassVar[Council]
    clients: ClassVar[dict[str, CheckedClient]]
    counted: ClassVar[Counter[tuple[str, str]]]

    @initialize(chosen=st.sets(people, min_size=2), opened=st.sampled_from([True, True, False]))
    def begin(self, chosen: set[str], opened: bool) -> None:
        self.at = AT
        self.kept: dict[str, dict[str, Given]] = {}
        with self.app.app_context():
            set_reading(False)
            with saving():
                self.id: UUID = a_draft(self.council).id
        if opened:
            self.invite(chosen)
            self.open()

    def _do(self, name: str, change: Callable[[CalibrationSession], Any]) -> bool:
        """One change in a transaction of its own; False where a rule refused it."""
        with self.app.app_context():
            set_reading(False)
            try:
                with saving():
                    change(db.session.get_one(CalibrationSession, self.id))
            except DomainError:
                self.counted[name, "refused"] += 1
                return False
        self.counted[name, "done"] += 1
        return True

    def _person(self, key: str) -> UUID:
        return self.council.people[key]

    @rule(days=st.integers(1, 8))
    def days_pass(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(chosen=st.sets(people, min_size=2))
    def invite(self, chosen: set[str]) -> None:
        ids, lead = [self._person(key) for key in chosen], self._person("qa_lead")
        self._do("invite", lambda session: services.invite(
            session, ids, DEADLINE + timedelta(days=14), by=lead, at=self.at
        ))  # fmt: skip

    @rule()
    def open(self) -> None:
        lead = self._person("qa_lead")
        self._do("open", lambda session: services.open_session(session, by=lead, at=self.at))

    @rule(key=people, grade=st.sampled_from(GRADES), number=st.integers(0, 99))
    def save(self, key: str, grade: Grade, number: int) -> None:
        why = f"CANARY-{key}-{number}."
        self._do("save", lambda session: services.save_grades(
            session, grades(session, grade, why), by=self._person(key), at=self.at
        ))  # fmt: skip

    @rule(key=people)
    def commit(self, key: str) -> None:
        person = self._person(key)
        done = self._do(
            "commit", lambda session: services.commit_grades(session, by=person, at=self.at)
        )
        if done:
            assert key not in self.kept, "committed twice"
            self.kept[key] = self._stored(key)

    @rule(key=people, grade=st.sampled_from(GRADES), number=st.integers(0, 99))
    def save_and_commit(self, key: str, grade: Grade, number: int) -> None:
        self.save(key, grade, number)
        self.commit(key)

    @rule()
    def close_after_the_deadline(self) -> None:
        self.at = max(self.at, LATER + timedelta(days=14))
        self.close()

    @rule()
    def close(self) -> None:
        lead = self._person("qa_lead")
        self._do("close", lambda session: services.close(session, by=lead, at=self.at))

    @rule()
    def agree_and_mark_gold(self) -> None:
        lead = self._person("qa_lead")

        def change(session: CalibrationSession) -> None:
            given = grades(session, why="THE-AGREED-ANSWER")
            services.agree(session, given, why="Plain", learnt="", by=lead, at=self.at)
            services.mark_gold(session, True, by=lead, at=self.at)

        self._do("gold", change)

    @rule()
    def take_gold_back(self) -> None:
        lead = self._person("qa_lead")
        self._do("back", lambda session: services.mark_gold(session, False, by=lead, at=self.at))

    @rule(key=st.sampled_from(READING))
    def somebody_looks_everywhere(self, key: str) -> None:
        with self.app.app_context():
            session = Shown.find(self.id).session
            closed = session.state is CalibrationState.CLOSED
            invited = {each.person_id for each in session.invites if each.invited}
        entitled = closed and (key == "qa_lead" or self._person(key) in invited)
        for part in PAGES:
            text = self.clients[key].get(f"/calibration/{self.id}{part}").text
            for other in AUDITING:
                if other != key and f"CANARY-{other}-" in text:
                    assert entitled, f"{key} reads {other}'s grades at {part}"
                    assert self._person(other) in invited, f"{key} reads {other}'s try at {part}"
                    assert other in self.kept, f"{key} reads what {other} never committed"
            if "THE-AGREED-ANSWER" in text:
                assert entitled or key in self.kept, f"{key} reads the answer too early at {part}"

    def _stored(self, key: str) -> dict[str, Given]:
        with self.app.app_context():
            return own_grades(Shown.find(self.id).invite_of(self._person(key)))

    @invariant()
    def committed_grades_never_change(self) -> None:
        for key, given in self.kept.items():
            assert self._stored(key) == given


def test_in_any_order_nobody_reads_too_early_and_nothing_committed_changes(
    app: Flask, council: Council, client_for
) -> None:
    # M10
    Sessions.app, Sessions.council, Sessions.counted = app, council, Counter()
    Sessions.clients = {key: client_for(council.people[key]) for key in READING}
    run_state_machine_as_test(
        Sessions, settings=runs(max_examples=20, stateful_step_count=25, deadline=None)
    )
    print(f"on the way: {sorted(Sessions.counted.items())}")  # noqa: T201
