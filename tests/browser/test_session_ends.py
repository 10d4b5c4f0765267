"""AU-4, AC-7, A8: the session ends while somebody writes; before that it warns; nothing is lost."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from flask import Flask
from playwright.sync_api import expect
from sqlalchemy import select, update

from qa_app.accounts.models import SignInSession
from qa_app.database import db, now, saving
from tests.audits.making import given
from tests.browser.journey import Make
from tests.browser.writing import ELSE, PAUSE, RETRY, Writer, enter, idle, stored
from tests.council import Council

pytestmark = pytest.mark.one_database
TEXT = (
    "On 3 May she was seen at home & said “I am not safe there” – twice.\nThen: \U0001f9f8 <b>n</b>"
)
TO_THE_WARNING = 28 * 60_000
PRESSED = 1_100


@pytest.fixture
def writer(app: Flask, walker: Make, with_passwords: Council) -> Callable[[], Writer]:
    """writer() → the auditor in the first section, on a machine of their own."""
    with app.app_context(), saving():
        path = f"/audits/{given(with_passwords).id}/sections/risk"
    return lambda: Writer(walker(), path)


def seen(app: Flask) -> list[timedelta]:
    """How long ago each session was used."""
    with app.app_context():
        return [now() - at for at in db.session.scalars(select(SignInSession.seen_at))]


# AU-4: expired in mid-sentence, signed in again in another tab: every character is there.
def test_signing_in_again_in_another_tab_saves_every_character(
    app: Flask, writer: Callable[[], Writer]
) -> None:
    me = writer()
    me.type(TEXT[:29])
    me.saves()
    idle(app, 31)
    me.type(TEXT[29:])
    me.wait()
    expect(me.notice).to_contain_text("You were signed out by")
    expect(me.notice).to_contain_text("What you wrote is safe in this page")
    expect(me.box).to_be_focused()
    me.fits()
    me.keeps_nothing()
    assert stored(app) == TEXT[:29]
    tab = me.sign_in_in_a_new_tab()
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    me.is_saved()
    assert stored(app) == TEXT
    # The session is the new one, for the form's own button too.
    tab.close()
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Save and continue").click()
    assert me.page.url.endswith("/sections/voice")


# A8, AU-4: the line drops in mid-sentence for half a minute; back again, one is signed out.
def test_half_a_minute_offline_and_then_signed_out(
    app: Flask, writer: Callable[[], Writer]
) -> None:
    me = writer()
    me.type(TEXT[:20])
    me.saves()
    me.offline()
    me.type(TEXT[20:40])
    for _ in range(6):
        me.wait(5_000)
    expect(me.notice).to_contain_text("No connection to the service since")
    idle(app, 31)
    me.type(TEXT[40:60])
    me.offline(False)
    # Nobody is signed in: an attempt that gets through says so.
    for _ in range(9):
        me.wait(RETRY)
        with suppress(AssertionError):
            expect(me.notice).to_contain_text("You were signed out by", timeout=1_000)
            break
    expect(me.notice).to_contain_text("You were signed out by")
    me.type(TEXT[60:])
    assert stored(app) == TEXT[:20]
    me.keeps_nothing()
    me.sign_in_in_a_new_tab()
    me.tries_again()
    assert stored(app) == TEXT


# AU-4, AC-2: the button does not lead away from the text while nobody is signed in.
def test_the_button_keeps_the_page_until_one_is_signed_in(
    app: Flask, writer: Callable[[], Writer]
) -> None:
    me = writer()
    idle(app, 31)
    me.type(TEXT)
    me.page.get_by_role("button", name="Save and continue").click()
    expect(me.status).to_contain_text("Not saved yet, and still here")
    expect(me.notice).to_contain_text("You were signed out")
    assert me.box.input_value() == TEXT
    me.sign_in_in_a_new_tab().close()
    me.is_saved()
    me.wait(PRESSED)
    with me.page.expect_navigation():
        me.page.get_by_role("button", name="Save and continue").click()
    assert me.page.url.endswith("/sections/voice")
    assert stored(app) == TEXT


# A8: with nothing left to save the button asks all the same whether one is signed in.
def test_the_button_asks_first_though_nothing_changed(
    app: Flask, writer: Callable[[], Writer]
) -> None:
    me = writer()
    idle(app, 31)
    me.page.get_by_role("button", name="Save and continue").click()
    expect(me.notice).to_contain_text("You were signed out")
    assert me.page.url.endswith("/sections/risk")


# A8: a form that does not save itself waits for the same.
def test_a_finding_waits_until_one_is_signed_in(
    app: Flask, walker: Make, with_passwords: Council
) -> None:
    with app.app_context(), saving():
        path = f"/audits/{given(with_passwords).id}/findings"
    me = Writer(walker(), path)
    me.page.get_by_label("Say what it is").fill(TEXT)
    idle(app, 31)
    me.page.get_by_role("button", name="Add this finding").click()
    expect(me.notice).to_contain_text("You were signed out")
    me.sign_in_in_a_new_tab().close()
    expect(me.notice).to_be_empty()
    me.wait(PRESSED)
    me.walker.press("Add this finding")
    assert "Select a theme" in me.page.inner_text("main")
    assert me.page.get_by_label("Say what it is").input_value() == TEXT


# A8: what one person wrote is never saved as another's.
def test_somebody_else_who_signs_in_saves_nothing_of_mine(
    app: Flask, writer: Callable[[], Writer]
) -> None:
    me = writer()
    idle(app, 31)
    me.type(TEXT)
    me.wait()
    tab = me.sign_in_in_a_new_tab(ELSE)
    expect(me.notice).to_contain_text("Somebody else is signed in here now")
    expect(me.notice).to_contain_text("Otto Auditor")
    me.wait(RETRY)
    me.page.get_by_role("button", name="Save and continue").click()
    expect(me.status).to_contain_text("Not saved yet, and still here")
    me.walker.check()
    assert stored(app) == ""
    tab.get_by_role("button", name="Sign out").click()
    enter(tab, "other_auditor")
    me.is_saved()
    assert stored(app) == TEXT


def warned(me: Writer, app: Flask) -> None:
    """Let 28 minutes pass without a key."""
    idle(app, 28)
    me.wait(TO_THE_WARNING)
    expect(me.notice).to_contain_text(re.compile(r"You will be signed out at \d\d:\d\d"))


# AC-7: two minutes before the end, without taking the focus; staying is one press, by keyboard too.
@pytest.mark.parametrize("by", ["button", "escape"])
def test_it_warns_and_one_can_stay(app: Flask, writer: Callable[[], Writer], by: str) -> None:
    me = writer()
    me.box.focus()
    warned(me, app)
    expect(me.box).to_be_focused()
    expect(me.notice).to_have_attribute("role", "status")
    me.fits()
    assert min(seen(app)) > timedelta(minutes=27), "looking on prolongs nothing"
    if by == "button":
        me.page.get_by_role("button", name="Stay signed in").focus()
    me.page.keyboard.press("Enter" if by == "button" else "Escape")
    expect(me.notice).to_contain_text("You stay signed in")
    expect(me.box).to_be_focused()
    me.walker.check()
    assert min(seen(app)) < timedelta(minutes=1)
    me.wait(20_000)
    expect(me.notice).to_be_empty()


# AC-7: of several tabs, one keeps all of them.
def test_staying_in_one_tab_is_known_in_the_others(
    app: Flask, writer: Callable[[], Writer]
) -> None:
    me = writer()
    other = me.page.context.new_page()
    other.clock.install()
    other.goto(me.page.url)
    warned(me, app)
    other.clock.fast_forward(TO_THE_WARNING)
    expect(other.locator("[data-notice]")).to_contain_text("You will be signed out at")
    other.get_by_role("button", name="Stay signed in").click()
    expect(me.notice).to_be_empty()


# AC-7: writing is staying; the warning goes with the next save.
def test_writing_on_ends_the_warning(app: Flask, writer: Callable[[], Writer]) -> None:
    me = writer()
    warned(me, app)
    me.type(TEXT)
    me.saves()
    assert min(seen(app)) < timedelta(minutes=1)


# AU-4, AC-7: twelve hours cannot be put off, and it says so.
def test_twelve_hours_end_whatever_one_does(app: Flask, writer: Callable[[], Writer]) -> None:
    me = writer()
    with app.app_context(), saving():
        started = now() - timedelta(hours=11, minutes=58, seconds=30)
        db.session.execute(update(SignInSession).values(started_at=started))
    me.wait(TO_THE_WARNING)
    expect(me.notice).to_contain_text("12 hours after you signed in. This cannot be put off.")
    expect(me.notice.get_by_role("button")).to_have_count(0)
    me.fits()


# AU-4: a page that is left alone saves nothing, keeps nothing alive, and says so in the end.
def test_a_page_left_alone_prolongs_nothing(app: Flask, writer: Callable[[], Writer]) -> None:
    me, asked = writer(), list[str]()
    me.type(TEXT)
    me.saves()
    me.page.on("request", lambda request: asked.append(request.method))
    warned(me, app)
    assert "POST" not in asked
    idle(app, 31)
    me.wait(3 * 60_000)
    expect(me.notice).to_contain_text("You were signed out")
    me.wait(60 * 60_000)
    assert "POST" not in asked
    assert len(asked) < 6
    assert min(seen(app)) > timedelta(minutes=30)
    me.box.focus()
    me.wait(PAUSE)
    assert "POST" not in asked
