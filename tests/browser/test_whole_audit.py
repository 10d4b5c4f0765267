"""AC-2, AC-9: a whole audit by keyboard alone, with scripts and without, until it is sent.

The tool is a small one; test_section_page.py walks through a section of the core tool by keyboard.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from qa_app.audits.draft import Draft
from qa_app.audits.services import box
from qa_app.database import now, saving
from qa_app.domain.workflow import AuditState
from tests.audits.making import the_audit
from tests.audits.with_tools import given_with, small_tool
from tests.browser.journey import Make
from tests.browser.keyboard import Keyboard
from tests.council import Council

NAMED = "Mr Brown was seen on every visit of May and June, and said what he wants for the children."
SAVE = "Save and continue"


@pytest.fixture
def reference(app: Flask, with_passwords: Council) -> str:
    """The number of an audit with a small tool that asks for everything an audit can ask for."""
    with app.app_context(), saving():
        tool = small_tool(graded=True, voices=True, gates=True, moderated=True)
        return given_with(with_passwords, tool, at=now()).reference


def _write_sections(me: Keyboard, scripts: bool) -> None:
    me.tour()
    me.to("summary", "What to look for")
    me.press("Enter")
    expect(me.page.get_by_text("Look for the plan.")).to_be_visible()
    me.fill({"question.plan.written": "yes"})
    expect(me.page.locator('[name="question.plan.missing"]')).to_be_visible(visible=not scripts)
    me.fill(
        {
            "question.plan.shared": "yes",
            "question.plan.else": "Nothing else.",
            "plan.evidence": NAMED,
            "plan.impact": "They know what happens next.",
            "plan.grade": "good",
        }
    )
    _add_from_the_section(me, scripts)
    me.go("button", SAVE)
    me.fill(
        {
            "question.used.daily": "yes",
            "used.evidence": "The visits of May follow it point by point.",
            "used.impact": "He is at school again.",
            "used.grade": "good",
        }
    )
    me.go("button", SAVE)


def _add_from_the_section(me: Keyboard, scripts: bool) -> None:
    me.to("[data-picking] summary")
    me.press("Enter")
    me.fill({"kind": "strength", "text": "He was asked what he wants."})
    me.to("[name=theme]")
    me.press("ArrowDown")
    me.choose("about", "practice")
    if not scripts:
        me.go("button[name=add]")
        return
    me.to("button[name=add]")
    me.press("Enter")
    expect(me.page.locator(".app-finding__text")).to_have_text("He was asked what he wants.")
    expect(me.page.locator("[data-picking] summary").first).to_be_focused()


def _add_finding(me: Keyboard, scripts: bool) -> None:
    me.tour()
    me.go("button[name=add]")
    if scripts:
        expect(me.page.locator(".govuk-error-summary")).to_be_focused()
    me.to(".govuk-error-summary a", "Select")
    me.press("Enter")
    expect(me.page.locator("[name=kind]").first).to_be_focused()
    me.press("ArrowDown")
    me.fill({"text": "Nobody wrote down when the plan ends."})
    me.to("[name=theme]")
    me.press("ArrowDown")
    me.choose("about", "recording")
    me.to("[name=section]")
    me.press("ArrowDown")
    me.go("button[name=add]")
    me.go("button", SAVE)


def _say_who_was_heard(me: Keyboard) -> None:
    me.tour()
    today = now().date()
    heard = {"day": "1", "month": "1", "year": str(today.year)}
    me.fill({"voice.social_worker.obtained": "yes"})
    me.fill({f"voice.social_worker.on-{part}": text for part, text in heard.items()})
    for who in ("team_manager", "child", "parents"):
        me.fill({f"voice.{who}.obtained": "no"})
        me.fill({f"voice.{who}.why_not": "Away in the whole month."})
    me.go("button", SAVE)


def _judge_the_whole(me: Keyboard) -> None:
    me.tour()
    me.fill({"safe.now": "yes"})
    me.fill({"safe.how_known": "Seen at home on Monday.", "overall.grade": "good"})
    me.fill(
        {
            "overall.why_not_above": "Nobody reviewed it.",
            "overall.why_not_below": "He is safe, and was heard.",
        }
    )
    me.go("button", SAVE)


def _mend_what_is_missing(me: Keyboard) -> None:
    """The rationale was left out: its link leads to its box."""
    me.tour()
    assert "Send for moderation" not in me.page.inner_text("main")
    me.go("main a", "overall grade")
    rationale = me.page.locator('[name="overall.rationale"]')
    expect(rationale).to_be_focused()
    me.type("The plan is used, and he knows it.")
    me.go("button", SAVE)


def _confirm_the_name(me: Keyboard) -> None:
    me.go("main a", "that may identify")
    me.tour()
    me.fill({"reason_1": "The name of the plan’s author in a published book."})
    me.go("main button", "Confirm")


@pytest.mark.one_database
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_whole_audit_by_keyboard_alone(
    app: Flask,
    walker: Make,
    reference: str,
    scripts: bool,
    record_property: Callable[[str, object], None],
) -> None:
    me = Keyboard(walker(scripts=scripts))
    me.sign_in("other_auditor")
    me.tour()
    me.go("main a", reference)
    me.tour()
    me.go("main a", "Begin")
    _write_sections(me, scripts)
    _add_finding(me, scripts)
    _say_who_was_heard(me)
    _judge_the_whole(me)
    _mend_what_is_missing(me)
    _confirm_the_name(me)
    me.go("button", "Send for moderation")
    assert "sent for moderation" in me.page.inner_text("main")
    with app.app_context():
        audit = the_audit()
        assert audit.state is AuditState.AWAITING_MODERATION
        assert box(Draft(audit), "plan.evidence").value == NAMED
    record_property("counted", f"{me.steps} keys, {me.walker.checked} pages, never out of focus")
