"""A8: a lost connection, two machines, an audit that was sent meanwhile: no character is lost."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Dialog, Route, expect

from qa_app.audits import services
from qa_app.database import now, saving
from tests.audits.making import given, the_audit, written
from tests.browser.journey import Make
from tests.browser.writing import ME, RETRY, Writer, save_elsewhere, stored
from tests.council import Council

pytestmark = pytest.mark.one_database
HALF = "On 3 May she was seen at home & said “I am not"
PRESSED = 1_100  # milliseconds: a second press sooner than that is taken for a double click
REST = " safe there” – twice.\nNobody asked her again. \U0001f9f8 Später: <b>nichts</b>"


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> str:
    """The address of an audit that was given and not begun."""
    with app.app_context(), saving():
        return f"/audits/{given(with_passwords).id}"


@pytest.fixture
def writer(walker: Make, path: str) -> Callable[[], Writer]:
    """writer() → the auditor in the first section, on a machine of their own."""
    return lambda: Writer(walker(), f"{path}/sections/risk")


# A8: the line drops in mid-sentence for half a minute; typing goes on.
def test_half_a_minute_offline_in_mid_sentence(app: Flask, writer: Callable[[], Writer]) -> None:
    me = writer()
    me.type(HALF)
    me.saves()
    me.offline()
    me.type(REST[:20])
    me.wait()
    expect(me.notice).to_contain_text("No connection to the service since")
    expect(me.notice).to_contain_text("What you wrote is safe in this page")
    for _ in range(6):
        me.type(".")
        me.wait(5_000)
    expect(me.box).to_be_focused()
    me.fits()
    me.keeps_nothing()
    me.offline(False)
    me.type(REST[20:])
    me.tries_again()
    assert stored(app) == HALF + REST[:20] + "......" + REST[20:]


# A8: what was saved and never answered is not taken for somebody else's.
def test_a_lost_answer_is_no_conflict(app: Flask, writer: Callable[[], Writer]) -> None:
    me = writer()

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort()

    me.page.route("**/text", swallow)
    me.type(HALF)
    me.wait()
    expect(me.notice).to_contain_text("No connection to the service")
    assert stored(app) == HALF
    me.type(REST)
    me.page.unroute("**/text")
    me.tries_again()
    expect(me.conflict).to_have_count(0)
    assert stored(app) == HALF + REST


# DU-5: a proxy answers for a service that is away; so does one that shows its own page.
@pytest.mark.parametrize(
    ("status", "kind"), [(503, "text/plain"), (502, "text/html"), (200, "text/html")]
)
def test_a_service_that_is_away_is_asked_again(
    app: Flask, writer: Callable[[], Writer], status: int, kind: str
) -> None:
    me, tries = writer(), []

    def away(route: Route) -> None:
        tries.append(1)
        route.fulfill(status=status, content_type=kind, body="away")

    me.page.route("**/text", away)
    me.type(HALF)
    me.wait()
    expect(me.notice).to_contain_text("No connection to the service")
    me.wait(RETRY)
    expect(me.notice).to_contain_text("No connection to the service")
    me.page.unroute("**/text")
    me.tries_again()
    assert tries
    assert stored(app) == HALF


# A8, AC-2: "Save and continue" without a connection stays here; with one it goes on. By keyboard.
@pytest.mark.parametrize(
    ("button", "goes_to"),
    [("Save and continue", "/sections/voice"), ("Save and come back later", "")],
)
def test_the_button_offline_keeps_the_page(
    app: Flask, writer: Callable[[], Writer], path: str, button: str, goes_to: str
) -> None:
    me = writer()
    me.offline()
    me.type(HALF)
    me.page.get_by_label("Good", exact=True).first.check()
    pressed = me.page.get_by_role("button", name=button)
    pressed.focus()
    me.page.keyboard.press("Enter")
    expect(me.status).to_have_text(
        "Not saved yet, and still here: see the message at the top of the page"
    )
    expect(me.notice).to_contain_text("No connection to the service")
    expect(pressed).to_be_focused()
    assert me.box.input_value() == HALF
    me.offline(False)
    me.wait(PRESSED)
    with me.page.expect_navigation():
        me.page.keyboard.press("Enter")
    assert me.page.url == me.walker.address + path + goes_to
    assert stored(app) == HALF
    assert stored(app, "question.risk.analysis") == "good"


# A8: a form that does not save itself is kept in the page too.
def test_a_finding_offline_is_kept(walker: Make, path: str) -> None:
    me = Writer(walker(), f"{path}/findings")
    box = me.page.get_by_label("Say what it is")
    box.fill(HALF)
    me.offline()
    me.page.get_by_role("button", name="Add this finding").click()
    expect(me.notice).to_contain_text("press the button again once this message has gone")
    me.walker.check()
    me.offline(False)
    me.wait(RETRY)
    expect(me.notice).to_be_empty()
    assert box.input_value() == HALF
    me.walker.press("Add this finding")
    assert "Select a theme" in me.page.inner_text("main")
    assert box.input_value() == HALF


# A8: leaving with something unsaved asks first; a link waits for what can be saved.
def test_leaving_warns_and_a_link_saves_first(
    app: Flask, writer: Callable[[], Writer], path: str
) -> None:
    me, asked = writer(), list[str]()

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    me.page.on("dialog", stay)
    me.offline()
    me.type(HALF)
    me.page.get_by_role("link", name="Audits").first.click()
    expect(me.notice).to_contain_text("No connection to the service")
    me.page.wait_for_function("() => document.querySelector('[data-notice]').textContent")
    assert me.page.url.endswith("/sections/risk")
    assert me.box.input_value() == HALF
    assert asked == ["beforeunload"]
    me.offline(False)
    with me.page.expect_navigation():
        me.page.get_by_role("link", name="Audits").first.click()
    assert me.page.url.endswith("/audits")
    assert asked == ["beforeunload"]
    assert stored(app) == HALF


# CO-1, AC-2: two machines, one box: both texts, a choice by keyboard, what is typed meanwhile too.
def test_two_machines_in_one_box(app: Flask, writer: Callable[[], Writer]) -> None:
    here, there = writer(), writer()
    there.type("Theirs")
    there.saves()
    here.type("Mine")
    here.wait()
    expect(here.conflict).to_be_visible()
    expect(here.status).to_contain_text("Choose which version to keep")
    expect(here.status).to_have_attribute("aria-live", "polite")
    expect(here.box).to_be_focused()
    here.type(", and more")
    expect(here.conflict).to_contain_text("Mine, and more")
    here.fits()
    assert stored(app) == "Theirs"
    here.page.keyboard.press("Tab")
    expect(here.conflict.get_by_role("button", name="Keep my version")).to_be_focused()
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Tab")
    here.page.keyboard.press("Enter")
    expect(here.conflict).to_have_count(0)
    expect(here.box).to_be_focused()
    here.saves()
    assert stored(app) == "Theirs\n\nMine, and more"


# CO-1: a choice that waits comes before going on; either version can be kept.
@pytest.mark.parametrize(
    ("keep", "kept"), [("Keep my version", "Mine"), ("Use the saved version", "Theirs")]
)
def test_the_button_asks_for_the_choice_first(
    app: Flask, writer: Callable[[], Writer], person: Callable[[str], object], keep: str, kept: str
) -> None:
    me = writer()
    save_elsewhere(app, person(ME), risk__evidence="Theirs", risk__impact="Only there")
    me.type("Mine")
    me.page.get_by_role("button", name="Save and continue").click()
    expect(me.conflict).to_be_focused()
    assert stored(app) == "Theirs"
    me.conflict.get_by_role("button", name=keep).click()
    me.wait(PRESSED)
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Save and continue").click()
    assert me.page.url.endswith("/sections/voice"), "a box that was not touched here does not ask"
    assert stored(app) == kept
    assert stored(app, "risk.impact") == "Only there"


# CO-1: a choice and a day are no texts: one of the two is kept, in the words of the page.
def test_choices_and_days_conflict_in_their_own_words(
    app: Flask, walker: Make, path: str, person: Callable[[str], object]
) -> None:
    me = Writer(walker(), f"{path}/voices")
    save_elsewhere(
        app, person(ME), voice__child__obtained="yes", voice__social_worker__on="2026-05-03"
    )
    worker = me.page.locator('[name="voice.social_worker.obtained"][value="yes"]')
    worker.check()
    for part, text in (("day", "4"), ("month", "May"), ("year", "2026")):
        me.page.locator(f'[name="voice.social_worker.on-{part}"]').fill(text)
    me.wait()
    expect(me.conflict).to_contain_text("4 May 2026")
    expect(me.conflict).to_contain_text("3 May 2026")
    assert me.conflict.get_by_role("button").count() == 2
    me.conflict.get_by_role("button", name="Use the saved version").click()
    assert me.page.locator('[name="voice.social_worker.on-day"]').input_value() == "3"
    me.page.locator('[name="voice.child.obtained"][value="no"]').check()
    me.wait()
    expect(me.conflict).to_contain_text("Yes")
    me.walker.check()
    me.conflict.get_by_role("button", name="Keep my version").click()
    me.saves()
    assert stored(app, "voice.child.obtained") == "no"
    assert stored(app, "voice.social_worker.on") == "2026-05-03"


# A8: a day saves itself once it is whole; half of one, or none that there is, waits for the button.
def test_a_day_saves_itself(app: Flask, walker: Make, path: str) -> None:
    me = Writer(walker(), f"{path}/voices")
    me.page.locator('[name="voice.team_manager.obtained"][value="yes"]').check()
    parts = {
        part: me.page.locator(f'[name="voice.team_manager.on-{part}"]')
        for part in ("day", "month", "year")
    }
    parts["day"].fill("31")
    parts["month"].fill("February")
    parts["year"].fill("2026")
    me.wait()
    assert stored(app, "voice.team_manager.on") == ""
    # The page said “saved” before, of the answer: this waits for the day's own.
    with me.page.expect_response(lambda answer: answer.request.method == "POST"):
        parts["month"].fill("march")
        me.wait()
    me.is_saved()
    assert stored(app, "voice.team_manager.on") == "2026-03-31"
    for box in parts.values():
        box.fill("")
    me.page.get_by_role("heading", level=1).click()
    me.wait()
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Save and continue").click()
    assert stored(app, "voice.team_manager.on") == ""


# CO-5: sent in another tab; what is typed late changes nothing and is given back.
def test_after_it_was_sent_elsewhere_the_text_is_given_back(
    app: Flask, walker: Make, with_passwords: Council
) -> None:
    with app.app_context(), saving():
        audit = written(with_passwords)
        path = f"/audits/{audit.id}/sections/risk"
    me = Writer(walker(), path)
    with app.app_context(), saving():
        services.submit(the_audit(), by=with_passwords.people[ME], at=now())
    me.type(" and late")
    me.wait()
    panel = me.page.get_by_role("region", name="Not saved")
    expect(panel).to_contain_text("cannot be written in now")
    expect(panel.get_by_label("Your text, to copy")).to_have_value("Evidence about risk and late")
    expect(me.status).to_contain_text("Not saved")
    me.fits()
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Save and continue").click()
    assert "Evidence about risk and late" in me.page.content()
    assert stored(app) == "Evidence about risk"


# A8: other modules may follow what was saved; words are counted quietly; spelling is the browser's.
def test_what_was_saved_is_told_and_words_are_counted(writer: Callable[[], Writer]) -> None:
    me = writer()
    me.page.evaluate(
        "document.addEventListener('app:saved', ({ detail, target }) =>"
        " (window.told = [detail.name, detail.answer.version, target.className]))"
    )
    me.type("Two words – and 2 more.")
    words = me.page.locator(f"[id='{me.box.get_attribute('id')}-words']")
    expect(words).to_have_text("5 words")
    assert words.get_attribute("aria-live") is None
    assert "-words" in (me.box.get_attribute("aria-describedby") or "")
    assert me.box.get_attribute("spellcheck") == "true"
    me.saves()
    assert me.page.evaluate("window.told") == ["risk.evidence", 1, "govuk-form-group"]
