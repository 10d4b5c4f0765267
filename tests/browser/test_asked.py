"""A question that hangs on another comes and goes with its answer (A2), and keeps it (A8)."""

import pytest
from flask import Flask

from qa_app.database import now, saving
from tests.audits.with_tools import given_with, small_tool
from tests.browser.journey import Make
from tests.council import Council


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> str:
    """The first section of a small check."""
    with app.app_context(), saving():
        audit = given_with(with_passwords, small_tool(), at=now())
        return f"/audits/{audit.id}/sections/plan"


@pytest.mark.one_database
def test_questions_show_and_hide_with_the_answer_they_hang_on(walker: Make, path: str) -> None:
    auditor = walker()
    auditor.sign_in("other_auditor")
    auditor.go(path)
    page = auditor.page
    missing = page.get_by_label("What is there instead?")
    shared = page.get_by_text("Was it shared?", exact=True)
    answers = page.get_by_role("group", name="Is there a plan?")
    assert not missing.is_visible()
    assert not page.get_by_text("Answer this if").first.is_visible()

    answers.get_by_label("No", exact=True).check()
    missing.fill("A letter of May")
    assert not shared.is_visible()
    answers.get_by_label("Yes").check()
    assert shared.is_visible()
    assert not missing.is_visible()
    # One that hangs on a hidden one is hidden with it.
    page.get_by_role("group", name="Was it shared?").get_by_label("No", exact=True).check()
    assert page.get_by_label("With whom not?").is_visible()
    answers.get_by_label("Not applicable").check()
    assert not page.get_by_label("With whom not?").is_visible()
    auditor.check()

    # A8: what was typed in one that is hidden was saved, and comes back.
    answers.get_by_label("No, with an approved exception").check()
    auditor.press("Save and come back later")
    auditor.go(path)
    assert missing.input_value() == "A letter of May"
    assert missing.is_visible()
    assert not page.get_by_label("With whom not?").is_visible()


@pytest.mark.one_database
def test_without_scripts_each_says_when_to_answer_it(walker: Make, path: str) -> None:
    auditor = walker(scripts=False, width=320)
    auditor.sign_in("other_auditor")
    auditor.go(path)
    page = auditor.page
    assert page.get_by_label("What is there instead?").is_visible()
    assert page.get_by_text("Answer this if you answered “Yes” to “Is there a plan?”").is_visible()
    page.get_by_role("group", name="Is there a plan?").get_by_label("Yes").check()
    auditor.press("Save and continue")
    auditor.go(path)
    assert page.get_by_text("Was it shared?", exact=True).is_visible()
    assert not page.get_by_label("What is there instead?").is_visible()
