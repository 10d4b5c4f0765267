"""E1: what the clock does about a concern: each step once, to the right people, day and night."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.jobs import SCHEDULED
from qa_app.audits.models import Concern, ConcernStep, ConcernTold, ReferralTo, SafetyDecision
from qa_app.audits.services.concern_clock import tell_of_waiting
from qa_app.database import db, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.safety import Step, moments, referral_late_at
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.notify.scheduled import run_all
from tests.audits.making import given
from tests.audits.test_safety import away, service_director, vacate
from tests.council import Council, build_council, hold

RAISED = datetime(2026, 11, 18, 10, 42, tzinfo=LONDON)
HETTY, RHONA, DORA, QUINN = "Hetty Head", "Rhona Head", "Dora Director", "Quinn Lead"
IRIS = "Iris Reviewer"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def worry(council: Council, at: datetime = RAISED, case: str = "100001", **beyond) -> Concern:
    """A concern, saved, and without the messages of its raising."""
    about = [council.people[key] for key in beyond.pop("about", ())]
    with saving():
        audit = given(council, case=case, at=at)
        concern = services.raise_concern(
            audit, worry="w", beyond=services.Beyond(implicated=about, **beyond),
            by=council.people["other_auditor"], at=at,
        )  # fmt: skip
        db.session.flush()
        db.session.query(Notice).delete()
    return concern


def look(at: datetime) -> dict[str, set[str]]:
    """What the clock did: each new step, with the names of those it told."""
    before = set(db.session.scalars(select(ConcernStep.id)))
    with saving():
        tell_of_waiting(at)
    names = {str(row.id): row.name for row in db.session.query(Person)}
    return {
        row.step: {names[each] for each in row.told}
        for row in db.session.query(ConcernStep)
        if row.id not in before
    }


def watch(first: datetime, hours: int) -> dict[str, dict[str, set[str]]]:
    """The quarters of an hour in which a step was taken, on London's clock."""
    looked = (first + n * 15 * MINUTE for n in range(hours * 4 + 1))
    return {f"{at.astimezone(LONDON):%d %H:%M}": steps for at in looked if (steps := look(at))}


def late_notices() -> list[Notice]:
    return db.session.query(Notice).filter(Notice.key.startswith("concern-late:")).all()


# E1: nobody acknowledged: the service director in an hour; no decision: the head of service and the
# service director at five, the corporate director that day.
def test_a_day_on_which_nobody_does_anything(context: Flask, council: Council) -> None:
    service_director(council, "iro")
    worry(council)
    assert watch(RAISED, 48) == {
        "18 11:42": {"not_acknowledged": {IRIS}},
        "18 17:12": {"no_decision_yet": {HETTY, IRIS}},
        "18 23:12": {"no_decision": {DORA}},
    }


# E1: nobody is service director: the next one up is told; where the head is both, once.
def test_the_next_one_up_is_told(context: Flask, council: Council) -> None:
    worry(council)
    assert look(RAISED + HOUR) == {"not_acknowledged": {DORA}}


@pytest.mark.parametrize(
    ("arrange", "about", "told"),
    [
        # E1: the service director is away: their deputy; without one the next one up
        (lambda c: away(c, "iro", "review_head"), (), RHONA),
        (lambda c: away(c, "iro"), (), DORA),
        # E1: the post vacant
        (lambda c: None, ("iro",), DORA),
        # E1: implicated, with everybody above them: the QA lead
        (lambda c: None, ("iro", "director"), QUINN),
    ],
)
def test_who_is_told_in_their_place(context, council, arrange, about, told) -> None:
    service_director(council, "iro")
    arrange(council)
    worry(council, about=about)
    assert look(RAISED + HOUR) == {"not_acknowledged": {told}}


def test_a_vacant_line_leads_to_the_qa_lead(context: Flask, council: Council) -> None:
    # E1: the post vacant, up to the top
    vacate(council, "director")
    worry(council)
    assert look(RAISED + HOUR) == {"not_acknowledged": {QUINN}}


def test_a_child_of_no_team_is_the_whole_councils(context: Flask, council: Council) -> None:
    # E1: somebody has to know, whatever the case system does not
    concern = worry(council)
    concern.team_id = None
    db.session.flush()
    assert look(RAISED + HOUR) == {"not_acknowledged": {DORA}}


# E1: each step only while it is true.
def test_what_was_done_is_not_told_as_not_done(context: Flask, council: Council) -> None:
    concern, by = worry(council), council.people["manager"]
    services.acknowledge(concern, by, RAISED + 59 * MINUTE)
    assert look(RAISED + 2 * HOUR) == {}
    services.decide(concern, SafetyDecision.NEITHER_YET, "Nobody in", by, RAISED + 3 * HOUR)
    assert set(look(RAISED + 7 * HOUR)) == {"no_decision_yet"}
    services.decide(concern, SafetyDecision.CHILD_SAFE, "Seen", by, RAISED + 8 * HOUR)
    assert look(RAISED + 100 * HOUR) == {}


def test_withdrawing_stops_the_clock(context: Flask, council: Council) -> None:
    # E7
    concern = worry(council, about_adult=True, authority="Kent")
    services.withdraw_concern(concern, "Another child", council.people["head"], RAISED)
    assert look(RAISED + 1000 * HOUR) == {}


# E1: somebody outside not told in time: the QA lead and the head of service.
def test_a_referral_that_is_late(context: Flask, council: Council) -> None:
    concern, by = worry(council, about_adult=True, authority="Kent"), council.people["manager"]
    services.decide(concern, SafetyDecision.CHILD_SAFE, "Seen", by, RAISED)
    call = services.TelephoneCall("Front door", RAISED)
    assert watch(RAISED, 14) == {"19 00:12": {"other_authority_late": {QUINN, HETTY}}}
    services.refer(concern, ReferralTo.OTHER_AUTHORITY, call, by, RAISED + 14 * HOUR)
    assert look(RAISED + 36 * HOUR) == {}
    assert look(RAISED + 38 * HOUR) == {"designated_officer_late": {QUINN, HETTY}}


@pytest.mark.parametrize(
    ("raised", "seen"),
    [
        # E1: in the night in which the clocks go back, an hour is an hour
        (datetime(2026, 10, 25, 1, 30, tzinfo=LONDON),
         ["25 01:30 not_acknowledged", "25 17:00 no_decision_yet", "25 23:00 no_decision"]),
        # E1: and in the one in which they go forward
        (datetime(2027, 3, 28, 0, 30, tzinfo=LONDON),
         ["28 02:30 not_acknowledged", "28 17:00 no_decision_yet", "28 23:00 no_decision"]),
        # E1: over midnight, and on Christmas Day
        (datetime(2026, 12, 24, 23, 30, tzinfo=LONDON),
         ["25 00:30 no_decision", "25 00:30 not_acknowledged"]),
        (datetime(2026, 12, 25, 12, 0, tzinfo=LONDON),
         ["25 13:00 not_acknowledged", "25 17:00 no_decision_yet", "25 23:00 no_decision"]),
    ],
)  # fmt: skip
def test_the_hours_of_nights_and_holidays(context, council, raised, seen) -> None:
    begins = raised.astimezone(UTC)
    worry(council, begins)
    found = watch(begins, 26)
    assert sorted(f"{when} {step}" for when, steps in found.items() for step in steps) == seen


# E1: after an outage nobody gets more than one message about each concern.
def test_after_an_outage_everybody_gets_one_message_about_each(context, council) -> None:
    with_all = {"about_adult": True, "authority": "Kent"}
    worries = [worry(council, case=case, **with_all) for case in ("100001", "100002", "100003")]
    assert len(look(RAISED + 240 * HOUR)) == 5
    notices = late_notices()
    pairs = {(each.person_id, each.path) for each in notices}
    assert len(notices) == len(pairs) == 3 * 3
    assert {each.path for each in notices} == {f"/concerns/{each.id}" for each in worries}
    dora = next(each for each in notices if each.person_id == council.people["director"])
    assert dora.subject.startswith("Now: nobody has acknowledged it in time, case 10000")
    assert "no safety decision on the day on which it was raised" in dora.body
    assert all(each.urgent for each in notices)
    assert look(RAISED + 240 * HOUR) == {}
    assert len(late_notices()) == 9


# E1: whoever is told can open the concern, acknowledge it and decide.
def test_whoever_is_told_is_one_of_those_told(context: Flask, council: Council) -> None:
    concern = worry(council)
    look(RAISED + 20 * HOUR)
    db.session.expire_all()
    rows = db.session.query(ConcernTold).filter_by(concern_id=concern.id)
    told = [row.person_id for row in rows]
    assert told.count(council.people["director"]) == told.count(council.people["head"]) == 1
    sentences = {each.sentence for each in history.timeline(subject_id=concern.id)}
    assert "Told that the concern waits: nobody has acknowledged it in time" in sentences
    assert history.verify().intact


def test_how_long_is_a_setting(context: Flask, council: Council) -> None:
    # E1: as it stood when the concern was raised
    hold("concern_acknowledged_within", 3)
    worry(council)
    assert look(RAISED + 2 * HOUR) == {}
    assert set(look(RAISED + 3 * HOUR)) == {"not_acknowledged"}


def test_it_is_one_of_the_jobs_that_run_by_the_clock(app: Flask, council: Council) -> None:
    with app.app_context():
        worry(council)
        done = {each.name: each for each in run_all(SCHEDULED, RAISED + HOUR)}
    outcome = done["concerns"]
    assert outcome.error == ""
    assert outcome.counts == {"steps": 1, "people": 1}


AT_ONCE = 8


# E1: of many machines that look at the same moment, each step is taken by exactly one.
def test_eight_at_once_take_each_step_once(app: Flask, council: Council) -> None:
    with app.app_context():
        for case in ("100001", "100002", "100003"):
            worry(council, case=case, about_adult=True)
        db.session.remove()
    together, outcomes = Barrier(AT_ONCE), []

    def run() -> None:
        with app.app_context():
            together.wait()
            with saving():
                outcomes.append(tell_of_waiting(RAISED + 240 * HOUR))
            db.session.remove()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.query(ConcernStep).count() == 3 * 4
        assert sorted(each["steps"] for each in outcomes) == [0] * (AT_ONCE - 1) + [12]
        assert db.session.query(Event).filter_by(verb="concern_late").count() == 12
        pairs = [(each.person_id, each.path) for each in late_notices()]
        assert len(pairs) == len(set(pairs)) == 9
        assert history.verify().intact


# E1: time passes, the clock is looked at or is not, people act in any order: no step is taken
# twice, none is skipped while it is true, none is taken of what was done in time.
class ConcernOverTime(RuleBasedStateMachine):
    """One concern, and what should have been told of it by now."""

    app: Flask

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.expected: set[str] = set()

    @initialize(
        minutes=st.integers(0, 3 * 24 * 60),
        first=st.sampled_from([date(2026, 10, 24), date(2026, 12, 24), date(2027, 3, 27)]),
        adult=st.booleans(),
        authority=st.sampled_from(["", "Kent"]),
    )
    def begin(self, minutes: int, first: date, adult: bool, authority: str) -> None:
        start = datetime(first.year, first.month, first.day, tzinfo=LONDON)
        self.now = start.astimezone(UTC) + minutes * MINUTE
        self.council = build_council()
        audit = given(self.council, at=self.now)
        self.by = self.council.people["manager"]
        beyond = services.Beyond(about_adult=adult, authority=authority)
        self.concern = services.raise_concern(
            audit, worry="w", beyond=beyond, by=audit.auditor_id, at=self.now
        )
        db.session.flush()
        self.open = {"designated_officer": adult, "other_authority": bool(authority)}
        self.acknowledged = self.decided = self.withdrawn = False

    @rule(minutes=st.sampled_from([1, 14, 15, 59, 60, 61, 240, 719, 1440, 4000]))
    def time_passes(self, minutes: int) -> None:
        self.now += minutes * MINUTE

    @rule()
    def the_clock_is_looked_at(self) -> None:
        self.expected |= self._due()
        tell_of_waiting(self.now)
        self._check()

    @rule()
    @precondition(lambda self: not self.withdrawn)
    def somebody_acknowledges(self) -> None:
        services.acknowledge(self.concern, self.by, self.now)
        self.acknowledged = True

    @rule(decided=st.booleans())
    @precondition(lambda self: not self.withdrawn and not self.decided)
    def a_manager_decides(self, decided: bool) -> None:
        decision = SafetyDecision.CHILD_SAFE if decided else SafetyDecision.NEITHER_YET
        services.decide(self.concern, decision, "note", self.by, self.now)
        self.acknowledged, self.decided = True, decided

    @rule(kind=st.sampled_from(["designated_officer", "other_authority"]))
    @precondition(lambda self: not self.withdrawn)
    def somebody_outside_is_told(self, kind: str) -> None:
        if self.open[kind]:
            call = services.TelephoneCall("Somebody", self.now)
            services.refer(self.concern, ReferralTo(kind), call, self.by, self.now)
            self.open[kind] = False

    @rule()
    @precondition(lambda self: not self.withdrawn and self.acknowledged)
    def it_is_withdrawn(self) -> None:
        services.withdraw_concern(self.concern, "r", self.council.people["head"], self.now)
        self.withdrawn = True

    def _due(self) -> set[str]:
        """What is true now and whose moment has come, reckoned apart from the app."""
        if self.withdrawn:
            return set()
        raised = self.concern.raised_at
        due = {
            step.value for step, at in moments(raised).items()
            if at <= self.now
            and not (self.acknowledged if step is Step.NOT_ACKNOWLEDGED else self.decided)
        }  # fmt: skip
        last = {"other_authority": london_date(raised)}
        last["designated_officer"] = self._next_working_day(london_date(raised))
        return due | {
            f"{kind}_late" for kind, waits in self.open.items()
            if waits and referral_late_at(last[kind], raised) <= self.now
        }  # fmt: skip

    @staticmethod
    def _next_working_day(day: date) -> date:
        closed = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1), date(2027, 3, 26),
                  date(2027, 3, 29)}  # fmt: skip
        day += timedelta(days=1)
        while day.weekday() > 4 or day in closed:
            day += timedelta(days=1)
        return day

    def _check(self) -> None:
        rows = db.session.query(ConcernStep).all()
        taken = [row.step for row in rows]
        assert len(taken) == len(set(taken))
        assert set(taken) == self.expected
        assert all(row.told for row in rows)

    @invariant()
    def no_step_comes_by_itself(self) -> None:
        if hasattr(self, "concern"):
            self._check()

    def teardown(self) -> None:
        db.session.rollback()
        db.session.remove()
        self.context.pop()


def test_no_step_is_taken_twice_and_none_is_skipped(app: Flask) -> None:
    ConcernOverTime.app = app
    checks = settings(
        max_examples=25, stateful_step_count=25, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    machine = ConcernOverTime.TestCase
    machine.settings = checks
    machine("runTest").runTest()
