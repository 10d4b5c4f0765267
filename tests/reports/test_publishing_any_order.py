"""Whatever is done with a report in whatever order, and by how many at once (R3, R4, CO)."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, ClassVar
from uuid import UUID

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

from qa_app.database import db, saving, set_reading
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import ReportState, Standing
from qa_app.reports.models import Report, ReportVersion
from qa_app.reports.publishing.contents import bytes_of, rows_of
from qa_app.reports.queries.versions import standing_of
from qa_app.reports.services import drafting, publishing, writing
from tests.council import Council
from tests.reports import publishing_world as world
from tests.reports.publishing_world import AT, small_kind
from tests.reports.rows import GOOD, an_audit

__all__ = ["small_kind"]
pytestmark = pytest.mark.usefixtures("small_kind")

AT_ONCE = 6
people = st.sampled_from(["qa_lead", "head", "director"])
texts = st.sampled_from(["", "Careful work.", "XX audits", "Plans that say what is to change."])


class Life(RuleBasedStateMachine):
    """One report, three people, audits that go on being done."""

    app: ClassVar[Flask]
    council: ClassVar[Council]
    counted: ClassVar[Counter[tuple[str, str]]]
    numbers: ClassVar[Counter[str]] = Counter()

    @initialize(published=st.sampled_from([True, True, False]))
    def begin(self, published: bool) -> None:
        self.kept: dict[UUID, bytes] = {}
        month = 1 + self.numbers["reports"] % 24
        self.numbers["reports"] += 1
        period = f"{2021 + (month - 1) // 12}-{(month - 1) % 12 + 1:02}"
        self.asked = replace(world.ASKED, period=period)
        with self.app.app_context():
            set_reading(False)
            with saving():
                for row in db.session.query(Report).filter_by(key=self.asked.key):
                    row.key = str(row.id)  # another life of the same month, long ago
                db.session.flush()
                self.id = world.begin(self.council, self.asked).report_id
        if published:
            self.all_the_way()

    def _do(self, name: str, change: Callable[[ReportVersion, UUID], Any], who: str) -> bool:
        with self.app.app_context():
            set_reading(False)
            try:
                with saving():
                    change(self._latest(), self.council.people[who])
            except DomainError:
                self.counted[name, "refused"] += 1
                return False
        self.counted[name, "done"] += 1
        return True

    def _latest(self) -> ReportVersion:
        query = db.session.query(ReportVersion).filter_by(report_id=self.id)
        return query.order_by(ReportVersion.number.desc()).first()

    @rule(number=st.integers(1, 7))
    def audits_are_done(self, number: int) -> None:
        with self.app.app_context():
            set_reading(False)
            with saving():
                for _ in range(number):
                    an_audit(self.asked.months[0].first, GOOD, GOOD)

    @rule(text=texts, who=people)
    def write(self, text: str, who: str) -> None:
        def change(version: ReportVersion, by: UUID) -> None:
            seen = {each.slot: each.revision for each in version.texts}
            writing.write(version, "working", text, seen.get("working", 0), by=by, at=AT)

        self._do("write", change, who)

    @rule(who=people)
    def take_data(self, who: str) -> None:
        self._do("data", lambda v, by: drafting.refresh_cut(v, v.revision, by=by, at=AT), who)

    @rule(who=people)
    def check(self, who: str) -> None:
        self._do("check", lambda v, by: publishing.check(v, v.revision, by=by, at=AT), who)

    @rule(who=people)
    def take_back(self, who: str) -> None:
        self._do("back", lambda v, by: publishing.take_back(v, v.revision, by=by, at=AT), who)

    @rule(who=people)
    def approve(self, who: str) -> None:
        self._do("approve", lambda v, by: publishing.approve(v, v.revision, by=by, at=AT), who)

    @rule(who=people)
    def publish(self, who: str) -> None:
        self._do("publish", lambda v, by: publishing.publish(v, v.revision, by=by, at=AT), who)

    @rule()
    def all_the_way(self) -> None:
        """What takes many steps in their order, so that later ones are reached often."""
        self.write("Careful work.", "qa_lead")
        self.check("qa_lead")
        self.approve("director")
        self.publish("qa_lead")

    @rule()
    def all_the_way_and_out(self) -> None:
        self.all_the_way()
        self.withdraw("qa_lead")

    @rule()
    def all_the_way_and_again(self) -> None:
        self.all_the_way()
        self.begin_again("qa_lead")

    @rule(who=people)
    def begin_again(self, who: str) -> None:
        self._do("again", lambda v, by: drafting.begin_version(v, "Amended", by=by, at=AT), who)

    @rule(who=people)
    def withdraw(self, who: str) -> None:
        self._do("withdraw", lambda v, by: publishing.withdraw(
            v, v.revision, "Another tool", by=by, at=AT
        ), who)  # fmt: skip

    @precondition(lambda self: self.kept)
    @rule(who=people)
    def discard(self, who: str) -> None:
        self._do("discard", lambda v, by: drafting.discard(v, v.revision, by=by, at=AT), who)

    @invariant()
    def published_rows_never_change(self) -> None:
        with self.app.app_context():
            versions = db.session.query(ReportVersion).filter_by(report_id=self.id).all()
            for each in versions:
                if each.published_at is not None:
                    said = bytes_of([
                        each.number, each.figures, each.public_figures, each.document,
                        each.public_document, each.erratum, each.hash, str(each.cut_id),
                    ])  # fmt: skip
                    assert self.kept.setdefault(each.id, said) == said
                    assert bytes_of(each.figures) == bytes_of(rows_of(publishing.recomputed(each)))
            assert self.kept.keys() <= {each.id for each in versions}

    @invariant()
    def one_is_in_work_and_one_is_current(self) -> None:
        with self.app.app_context():
            versions = db.session.query(ReportVersion).filter_by(report_id=self.id).all()
            stands = Counter(standing_of(each) for each in versions)
            assert stands[Standing.IN_WORK] <= 1
            assert stands[Standing.CURRENT] <= 1
            assert sorted(each.number for each in versions) == list(range(1, len(versions) + 1))
            self.counted["current", str(stands[Standing.CURRENT])] += 1


def test_in_any_order_what_was_published_stays_and_one_version_is_current(
    app: Flask, council: Council
) -> None:
    # R3, R4: published rows never change, the cut gives the stored figures, one current version
    Life.app, Life.council, Life.counted = app, council, Counter()
    run_state_machine_as_test(
        Life, settings=runs(max_examples=12, stateful_step_count=20, deadline=None)
    )
    done = {name for name, how in Life.counted if how == "done"}
    assert {"publish", "again", "withdraw"} <= done, Life.counted


def _many(app: Flask, move: Callable[[ReportVersion], Any], version_id: UUID) -> Counter[str]:
    """The same move by several at once, each in a transaction of its own."""

    def one(_: int) -> str:
        with app.app_context():
            set_reading(False)
            try:
                with saving():
                    move(db.session.get_one(ReportVersion, version_id))
            except DomainError:
                return "refused"
            finally:
                db.session.remove()
            return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(pool.map(one, range(AT_ONCE)))


def _prepared(app: Flask, council: Council, state: Callable[..., ReportVersion]) -> tuple:
    with app.app_context(), saving():
        world.some_audits()
        version = state(world.begin(council), council)
        return version.id, version.revision


@pytest.mark.parametrize(
    ("state", "move", "after"),
    [
        # CO: two approvals at once are one
        (
            world.checked,
            lambda v, r, c: publishing.approve(v, r, by=c.people["head"], at=AT),
            ReportState.APPROVED,
        ),
        # CO: two publications at once are one
        (
            world.approved,
            lambda v, r, c: publishing.publish(v, r, by=c.people["qa_lead"], at=AT),
            ReportState.PUBLISHED,
        ),
        # CO: two withdrawals at once are one
        (
            world.published,
            lambda v, r, c: publishing.withdraw(v, r, "Wrong", by=c.people["qa_lead"], at=AT),
            ReportState.WITHDRAWN,
        ),
    ],
)
def test_of_many_at_once_one_wins(app: Flask, council: Council, state, move, after) -> None:
    version_id, revision = _prepared(app, council, state)
    answers = _many(app, lambda version: move(version, revision, council), version_id)
    assert answers == {"done": 1, "refused": AT_ONCE - 1}
    with app.app_context():
        assert db.session.get_one(ReportVersion, version_id).state is after


def test_many_who_begin_the_same_version_begin_one(app: Flask, council: Council) -> None:
    # R3, CO: one version in work of a report
    version_id, _ = _prepared(app, council, world.published)
    answers = _many(app, lambda version: world.again(version, council), version_id)
    assert answers == {"done": 1, "refused": AT_ONCE - 1}


def test_many_who_write_the_same_part_lose_nothing(app: Flask, council: Council) -> None:
    # A8, CO: the first is saved, the others are shown it
    version_id, _ = _prepared(app, council, lambda version, _: version)
    words = iter([f"Text {number}" for number in range(AT_ONCE)])
    by = council.people["qa_lead"]
    answers = _many(
        app, lambda v: writing.write(v, "working", next(words), 0, by=by, at=AT), version_id
    )
    assert answers == {"done": 1, "refused": AT_ONCE - 1}
