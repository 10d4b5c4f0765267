"""AC-1, AC-3, E1: the pages of the safety route by axe, wide and at 320 px, where nothing has to be
scrolled to sideways; the list of worries on paper; and a head of service at work."""

from datetime import timedelta

import pytest
from flask import Flask

from qa_app.audits import services
from qa_app.audits.models import SafetyDecision
from qa_app.audits.services.concern_clock import tell_of_waiting
from qa_app.database import now, saving
from tests.audits.making import given
from tests.browser.journey import Make
from tests.browser.looking import faults_of
from tests.council import Council

pytestmark = pytest.mark.one_database
HOUR = timedelta(hours=1)
CUT = """() => [...document.querySelectorAll("main *")]
    .filter(each => each.getBoundingClientRect().right > document.body.clientWidth + 1)
    .map(each => each.outerHTML.slice(0, 120))
"""


@pytest.fixture
def concerns(app: Flask, with_passwords: Council) -> dict[str, str]:
    """An audit, a fresh concern, one that waited for two days, one that is decided, one settled."""
    council, at = with_passwords, now()
    head, made = council.people["head"], {}
    beyond = services.Beyond(
        about_adult=True, implicated=[council.people["worker"]], authority="Kent"
    )
    with app.app_context(), saving():
        made["audit"] = f"/audits/{given(council, at=at).id}/concern"
        for name, case, ago, of in (
            ("fresh", "100002", HOUR / 2, services.Beyond()),
            ("late", "100003", 48 * HOUR, beyond),
            ("decided", "100001", 3 * HOUR, services.Beyond()),
            ("settled", "100001", 2 * HOUR, services.Beyond()),
        ):
            audit = given(council, case=case, auditor="auditor", at=at - ago)
            concern = services.raise_concern(
                audit, worry="Seen with bruises", by=audit.auditor_id, at=at - ago, beyond=of
            )
            made[name] = f"/concerns/{concern.id}"
            if name in ("decided", "settled"):
                services.decide(
                    concern, SafetyDecision.STRATEGY_DISCUSSION, "", head, at,
                    strategy=services.StrategyDiscussion(at - HOUR, "A visit today, with police"),
                )  # fmt: skip
            if name == "settled":
                services.confirm_recorded(concern, head, at)
        tell_of_waiting(at)
    return made


def test_every_page_of_the_safety_route(walker: Make, concerns: dict[str, str]) -> None:
    faults = []
    for key, paths in (
        ("other_auditor", ["audit"]),
        ("head", ["fresh", "late", "decided", "settled"]),
        ("manager", ["late"]),
    ):
        person = walker()
        person.sign_in(key)
        for name in paths:
            person.page.goto(person.address + concerns[name])
            faults += faults_of(person)
    for key in ("head", "director", "qa_lead"):
        person = walker()
        person.sign_in(key)
        for path in ("/concerns/", "/"):
            person.page.goto(person.address + path)
            faults += faults_of(person)
    assert not faults, faults


# E1: it is printed and taken into a meeting: each child whole, nothing cut off at the edge of A4.
def test_the_list_on_paper(walker: Make, concerns: dict[str, str]) -> None:
    head = walker()
    head.sign_in("head")
    head.page.emulate_media(media="print")
    # The width of A4 without its margins, at 96 dots an inch.
    head.page.set_viewport_size({"width": 673, "height": 995})
    head.page.goto(head.address + "/concerns/")
    assert head.page.locator(".app-worried").count() == 4
    assert head.page.evaluate(CUT) == []
    assert head.page.locator(".app-worried").first.evaluate(
        "node => getComputedStyle(node).breakInside"
    ) == "avoid"  # fmt: skip
    assert not head.page.locator(".govuk-service-navigation").is_visible()


def test_a_head_of_service_follows_a_worry(walker: Make, concerns: dict[str, str]) -> None:
    head = walker(width=320)
    head.sign_in("head")
    head.follow("Open concerns about children of my services")
    head.follow("Case 100003")
    page = head.page
    assert "Telephone the service director now" in page.inner_text("main")
    assert "Kept from Wendy Worker" in page.inner_text("main")
    page.get_by_label("A strategy discussion was held").check()
    page.get_by_label("What came of it?").fill("A visit today, with the police")
    held = page.get_by_role("group", name="On what day was it held?")
    for part, value in (("Day", "1"), ("Month", "11"), ("Year", "2026")):
        held.get_by_label(part).fill(value)
    page.locator("[name=held_time]").fill("10:15")
    head.press("Record the safety decision")
    assert "Held on 1 November 2026, 10:15" in page.inner_text("main")
    page.get_by_label("Kent").check()
    page.get_by_label("Who did you speak to?").fill("Front door of Kent")
    page.locator("[name=told_time]").fill("00:00")
    head.press("Record that they were told")
    assert "Kent: told, Front door of Kent" in page.inner_text("main")
