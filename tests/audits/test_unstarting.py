"""Putting an audit back to not started: its reason, who may, and nothing that was typed is lost."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Contribution, Conversation
from qa_app.database import db, now, saving
from qa_app.domain.answers import ContributionKind
from qa_app.domain.auditreasons import LONGEST, UnstartReason, WordsNeeded
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.making import AT, Writer, given
from tests.audits.moving import PEOPLE, S, an_audit, put_into, share
from tests.council import find

WROTE = {"risk.evidence": "She was seen alone each week", "risk.grade": "good"}


def started(council):
    audit = given(council)
    Writer(audit, council.people["other_auditor"])(WROTE)
    assert audit.state is AuditState.IN_PROGRESS
    return audit


def unstart(council, audit, reason=UnstartReason.BY_MISTAKE, words="", by="other_auditor"):
    return services.unstart(audit, reason, words, by=council.people[by], at=AT)


def told(prefix="unstarted:"):
    kept = select(Notice).where(Notice.key.startswith(prefix))
    return {notice.person_id for notice in db.session.scalars(kept)}


def sentences(audit):
    db.session.commit()
    events = select(Event).where(Event.audit_id == audit.id).order_by(Event.sequence)
    return [event.sentence for event in db.session.scalars(events)]


def test_it_is_not_started_again_and_keeps_every_word(context, council):
    # A8: nothing typed is lost
    audit = unstart(council, started(council))
    draft = Draft(audit)
    assert (audit.state, audit.started_at) == (AuditState.GIVEN, None)
    assert draft.text("risk.evidence") == WROTE["risk.evidence"]
    grades = {each.code: each.grade for each in draft.facts().sections}
    assert grades["risk"] is Grade.GOOD
    assert audit.due_on is not None


def test_a_later_word_starts_it_again(context, council):
    # A8
    audit = unstart(council, started(council))
    later = AT + timedelta(hours=2)
    saved = Writer(audit, council.people["other_auditor"], later)({"risk.impact": "She slept"})
    assert saved.conflicts == []
    assert (audit.state, audit.started_at) == (AuditState.IN_PROGRESS, later)


def test_saving_a_box_as_it_stands_starts_nothing(context, council):
    # A8: opening a page and pressing Save is no beginning
    audit = unstart(council, started(council))
    Writer(audit, council.people["other_auditor"])(WROTE)
    assert audit.state is AuditState.GIVEN


REASONS = [
    # (reason, words, what the history says)
    (UnstartReason.BY_MISTAKE, "", "Opened by mistake"),
    (UnstartReason.WRONG_CASE, "", "The wrong case was read"),
    (UnstartReason.ANOTHER_AUDITOR, "  next\n week ", "Another auditor is to begin: next week"),
    (UnstartReason.OTHER, "The file is away", "The file is away"),
]


@pytest.mark.parametrize(("reason", "words", "said"), REASONS)
def test_the_reason_stands_in_the_history(context, council, reason, words, said):
    # I1
    audit = unstart(council, started(council), reason, words)
    assert sentences(audit)[-1] == f"Put back to not started: {said}"


@pytest.mark.parametrize(
    ("words", "message"),
    [("  ", "Enter the reason"), ("x" * (LONGEST + 1), "300 characters or fewer")],
)
def test_another_reason_is_told_and_briefly(context, council, words, message):
    audit = started(council)
    with pytest.raises(WordsNeeded, match=message) as refused:
        unstart(council, audit, UnstartReason.OTHER, words)
    assert refused.value.field == "words"
    assert audit.state is AuditState.IN_PROGRESS


TOLD = [
    # (who does it, who is told)
    ("other_auditor", {"qa_lead", "iro"}),
    ("qa_lead", {"other_auditor", "iro"}),
]


@pytest.mark.parametrize(("by", "people"), TOLD)
def test_those_who_have_to_know_are_told(context, council, by, people):
    audit = started(council)
    share(council, audit, "iro")
    unstart(council, audit, by=by)
    assert told() == {council.people[key] for key in people}


def test_a_second_time_tells_again(context, council):
    audit = unstart(council, started(council))
    Writer(audit, council.people["other_auditor"])({"risk.impact": "More"})
    unstart(council, audit)
    kept = select(Notice.id).where(Notice.key.startswith("unstarted:"))
    assert len(db.session.scalars(kept).all()) == 2


def raise_concern(council, audit):
    return services.raise_concern(audit, worry="A worry", by=council.people["other_auditor"], at=AT)


def sign(council, audit, key="worker", kind=ContributionKind.VIEW, signed_at=AT):
    db.session.add(
        Contribution(
            audit_id=audit.id, person_id=council.people[key], party=Party.SOCIAL_WORKER, kind=kind,
            text="We talked of it", saved_at=AT, signed_at=signed_at,
        )
    )  # fmt: skip
    db.session.flush()


def arrange(council, audit, days=3, cancelled_at=None):
    db.session.add(
        Conversation(
            audit_id=audit.id, starts_at=AT + timedelta(days=days), minutes=60, place="Room 2",
            invited_by=council.people["other_auditor"], invited_at=AT, cancelled_at=cancelled_at,
        )
    )  # fmt: skip
    db.session.flush()


def sign_both(council, audit):
    sign(council, audit)
    sign(council, audit, "manager")


AGAINST = [
    # (what others have done, what is said, with what to do instead)
    (
        raise_concern,
        ["concern is open", "Have somebody else cover the audit, or have it withdrawn"],
    ),
    (sign, ["Wendy Worker has signed a contribution", "Have somebody else cover"]),
    (sign_both, ["Wendy Worker and Manny Manager have signed a contribution"]),
    (arrange, ["invited to talk this audit through on 21 November 2026", "Call that off first"]),
    (
        lambda council, audit: arrange(council, audit, days=-1),
        ["was talked through on 17 November 2026", "Have somebody else cover"],
    ),
]


@pytest.mark.parametrize(("done", "said"), AGAINST)
def test_what_others_have_done_keeps_it_started(context, council, done, said):
    audit = started(council)
    done(council, audit)
    with pytest.raises(services.StaysStarted) as refused:
        unstart(council, audit)
    assert [part for part in said if part not in refused.value.message] == []
    assert (audit.state, told()) == (AuditState.IN_PROGRESS, set())


def withdrawn_concern(council, audit):
    concern = raise_concern(council, audit)
    services.withdraw_concern(concern, "Another child", council.people["head"], AT)


NOTHING_AGAINST = [
    # E7: a concern that was withdrawn
    withdrawn_concern,
    # A5: a view that its writer has not signed is theirs alone
    lambda council, audit: sign(council, audit, signed_at=None),
    # A5: a conversation that was called off
    lambda council, audit: arrange(council, audit, cancelled_at=AT),
]


@pytest.mark.parametrize("done", NOTHING_AGAINST)
def test_what_is_over_or_nobody_elses_does_not(context, council, done):
    audit = started(council)
    done(council, audit)
    assert services.reasons_against(audit, AT) == []
    assert unstart(council, audit).state is AuditState.GIVEN


@pytest.mark.parametrize("state", [each for each in S if each is not S.IN_PROGRESS])
def test_only_an_audit_in_progress_goes_back(context, council, state):
    audit = started(council)
    put_into(state, audit.id)
    with pytest.raises(MoveNotAllowed, match="cannot be put back to not started now"):
        unstart(council, audit)


# --- the page

DATA = {"reason": "by_mistake", "words": ""}


def path(audit_id):
    return f"/audits/{audit_id}/unstart"


def test_the_auditor_puts_it_back_by_the_page(app, council, client_for):
    audit_id = an_audit(app, council)
    client = client_for(council.people["other_auditor"])
    assert f'href="{path(audit_id)}"' in client.get(f"/audits/{audit_id}").text
    assert "the next change starts the audit again" in client.get(path(audit_id)).text
    refused = client.submit(path(audit_id), {"reason": "other", "words": " "})
    assert (refused.status_code, "Enter why it goes back" in refused.text) == (400, True)
    answer = client.submit(path(audit_id), DATA)
    assert (answer.status_code, answer.location) == (302, f"/audits/{audit_id}")
    page = client.get(answer.location).text
    assert "is not started again. What was written is in its boxes" in page
    assert f'href="{path(audit_id)}"' not in page
    with app.app_context():
        assert find(Audit).state is AuditState.GIVEN


def test_the_page_says_what_keeps_it_started_and_asks_nothing(app, council, client_for):
    audit_id = an_audit(app, council)
    client = client_for(council.people["other_auditor"])
    client.get(path(audit_id))
    with app.app_context(), saving():
        raise_concern(council, find(Audit))
    page = client.get(path(audit_id))
    assert "A significant-harm concern is open on this child" in page.text
    assert 'name="reason"' not in page.text
    refused = client.send(path(audit_id), DATA)
    assert (refused.status_code, "stays started" in refused.text) == (409, True)


ARRANGED = [("other_auditor", "Open the conversation"),
            ("qa_lead", "Otto Auditor can call the conversation off")]  # fmt: skip


@pytest.mark.parametrize(("key", "said"), ARRANGED)
def test_the_page_leads_to_the_conversation_that_is_to_be_called_off(
    app, council, client_for, key, said
):
    # A5
    audit_id = an_audit(app, council)
    with app.app_context(), saving():
        arrange(council, find(Audit), days=30)
    assert said in client_for(council.people[key]).get(path(audit_id)).text


WHO = [
    # A8, I2: its auditor, and the QA lead; who may not see a draft learns nothing of it
    ("other_auditor", 302), ("qa_lead", 302), ("auditor", 404), ("manager", 404), ("worker", 404),
    ("head", 404), ("director", 404), ("viewer", 404), ("administrator", 404),
]  # fmt: skip


@pytest.mark.parametrize(("key", "status"), WHO)
def test_who_may_put_it_back(app, council, client_for, key, status):
    assert {each for each, _ in WHO} == set(PEOPLE)
    audit_id = an_audit(app, council)
    answer = client_for(council.people[key]).send(path(audit_id), DATA)
    assert answer.status_code == status
    with app.app_context():
        there = find(Audit).state
    assert there is (AuditState.GIVEN if status == 302 else AuditState.IN_PROGRESS)


@pytest.mark.parametrize("state", [each for each in S if each is not S.IN_PROGRESS])
@pytest.mark.parametrize("key", ["other_auditor", "qa_lead"])
def test_every_other_state_refuses_and_says_so(app, council, client_for, key, state):
    audit_id = an_audit(app, council, state)
    client = client_for(council.people[key])
    for data in (DATA, {}):
        answer = client.send(path(audit_id), data)
        assert answer.status_code == 409
        assert "cannot be put back" in re.sub("<[^>]+>", "", answer.text)
    assert client.get(path(audit_id)).status_code == 200
    with app.app_context():
        assert find(Audit).state is state


def test_a_second_auditor_does_not_put_it_back(app, council, client_for):
    audit_id = an_audit(app, council)
    with app.app_context(), saving():
        share(council, db.session.get_one(Audit, audit_id), "iro")
    client = client_for(council.people["iro"])
    assert client.send(path(audit_id), DATA).status_code == 403
    assert path(audit_id) not in client.get(f"/audits/{audit_id}").text


def test_putting_it_back_is_told_in_the_history_with_who_and_when(app, council, client_for):
    # I1
    audit_id = an_audit(app, council)
    client_for(council.people["qa_lead"]).submit(path(audit_id), DATA)
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.verb == "audit_unstarted")).one()
        assert (event.actor_id, event.audit_id) == (council.people["qa_lead"], audit_id)
        assert now() - event.at < timedelta(minutes=1)
