"""Reminders as they are sent, once each, and the list of who was told (P6)."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import settings as runs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select, update

from qa_app.accounts import settings
from qa_app.accounts.models import Person, PostHolding
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db, saving
from qa_app.domain.reminders import UNFINISHED, Due, ReminderStep, reminder_due
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme.models import Reminder
from qa_app.programme.queries import reminders as queries
from qa_app.programme.services import chase, send_reminders
from tests.audits.making import DUE, given
from tests.queries import count_queries

FIRST_DAY, SECOND_DAY = date(2026, 11, 23), date(2026, 11, 28)


def at(day: date, hour: int = 9) -> datetime:
    return datetime.combine(day, time(hour), UTC)


def reminded() -> list[tuple[str, ReminderStep, int]]:
    query = (
        select(Person.name, Reminder.step, Reminder.week)
        .join(Reminder, Reminder.person_id == Person.id)
        .order_by(Reminder.at, Person.name)
    )
    return [tuple(row) for row in db.session.execute(query)]


def messages() -> list[Notice]:
    query = select(Notice).where(Notice.key.startswith("reminder:")).order_by(Notice.created_at)
    return list(db.session.scalars(query))


@pytest.mark.parametrize(
    ("day", "told"),
    [
        # P6: nobody before the first day
        (date(2026, 11, 22), []),
        # P6: the auditor, 7 days before, 2 days before and on the day
        (FIRST_DAY, [("Otto Auditor", "first", 0)]),
        (SECOND_DAY, [("Otto Auditor", "second", 0)]),
        (DUE, [("Otto Auditor", "on_the_day", 0)]),
        # P6: then the line manager, weekly
        (date(2026, 12, 7), [("Hugh Head", "late", 1)]),
        (date(2026, 12, 15), [("Hugh Head", "late", 2)]),
    ],
)
def test_who_is_told_on_which_day(context, council, day, told):
    given(council)
    send_reminders(at(day))
    assert reminded() == told
    # Again on the same day, and later on it: nothing.
    assert send_reminders(at(day, 17)).reminders == 0
    assert len(messages()) == len(told)


def test_every_step_once_over_three_weeks(context, council):
    # P6
    given(council)
    for days in range(-10, 15):
        for hour in (7, 8, 19):
            send_reminders(at(DUE + timedelta(days=days), hour))
    steps = [(name, str(step), week) for name, step, week in reminded()]
    assert steps == [
        ("Otto Auditor", "first", 0), ("Otto Auditor", "second", 0),
        ("Otto Auditor", "on_the_day", 0), ("Hugh Head", "late", 1), ("Hugh Head", "late", 2),
    ]  # fmt: skip


def test_after_an_outage_only_the_newest_step_goes_out(context, council):
    # P6
    given(council)
    send_reminders(at(date(2026, 12, 22)))
    assert reminded() == [("Hugh Head", "late", 3)]


def test_one_message_lists_all_the_audits_of_one_person(context, council):
    # P6
    references = [given(council, case=case).reference for case in ("100001", "100002", "100003")]
    told = send_reminders(at(FIRST_DAY))
    (message,) = messages()

    assert told == (3, 3, 1)
    assert message.subject == "3 audits of yours to finish"
    assert all(reference in message.body for reference in references)
    assert "100001" not in message.body
    assert message.email == "other.auditor@example.test"
    assert len({each.key for each in db.session.scalars(select(Reminder))}) == 3
    assert {queries.message_key(each.key) for each in db.session.scalars(select(Reminder))} == {
        message.key
    }


def test_a_message_about_many_audits_still_fits(context, council):
    first = given(council)
    facts = db.session.execute(select(Audit.__table__)).mappings().one()
    for number in range(120):
        copy = dict(facts) | {"id": None, "reference": f"A-2026-11-{number:03d}-{'x' * 40}"}
        copy.pop("id")
        db.session.execute(Audit.__table__.insert().values(**copy, id=_new(number)))
    told = send_reminders(at(FIRST_DAY))
    (message,) = messages()

    assert told.audits == 121
    assert len(message.body) <= 2_000
    assert " more" in message.body
    assert first.auditor_id == message.person_id


def _new(number: int):
    return type(db.session.scalars(select(Audit.id)).first())(int=number + 1)


def test_a_moved_due_date_reminds_anew(context, council):
    # P3, P6
    audit = given(council)
    send_reminders(at(FIRST_DAY))
    audit.due_on = DUE + timedelta(days=4)
    db.session.flush()
    assert send_reminders(at(FIRST_DAY)).reminders == 0
    send_reminders(at(FIRST_DAY + timedelta(days=4)))
    assert [step for _, step, _ in reminded()] == [ReminderStep.FIRST, ReminderStep.FIRST]


@pytest.mark.parametrize(
    "state", [state for state in AuditState if state not in UNFINISHED], ids=str
)
def test_nobody_is_reminded_of_an_audit_that_was_sent_or_withdrawn(context, council, state):
    # P6; M6: a returned audit has rules of its own
    audit = given(council)
    values = {"state": state, "graded": False, "final_at": audit.given_at, "completed_on": DUE}
    db.session.execute(update(Audit).values(**values))
    db.session.expire_all()
    for days in (-7, -2, 0, 7, 14):
        assert send_reminders(at(DUE + timedelta(days=days))).reminders == 0


def test_without_a_line_manager_the_qa_leads_are_told(context, council):
    # P6
    for key in ("other_head", "director"):
        db.session.execute(
            update(PostHolding)
            .where(PostHolding.person_id == council.people[key])
            .values(ended_on=date(2026, 11, 1))
        )
    given(council)
    send_reminders(at(date(2026, 12, 7)))
    assert reminded() == [("Quinn Lead", "late", 1)]
    (message,) = messages()
    assert "nobody manages the auditor" in message.body
    assert message.path == "/programme/following"


def test_whoever_has_left_is_not_written_to(context, council):
    # P6: their line manager is told in their place
    given(council)
    person = db.session.get_one(Person, council.people["other_auditor"])
    person.left_on, person.line_manager_id = date(2026, 11, 20), council.people["other_head"]
    db.session.flush()
    send_reminders(at(FIRST_DAY))
    assert reminded() == [("Hugh Head", "first", 0)]


def test_a_manager_who_audits_gets_one_message_with_both(context, council):
    # P6
    person = db.session.get_one(Person, council.people["other_auditor"])
    person.line_manager_id = council.people["iro"]
    late = given(council)
    own = given(council, case="100003", auditor="iro")
    own.due_on = DUE + timedelta(days=7)
    db.session.flush()
    send_reminders(at(DUE + timedelta(days=7)))
    (message,) = messages()
    assert own.reference in message.body
    assert f"{late.reference}, Otto Auditor (7 days late)" in message.body
    assert message.subject == "2 audits: yours, and others not finished"


def test_the_settings_move_the_days(context, council):
    # P6
    settings.change("reminder_first", 14, date(2026, 11, 1), None, at(date(2026, 11, 1)))
    given(council)
    send_reminders(at(DUE - timedelta(days=14)))
    assert [step for _, step, _ in reminded()] == [ReminderStep.FIRST]


def test_each_reminder_stands_in_the_audits_timeline(context, council):
    # I1
    with saving():
        audit = given(council)
        send_reminders(at(FIRST_DAY))
    event = db.session.scalars(select(Event).where(Event.verb == "reminded")).one()
    assert (event.audit_id, event.actor_id) == (audit.id, None)
    assert event.sentence == "Reminded: First reminder"


def test_by_hand_once_a_day(context, council):
    # P6
    audit = given(council)
    lead = council.people["qa_lead"]
    for day, expected in ((FIRST_DAY, 1), (FIRST_DAY, 0), (FIRST_DAY + timedelta(days=1), 1)):
        assert chase({audit.id}, by=lead, at=at(day)).reminders == expected
    # The service's own reminder goes out all the same.
    assert send_reminders(at(FIRST_DAY)).reminders == 1


class Weeks(RuleBasedStateMachine):
    """Time passes, jobs run or do not, due dates move, audits are finished or withdrawn."""

    council = None

    def __init__(self) -> None:
        super().__init__()
        self.today = date(2026, 11, 18)
        self.audits = [given(self.council, case=case) for case in ("100001", "100003")]
        self.ran: list[tuple[Audit, date, Due]] = []

    @rule(days=st.integers(1, 9))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(times=st.integers(1, 3))
    def jobs_run(self, times: int) -> None:
        for hour in range(times):
            send_reminders(at(self.today, 8 + hour))
        for audit in self.audits:
            due = reminder_due(audit.due_on, self.today)
            if audit.state in UNFINISHED and due is not None:
                self.ran.append((audit, audit.due_on, due))

    @rule(number=st.integers(0, 1), days=st.integers(1, 12))
    def due_date_moves(self, number: int, days: int) -> None:
        self.audits[number].due_on += timedelta(days=days)
        db.session.flush()

    @rule(number=st.integers(0, 1), state=st.sampled_from([AuditState.WITHDRAWN, "submitted"]))
    def audit_ends(self, number: int, state: str) -> None:
        audit = self.audits[number]
        if audit.state in UNFINISHED:
            self.sent_before_end = {**getattr(self, "sent_before_end", {}), audit.id: _count(audit)}
            submitted_on = None if state is AuditState.WITHDRAWN else self.today
            audit.completed_on = submitted_on
            audit.state = AuditState.AWAITING_MODERATION if submitted_on else AuditState.WITHDRAWN
            db.session.flush()

    @rule(number=st.integers(0, 1))
    def auditor_begins(self, number: int) -> None:
        audit = self.audits[number]
        if audit.state in UNFINISHED:
            audits.start(audit, self.council.people["other_auditor"], at(self.today))

    @invariant()
    def each_step_is_sent_at_most_once(self) -> None:
        found = db.session.execute(
            select(Reminder.audit_id, Reminder.due_on, Reminder.step, Reminder.week)
        )
        assert max(Counter(map(tuple, found)).values(), default=0) <= 1

    @invariant()
    def the_newest_step_was_never_missed_where_jobs_ran(self) -> None:
        there = {each[:3] for each in queries.sent({audit.id for audit in self.audits})}
        assert {(audit.id, due_on, due) for audit, due_on, due in self.ran} <= there

    @invariant()
    def nobody_is_reminded_of_what_has_ended(self) -> None:
        for audit in self.audits:
            if audit.state not in UNFINISHED:
                assert _count(audit) == self.sent_before_end[audit.id]

    @invariant()
    def each_reminder_has_its_message(self) -> None:
        keys = {queries.message_key(key) for key in db.session.scalars(select(Reminder.key))}
        assert keys == {notice.key for notice in messages()}

    def teardown(self) -> None:
        db.session.rollback()


def _count(audit: Audit) -> int:
    return len(queries.sent([audit.id]))


def test_whatever_happens_in_whatever_order(context, council):
    # P6
    Weeks.council = council
    run_state_machine_as_test(
        Weeks, settings=runs(max_examples=25, stateful_step_count=14, deadline=None)
    )


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def test_the_list_says_who_was_told_and_whether_the_mail_went(app, council, lead):
    # P6
    assert "Nobody has been reminded yet" in lead.get("/programme/reminders").text
    with app.app_context(), saving():
        reference = given(council).reference
        send_reminders(at(FIRST_DAY))
        send_reminders(at(date(2026, 12, 7)))
        sent_at = at(FIRST_DAY, 10)
        db.session.execute(
            update(Notice)
            .where(Notice.person_id == council.people["other_auditor"])
            .values(sent_at=sent_at)
        )
    page = lead.get("/programme/reminders").text
    for words in (
        reference, "First reminder", "Taken by the mail server", "23 November 2026, 10:00",
        "Hugh Head", "Late: line manager told, week 1", "Waiting for the mail server",
    ):  # fmt: skip
        assert words in page
    person = council.people["other_head"]
    assert "First reminder" not in lead.get(f"/programme/reminders?person={person}").text
    assert "Late: line" not in lead.get("/programme/reminders?month=2026-11").text
    empty = lead.get(f"/programme/reminders?month=2026-10&person={person}").text
    assert "No reminder matches" in empty
    assert "Remove </span>Month: October 2026" in empty or "October 2026" in empty


def test_the_list_goes_on_by_keyset(app, council, lead):
    # P6
    with app.app_context(), saving():
        given(council)
        for week in range(1, 61):
            send_reminders(at(DUE + timedelta(weeks=week)))
    first = lead.get("/programme/reminders").text
    older = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = lead.get(older).text
    assert "week 60" in first
    assert "week 11" in first
    assert "week 11<" not in second
    assert "week 10<" in second
    newer = second.split('rel="prev"')[0].rsplit('href="', 1)[1].split('"')[0]
    assert "week 60" in lead.get(newer.replace("&amp;", "&")).text


def test_the_list_costs_the_same_however_long(app, council, lead):
    costs = []
    for weeks in (1, 40):
        with app.app_context(), saving():
            if weeks == 1:
                given(council)
            for week in range(1, weeks + 1):
                send_reminders(at(DUE + timedelta(weeks=week)))
        with count_queries(app) as asked:
            assert "Hugh Head" in lead.get("/programme/reminders").text
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("key", ["auditor", "head", "director", "viewer", "administrator"])
def test_only_the_qa_lead_sees_the_list(council, client_for, key):
    # I2
    assert client_for(council.people[key]).get("/programme/reminders").status_code == 403
