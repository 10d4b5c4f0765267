"""Withdrawing an audit: its reason, who may, and what goes on all the same (S4, P4, E7)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Concern, Conversation, ConversationGuest
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.auditreasons import TakenOffBecause, UnstartReason, WithdrawReason, in_words
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Party
from qa_app.domain.sampling import ReplacedBecause
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme import services as programme
from qa_app.programme.models import CaseFate, DrawState, Expectation
from qa_app.programme.queries import completion
from qa_app.tracker.models import Action
from tests.audits.making import AT, MONTH, Writer, given
from tests.audits.moving import PEOPLE, S, an_audit, person, put_into, share, share_outside
from tests.council import find
from tests.programme import draw_making

MAY = (S.GIVEN, S.IN_PROGRESS)
REASON = "No auditor can do it"


def withdraw(council, audit, reason=REASON):
    return services.withdraw(audit, reason, council.people["qa_lead"], AT)


def told():
    kept = select(Notice).where(Notice.key.startswith("withdrawn:"))
    return {notice.person_id for notice in db.session.scalars(kept)}


# I1: every entry of every list has words of its own, and only “another reason” asks for more.
@pytest.mark.parametrize("reasons", [UnstartReason, WithdrawReason, TakenOffBecause])
def test_each_list_of_reasons_is_said_in_words(reasons):
    assert len({reason.words for reason in reasons}) == len(reasons)
    assert [reason for reason in reasons if reason.needs_words] == [reasons.OTHER]
    assert all(in_words(reason) == reason.words for reason in reasons if not reason.needs_words)


@pytest.mark.parametrize("state", MAY)
def test_it_is_withdrawn_with_its_reason_and_keeps_what_was_written(context, council, state):
    # S4
    audit = given(council)
    Writer(audit, council.people["other_auditor"])({"risk.evidence": "Seen alone"})
    put_into(state, audit.id)
    withdraw(council, audit)
    assert (audit.state, audit.withdrawn_reason) == (AuditState.WITHDRAWN, REASON)
    assert Draft(audit).text("risk.evidence") == "Seen alone"
    db.session.commit()
    events = db.session.scalars(select(Event).where(Event.verb == "audit_withdrawn")).all()
    assert [event.sentence for event in events] == [f"Withdrawn: {REASON}"]


@pytest.mark.parametrize("state", [each for each in S if each not in MAY])
def test_what_was_sent_is_not_withdrawn(context, council, state):
    audit = given(council)
    put_into(state, audit.id)
    with pytest.raises(MoveNotAllowed, match="cannot be withdrawn now"):
        withdraw(council, audit)
    assert told() == set()


def test_both_auditors_are_told(context, council):
    audit = given(council)
    partner = share_outside(council, audit)
    withdraw(council, audit)
    assert told() == {council.people["other_auditor"], partner}


def test_a_concern_and_its_action_go_on(context, council):
    # E1, E7: they are about the child
    audit = given(council)
    services.raise_concern(audit, worry="A worry", by=council.people["other_auditor"], at=AT)
    withdraw(council, audit)
    assert find(Concern).withdrawn_at is None
    assert find(Action).settled_on is None


COMES = [(3, True), (-1, False)]


@pytest.mark.parametrize(("days", "called_off"), COMES)
def test_a_conversation_that_is_to_come_is_called_off(context, council, days, called_off):
    # A5: nobody waits in a room for an audit that is withdrawn
    audit = given(council)
    guest = ConversationGuest(person_id=council.people["worker"], party=Party.SOCIAL_WORKER)
    db.session.add(
        Conversation(
            audit_id=audit.id, starts_at=AT + timedelta(days=days), minutes=60, place="Room 2",
            invited_by=council.people["other_auditor"], invited_at=AT, guests=[guest],
        )
    )  # fmt: skip
    db.session.flush()
    withdraw(council, audit)
    assert (find(Conversation).cancelled_at is not None) is called_off
    kept = select(Notice.person_id).where(Notice.key.startswith("conversation-off:"))
    people = {council.people["worker"]} if called_off else set()
    assert set(db.session.scalars(kept)) == people


# --- the programme stays whole


def give(council, case="100001"):
    return programme.give_audit(
        db.session.get_one(Case, council.cases[case]), person(council, "other_auditor"), MONTH,
        Selection.RANDOM, "", by=council.people["qa_lead"], at=AT,
    )  # fmt: skip


def test_what_is_expected_and_due_stays(context, council):
    # P4: only an exemption or another audit answers for it
    audit = give(council)
    withdraw(council, audit)
    assert find(Expectation).number == 1
    found = completion(MONTH, MONTH)[MONTH]
    assert (found.due, found.done) == (1, 0)


def test_another_audit_then_answers_for_it(context, council):
    # P4: given again, nothing more is expected than before
    withdraw(council, give(council))
    give(council, "100003")
    assert find(Expectation).number == 1


def test_the_case_can_be_given_anew(context, council):
    # S3
    withdraw(council, give(council))
    assert give(council).state is AuditState.GIVEN


def drawn(council):
    """A case of a draw, given to somebody, with the reserve that is next."""
    draw_making.add_cases(council, 6)
    draw = draw_making.a_draw(council, size=None, sizes={"Safeguarding Team 1": 1})
    (case,), reserves = draw_making.rows_of(draw), draw_making.rows_of(draw, reserves=True)
    case.audit, draw.state = (
        programme.give_audit(
            case.case, person(council, "other_auditor"), Month.of(london_date(now())).first,
            Selection.RANDOM, "", by=council.people["qa_lead"], at=now(),
        ),
        DrawState.CONFIRMED,
    )  # fmt: skip
    db.session.flush()
    return case, reserves[0]


def test_a_reserve_can_take_the_place_of_its_case(context, council):
    # S4: the substitution works as if it had withdrawn the audit itself
    case, reserve = drawn(council)
    withdraw(council, case.audit)
    assert case.fate is CaseFate.DRAWN
    asked = programme.ask_substitution(
        case, ReplacedBecause.NOT_NOW, "", by=council.people["qa_lead"], at=now()
    )
    taken = programme.approve_substitution(asked, by=council.people["head"], at=now())
    assert (taken, case.fate) == (reserve, CaseFate.REPLACED)
    assert case.audit.withdrawn_reason == REASON


def test_a_substitution_that_was_asked_for_before_goes_on(context, council):
    # S4
    case, reserve = drawn(council)
    asked = programme.ask_substitution(
        case, ReplacedBecause.NOT_NOW, "", by=council.people["qa_lead"], at=now()
    )
    withdraw(council, case.audit)
    assert programme.approve_substitution(asked, by=council.people["head"], at=now()) is reserve


# --- the page

DATA = {"reason": "nobody", "words": ""}


def path(audit_id):
    return f"/audits/{audit_id}/withdraw"


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


def test_the_qa_lead_withdraws_it_by_the_page(app, council, lead):
    audit_id = an_audit(app, council)
    assert f'href="{path(audit_id)}"' in lead.get(f"/audits/{audit_id}").text
    refused = lead.submit(path(audit_id), {"reason": "other", "words": ""})
    assert (refused.status_code, "Enter why it is withdrawn" in refused.text) == (400, True)
    answer = lead.submit(path(audit_id), {"reason": "not_now", "words": "A final hearing"})
    assert (answer.status_code, answer.location) == (302, f"/audits/{audit_id}")
    page = lead.get(answer.location).text
    assert "Withdrawn: This case cannot be audited now: A final hearing." in page
    assert "What is expected of them stays" in page
    assert path(audit_id) not in page


def test_the_page_says_what_stays_expected_and_where_to_go(app, council, lead):
    # P4
    text = lead.get(path(an_audit(app, council))).text
    assert "The auditor’s expectation stays in November 2026" in text
    for href in ("/programme/requests", "/programme/give", "/programme/draws"):
        assert f'href="{href}"' in text
        assert lead.get(href).status_code == 200


def test_the_page_says_that_a_concern_goes_on(app, council, lead):
    # E7
    audit_id = an_audit(app, council)
    assert "any significant-harm concern" in lead.get(path(audit_id)).text
    with app.app_context(), saving():
        services.raise_concern(
            find(Audit), worry="A worry", by=council.people["other_auditor"], at=now()
        )
    page = lead.get(path(audit_id)).text
    assert "the significant-harm concern that is open on this child" in page
    assert "1 action that came from this audit" in page


WHO = [
    # S4: the QA lead alone; its auditor sees that they may not, others that it is not there
    ("qa_lead", 302), ("other_auditor", 403), ("auditor", 404), ("manager", 404), ("worker", 404),
    ("head", 404), ("director", 404), ("viewer", 404), ("administrator", 404),
]  # fmt: skip


@pytest.mark.parametrize("state", MAY)
@pytest.mark.parametrize(("key", "status"), WHO)
def test_who_may_withdraw_it(app, council, client_for, key, status, state):
    assert {each for each, _ in WHO} == set(PEOPLE)
    audit_id = an_audit(app, council, state)
    answer = client_for(council.people[key]).send(path(audit_id), DATA)
    assert answer.status_code == status
    with app.app_context():
        assert find(Audit).state is (AuditState.WITHDRAWN if status == 302 else state)


@pytest.mark.parametrize("state", [each for each in S if each not in MAY])
def test_every_other_state_refuses_and_says_so(app, council, lead, state):
    audit_id = an_audit(app, council, state)
    for data in (DATA, {}):
        answer = lead.send(path(audit_id), data)
        assert answer.status_code == 409
        assert "cannot be withdrawn" in re.sub("<[^>]+>", "", answer.text)
    assert lead.get(path(audit_id)).status_code == 200
    with app.app_context():
        assert find(Audit).state is state


def test_pressing_twice_withdraws_once(app, council, lead):
    # CO-5
    audit_id = an_audit(app, council)
    assert [lead.send(path(audit_id), DATA).status_code for _ in range(2)] == [302, 409]
    with app.app_context():
        assert len(told()) == 1


def test_a_second_auditor_does_not_withdraw_it(app, council, client_for):
    audit_id = an_audit(app, council)
    with app.app_context(), saving():
        share(council, db.session.get_one(Audit, audit_id))
    assert client_for(council.people["iro"]).send(path(audit_id), DATA).status_code == 403
