"""Every awkward state that the product knows is there to be looked at."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qa_app.accounts import settings
from qa_app.audits.models import Audit, Concern, ConcernTold, SafetyDecision
from qa_app.database import db
from qa_app.demo.guard import mark
from qa_app.domain.actions import (
    ACTION_TRANSITIONS,
    ActionKind,
    ActionStatus,
    due_date_bars,
    verifier_bars,
    withdrawal_bars,
)
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.escalation import Brag
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationStage, ModerationState
from qa_app.programme.models import Cycle, CycleState, Exemption, ExemptionReason, Expectation
from qa_app.programme.queries import completion
from qa_app.reports import services as reports
from qa_app.tracker.models import Action, ActionSource, ActionStep, DueDateChange
from qa_app.tracker.queries import brag_of, parties_to
from tests.demo.conftest import AT, SEED, TODAY

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]

_S = AuditState
THIS_MONTH = Month.of(TODAY).first
LAST_MONTH = Month.of(TODAY).previous().first


def working_days_ago(days: int):
    day = TODAY
    while settings.calendar().working_days_between(day, TODAY) < days:
        day -= timedelta(days=1)
    return day


def email_of(key: str) -> str:
    return f"{key}@demo.example"


AUDITS = [
    # the state in words, at least so many, the condition
    ("not started this month", 3, lambda: (Audit.state == _S.GIVEN)
     & (Audit.cycle_month == THIS_MONTH)),
    ("half-written this month", 3, lambda: (Audit.state == _S.IN_PROGRESS)
     & (Audit.cycle_month == THIS_MONTH)),
    # P6: unfinished in a closed cycle is overdue
    ("overdue from last month", 3, lambda: Audit.state.in_([_S.GIVEN, _S.IN_PROGRESS])
     & (Audit.cycle_month == LAST_MONTH)),
    ("completed late", 10, lambda: Audit.completed_on > Audit.due_on),
    ("returned for correction", 2, lambda: Audit.state == _S.RETURNED),
    ("returned to the demonstration's auditor", 1, lambda: (Audit.state == _S.RETURNED)
     & Audit.auditor.has(email=email_of("auditor"))),
    ("begun by the demonstration's auditor", 1, lambda: (Audit.state == _S.IN_PROGRESS)
     & Audit.auditor.has(email=email_of("auditor"))),
    ("waiting for moderation", 6, lambda: Audit.state == _S.AWAITING_MODERATION),
    # M0: ten working days
    ("waiting for too long", 3, lambda: (Audit.state == _S.AWAITING_MODERATION)
     & (Audit.completed_on < working_days_ago(10))),
    ("Inadequate, waiting", 2, lambda: (Audit.state == _S.AWAITING_MODERATION)
     & (Audit.auditor_grade == Grade.INADEQUATE)),
    ("waiting with a concern", 1, lambda: (Audit.state == _S.AWAITING_MODERATION)
     & Audit.id.in_(select(Concern.audit_id))),
    ("being moderated", 2, lambda: Audit.state == _S.IN_MODERATION),
    ("being moderated by the demonstration's head of service", 1, lambda: Audit.id.in_(
        select(Moderation.audit_id).where(
            Moderation.state == ModerationState.OPEN,
            Moderation.moderator.has(email=email_of("head.of.service"))))),
    # M4, M5
    ("asked of the demonstration's auditor", 1, lambda: (Audit.state == _S.IN_DISCUSSION)
     & Audit.auditor.has(email=email_of("auditor"))),
    ("waiting for a second moderator", 1, lambda: Audit.state == _S.AWAITING_SECOND),
    ("with the demonstration's director as second moderator", 1, lambda: (
        (Audit.state == _S.IN_SECOND_MODERATION) & Audit.id.in_(
            select(Moderation.audit_id).where(
                Moderation.state == ModerationState.OPEN,
                Moderation.stage == ModerationStage.SECOND,
                Moderation.moderator.has(email=email_of("director")))))),
    ("changed in moderation", 30, lambda: Audit.final_grade != Audit.auditor_grade),
    ("withdrawn", 3, lambda: (Audit.state == _S.WITHDRAWN) & (Audit.withdrawn_reason != "")),
    ("of a child of the demonstration's social worker", 4, lambda: Audit.case.has(
        Audit.case.property.entity.class_.worker.has(email=email_of("social.worker")))),
]  # fmt: skip


@pytest.mark.parametrize(("number", "condition"), [row[1:] for row in AUDITS],
                         ids=[row[0] for row in AUDITS])  # fmt: skip
def test_an_audit_stands_in_each_state(number: int, condition):
    assert db.session.scalar(select(func.count(Audit.id)).where(condition())) >= number


def test_about_half_of_this_months_audits_are_done():
    this = list(db.session.scalars(select(Audit).where(Audit.cycle_month == THIS_MONTH)))
    done = [audit for audit in this if audit.completed_on is not None]

    assert 0.4 < len(done) / len(this) < 0.85


@pytest.fixture
def brags() -> Counter:
    """How many actions of each kind have each word today."""
    return Counter(
        (action.kind is ActionKind.PRIORITY, brag_of(action, TODAY))
        for action in db.session.scalars(select(Action))
    )


@pytest.mark.parametrize("brag", list(Brag), ids=lambda brag: brag.words)
def test_an_action_has_each_word_of_the_tracker(brags: Counter, brag: Brag):
    # E9
    assert brags[False, brag] >= 1


def test_priority_actions_are_overdue_and_complete(brags: Counter):
    assert brags[True, Brag.OVERDUE] >= 3
    assert brags[True, Brag.COMPLETE] >= 20


ACTIONS = [
    # the state in words, at least so many, the condition
    ("open", 3, lambda: Action.status == ActionStatus.OPEN),
    ("in progress", 5, lambda: Action.status == ActionStatus.IN_PROGRESS),
    ("waiting for verification", 3, lambda: Action.status == ActionStatus.DONE),
    # E4: five working days
    ("unverified for too long", 1, lambda: (Action.status == ActionStatus.DONE)
     & (Action.done_at < AT - timedelta(days=9))),
    ("verified", 300, lambda: Action.status == ActionStatus.VERIFIED),
    ("withdrawn", 3, lambda: Action.status == ActionStatus.WITHDRAWN),
    ("returned, and not done again yet", 1, lambda: (Action.status == ActionStatus.IN_PROGRESS)
     & Action.id.in_(select(ActionStep.action_id).where(
         ActionStep.from_status == ActionStatus.DONE,
         ActionStep.to_status == ActionStatus.IN_PROGRESS))),
    ("moved to a later day", 5, lambda: Action.due_on > Action.original_due_on),
    ("raised by a moderator", 20, lambda: Action.source == ActionSource.MODERATION),
    ("for learning", 5, lambda: Action.kind == ActionKind.LEARNING),
    ("of the demonstration's social worker, not settled", 3, lambda: Action.settled_on.is_(None)
     & Action.owner.has(email=email_of("social.worker"))),
    ("of the demonstration's team manager, not settled", 1, lambda: Action.settled_on.is_(None)
     & Action.owner.has(email=email_of("team.manager"))),
]  # fmt: skip


@pytest.mark.parametrize(("number", "condition"), [row[1:] for row in ACTIONS],
                         ids=[row[0] for row in ACTIONS])  # fmt: skip
def test_an_action_stands_in_each_state(number: int, condition):
    assert db.session.scalar(select(func.count(Action.id)).where(condition())) >= number


def test_every_step_of_every_action_is_one_that_the_tracker_allows():
    # E4
    allowed = {(before, after) for (before, _), after in ACTION_TRANSITIONS.items()}
    for before, after in db.session.execute(
        select(ActionStep.from_status, ActionStep.to_status).distinct()
    ):
        assert before is None or (before, after) in allowed
    for action in list(db.session.scalars(select(Action)))[::11]:
        assert action.steps[0].from_status is None
        assert action.steps[-1].to_status is action.status
        assert [step.at for step in action.steps] == sorted(step.at for step in action.steps)
        assert all(step.on <= london_date(step.at) for step in action.steps)


def test_nobody_verified_withdrew_or_moved_an_action_whom_a_rule_bars():
    # E3, E4, E5
    here = Action.owner.has(left_on=None)
    actions = list(db.session.scalars(select(Action).where(here)))
    priority = [action for action in actions if action.kind is ActionKind.PRIORITY]
    for action in [*priority, *actions[::13]]:
        if action.verified_by is not None:
            assert verifier_bars(parties_to(action, action.verified_by, TODAY)) == []
    for action in actions:
        if action.status is ActionStatus.WITHDRAWN:
            assert withdrawal_bars(parties_to(action, action.steps[-1].by, TODAY)) == []
    for change in db.session.scalars(select(DueDateChange)):
        action = db.session.get_one(Action, change.action_id)
        assert due_date_bars(parties_to(action, change.by, TODAY)) == []


def test_between_six_and_nine_priority_actions_are_outstanding_after_inadequate_audits():
    # MTM-4
    found = reports.measures(Month.of(TODAY), Month.of(TODAY), at=AT)
    outstanding = next(f for f in found.figures if f.measure == "MTM-4")

    assert 6 <= outstanding.numerator <= 9


CONCERNS = [
    # E1: an hour ago, and nobody has it
    ("raised an hour ago, not acknowledged", 1, 1, lambda: Concern.acknowledged_at.is_(None)
     & (Concern.raised_at == AT - timedelta(hours=1))),
    ("acknowledged without a decision", 1, 1, lambda: Concern.acknowledged_at.is_not(None)
     & Concern.decided_at.is_(None)),
    ("decided, not yet on the child's record", 1, 3, lambda: Concern.decided_at.is_not(None)
     & Concern.recorded_at.is_(None)),
    ("complete", 10, 100, lambda: Concern.recorded_at.is_not(None)),
    ("with a strategy discussion", 3, 60,
     lambda: Concern.decision == SafetyDecision.STRATEGY_DISCUSSION),
]  # fmt: skip


@pytest.mark.parametrize(("least", "most", "condition"), [row[1:] for row in CONCERNS],
                         ids=[row[0] for row in CONCERNS])  # fmt: skip
def test_a_concern_stands_in_each_state(least: int, most: int, condition):
    assert least <= db.session.scalar(select(func.count(Concern.id)).where(condition())) <= most


def test_each_concern_was_told_and_has_its_priority_action():
    # E1
    raised = set(db.session.scalars(select(Concern.id)))
    keys = set(db.session.scalars(
        select(Action.source_key).where(Action.source == ActionSource.CONCERN)
    ))  # fmt: skip

    assert keys == {f"concern:{concern_id}" for concern_id in raised}
    assert set(db.session.scalars(select(ConcernTold.concern_id))) == raised
    vacant = select(func.count()).where(ConcernTold.person_id.is_(None))
    assert db.session.scalar(vacant) >= 0


def test_there_are_eighteen_cycles_and_only_the_current_one_is_open():
    # P1
    cycles = list(db.session.scalars(select(Cycle).order_by(Cycle.month)))

    # The year ahead is planned.
    assert [cycle.state for cycle in cycles] == [
        *[CycleState.CLOSED] * 17, CycleState.OPEN, *[CycleState.PLANNED] * 12,
    ]  # fmt: skip
    assert cycles[17].month == THIS_MONTH


def test_each_full_cycle_expects_37_audits_and_most_are_done_in_time():
    # P2, P4
    done = completion(cycles_first(), LAST_MONTH)
    for month, each in done.items():
        if month.month == 8:
            assert each.expected == 0
            continue
        assert 36 <= each.expected <= 40
        assert 0.5 <= each.done / each.due <= 0.92
    assert sum(each.late for each in done.values()) > 20


def cycles_first():
    return db.session.scalar(select(func.min(Cycle.month)))


def test_some_are_exempted_for_each_reason_and_some_too_late():
    # P3, P4
    reasons = Counter(db.session.scalars(select(Exemption.reason)))
    late = (
        select(func.count(Exemption.id))
        .join(Expectation).join(Cycle)
        .where(Exemption.granted_on > Cycle.due_on)
    )  # fmt: skip

    assert set(reasons) == set(ExemptionReason)
    assert db.session.scalar(late) >= 1


def test_all_figures_of_all_eighteen_months_can_be_computed():
    found = reports.measures(Month.of(cycles_first()), Month.of(TODAY), at=AT)

    assert len(found.figures) == 18 * (5 + 1 + 1 + 1)
    assert found.provisional
    assert any("/" in figure.text for figure in found.of("MTM-2"))


def test_the_database_is_marked_as_a_demonstration():
    assert mark().seed == SEED
    assert len(mark().accounts) == 10
