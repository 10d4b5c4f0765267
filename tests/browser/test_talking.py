"""Auditor and moderator talk about a moderation, and somebody is away: wide and narrow, with and
without scripts (M4)."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect

from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from tests.browser.conftest import Walker
from tests.council import Council
from tests.moderation.talking import discussed

WIDE, NARROW = 1200, 320
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
# Markup, both directions and no place to break a line.
LONG = "<b>Seen</b> رآها وحدها " + "x" * 500


def _fits(person: Walker) -> None:
    assert not person.scripts or not person.page.evaluate(WIDER), person.page.url


def _fill_day(person: Walker, name: str, day: date) -> None:
    for part in ("day", "month", "year"):
        person.page.locator(f'[name="{name}-{part}"]').fill(str(getattr(day, part)))


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, True), (NARROW, False)])
def test_they_talk_meet_and_one_is_away(
    app: Flask, walker: Callable[..., Walker], with_passwords: Council, width: int, scripts: bool
) -> None:
    with app.app_context(), saving():
        path = f"/moderation/audits/{discussed(with_passwords, now()).id}/talk"
    ada = walker(width=width, scripts=scripts)
    hugh = walker(width=width, scripts=scripts)
    ada.sign_in("auditor")
    hugh.sign_in("other_head")

    # A message, with what may identify somebody asked about first.
    ada.go(path)
    _fits(ada)
    ada.page.get_by_label("Your message").fill(f"Ring 0113 496 0999. {LONG}")
    ada.press("Send it")
    assert ada.page.get_by_text("This may be a telephone number").first.is_visible()
    _fits(ada)
    ada.page.get_by_label("Why do these words identify no child or family?").fill("A clinic.")
    ada.press("Send it")
    _fits(ada)
    hugh.go(path)
    _fits(hugh)
    expect(hugh.page.get_by_text(LONG)).to_be_visible()

    # A meeting.
    hugh.follow("Arrange a meeting")
    _fits(hugh)
    _fill_day(hugh, "day", london_date(now()) + timedelta(days=2))
    hugh.page.get_by_label("Where?").fill("Room 4")
    hugh.press("Arrange it")
    assert hugh.page.get_by_text("Enter when it starts").first.is_visible()
    hugh.page.get_by_label("Start").fill("14:30")
    hugh.press("Arrange it")
    assert hugh.page.get_by_text("30 minutes: Room 4").is_visible()
    _fits(hugh)
    hugh.follow("Note that you talked")
    _fill_day(hugh, "on", london_date(now()))
    hugh.press("Save")
    assert hugh.page.get_by_text("Ada Auditor, Hugh Head").is_visible()
    _fits(hugh)

    # Away: the answer is due later.
    ada.go("/account/absences")
    _fits(ada)
    for name, days in (("first_on", 1), ("last_on", 7)):
        _fill_day(ada, name, london_date(now()) + timedelta(days=days))
    ada.page.get_by_label("Who stands in?").fill("Otto Auditor")
    ada.press("Save")
    _fits(ada)
    hugh.go(path)
    assert hugh.page.get_by_text("The time is paused from").is_visible()
    _fits(hugh)
    ada.follow("Change or end")
    _fits(ada)
    ada.page.get_by_label("I come back sooner").check()
    _fill_day(ada, "back_on", london_date(now()) + timedelta(days=3))
    ada.press("Save")
    _fits(ada)
