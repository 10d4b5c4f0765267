"""Checking the facts, answering them, acknowledging and replying, over HTTP (A12)."""

import html

import pytest

from qa_app.audits import services
from qa_app.audits.models import Audit, Contribution, FactCheck, FactPoint
from qa_app.database import db, now, saving
from qa_app.domain.workflow import AuditState
from tests.audits.making import submitted, the_audit, written
from tests.council import find


@pytest.fixture
def sent(app, council):
    """The address of an audit that was just sent, its facts not checked yet."""
    with app.app_context(), saving():
        audit = written(council)
        services.submit(audit, by=council.people["other_auditor"], at=now())
        return f"/audits/{audit.id}"


@pytest.fixture
def people(council, client_for):
    """people("worker") → a client signed in as them."""
    return lambda key: client_for(council.people[key])


def text_of(page) -> str:
    return html.unescape(page.text)


def test_nothing_to_correct_is_one_press(app, people, sent):
    worker = people("worker")
    page = text_of(worker.get(f"{sent}/facts"))
    assert "Is everything in it right?" in page
    assert "Evidence about risk" in page, "the audit is there to be read"
    answer = worker.submit(f"{sent}/facts", {"right": "agree", "send": "1"}, follow_redirects=True)
    assert "You found nothing to correct" in text_of(answer)
    assert "nothing to correct" in text_of(people("other_auditor").get(sent))
    with app.app_context():
        check = db.session.query(FactCheck).filter(FactCheck.answered_at.is_not(None)).one()
        assert check.agreed
        assert not check.points
        assert the_audit().facts_checked_at is None, "the team manager has not answered"


def test_points_are_added_one_after_the_other_and_nothing_is_cleared(app, people, sent):
    worker = people("worker")
    first = {"right": "dispute", "section_0": "risk", "says_0": "It was in May", "shown": "1"}
    page = worker.submit(f"{sent}/facts", first | {"add": "1"})
    assert page.status_code == 200
    assert "It was in May" in page.text
    assert 'name="says_1"' in page.text
    with app.app_context():
        assert not db.session.query(FactPoint).count()
    more = first | {"shown": "2", "says_1": "I was on leave", "send": "1"}
    page = worker.submit(f"{sent}/facts", more, follow_redirects=True)
    assert "2 points sent to Otto Auditor" in text_of(page)
    with app.app_context():
        points = db.session.query(FactPoint).order_by(FactPoint.id).all()
        assert [(each.section_code, each.says) for each in points] == [
            ("risk", "It was in May"), ("", "I was on leave"),
        ]  # fmt: skip


INCOMPLETE = [
    # A12: an answer is a choice
    ({}, "Select whether everything in the audit is right"),
    # A12: and what is not right is said
    ({"right": "dispute"}, "Enter what is not right"),
    # A12: about a section, too
    ({"right": "dispute", "shown": "2", "says_0": "May", "section_1": "risk"}, "Enter what is not"),
    # A12: which is one of this audit's
    ({"right": "dispute", "says_0": "May", "section_0": "moon"}, "select one of the answers"),
]


@pytest.mark.parametrize(("data", "words"), INCOMPLETE)
def test_what_is_missing_is_said(app, people, sent, data, words):
    page = people("worker").submit(f"{sent}/facts", data | {"send": "1"})
    assert page.status_code == 400
    assert words in text_of(page)
    with app.app_context():
        assert not db.session.query(FactCheck).filter(FactCheck.answered_at.is_not(None)).count()


def dispute(client, sent, says="It was in May, not in June"):
    data = {"right": "dispute", "section_0": "risk", "says_0": says, "send": "1"}
    return client.submit(f"{sent}/facts", data, follow_redirects=True)


def test_the_auditor_sees_who_said_what_and_answers_it(app, people, sent):
    worker, auditor = people("worker"), people("other_auditor")
    dispute(worker, sent)
    page = text_of(auditor.get(sent))
    assert "1 thing said not to be right" in page
    assert "Wendy Worker" in page
    assert "It was in May, not in June" in page
    with app.app_context():
        point = find(FactPoint).id
    page = auditor.get(f"{sent}/facts/points")
    token = auditor.token_in(page.text)
    path = f"{sent}/facts/points/{point}"
    refused = auditor.send(path, {f"point-{point}-text": ""}, token=token)
    assert refused.status_code == 400
    assert "Enter why it stands as it is written" in text_of(refused)
    why = "The record says June: see the visit of 3 June"
    answer = auditor.send(path, {f"point-{point}-text": why}, token=token, follow_redirects=True)
    assert why in text_of(answer)
    assert why in text_of(worker.get(f"{sent}/facts"))
    # A second answer to the same point changes nothing.
    assert auditor.send(path, {f"point-{point}-text": "No"}, token=token).status_code == 409


def test_an_audit_taken_back_is_answered_point_by_point_and_sent_again(app, people, sent):
    worker, manager, auditor = people("worker"), people("manager"), people("other_auditor")
    dispute(worker, sent)
    manager.submit(f"{sent}/facts", {"right": "agree", "send": "1"})
    assert "Take it back to correct it" in auditor.get(f"{sent}/facts/points").text
    page = auditor.send(f"{sent}/facts/correct", follow_redirects=True)
    assert "is back with you" in text_of(page)
    assert "Change what you wrote about Risk and safety" in text_of(page)
    assert "Taken back to correct its facts" in text_of(auditor.get(sent))

    review = text_of(auditor.get(f"{sent}/review"))
    assert "Answer what Wendy Worker said is not right" in review
    assert auditor.send(f"{sent}/submit").status_code == 409
    with app.app_context():
        point = find(FactPoint).id
    token = auditor.token_in(auditor.get(f"{sent}/facts/points").text)
    data = {f"point-{point}-answer": "corrected", f"point-{point}-text": "It says May now"}
    auditor.send(f"{sent}/facts/points/{point}", data, token=token)
    assert auditor.send(f"{sent}/submit").status_code == 302
    with app.app_context():
        audit = the_audit()
        assert audit.state is AuditState.AWAITING_MODERATION
        assert audit.facts_checked_at is not None
    assert "It says May now" in text_of(worker.get(f"{sent}/facts"))


def test_a_reply_is_saved_for_oneself_then_signed_for_all(app, people, sent):
    worker, qa_lead = people("worker"), people("qa_lead")
    saved = worker.submit(f"{sent}/reply", {"text": "I see it so", "save": "1"},
                          follow_redirects=True)  # fmt: skip
    assert "Nobody else can read it until you sign it" in text_of(saved)
    assert "I see it so" in saved.text
    assert "I see it so" not in qa_lead.get(sent).text
    signed = worker.submit(f"{sent}/reply", {"text": "I see it otherwise", "send": "1"},
                           follow_redirects=True)  # fmt: skip
    assert "You signed this on" in text_of(signed)
    page = text_of(qa_lead.get(sent))
    assert "What the social worker and team manager say" in page
    assert "I see it otherwise" in page
    again = worker.send(f"{sent}/reply", {"text": "Another one", "send": "1"})
    assert again.status_code == 409
    with app.app_context():
        assert find(Contribution).text == "I see it otherwise"


def test_an_empty_reply_is_asked_for(people, sent):
    page = people("manager").submit(f"{sent}/reply", {"text": " ", "send": "1"})
    assert page.status_code == 400
    assert "Enter what you want to say about this audit" in text_of(page)


def test_reading_is_acknowledged_with_one_press(app, people, sent):
    worker = people("worker")
    assert "I have read this audit" in worker.get(sent).text
    page = worker.send(f"{sent}/acknowledge", follow_redirects=True)
    assert "You said that you have read audit" in text_of(page)
    assert "I have read this audit</button>" not in page.text
    assert worker.send(f"{sent}/acknowledge").status_code == 302
    assert "Has read the audit" in text_of(people("other_auditor").get(sent))


def test_what_to_expect_is_for_everybody(people):
    page = text_of(people("worker").get("/audits/what-to-expect"))
    for words in ("What is audited", "Who reads it", "How to challenge it", "3 working days",
                  "10 working days"):  # fmt: skip
        assert words in page


def test_the_page_says_why_it_is_closed(app, council, people):
    with app.app_context(), saving():
        sent = f"/audits/{submitted(council, checked=False).id}"
        audit = find(Audit)
        audit.state = AuditState.IN_MODERATION
    page = text_of(people("worker").get(f"{sent}/facts"))
    assert "Moderation has begun" in page
    assert 'name="right"' not in page
    refused = people("worker").send(f"{sent}/facts", {"right": "agree", "send": "1"})
    assert refused.status_code == 409
