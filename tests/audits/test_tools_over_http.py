"""Other tools than the core one, done through the pages from start to end (P7, A1, A2, A7)."""

import html
import re

import pytest

from qa_app.audits.models import Audit
from qa_app.database import db, saving
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.notify.models import Notice
from qa_app.standards.queries import tools
from tests.audits.with_tools import given_with, small_tool
from tests.council import find
from tests.web.filling import form_of, send


class Way:
    """One auditor's browser on one audit."""

    def __init__(self, client, audit_id) -> None:
        self.client, self.path = client, f"/audits/{audit_id}"

    def page(self, part: str = "") -> str:
        answer = self.client.get(f"{self.path}{part}")
        assert answer.status_code == 200, (part, answer.status_code)
        return html.unescape(answer.text)

    def save(self, part: str, **answers: str) -> str:
        """Fill in these boxes, questions by their codes, and go on; where to."""
        form = form_of(self.client, f"{self.path}{part}", "save")
        names = {name.removeprefix("question."): name for name in form.names}
        content = {names[code]: value for code, value in answers.items()}
        answer = send(self.client, form, form.hidden | content | {"save": "1"})
        assert answer.status_code == 302, answer.text
        return answer.location.removeprefix(self.path)

    def send(self) -> str:
        """Press the button of the review; what the page that follows says."""
        form = form_of(self.client, f"{self.path}/review")
        assert form.action.endswith("/submit"), "the review has no button yet"
        answer = send(self.client, form, form.hidden)
        assert answer.status_code == 302, answer.text
        return self.page()


@pytest.fixture
def way(app, council, client_for):
    """way(code, case, auditor) → the auditor's way through an audit with that tool."""

    def make(code: str, case: str = "100001", auditor: str = "other_auditor") -> Way:
        with app.app_context(), saving():
            tool = small_tool() if code == "small" else tools()[code]
            audit_id = given_with(council, tool, case=case, auditor=auditor).id
        return Way(client_for(council.people[auditor]), audit_id)

    return make


# P7, A2: a delegated authority check asks questions, and nothing is graded.
def test_a_delegated_authority_check_from_start_to_end(way, app):
    check = way("delegated-authority", case="100004", auditor="auditor")
    page = check.page()
    assert "0 of 1 parts done" in page
    assert "2 more sections may be asked" in page
    for word in ("Then judge the whole", "Overall grade", "Who was heard"):
        assert word not in page

    section = check.page("/sections/recorded")
    for word in ("Grade for this section", "What each grade looks like", "Was it done?"):
        assert (word in section) is (word == "Was it done?")
    assert "Notes (optional)" in section
    following = check.save("/sections/recorded", **{
        "recorded.in-plan": "yes", "recorded.areas": "no",
        "recorded.areas-missing": "Faith, social media", "recorded.reasons": "yes",
        "recorded.current": "not_applicable", "recorded.evidence": "Placement plan of 3 May",
    })  # fmt: skip
    assert following == "/sections/known"
    assert "1 of 3 parts done" in check.page()

    assert check.save("/sections/known", **{
        "known.carers": "yes", "known.parents": "yes", "known.child": "no",
    }) == "/sections/used"  # fmt: skip
    names = ("overnight", "haircuts", "school-trips", "health", "nothing-missed")
    answers = {f"used.{name}": "yes" for name in names}
    assert check.save("/sections/used", **answers) == "/review"

    review = check.page("/review")
    assert "1 thing to do before you can send it" in review
    assert "Enter an answer: What has the child not been asked or told?" in review
    assert 'href="' + check.path + '/sections/known#question.known.child-missing"' in review
    check.save("/sections/known", **{"known.child-missing": "Whom to ask about sleepovers"})
    review = check.page("/review")
    assert "It is finished at once: this kind of audit is not graded." in review
    assert "Overall grade" not in review

    done = check.send()
    assert "is finished. This kind of audit is not graded." in done
    assert "Finished. This kind of audit is not graded." in done
    for text in ("Faith, social media", "Placement plan of 3 May", "Whom to ask about sleepovers"):
        assert text in done
    # Not asked after these answers, so not read either.
    assert "What is missing from the placement plan" not in done
    for word in ("Overall grade", "Is this child safe now?", "Difference made", "Strengths"):
        assert word not in done
    with app.app_context():
        audit = find(Audit)
        assert (audit.state, audit.final_grade, audit.graded) == (AuditState.FINAL, None, False)
        notice = db.session.query(Notice).filter_by(key=f"final:{audit.id}").one()
        assert notice.subject.endswith("is finished")


# P7: nobody moderates it, so the queue does not hold it; lists and pages say that it has no grade.
def test_a_finished_check_stands_in_every_list_without_a_grade(way, council, client_for):
    check = way("small")
    check.save("/sections/plan", **{
        "plan.written": "no", "plan.missing": "A letter", "plan.else": "No",
    })  # fmt: skip
    check.send()

    assert "Not graded" in check.client.get("/audits").text
    lead = client_for(council.people["qa_lead"])
    assert "Not graded" in lead.get("/audits?state=final").text
    assert "Not graded" not in lead.get("/audits?grade=good").text
    head = client_for(council.people["review_head"])
    assert "No audit waits for you to moderate." in head.get("/moderation/").text
    result = lead.get(check.path.replace("/audits", "/moderation/audits")).text
    assert "This kind of audit is not graded." in result
    assert "This kind of audit is not moderated." in result
    for who in ("worker", "manager", "head", "director", "qa_lead", "other_auditor"):
        assert client_for(council.people[who]).get("/").status_code == 200
    assert client_for(council.people["manager"]).get(check.path).status_code == 200


# P7: pages that the tool does not ask for are not there, and nothing is saved by their names.
def test_a_bare_check_has_no_page_of_findings_voices_or_overall(way, app):
    check = way("small")
    for page in ("findings", "voices", "overall"):
        assert check.client.get(f"{check.path}/{page}").status_code == 404
    token = check.client.token_in(check.page("/sections/plan"))
    content = {"field": "overall.grade", "text": "outstanding", "version": 0}
    answer = check.client.post(f"{check.path}/text", json=content, headers={"X-CSRFToken": token})
    assert answer.status_code == 409
    with app.app_context():
        assert find(Audit).overall_grade is None


# A2: a text question saves itself while it is typed, like every other text (A8).
def test_a_text_question_saves_itself(way):
    check = way("small")
    page = check.page("/sections/plan")
    assert 'data-field="question.plan.else"' in page
    content = {"field": "question.plan.else", "text": "Half a", "version": 0}
    headers = {"X-CSRFToken": check.client.token_in(page)}
    answer = check.client.post(f"{check.path}/text", json=content, headers=headers)
    assert answer.json["version"] == 1
    assert check.client.post(f"{check.path}/text", json=content | {"text": "Other"},
                             headers=headers).status_code == 409  # fmt: skip
    assert "Half a</textarea>" in check.page("/sections/plan")
    assert "In progress" in check.page()


def _part(page: str, box: str) -> tuple[str, str]:
    """The wrapping element of a question that hangs on another: its tag and what is in it."""
    found = re.search(rf'<div class="app-asked"([^>]*)>((?:(?!<div class="app-asked").)*?'
                      rf'name="{re.escape(box)}")', page, re.S)  # fmt: skip
    assert found, box
    return found[1], found[2]


# A2: without scripts the question stands below with a sentence, until the answer is saved.
def test_a_question_that_hangs_on_another_says_when_to_answer_it(way):
    check = way("small")
    tag, inside = _part(check.page("/sections/plan"), "question.plan.missing")
    assert "hidden" not in tag
    assert 'data-asked-by="question.plan.written"' in tag
    assert 'data-asked-after="approved_exception no"' in tag
    assert ("Answer this if you answered “No” or “No, with an approved exception” to "
            "“Is there a plan?”") in inside  # fmt: skip

    assert check.save("/sections/plan", **{"plan.written": "yes"}) == "/sections/used"
    page = check.page("/sections/plan")
    assert "hidden" in _part(page, "question.plan.missing")[0]
    tag, inside = _part(page, "question.plan.shared")
    assert "hidden" not in tag
    assert "Answer this if" not in inside
    # Its answer is not saved yet: the one that hangs on it says so still.
    assert "“Was it shared?”" in _part(page, "question.plan.not-shared")[1]

    # One that hangs on a hidden one is hidden with it.
    check.save("/sections/plan", **{"plan.written": "no"})
    page = check.page("/sections/plan")
    assert "hidden" in _part(page, "question.plan.not-shared")[0]
    assert check.client.get(f"{check.path}/sections/used").status_code == 404


# A2: both are sent at once from a page without scripts, and the server decides what counts.
def test_what_is_typed_for_a_question_that_is_not_asked_is_kept(way):
    check = way("small")
    check.save("/sections/plan", **{
        "plan.written": "yes", "plan.missing": "Typed by mistake", "plan.shared": "yes",
        "plan.else": "No",
    })  # fmt: skip
    assert "Typed by mistake" not in check.page("/review")
    check.save("/sections/plan", **{"plan.written": "no"})
    assert "Typed by mistake" in check.page("/review")


# P7: graded, gated and moderated, without voices; A7 as in every graded audit; A1: its standards.
def test_a_mash_decision_audit_from_start_to_waiting_for_its_moderator(
    way, app, council, client_for
):
    audit = way("mash-decision")
    page = audit.page()
    codes = re.findall(r"/sections/([a-z-]+)\"", page)
    assert "Then judge the whole" in page
    assert "Who was heard" not in page
    assert "Standard 1.1: A decision within one working day" in audit.page("/sections/timeliness")

    for code in dict.fromkeys(codes):
        part = f"/sections/{code}"
        form = form_of(audit.client, f"{audit.path}{part}", "save")
        grades = {name: "good" for name, each in form.choices.items() if "good" in each}
        first = {name: "yes" for name, each in form.choices.items() if "good" not in each}
        texts = {name: f"Words of {name}" for name in form.texts if "not_applicable" not in name}
        # A finding can be picked up here too; these are added on their own page.
        texts["text"] = ""
        sent = send(audit.client, form, form.hidden | grades | first | texts | {"save": "1"})
        assert sent.status_code == 302
    assert sent.location.endswith("/findings")
    lacking = {"none_found.strength": "The sample is short",
               "none_found.development": "Nothing of weight"}  # fmt: skip
    form = form_of(audit.client, f"{audit.path}/findings", "none_found.strength")
    answer = send(audit.client, form, form.hidden | lacking | {"save": "1"})
    assert answer.location.endswith("/overall"), "no page of voices"
    form = form_of(audit.client, f"{audit.path}/overall", "safe.now")
    content = {"safe.now": "yes", "safe.how_known": "Seen", "overall.grade": "good",
               "overall.rationale": "In time and right", "overall.why_not_above": "Not told",
               "overall.why_not_below": "Safe"}  # fmt: skip
    answer = send(audit.client, form, form.hidden | content | {"save": "1"})
    assert answer.location.endswith("/review")

    assert "sent for moderation" in audit.send()
    # Not asked after “yes”: kept, and not read.
    assert "timeliness.why-late" not in audit.page()
    with app.app_context():
        row = find(Audit)
        assert (row.state, row.auditor_grade) == (AuditState.AWAITING_MODERATION, Grade.GOOD)
    queue = client_for(council.people["review_head"]).get("/moderation/").text
    assert 'app-grade--good">Good' in queue
