"""Moderating an audit whose tool is not graded; a graded one that nobody moderates (P7, M7)."""

import html

import pytest

from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import now, saving
from qa_app.domain.workflow import AuditState
from tests.audits.making import Writer, nothing_to_correct
from tests.audits.with_tools import given_with, small_tool
from tests.council import find

ANSWERS = {"question.plan.written": "no", "question.plan.missing": "A letter of May",
           "question.plan.else": "No", "plan.evidence": "Read twice"}  # fmt: skip


@pytest.fixture
def sent(app, council):
    """sent(**what the tool says) → the id of an audit that its auditor has sent."""

    def make(more=(), **says) -> str:
        auditor = council.people["other_auditor"]
        with app.app_context(), saving():
            audit = given_with(council, small_tool(**says), at=now())
            Writer(audit, auditor)(ANSWERS | dict(more))
            nothing_to_correct(audits.submit(audit, by=auditor, at=now()), at=now())
            return str(audit.id)

    return make


# P7: the moderator reads the answers, grades nothing and finishes it.
def test_an_audit_without_grades_is_moderated_without_grading(app, council, client_for, sent):
    audit_id = sent(moderated=True)
    head = client_for(council.people["review_head"])
    queue = head.get("/moderation/").text
    assert "Not graded" in queue
    start = f"/moderation/audits/{audit_id}/start"
    path = head.send(start, token=head.token_in(queue)).location

    page = html.unescape(head.get(path).text)
    for words in ("This kind of audit is not graded.", "A letter of May", "Read twice"):
        assert words in page
    for words in ("The auditor’s grade", "left this section to you", "Your grade for",
                  "What difference it made", "your overall grade"):  # fmt: skip
        assert words not in page
    refused = head.submit(path, {"feedback": ""})
    assert "Enter what was done well in this audit" in refused.text
    assert head.submit(path, {"feedback": "Clear and kind."}).status_code == 302

    page = html.unescape(head.get(f"/moderation/audits/{audit_id}").text)
    assert f"Audit {_reference(app)} is finished." in page
    assert "This kind of audit is not graded. It is “final”." in page
    assert "Clear and kind." in page
    shown = html.unescape(
        client_for(council.people["other_auditor"]).get(f"/audits/{audit_id}").text
    )
    assert "Moderated: this kind of audit is not graded" in shown
    assert "Finished. This kind of audit is not graded." in shown


def _reference(app) -> str:
    with app.app_context():
        audit = find(Audit)
        assert (audit.state, audit.final_grade) == (AuditState.FINAL, None)
        return audit.reference


# M7: nobody moderates it: its auditor's grade is final, and every page says whose it is.
def test_a_graded_audit_that_is_not_moderated_has_its_auditors_grade(council, client_for, sent):
    grades = {"overall.grade": "good", "plan.grade": "good"}
    audit_id = sent(grades, graded=True)
    lead = client_for(council.people["qa_lead"])
    page = html.unescape(lead.get(f"/moderation/audits/{audit_id}").text)
    assert "Final grade: " in page
    assert "This kind of audit is not moderated." in page
    assert "Its auditor’s grade is final." in page
    shown = html.unescape(lead.get(f"/audits/{audit_id}").text)
    assert "Final grade: Good. The auditor's grade: this kind of audit is not moderated" in shown
    assert "Sent for moderation" not in shown
    head = client_for(council.people["review_head"])
    assert "No audit waits for you to moderate." in head.get("/moderation/").text
