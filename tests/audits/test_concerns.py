"""A significant-harm concern: who is told, what is made, what follows (A9, E1, E7)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person, PostHolding, RoleGrant
from qa_app.audits import services
from qa_app.audits.models import Audit, Concern, ConcernTold, SafetyDecision, ToldAs
from qa_app.audits.queries.safety import people_to_tell
from qa_app.audits.services import TelephoneCall
from qa_app.cases.models import Case
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from tests.audits.making import AT, given, submitted
from tests.factories import an_imported_audit

pytestmark = pytest.mark.usefixtures("context")

TODAY = london_date(AT)
WORRY = "The child said that he hits her"


@pytest.fixture
def audit(council):
    """An audit that is not begun: a concern does not wait (A9)."""
    return given(council)


def _raise(audit, by, worry=WORRY, **options):
    return services.raise_concern(audit, worry=worry, by=by, at=AT, **options)


def _told(council, audit, raiser="other_auditor"):
    told = people_to_tell(audit, council.people[raiser], TODAY)
    keys = {person_id: key for key, person_id in council.people.items()}
    return [(each.told_as, keys[each.person.id] if each.person else None) for each in told]


def test_everybody_of_the_rule_is_told(council, audit):
    # E1
    assert _told(council, audit) == [
        (ToldAs.SOCIAL_WORKER, "worker"),
        (ToldAs.TEAM_MANAGER, "manager"),
        (ToldAs.HEAD_OF_SERVICE, "head"),
        (ToldAs.CHAIR, "chair"),
        (ToldAs.QA_LEAD, "qa_lead"),
    ]


def test_a_reviewing_officer_is_told_of_a_child_in_care(council):
    audit = given(council, case="100004", auditor="auditor")

    told = _told(council, audit, "auditor")
    assert (ToldAs.IRO, "iro") in told
    # No social worker is named: their manager is told in their place, and only once.
    assert told[:3] == [
        (ToldAs.SOCIAL_WORKER, None),
        (ToldAs.NEXT_UP, "other_auditor"),
        (ToldAs.HEAD_OF_SERVICE, "other_head"),
    ]


def _vacate(council, key):
    person = council.people[key]
    holding = db.session.scalars(select(PostHolding).where(PostHolding.person_id == person)).one()
    holding.ended_on = TODAY - timedelta(days=1)
    db.session.flush()


def test_a_vacant_step_goes_up(council, audit):
    # E1: "the post vacant, the next one up"
    _vacate(council, "manager")
    assert _told(council, audit)[1:4] == [
        (ToldAs.TEAM_MANAGER, None),
        (ToldAs.NEXT_UP, "head"),
        (ToldAs.CHAIR, "chair"),
    ]
    _vacate(council, "head")
    assert (ToldAs.NEXT_UP, "director") in _told(council, audit)


def test_whoever_raises_it_is_not_told_by_themselves(council, audit):
    told = _told(council, audit, "head")

    assert (ToldAs.HEAD_OF_SERVICE, None) in told
    assert (ToldAs.NEXT_UP, "director") in told


def test_somebody_who_has_left_is_not_told(council, audit):
    db.session.get_one(Person, council.people["chair"]).left_on = TODAY
    told = _told(council, audit)

    assert (ToldAs.CHAIR, None) in told
    assert (ToldAs.NEXT_UP, "review_head") in told


def test_a_council_without_a_qa_lead_says_so(council, audit):
    db.session.query(RoleGrant).filter_by(role=Role.QA_LEAD).delete()

    assert _told(council, audit)[-1] == (ToldAs.QA_LEAD, None)


def test_a_concern_tells_everybody_and_makes_a_priority_action(council, audit):
    with saving():
        concern = _raise(audit, council.people["other_auditor"], siblings=["100002"])

    assert (concern.case_reference, concern.siblings) == ("100001", "100002")
    notices = db.session.scalars(select(Notice).where(Notice.path == f"/concerns/{concern.id}"))
    assert {each.person_id for each in notices} == {
        council.people[key] for key in ("worker", "manager", "head", "chair", "qa_lead")
    }
    action = db.session.scalars(select(Action)).one()
    assert (action.kind, action.status) == (ActionKind.PRIORITY, ActionStatus.OPEN)
    assert action.owner_id == council.people["manager"]
    # E1: Wednesday's is due on Thursday.
    assert action.due_on == date(2026, 11, 19)
    assert (action.audit_id, action.case_reference) == (audit.id, "100001")
    assert council.people["chair"] in {party.person_id for party in action.parties}


def test_no_message_carries_the_worry(council, audit):
    with saving():
        _raise(audit, council.people["other_auditor"])

    everything = [each.subject + each.body for each in db.session.scalars(select(Notice))]
    everything += [str(each.details) for each in db.session.scalars(select(Event))]
    everything += [each.what for each in db.session.scalars(select(Action))]
    assert not any(WORRY in text for text in everything)


def test_a_retried_concern_is_one_concern(council, audit):
    # CO-4
    first = [_raise(audit, council.people["other_auditor"]).id for _ in range(10)]

    assert len(set(first)) == 1
    assert len(db.session.scalars(select(Action)).all()) == 1
    assert len(db.session.scalars(select(ConcernTold)).all()) == 5


def test_another_worry_is_not_swallowed_by_an_open_concern(council, audit):
    _raise(audit, council.people["other_auditor"])
    with pytest.raises(services.ConcernAlreadyOpen):
        _raise(audit, council.people["other_auditor"], worry="Something else")


def test_a_concern_can_be_raised_after_submission_too(council):
    # A9: at any moment
    audit = submitted(council)

    assert _raise(audit, council.people["qa_lead"]).audit_id == audit.id


def test_an_imported_audit_takes_no_concern(council):
    with pytest.raises(services.NoConcernHere, match="Telephone now"):
        _raise(an_imported_audit(), council.people["qa_lead"])


def test_the_action_goes_up_where_the_manager_is_missing(council, audit):
    _vacate(council, "manager")
    _raise(audit, council.people["other_auditor"])

    assert db.session.scalars(select(Action)).one().owner_id == council.people["head"]


def test_a_child_of_no_team_is_the_qa_leads_to_act_on(council, audit):
    audit.team_id = None
    db.session.get_one(Case, audit.case_id).team_id = None
    db.session.flush()
    db.session.expire(audit)
    _raise(audit, council.people["other_auditor"])

    assert db.session.scalars(select(Action)).one().owner_id == council.people["qa_lead"]


def test_where_nobody_can_act_it_says_to_telephone(council, audit):
    audit.team_id = None
    db.session.flush()
    db.session.expire(audit)
    with pytest.raises(services.NobodyToAct, match="Telephone now"):
        _raise(audit, council.people["qa_lead"])
    assert db.session.scalars(select(Concern)).all() == []


@pytest.fixture
def concern(council, audit):
    """An open concern."""
    return _raise(audit, council.people["other_auditor"])


def test_the_call_is_recorded_at_once_or_later_but_once(council, audit):
    call = TelephoneCall("Manny Manager", AT - timedelta(minutes=5))
    concern = _raise(audit, council.people["other_auditor"], call=call)

    assert (concern.telephoned_whom, concern.telephoned_at) == (call.whom, call.at)
    with pytest.raises(services.ConcernClosed):
        services.record_call(concern, call, council.people["manager"], AT)


def test_a_call_cannot_lie_in_the_future(council, concern):
    call = TelephoneCall("Manny Manager", AT + timedelta(minutes=5))
    with pytest.raises(DomainError, match="in the past"):
        services.record_call(concern, call, council.people["manager"], AT)


def test_the_first_acknowledgement_stands(council, concern):
    services.acknowledge(concern, council.people["manager"], AT)
    services.acknowledge(concern, council.people["head"], AT + timedelta(hours=1))

    assert (concern.acknowledged_by, concern.acknowledged_at) == (council.people["manager"], AT)


def test_a_decision_may_follow_neither_yet_and_then_stands(council, concern):
    by = council.people["manager"]
    services.decide(concern, SafetyDecision.NEITHER_YET, "Nobody in", by, AT)
    services.decide(concern, SafetyDecision.CHILD_SAFE, "Seen at school", by, AT)
    with pytest.raises(services.ConcernClosed):
        services.decide(concern, SafetyDecision.NEITHER_YET, "No", by, AT)

    assert (concern.decision, concern.decision_note) == (
        SafetyDecision.CHILD_SAFE,
        "Seen at school",
    )


def test_the_record_is_confirmed_once(council, concern):
    services.confirm_recorded(concern, council.people["worker"], AT)
    services.confirm_recorded(concern, council.people["head"], AT + timedelta(hours=1))

    assert concern.recorded_by == council.people["worker"]


def test_a_withdrawn_concern_keeps_its_action_and_lets_another_be_raised(council, audit, concern):
    # E7
    services.withdraw_concern(concern, "Another child was meant", council.people["head"], AT)
    for step in (
        lambda: services.acknowledge(concern, council.people["manager"], AT),
        lambda: services.withdraw_concern(concern, "Again", council.people["head"], AT),
    ):
        with pytest.raises(services.ConcernClosed):
            step()

    assert db.session.scalars(select(Action)).one().status is ActionStatus.OPEN
    assert _raise(audit, council.people["other_auditor"], worry="New").id != concern.id
    assert services.open_concern(db.session.get_one(Audit, audit.id)).worry == "New"
