"""A draw as the QA lead and the second person meet it: made, read, a case replaced (S4)."""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.database import now, saving
from qa_app.domain.calendar import Month, london_date
from tests.council import Council
from tests.programme.draw_making import a_cycle, add_cases

WIDE, NARROW = 1200, 320


@pytest.mark.one_database
@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_a_draw_from_its_making_to_a_case_replaced(
    app: Flask,
    walker: Callable,
    with_passwords: Council,
    width: int,
    record_property: Callable[[str, object], None],
) -> None:
    with app.app_context(), saving():
        add_cases(with_passwords, 14, worker="worker")
        a_cycle(Month.of(london_date(now())))
    lead = walker(width=width)
    lead.sign_in("qa_lead")
    lead.go("/programme/draws")
    lead.follow("Draw cases")
    lead.press("Draw the cases")
    assert lead.page.get_by_role("link", name="Enter how many cases").is_visible()
    lead.page.get_by_label("How many cases?").fill("4")
    lead.press("Draw the cases")
    assert lead.page.get_by_text("Drawn again just now").is_visible()
    draw = lead.page.url
    lead.page.emulate_media(media="print")
    assert lead.page.get_by_role("link", name="Ask for another case").count() == 0
    assert lead.page.get_by_text("Reserves in the order drawn").is_visible()
    lead.page.emulate_media(media="screen")
    lead.follow("Ask for another case in place of 2")
    lead.press("Ask for another case")
    lead.page.get_by_label("The case has closed since the list was made").check()
    lead.press("Ask for another case")
    waiting = lead.page.url.removeprefix(lead.address)
    second = walker(width=width)
    second.sign_in("head")
    second.go("/programme/substitutions")
    second.go(waiting)
    second.follow("Decide")
    second.page.get_by_label("Yes, take the next reserve").check()
    second.press("Save the decision")
    lead.go(draw.removeprefix(lead.address))
    assert lead.page.get_by_role("link", name="Replaced by").is_visible()
    lead.follow("Discard this draw")
    lead.page.get_by_label("Why is this draw not used?").fill("Shown to the board only")
    lead.press("Discard this draw")
    assert lead.page.get_by_text("Shown to the board only").first.is_visible()
    for each in (lead, second):
        wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        assert not each.page.evaluate(wider)
    pages, nodes = lead.checked + second.checked, lead.nodes + second.nodes
    record_property("counted", f"{pages} pages checked; {nodes} nodes by axe, 0 violations")
