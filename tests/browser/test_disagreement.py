"""Auditor and moderator disagree, and somebody senior decides: three people, each in a browser of
their own, wide and at 320 pixels, with and without scripts (M4, M5, M7)."""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.audits.models import Audit
from qa_app.database import saving
from qa_app.domain.grades import Grade
from tests.browser.conftest import Walker
from tests.council import Council, find
from tests.moderation.factory import a_submitted_audit

WIDE, NARROW = 1200, 320
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
SEEN = "The visit of 3 May was not written up."
ANSWER = "It was written up on 4 May, in the supervision note."
DECIDED = "The note is there: it was late, and it was done."


def _choose(person: Walker, name: str, value: str) -> None:
    person.page.locator(f'input[name="{name}"][value="{value}"]').check()


def _write(person: Walker, name: str, text: str) -> None:
    person.page.locator(f'textarea[name="{name}"]').fill(text)


def _says(person: Walker, *texts: str) -> None:
    main = person.page.inner_text("main")
    for text in texts:
        assert text in main, (person.page.url, main)
    assert not person.scripts or not person.page.evaluate(WIDER), person.page.url


def _differ(head: Walker, code: str) -> None:
    page = head.page
    page.locator(f'select[name="{code}_grade"]').select_option("requires_improvement")
    page.locator(f'select[name="{code}_reason"]').select_option("evidence_missed")
    _write(head, f"{code}_words", SEEN)


def _moderate(head: Walker) -> None:
    """Another grade overall and for risk and safety."""
    head.follow("Moderate audit A-")
    _choose(head, "agreement", "except")
    _choose(head, "except_for", "risk")
    section = head.page.locator("[data-differently=risk]")
    if section.get_attribute("open") is None:
        section.locator("summary").first.click()
    _differ(head, "risk")
    _choose(head, "overall_view", "differ")
    _differ(head, "overall")
    _write(head, "feedback", "Clear and kind.")
    with head.page.expect_navigation():
        head.page.locator("button[name=save]").click()
    head.check()


def _answer(auditor: Walker) -> None:
    """One grade accepted, and not the other."""
    _says(auditor, "Answers asked of me", "Hugh Head")
    auditor.follow("A-")
    _says(auditor, "Clear and kind.", SEEN, "Evidence on the file was missed.")
    auditor.press("Send my answer")
    _says(auditor, "Select whether you accept the moderator’s grade for the audit as a whole")
    _choose(auditor, "risk_view", "accept")
    _choose(auditor, "overall_view", "disagree")
    _write(auditor, "overall_words", ANSWER)
    auditor.press("Send my answer")
    _says(auditor, "Your answer was sent.", "Auditor and moderator do not agree.")


def _decide(director: Walker) -> None:
    """The overall grade, from the queue, without a look at the record first."""
    director.follow("Decide about audit A-")
    _says(director, "Ada Auditor, auditor", SEEN, ANSWER, "Settled between them")
    _choose(director, "overall_grade", "good")
    _write(director, "overall_words", DECIDED)
    director.press("Decide")


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_three_people_and_one_grade(
    app: Flask, walker: Callable[..., Walker], with_passwords: Council, width: int, scripts: bool,
    record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    with app.app_context(), saving():
        result = f"/moderation/audits/{a_submitted_audit(with_passwords).id}"
    people = [walker(width=width, scripts=scripts) for _ in range(4)]
    head, auditor, director, worker = people
    for person, key in zip(people, ("other_head", "auditor", "director", "worker"), strict=True):
        person.sign_in(key)
    head.go("/moderation/")
    _moderate(head)
    _says(head, "What happens next", "Without an answer by then")
    head.go("/")
    _says(head, "My discussions", "Waiting for the auditor’s answer")

    auditor.go("/")
    _answer(auditor)

    director.go("/moderation/")
    _decide(director)
    _says(director, "is final.", DECIDED, "The second moderator's grade")

    for person in (auditor, head, worker):
        person.go(result)
        _says(person, "Final grade: Good", "Second moderator", "Disagreed:", ANSWER, "(differs)")
    with app.app_context():
        assert find(Audit).final_grade is Grade.GOOD
    pages, nodes = sum(each.checked for each in people), sum(each.nodes for each in people)
    record_property("counted", f"{pages} pages, {nodes} nodes seen by axe")
