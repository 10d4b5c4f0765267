"""AC-1, AC-3: the assurance page, its lists and an action with its ladder, by axe at 1200 and at
320 px: empty, full, with long text; and on A4."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.tracker import services
from qa_app.tracker.queries.assurance import Figure
from tests.browser.journey import Make
from tests.browser.looking import faults_of
from tests.council import Council
from tests.tracker.factory import an_action
from tests.tracker.ladder import run_job
from tests.tracker.test_assurance import a_population

pytestmark = pytest.mark.one_database
PAGE, LIST = "/tracker/assurance", "/tracker/assurance/actions?figure="
LONG = "Ask the school who saw her on the day and whether anybody has asked her since. " * 12
UNBROKEN = "W" * 300
# A4 is 210 mm wide: 794 px of CSS, without its margins of 20 mm.
A4 = {"width": 643, "height": 1000}


@pytest.fixture
def action_id(app: Flask, with_passwords: Council) -> str:
    """Actions of every fate, two of them with much to read; the id of one that is late."""
    council = with_passwords
    with app.app_context(), saving():
        a_population(council)
        long_ago = now() - timedelta(days=70)
        for what in (LONG, UNBROKEN):
            action = an_action(council, kind=ActionKind.PRIORITY, what=what, at=long_ago)
            withdrawn = an_action(council, what=what, at=long_ago)
            withdraw(council, withdrawn, what)
        db.session.flush()
        run_job(now())
        return str(action.id)


def withdraw(council: Council, action, reason: str) -> None:
    services.withdraw(action, reason=reason, by=council.people["director"], at=now())


def test_the_page_and_its_lists_are_fit_for_everybody(
    walker: Make, action_id: str, record_property: Callable[[str, object], None]
) -> None:
    person = walker()
    person.sign_in("director")
    lists = [f"{LIST}{figure.value}" for figure in Figure]
    faults = []
    for path in (PAGE, *lists, f"/tracker/{action_id}"):
        assert person.page.goto(person.address + path).status == 200
        faults += faults_of(person)
    assert not faults, "\n".join(faults)
    record_property(
        "counted", f"{len(lists) + 2} pages at two widths, {person.nodes} nodes, 0 violations"
    )


def test_the_empty_page_is_fit_for_everybody(walker: Make) -> None:
    person = walker()
    person.sign_in("qa_lead")
    for path in (PAGE, f"{LIST}{Figure.OVERDUE.value}"):
        person.page.goto(person.address + path)
        assert not list(faults_of(person))


# ux.md: on A4 without what is for the screen alone, and with nothing cut off at the side.
def test_it_prints_on_a4(walker: Make, action_id: str) -> None:
    person = walker()
    person.sign_in("director")
    page = person.page
    page.set_viewport_size(A4)
    page.emulate_media(media="print")
    page.goto(person.address + PAGE)
    assert not page.get_by_role("navigation", name="Menu").is_visible()
    for box in page.locator(".app-table-box, .app-chart__box").all():
        within = box.evaluate("box => [box.scrollWidth, box.clientWidth]")
        assert within[0] <= within[1], box.evaluate("box => box.textContent.slice(0, 80)")


# R2, AC-2: by keyboard from the tracker to the page, to a list and to one action.
def test_the_way_by_keyboard(walker: Make, action_id: str) -> None:
    person = walker()
    person.sign_in("director")
    person.go("/tracker/")
    page = person.page
    page.get_by_role("link", name="Assurance: is any action lost?").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tracker/assurance")
    page.locator("#figures a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tracker/")
    assert page.locator("tbody tr").count() >= 1
