"""The improvement plan after an Inadequate audit: owed, agreed, closed, let go (E2, E9)."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from qa_app import history
from qa_app.accounts.queries import actor
from qa_app.audits import services
from qa_app.audits.models import Audit, ImprovementPlan, TextVersion
from qa_app.audits.queries.inadequate import inadequate_since
from qa_app.audits.queries.plans import agreed_by, due_of, owed_plans, reading_of_plan
from qa_app.audits.services.plans import (
    NoPlanAsked,
    PlanChanged,
    PlanNotDone,
    PlanRefused,
    agree_plan,
    change_plan,
    close_plan,
    mark_of,
)
from qa_app.database import db, saving
from qa_app.domain.actions import ActionStatus, Impact
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party, Permission, allowed
from qa_app.domain.plans import PlanStanding
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.tracker.models import Action
from tests.audits.finals import finish
from tests.audits.making import AT, submitted
from tests.audits.plan_world import (
    AIMS,
    BAD,
    DUE,
    GOOD,
    OUTCOME,
    RI,
    SENT,
    action_of,
    agreed,
    at_noon,
    closed,
    finally_graded,
    inadequate,
    notices,
)
from tests.council import Council, find, hold
from tests.moderation.factory import tie
from tests.queries import count_queries
from tests.tracker.factory import move_to

P, S = PlanStanding, ActionStatus
LATER = SENT + timedelta(days=40)
HETTY, DORA, QUINN, MANNY, ADA, OTTO = (
    "Hetty Head", "Dora Director", "Quinn Lead", "Manny Manager", "Ada Auditor", "Otto Auditor",
)  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        # E2: five working days, over the bank holiday of 4 May 2026
        (date(2026, 5, 1), date(2026, 5, 11)),
        # over Christmas and New Year
        (date(2026, 12, 23), date(2027, 1, 4)),
        # over Easter
        (date(2026, 4, 1), date(2026, 4, 10)),
    ],
)
def test_when_a_plan_is_due(context: Flask, council: Council, sent: date, due: date) -> None:
    audit = inadequate(council, at=at_noon(sent))
    (owed,) = owed_plans()
    assert (owed.audit_id, owed.since, owed.due_on) == (audit.id, sent, due)
    assert (owed.late(due), owed.late(due + timedelta(days=1))) == (False, True)


# A setting that is changed holds from its day on: what began before keeps the value of then.
def test_the_setting_of_the_day_counts(context: Flask, council: Council) -> None:
    hold("inadequate_plan_within", 3)
    assert due_of(date(2026, 5, 1)) == date(2026, 5, 7)


def stands(audit: Audit, today: date = DUE) -> PlanStanding | None:
    return reading_of_plan(audit, today).standing


# E2: owed, late, agreed, closed; let go where the audit is finally graded better.
def test_how_plans_stand(context: Flask, council: Council) -> None:
    owed, good = inadequate(council), inadequate(council, grade=GOOD)
    assert (stands(owed), stands(owed, LATER.date())) == (P.OWED, P.LATE)
    assert stands(good) is None
    first, second = inadequate(council), inadequate(council)
    agreed(council, first)
    closed(council, second)
    assert (stands(first), stands(second)) == (P.AGREED, P.CLOSED)
    for audit in (owed, first, second):
        finally_graded(audit, RI, LATER)
    assert [stands(each) for each in (owed, first, second)] == [P.LET_GO, P.LET_GO, P.CLOSED]
    # M8: amended back, it is asked for again, from that day
    finally_graded(owed, BAD, LATER + timedelta(days=1))
    again = reading_of_plan(owed, LATER.date())
    assert (again.standing, again.since) == (P.OWED, london_date(LATER) + timedelta(days=1))


# E2, M3, E1: whose plan it is to agree, said twice: by the table and to the database.
def test_whoever_may_agree_a_plan_finds_it(context: Flask, council: Council) -> None:
    audits = [inadequate(council), inadequate(council, case="100004"), inadequate(council)]
    tie(council, audits[2], "head", Party.BLIND_MODERATOR)
    audits.append(inadequate(council))
    tie(council, audits[3], "director", Party.IMPLICATED)
    audits.append(inadequate(council))
    tie(council, audits[4], "other_head", Party.MODERATOR)
    audits[4].state = AuditState.IN_PROGRESS
    db.session.flush()
    for key, person_id in council.people.items():
        who = actor(person_id, DUE)
        found = {each.audit_id for each in owed_plans(agreed_by(who))}
        may = {
            each.id
            for each in audits
            if allowed(Permission.PLAN_AGREE, who, each.permission_subject())
        }
        assert found == may, key
    heads = {each.audit_id for each in owed_plans(agreed_by(actor(council.people["head"], DUE)))}
    assert heads == {audits[0].id, audits[3].id}


def test_agreeing_a_plan(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    with saving():
        plan = agreed(council, audit)
    assert (plan.aims, plan.due_on, plan.agreed_by) == (AIMS, DUE, council.people["head"])
    assert (plan.closed_at, plan.outcome) == (None, "")
    assert owed_plans() == []
    (event,) = [e for e in history.timeline(audit_id=audit.id) if e.verb == "plan_agreed"]
    assert event.sentence == "Agreed the improvement plan"
    assert AIMS not in str(event.details)
    told = notices("plan-agreed:")
    # E2: the auditor, the child's team manager and the QA lead: references only
    assert set(told) == {ADA, MANNY, QUINN}
    for each in told.values():
        assert each.subject == f"The improvement plan after audit {audit.reference} is agreed"
        assert "Thank you" in each.body
        assert AIMS not in each.body
        assert each.path == f"/audits/{audit.id}/plan"
    assert history.verify().intact


# M3, E1: nobody is told what is kept from them, nor what they did themselves.
def test_who_is_not_told_of_a_plan(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    tie(council, audit, "manager", Party.IMPLICATED)
    agreed(council, audit)
    assert set(notices("plan-agreed:")) == {ADA, QUINN}  # the next one up agreed it herself


# I2: somebody who may not open the plan's page is led Home: a manager without the role.
def test_a_message_leads_where_its_reader_may_go(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    for party in [each for each in audit.parties if each.party is Party.AUDITOR]:
        audit.parties.remove(party)
        db.session.delete(party)
    db.session.flush()
    agreed(council, audit)
    assert notices("plan-agreed:")[ADA].path == "/"


# E2: nothing to agree where the audit asks for no plan; not twice; not without words or an action.
def test_agreeing_is_refused(context: Flask, council: Council) -> None:
    head = council.people["head"]
    good = inadequate(council, grade=GOOD)
    with pytest.raises(NoPlanAsked, match="does not stand as Inadequate"):
        agree_plan(good, AIMS, by=head, at=SENT)
    audit = inadequate(council)
    with pytest.raises(PlanRefused, match="Enter what is to be better") as refused:
        agree_plan(audit, "  ", by=head, at=SENT)
    assert refused.value.field == "aims"
    with pytest.raises(PlanRefused, match="Raise at least one action"):
        agree_plan(audit, AIMS, by=head, at=SENT)
    action_of(council, audit, S.WITHDRAWN)
    with pytest.raises(PlanRefused, match="Raise at least one action"):
        agree_plan(audit, AIMS, by=head, at=SENT)
    agreed(council, audit)
    with pytest.raises(PlanChanged, match="Somebody agreed this plan"):
        agree_plan(audit, AIMS, by=head, at=SENT)
    assert db.session.query(ImprovementPlan).count() == 1


# A11: nobody's name, telephone number or address.
def test_words_that_may_identify_somebody_are_asked_about(context: Flask, council: Council) -> None:
    audit, head = inadequate(council), council.people["head"]
    action_of(council, audit)
    words = f"{AIMS} Ring 01632 960123."
    with pytest.raises(services.MayIdentify) as refused:
        agree_plan(audit, words, by=head, at=SENT)
    assert refused.value.field == "aims"
    plan = agree_plan(audit, words, harmless="The duty team's number", by=head, at=SENT)
    with pytest.raises(services.MayIdentify):
        change_plan(audit, "Ring 01632 960999.", shown=mark_of(plan.aims), by=head, at=SENT)


# I1: what a plan was to achieve is kept when it is changed; the event holds no words.
def test_changing_what_a_plan_is_to_achieve(context: Flask, council: Council) -> None:
    audit, director = inadequate(council), council.people["director"]
    plan = agreed(council, audit)
    with saving():
        change_plan(audit, "Visits every week.", shown=mark_of(AIMS), by=director, at=LATER)
    later = LATER + timedelta(days=1)
    with pytest.raises(PlanChanged, match="while you wrote"):
        change_plan(audit, "Mine", shown=mark_of(AIMS), by=director, at=later)
    with saving():
        change_plan(audit, " Visits. ", shown=mark_of("Visits every week."), by=director, at=later)
        # The same words again are no change.
        change_plan(audit, "Visits.", shown=mark_of("Visits."), by=director, at=later)
    with pytest.raises(PlanRefused, match="Enter what is to be better"):
        change_plan(audit, "", shown=mark_of("Visits."), by=director, at=later)
    assert plan.aims == "Visits."
    earlier = reading_of_plan(audit, DUE).earlier
    assert [(each.text, each.by) for each in earlier] == [
        ("Visits every week.", DORA), (AIMS, HETTY),
    ]  # fmt: skip
    assert [each.version for each in db.session.query(TextVersion)] == [1, 2]
    events = [e for e in history.timeline(audit_id=audit.id) if e.verb == "plan_changed"]
    assert len(events) == 2
    assert "Visits" not in str([event.details for event in events])


@pytest.mark.parametrize(
    ("status", "impact", "missing"),
    [
        # E9: each action has ended…
        (S.OPEN, None, "is open, and has to end"),
        (S.IN_PROGRESS, None, "is in progress, and has to end"),
        (S.DONE, None, "waits to be verified"),
        # E9: …and says for how many children it has helped, which “untested” does not
        (S.VERIFIED, None, "its impact has not been rated"),
        (S.VERIFIED, Impact.UNTESTED, "is rated “untested”"),
    ],
)
def test_closing_is_refused_with_what_is_missing(
    context: Flask, council: Council, status: ActionStatus, impact: Impact | None, missing: str
) -> None:
    audit, head = inadequate(council), council.people["head"]
    plan = agreed(council, audit, S.VERIFIED, Impact.MOST)
    late = action_of(council, audit, status, impact)
    with pytest.raises(PlanNotDone, match=missing) as refused:
        close_plan(audit, OUTCOME, by=head, at=LATER)
    assert len(refused.value.missing) == 1
    assert late.reference in refused.value.missing[0]
    assert (plan.closed_at, stands(audit)) == (None, P.AGREED)


# E9: not with every action withdrawn, not without words, not twice, not before it is agreed.
def test_closing_is_refused(context: Flask, council: Council) -> None:
    audit, head = inadequate(council), council.people["head"]
    with pytest.raises(PlanChanged, match="No plan has been agreed"):
        close_plan(audit, OUTCOME, by=head, at=LATER)
    agreed(council, audit)
    move_to(council, find(Action, audit_id=audit.id), S.WITHDRAWN, LATER)
    with pytest.raises(PlanNotDone, match="every one was withdrawn"):
        close_plan(audit, OUTCOME, by=head, at=LATER)
    action_of(council, audit, S.VERIFIED, Impact.NONE)
    with pytest.raises(PlanRefused, match="Enter what has changed") as refused:
        close_plan(audit, " ", by=head, at=LATER)
    assert refused.value.field == "outcome"
    close_plan(audit, OUTCOME, by=head, at=LATER)
    for change in (
        lambda: close_plan(audit, OUTCOME, by=head, at=LATER),
        lambda: change_plan(audit, "More", shown=mark_of(AIMS), by=head, at=LATER),
    ):
        with pytest.raises(PlanChanged, match="has been closed already"):
            change()


def test_closing_a_plan(context: Flask, council: Council) -> None:
    audit = inadequate(council)
    with saving():
        plan = closed(council, audit)
    assert (plan.outcome, plan.closed_by) == (OUTCOME, council.people["head"])
    assert "plan_closed" in {e.verb for e in history.timeline(audit_id=audit.id)}
    assert set(notices("plan-closed:")) == {ADA, MANNY, QUINN}
    assert history.verify().intact


# E2: finally graded better, nothing more is asked: neither agreeing nor closing.
def test_a_plan_that_is_let_go_is_neither_agreed_nor_closed(
    context: Flask, council: Council
) -> None:
    head, owed, made = council.people["head"], inadequate(council), inadequate(council)
    agreed(council, made, S.VERIFIED, Impact.MOST)
    for audit in (owed, made):
        finally_graded(audit, RI, LATER)
    assert owed_plans() == []
    with pytest.raises(NoPlanAsked):
        agree_plan(owed, AIMS, by=head, at=LATER)
    with pytest.raises(NoPlanAsked, match="Inadequate no more"):
        close_plan(made, OUTCOME, by=head, at=LATER)


AT_ONCE = 8


# CO-2: of eight who agree at the same moment, one does.
def test_eight_at_once_agree_one_plan(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        audit_id = inadequate(council).id
        action_of(council, db.session.get_one(Audit, audit_id))
    together, outcomes = Barrier(AT_ONCE), []

    def run() -> None:
        with app.app_context():
            together.wait()
            try:
                with saving():
                    audit = db.session.get_one(Audit, audit_id)
                    agree_plan(audit, AIMS, by=council.people["head"], at=SENT)
                outcomes.append("agreed")
            except DomainError as error:
                outcomes.append(type(error).__name__)
            db.session.remove()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["PlanChanged"] * (AT_ONCE - 1) + ["agreed"]
    with app.app_context():
        assert db.session.query(ImprovementPlan).count() == 1
        assert db.session.query(Event).filter_by(verb="plan_agreed").count() == 1
        assert len(notices("plan-agreed:")) == 3
        assert history.verify().intact


# E2: the head of service is told once: when it is submitted so, or when it is finally graded so.
@pytest.mark.parametrize("grade", [BAD, RI])
def test_the_head_of_service_is_told_once(context: Flask, council: Council, grade: str) -> None:
    audit = submitted(council, grade=grade.value)
    assert set(notices("inadequate:")) == ({HETTY} if grade is BAD else set())
    finish(audit, council, BAD)
    (told,) = notices("inadequate:").values()
    how = "was submitted as Inadequate" if grade is BAD else "is finally graded Inadequate"
    assert told.subject == f"Audit {audit.reference} {how}"
    assert told.path == f"/audits/{audit.id}/plan"
    assert told.person_id == council.people["head"]
    assert "25 November 2026" in told.body


# M8: an amendment tells her too, where nobody did before.
def test_an_amendment_to_inadequate_tells_the_head(context: Flask, council: Council) -> None:
    audit = finish(submitted(council, grade="good"), council, GOOD)
    lead = council.people["qa_lead"]
    amend = {"shown": "good", "reason": "Misread", "by": lead, "at": AT + timedelta(days=1)}
    services.amend(audit, "grade.overall", "inadequate", **amend)
    assert set(notices("inadequate:")) == {HETTY}
    assert inadequate_since([audit.id]) == {audit.id: london_date(AT) + timedelta(days=1)}


# E1: nobody whom a concern is about learns what their audit found.
def test_the_next_one_up_is_told_in_place_of_somebody_whom_a_concern_is_about(
    context: Flask, council: Council
) -> None:
    audit = submitted(council, grade="requires_improvement")
    tie(council, audit, "head", Party.IMPLICATED)
    finish(audit, council, BAD)
    assert set(notices("inadequate:")) == {DORA}


def test_the_number_of_queries_does_not_grow(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        for _ in range(2):
            inadequate(council)
    counts = []
    for _ in range(2):
        with app.app_context(), count_queries(app) as asked:
            owed_plans()
        counts.append(len(asked))
        with app.app_context(), saving():
            for _ in range(12):
                inadequate(council)
    # the plans, the settings and the closed days
    assert counts == [3, 3], asked
