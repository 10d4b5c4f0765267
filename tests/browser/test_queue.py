"""The queue and the pages about who moderates what, by axe, wide and at 320 pixels, where nothing
has to be scrolled to; then a moderator, the QA lead and the director at work (M0, M2, M5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from qa_app.database import now, saving
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.moderation.services import giving
from qa_app.moderation.services.late import tell_of_late
from tests.browser.conftest import Walker
from tests.council import Council
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import disputed
from tests.moderation.factory import a_concern, a_submitted_audit, tie
from tests.moderation.test_giving import start

pytestmark = pytest.mark.one_database
WIDER = """() => [document.documentElement, ...document.querySelectorAll(".app-table-box")]
    .filter(each => each.scrollWidth > each.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 200))
"""


def _world(app: Flask, council: Council) -> dict[str, str]:
    """Something in each part of the director's queue, and audits that are late."""
    with app.app_context(), saving():
        sent, lead = now() - timedelta(days=30), council.people["qa_lead"]
        barred, blind, free, given, mine, other = (
            a_submitted_audit(council, auditor="other_auditor", case="100003", at=sent)
            for _ in range(6)
        )
        tie(council, barred, "director", Party.CHAIR)
        chosen(blind, blind=True)
        a_concern(free)
        giving.give(given, council.people["director"], by=lead, at=now())
        giving.give(other, council.people["review_head"], by=lead, at=now())
        start(council, mine, "director")
        a_submitted_audit(council, grade=Grade.INADEQUATE, at=sent)
        disputed(council)
        tell_of_late(now())
        return {
            "give": f"/moderation/audits/{barred.id}/give",
            "waive": f"/moderation/audits/{barred.id}/waive",
        }


def _fits(person: Walker, path: str, *words: str) -> None:
    person.go(path)
    for each in words:
        assert each in person.page.inner_text("main"), (path, each)
    assert person.page.evaluate(WIDER) == [], path


@pytest.mark.parametrize("width", [1200, 320])
def test_these_pages_fit_and_have_no_fault(
    app: Flask, with_passwords: Council, walker: Callable[..., Walker], record_property, width: int
) -> None:
    paths = _world(app, with_passwords)
    director, lead = walker(width=width), walker(width=width)
    director.sign_in("director")
    _fits(
        director,
        "/moderation/",
        "You are moderating", "Given to you", "A second moderator is wanted",
        "Waiting for a moderator", "Waiting for somebody else", "Blind",
    )  # fmt: skip
    _fits(director, paths["waive"], "Without a waiver", "With a waiver")
    director.page.locator("input[name=moderator]").first.check()
    director.page.locator("textarea[name=reason]").fill("Everybody else is away.")
    director.press("Grant this waiver")
    _fits(director, "/moderation/waivers", "Everybody else is away.", "Stands")
    with director.page.expect_navigation():
        director.page.get_by_role("button", name="End this waiver").click()
    director.check()
    lead.sign_in("qa_lead")
    _fits(lead, "/moderation/in-hand", "Who moderates what")
    _fits(lead, "/moderation/late", "working days late", "Team manager, 5 working days late")
    _fits(lead, paths["give"], "Who cannot moderate it, and why")
    lead.press("Give it to them")
    assert "Select who moderates it" in lead.page.inner_text("main")
    lead.page.get_by_label("Rhona Head").check()
    lead.press("Give it to them")
    assert "was given to Rhona Head" in lead.page.inner_text("main")
    counted = director.nodes + lead.nodes
    pages = director.checked + lead.checked
    record_property("counted", f"{pages} pages checked at {width} px, {counted} nodes")


@pytest.mark.parametrize("scripts", [True, False])
def test_moderate_next_takes_the_first_of_the_queue(
    app: Flask, with_passwords: Council, walker: Callable[..., Walker], scripts: bool
) -> None:
    _world(app, with_passwords)
    person = walker(width=320, scripts=scripts)
    person.sign_in("review_head")
    person.go("/moderation/")
    person.press("Moderate next audit in the order of the queue")
    assert "You have taken audit" in person.page.inner_text("main")
