"""CO-6: a report is read while others write; its cells add to its total, and all are of one moment.

Every writer changes an audit and its action in one transaction, so a report that saw the one before
and the other after would count more audits than actions, or fewer.
"""

import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import pytest
from flask import Flask

from qa_app import create_app
from qa_app.accounts.models import Team
from qa_app.audits.models import Amendment, Audit, GradeSource
from qa_app.database import db, now, saving, set_reading
from qa_app.domain.actions import ActionStatus
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import PRINT_ORDER, Grade
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.grades import good_or_better, published
from qa_app.reports.queries.factual import read_facts
from qa_app.tracker.models import Action, ActionStep
from tests.council import build_council
from tests.reports.asked import asked_for
from tests.reports.rows import add_grade, an_action, an_audit
from tests.resilience_counts import IN_FULL, count

pytestmark = [pytest.mark.resilience, pytest.mark.database]

MARCH = Month(2023, 3)
REPORTS, WRITERS, WAIT = count(200), 32 if IN_FULL else 8, 60
WRITES = 2  # of each writer for each report
MOST = 12  # audits of one writer: reports are to be read beside writes, not to grow
SERVICES = ("SAFE", "CARE", "REV")


class Pace:
    """Lets every writer write a little for each report: 200 reports stay bounded in time."""

    def __init__(self) -> None:
        self.over = False
        self._allowed = 0
        self._changed = threading.Condition()

    def report(self) -> None:
        with self._changed:
            self._allowed += WRITES
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self.over = True
            self._changed.notify_all()

    def wait(self, written: int) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.over or written < self._allowed, WAIT)


@dataclass
class Pair:
    """An audit that its auditor graded Inadequate, and its priority action."""

    audit_id: UUID
    action_id: UUID
    is_open: bool = True


class Writer(threading.Thread):
    """Adds audits with their actions up to a number; amends the one when it closes the other, and
    back again, until told."""

    def __init__(self, app: Flask, number: int, by: UUID, pace: Pace) -> None:
        super().__init__()
        self.app, self.by, self.pace = app, by, pace
        self.chance = random.Random(number)
        self.pairs: list[Pair] = []
        self.written = self.added = 0
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            with self.app.app_context():
                services = {each.code: each.id for each in db.session.query(Team)}
                db.session.remove()
                self.pace.wait(self.written)
                while not self.pace.over:
                    self.write(services)
                    db.session.remove()
                    self.written += 1
                    self.pace.wait(self.written)
        except BaseException as fault:
            self.fault = fault
            raise

    def write(self, services) -> None:
        with saving():
            if self.pairs and (self.added >= MOST or self.chance.random() < 0.4):
                self.turn(self.chance.choice(self.pairs))
            else:
                self.add(services[self.chance.choice(SERVICES)], self.chance.choice(PRINT_ORDER))

    def add(self, service: UUID, grade: Grade) -> None:
        """An audit of 2 March with its grades; an Inadequate one with its action."""
        self.added += 1
        audit = an_audit(date(2023, 3, 2), grade, grade, service_id=service)
        if grade is Grade.INADEQUATE:
            action = an_action(audit, audit.completed_on)
            self.step(action, None, ActionStatus.OPEN, action.raised_at)
            self.pairs.append(Pair(audit.id, action.id))

    def turn(self, pair: Pair) -> None:
        """The grade is amended and the action closed, or both put back, at one moment (M8)."""
        at = now()
        audit = db.session.get_one(Audit, pair.audit_id)
        action = db.session.get_one(Action, pair.action_id)
        old, new = (Grade.INADEQUATE, Grade.GOOD)[:: 1 if pair.is_open else -1]
        was, to = (ActionStatus.OPEN, ActionStatus.CLOSED)[:: 1 if pair.is_open else -1]
        pair.is_open = not pair.is_open
        audit.final_grade = new
        add_grade(audit, GradeSource.FINAL, new, at)
        db.session.add(
            Amendment(
                audit_id=audit.id, field="grade.overall", old=old.value, new=new.value,
                reason="Why", by=self.by, at=at,
            )
        )  # fmt: skip
        action.status, action.settled_on = to, None if pair.is_open else london_date(at)
        self.step(action, was, to, at)

    def step(
        self, action: Action, was: ActionStatus | None, to: ActionStatus, at: datetime
    ) -> None:
        db.session.add(
            ActionStep(
                action_id=action.id, at=at, on=london_date(at), from_status=was, to_status=to
            )
        )


@contextmanager
def writing(settings: dict[str, object], by: UUID, pace: Pace) -> Iterator[list[Writer]]:
    """Writers at work inside the block, eight on an app: a worker's pool has no more connections
    than its threads need."""
    apps = [create_app(settings) for _ in range(WRITERS // 8)]
    writers = [Writer(apps[number // 8], number, by, pace) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    try:
        yield writers
    finally:
        pace.end()
        for writer in writers:
            writer.join(WAIT)
        for app in apps:
            with app.app_context():
                db.engine.dispose()


def check(facts: Facts) -> int:
    """The cells of one report add to their totals. How many cells were added."""
    asked = asked_for("2023-03")
    figures = Figures(tuple(published(facts, asked, [MARCH])))
    *cells, total = [each.numerator or 0 for each in figures.of("MTM-1")]
    assert sum(cells) == total == len(facts.audits)
    whole, _ = good_or_better(facts, asked, "2023-03", [MARCH])
    added = len(cells)
    for whose in (Whose.SERVICE, Whose.TEAM, Whose.PLAN_TYPE):
        parts = good_or_better(facts, asked, "2023-03", [MARCH], scope=whose)
        assert sum(each.numerator or 0 for each in parts) == (whole.numerator if total else 0)
        assert sum(each.denominator or 0 for each in parts) == (whole.denominator if total else 0)
        added += len(parts)
    # One moment: every audit that stands as Inadequate has its action open, and no other has.
    inadequate = {audit.id for audit in facts.audits if audit.final is Grade.INADEQUATE}
    still_open = {each.audit_id for each in facts.actions if each.status == ActionStatus.OPEN}
    assert inadequate == still_open
    # At the end of March none of them had been closed or amended yet.
    stock = figures.need("MTM-4", MARCH, "Outstanding priority actions")
    assert stock.numerator == sum(audit.auditor is Grade.INADEQUATE for audit in facts.audits)
    return added


def test_cells_add_to_the_total_while_others_write(app, settings, record_property) -> None:
    with app.app_context(), saving():
        by = build_council().people["qa_lead"]
    pace = Pace()
    with writing(settings, by, pace) as writers:
        added, most = 0, 0
        for _ in range(REPORTS):
            pace.report()
            with app.app_context():
                set_reading(True)
                facts = read_facts(MARCH, MARCH, now())
                db.session.remove()
                set_reading(False)
            added += check(facts)
            most = max(most, len(facts.audits))
    assert [writer.fault for writer in writers if writer.fault] == []
    assert sum(writer.written for writer in writers) > 0
    with app.app_context():
        check(read_facts(MARCH, MARCH, now()))
        db.session.remove()
    written = sum(writer.written for writer in writers)
    record_property(
        "counted",
        f"{REPORTS} reports beside {WRITERS} writers and {written} writes: {added} cells added, "
        f"up to {most} audits in one",
    )
