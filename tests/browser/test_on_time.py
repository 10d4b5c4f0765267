"""AC-1, AC-3, R2: the table of actions done on time and the lists behind it, by axe at 1200 and at
320 px, empty and with much to read; and on A4."""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.database import saving
from tests.browser.journey import Make
from tests.browser.looking import faults_of
from tests.browser.test_assurance import A4, LONG, UNBROKEN
from tests.council import Council
from tests.tracker.test_on_time import LIST, PAGE, a_month, on_day, one

pytestmark = pytest.mark.one_database


def test_the_table_and_its_lists_are_fit_for_everybody(
    app: Flask,
    with_passwords: Council,
    walker: Make,
    record_property: Callable[[str, object], None],
) -> None:
    director = walker()
    director.sign_in("director")
    page, faults = director.page, []
    for path in (PAGE, LIST):
        page.goto(director.address + path)
        faults += faults_of(director)
    with app.app_context(), saving():
        a_month(with_passwords)
        for what in (LONG, UNBROKEN):
            one(with_passwords, 7, on_day(7), 9, what=what)
    page.goto(director.address + PAGE)
    faults += faults_of(director)
    links = [each.get_attribute("href") for each in page.locator("#on-time a").all()]
    for link in links:
        assert page.goto(director.address + link).status == 200
        faults += faults_of(director)
    assert not faults, "\n".join(faults)
    assert len(links) >= 4
    record_property(
        "counted", f"{len(links) + 3} pages at two widths, {director.nodes} nodes, 0 violations"
    )
    page.goto(director.address + PAGE)
    page.emulate_media(media="print")
    page.set_viewport_size(A4)
    wide, seen = page.locator(".app-table-box:has(#on-time)").evaluate(
        "box => [box.scrollWidth, box.clientWidth]"
    )
    assert wide <= seen
