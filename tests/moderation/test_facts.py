"""What moderators see of an audit whose facts are being checked (A12, M0)."""

import html

import pytest

from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.services import Point
from qa_app.database import now, saving
from qa_app.domain.answers import ContributionKind
from qa_app.domain.workflow import AuditState
from qa_app.formatting import date_words
from tests.audits.making import nothing_to_correct, written
from tests.council import find
from tests.queries import count_queries


@pytest.fixture
def sent(app, council):
    """sent(grade="good", case="100001") → the id of an audit that was sent just now."""

    def make(**options: str) -> str:
        with app.app_context(), saving():
            audit = written(council, **options)
            audits.submit(audit, by=council.people["other_auditor"], at=now())
            return str(audit.id)

    return make


# A12: it stands in the queue without a button, and sending the press all the same is refused.
def test_the_queue_says_until_when_the_facts_are_checked(app, council, client_for, sent):
    audit_id = sent()
    head = client_for(council.people["review_head"])
    page = html.unescape(head.get("/moderation/").text)
    with app.app_context():
        until = date_words(find(Audit).facts_until)
    assert f"its facts are checked until {until}" in page
    start = f"/moderation/audits/{audit_id}/start"
    assert start not in page
    refused = head.send(start)
    assert refused.status_code == 409
    assert f"are checked until {until}" in html.unescape(refused.text)
    with app.app_context():
        assert find(Audit).state is AuditState.AWAITING_MODERATION


# A12: once everybody has answered, and an Inadequate at any time (M0).
@pytest.mark.parametrize("grade", ["good", "inadequate"])
def test_it_can_be_taken_when_it_is_checked_or_urgent(app, council, client_for, sent, grade):
    audit_id = sent(grade=grade)
    if grade == "good":
        with app.app_context(), saving():
            nothing_to_correct(find(Audit), now())
    head = client_for(council.people["review_head"])
    assert f"/moderation/audits/{audit_id}/start" in head.get("/moderation/").text
    assert head.send(f"/moderation/audits/{audit_id}/start").status_code == 302


# A12: what was said about the facts and the replies are read by whoever moderates.
def test_the_moderator_reads_what_they_say(app, council, client_for, sent):
    audit_id = sent(grade="inadequate")
    people = council.people
    with app.app_context(), saving():
        audit = find(Audit)
        points = [Point("risk", "It was in May")]
        audits.answer_check(audit, points=points, by=people["worker"], at=now())
        reply = {"kind": ContributionKind.REPLY, "text": "I was on leave", "at": now()}
        audits.send_contribution(audit, by=people["manager"], **reply)
    head = client_for(people["review_head"])
    page = html.unescape(head.get(head.send(f"/moderation/audits/{audit_id}/start").location).text)
    for said in ("What the social worker and team manager say", "It was in May", "I was on leave"):
        assert said in page


def test_the_queue_costs_the_same_for_one_and_for_more(app, council, client_for, sent):
    head = client_for(council.people["review_head"])
    asked = []
    for cases in (["100001"], ["100003", "100002"]):
        for case in cases:
            sent(case=case)
        with count_queries(app) as counted:
            head.get("/moderation/")
        asked.append(counted)
    assert len(asked[0]) == len(asked[1]), asked[1]
