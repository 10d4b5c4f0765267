"""Giving a case to be audited again into a month's cycle, and telling of what is due (E2, E8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm.attributes import set_committed_value

from qa_app.accounts.models import PostHolding
from qa_app.audits.models import Audit, AuditParty, ReAudit
from qa_app.audits.services.another import NotAnother
from qa_app.audits.services.reaudits import call_off
from qa_app.database import db, saving
from qa_app.domain.calendar import LONDON
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.notify.models import Notice
from qa_app.programme.jobs import SCHEDULED
from qa_app.programme.models import Cycle, CycleState, Expectation
from qa_app.programme.queries.reaudits import auditors_again, auditors_instead
from qa_app.programme.services import BeingAudited, CycleClosed, NoPost
from qa_app.programme.services.reaudits import DayRefused, Told, give_re_audit, remind_of_re_audits
from tests.audits.again import DUE, LATER, first_audit, given_again
from tests.audits.making import given
from tests.audits.moving import person
from tests.council import Council, hold


def give(council: Council, first: Audit, key: str = "auditor", due_on: date = DUE) -> Audit:
    return give_re_audit(
        first, person(council, key), due_on, by=council.people["qa_lead"], at=LATER
    )


def morning(day: date) -> datetime:
    return datetime.combine(day, time(9), LONDON)


# P1, P4, E8: it belongs to the cycle of its month, and is expected of its auditor there.
def test_it_is_given_into_the_cycle_of_its_month(context, council):
    audit = give(council, first_audit(council))
    cycle = db.session.scalars(select(Cycle)).one()
    assert (audit.cycle_month, audit.due_on) == (date(2027, 2, 1), DUE)
    assert cycle.month == audit.cycle_month
    expectation = db.session.scalars(select(Expectation)).one()
    assert (expectation.person_id, expectation.number) == (audit.auditor_id, 1)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        # P1: a day after the month's last working day is that day…
        (date(2027, 2, 28), date(2027, 2, 26)),
        # …and a later month is that month's cycle.
        (date(2027, 3, 10), date(2027, 3, 10)),
        (LATER.date(), LATER.date()),
    ],
)
def test_by_when_it_is_due(context, council, asked, due):
    audit = give(council, first_audit(council), due_on=asked)
    assert (audit.due_on, audit.cycle_month) == (due, asked.replace(day=1))


# P1: on the last Saturday of a month the day itself is kept.
def test_a_day_after_the_last_working_day_is_kept_once_that_is_over(context, council):
    saturday = date(2027, 2, 27)
    audit = give_re_audit(
        first_audit(council), person(council, "auditor"), saturday,
        by=council.people["qa_lead"], at=morning(saturday),
    )  # fmt: skip
    assert audit.due_on == saturday


# P7: what MTM-2 does not count is expected of nobody.
def test_a_tool_that_does_not_count_is_expected_of_nobody(context, council):
    first = first_audit(council)
    tool = first.tool_version  # held, or it would be read anew
    set_committed_value(tool, "counts_in_mtm", False)
    give(council, first)
    assert list(db.session.scalars(select(Expectation))) == []


def test_a_day_that_is_over_is_refused(context, council):
    with pytest.raises(DayRefused) as refused:
        give(council, first_audit(council), due_on=LATER.date() - timedelta(days=1))
    assert refused.value.field == "due_on"


def test_somebody_without_a_post_is_refused(context, council):
    first = first_audit(council)
    for holding in db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["auditor"])
    ):
        holding.ended_on = date(2026, 12, 1)
    db.session.flush()
    with pytest.raises(NoPost):
        give(council, first)


# P6: a closed month takes no more.
def test_a_closed_month_is_refused(context, council):
    first = first_audit(council)
    give(council, first_audit(council, case="100003"))
    cycle = db.session.scalars(select(Cycle)).one()
    cycle.closed_at, cycle.closed_by = LATER, council.people["qa_lead"]
    cycle.state = CycleState.CLOSED
    db.session.flush()
    with pytest.raises(CycleClosed):
        give(council, first)


# E8: another audit of the case that is under way comes first; the first audit itself need not be
# final, since no clock waits for moderation (E2).
def test_another_audit_of_the_case_comes_first(context, council):
    first = first_audit(council, final=False)
    other = given(council, auditor="iro", at=LATER)
    with pytest.raises(BeingAudited, match=f"{other.reference}.*Give the re-audit after that"):
        give(council, first)
    other.state = "withdrawn"
    db.session.flush()
    assert give(council, first).reference


# E8, S6: who may audit the case again, and who may not, each with the reasons.
def test_who_may_audit_a_case_again(context, council):
    first = first_audit(council)
    found = auditors_again(first, LATER.date())
    free = {each.name for each in found.free}
    barred = {each.name: " and ".join(each.conflicts) for each in found.barred}
    assert {"Ada Auditor", "Iris Reviewer"} <= free
    assert "a re-audit is another auditor’s" in barred["Otto Auditor"]
    assert "Cleo Chair" in barred
    assert free.isdisjoint(barred)
    with pytest.raises(NotAnother):
        give(council, first, "other_auditor")
    audit = give(council, first)
    instead = auditors_instead(audit, LATER.date())
    assert {each.name for each in instead.barred} == set(barred)
    first.case = None
    assert auditors_again(first, LATER.date()).free == []
    assert auditors_instead(first, LATER.date()).free == []


# E8: told once when due within 20 working days, and once when late; never of what is given, called
# off or let go.
def test_the_qa_lead_is_told_once_when_due_and_once_when_late(context, council):
    first_audit(council)
    days = [DUE - timedelta(days=60) + timedelta(days=n) for n in range(80)]
    told = {}
    for day in days:
        for _ in range(2):
            found = remind_of_re_audits(morning(day))
            if any(found):
                told[day] = found
    assert told == {
        # E8: the 20th working day before 18 February 2027
        date(2027, 1, 21): Told(1, 0),
        # E8: the day after
        DUE + timedelta(days=1): Told(0, 1),
    }
    notices = list(db.session.scalars(select(Notice).where(Notice.key.startswith("re-audit:"))))
    assert {each.person_id for each in notices} == {council.people["qa_lead"]}
    assert all("100001" not in each.subject + each.body for each in notices)


# E8: after an outage only what is so by then is told.
def test_after_an_outage_it_is_told_as_late_alone(context, council):
    first_audit(council)
    assert remind_of_re_audits(morning(DUE + timedelta(days=30))) == Told(0, 1)
    assert remind_of_re_audits(morning(DUE + timedelta(days=31))) == Told(0, 0)


def test_how_early_the_qa_lead_is_told_can_be_set(context, council):
    first_audit(council)
    hold("re_audit_soon", 1)
    assert remind_of_re_audits(morning(DUE - timedelta(days=2))) == Told()
    assert remind_of_re_audits(morning(DUE - timedelta(days=1))) == Told(1, 0)


def test_nobody_is_told_of_what_was_decided(context, council):
    given_again(council, first_audit(council))
    off = first_audit(council, case="100003")
    call_off(off, "The case is closed", by=council.people["qa_lead"], at=LATER)
    assert remind_of_re_audits(morning(DUE + timedelta(days=9))) == Told()


# E1, M3: a QA lead is not told of what they may not read.
@pytest.mark.parametrize("party", [Party.IMPLICATED, Party.BLIND_MODERATOR])
def test_a_qa_lead_who_may_not_read_it_is_not_told(context, council, party):
    first = first_audit(council)
    lead = council.people["qa_lead"]
    first.parties.append(AuditParty(party=party, person_id=lead, name="Quinn Lead"))
    db.session.flush()
    assert remind_of_re_audits(morning(DUE)) == Told()


# CO-4: eight workers at the same moment promise one notice.
def test_many_machines_tell_once(app, council):
    with app.app_context(), saving():
        first_audit(council)

    def run(_: int) -> int:
        with app.app_context(), saving():
            return remind_of_re_audits(morning(DUE)).due

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(run, range(8))) == 1


def test_it_is_one_of_the_jobs(context, council):
    first_audit(council)
    job = next(each for each in SCHEDULED if each.name == "re-audits")
    assert job.run(morning(DUE)) == {"told of re-audits due": 1, "told of late re-audits": 0}


# CO-2: twenty give it through the programme at once, to two auditors: one audit, one expectation.
def test_twenty_at_once_give_one(app, council):
    with app.app_context(), saving():
        first_id = first_audit(council).id

    def press(number: int) -> bool:
        with app.app_context():
            try:
                with saving():
                    first = db.session.get_one(Audit, first_id)
                    give(council, first, ("auditor", "iro")[number % 2])
            except DomainError:
                return False
            return True

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(press, range(20))) == 1
    with app.app_context():
        assert len(list(db.session.scalars(select(ReAudit)))) == 1
        assert sum(each.number for each in db.session.scalars(select(Expectation))) == 1
