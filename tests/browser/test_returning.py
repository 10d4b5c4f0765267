"""A moderator returns an audit with comments, its auditor answers each where it is pinned, the next
moderator reads the answers; then the QA lead amends what is final. Three people, wide and at 320
pixels, with and without scripts (M6, M8)."""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, PinnedComment
from qa_app.database import db, saving
from qa_app.domain.workflow import AuditState
from tests.audits.finals import finish
from tests.audits.making import submitted
from tests.browser.conftest import Walker
from tests.council import Council, find

pytestmark = pytest.mark.one_database
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
WHEN, HOW, ANSWER = "Say when he was seen.", "Say how that is known.", "On 3 May, at home."


def _says(person: Walker, *texts: str) -> None:
    main = person.page.inner_text("main")
    for text in texts:
        assert text in main, (person.page.url, main)
    assert not person.scripts or not person.page.evaluate(WIDER), person.page.url


def _write(person: Walker, name: str, text: str) -> None:
    person.page.locator(f'textarea[name="{name}"]').fill(text)


def _return(head: Walker, question: str) -> None:
    head.go("/moderation/")
    head.follow("Moderate audit A-")
    head.follow("Return it for correction")
    head.press("Return it to the auditor")
    _says(head, "Enter what is to be corrected")
    head.page.locator("select[name=where_0]").select_option("section:risk")
    _write(head, "says_0", HOW)
    head.press("Add another")
    head.page.locator("select[name=where_3]").select_option(f"question:{question}")
    _write(head, "says_3", WHEN)
    head.press("Return it to the auditor")
    _says(head, "2 things to correct")


def _answer(auditor: Walker) -> None:
    auditor.follow("A-")
    _says(auditor, "2 things asked of you", "2 things asked of you here", HOW)
    auditor.follow("Risk and safety")
    _says(auditor, "The moderator asks", WHEN, HOW)
    auditor.follow("Answer this")
    _says(auditor, "2 things to answer")
    for left in (1, 0):
        auditor.page.locator("textarea").first.fill(ANSWER)
        auditor.press("Save this answer")
        _says(auditor, ANSWER)
        assert auditor.page.locator("textarea").count() == left
    auditor.follow("Check the audit and send it again")
    auditor.press("Send for moderation")


def _amend(lead: Walker, audit: str) -> None:
    lead.go(audit)
    lead.follow("Amend this audit")
    _says(lead, "Overall final grade", "Plan type", "What was written")
    lead.follow("Amend the overall final grade")
    lead.press("Amend it")
    _says(lead, "Select the new overall final grade", "Enter why it is amended")
    lead.page.locator('input[name="new"][value="inadequate"]').check()
    _write(lead, "reason", "The panel’s minutes came to light.")
    lead.press("Amend it")
    _says(lead, "from Good to Inadequate", "The panel’s minutes came to light.")


@pytest.mark.parametrize(("scripts", "width"), [(True, 1200), (True, 320), (False, 1200)])
def test_a_return_is_answered_and_a_final_audit_amended(
    app: Flask,
    walker: Callable[..., Walker],
    with_passwords: Council,
    record_property: Callable[[str, object], None],
    scripts: bool,
    width: int,
) -> None:
    with app.app_context(), saving():
        audit = submitted(with_passwords)
        draft = Draft(audit)
        question = draft.questions_of(draft.section("risk"))[0].code
        path = f"/audits/{audit.id}"
    people = {
        key: walker(scripts=scripts, width=width)
        for key in ("review_head", "other_auditor", "qa_lead")
    }
    for key, person in people.items():
        person.sign_in(key)
    _return(people["review_head"], question)
    people["other_auditor"].go("/")
    _answer(people["other_auditor"])
    with app.app_context():
        assert find(Audit).state is AuditState.AWAITING_MODERATION
        assert all(each.answer == ANSWER for each in db.session.query(PinnedComment))
    head = people["review_head"]
    head.go("/moderation/")
    head.follow("Moderate audit A-")
    _says(head, "What was asked to be corrected", WHEN, ANSWER)
    head.press("Give it back to the queue")
    with app.app_context(), saving():
        finish(find(Audit), with_passwords)
    _amend(people["qa_lead"], path)
    counted = sum(each.checked for each in people.values())
    record_property("counted", f"{counted} pages checked")
