"""Somebody who writes in an audit while the line drops, the session ends, or another writes too."""

import re
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from flask import Flask
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import update

from qa_app.accounts.models import SignInSession
from qa_app.audits.draft import Draft
from qa_app.audits.services import box
from qa_app.database import db, now, saving
from tests.audits.making import Writer as Saving
from tests.audits.making import the_audit
from tests.browser.conftest import PASSWORD, Walker

expect.set_options(timeout=20_000)  # as the pages of this folder; machines are slow at times

ME, ELSE = "other_auditor", "auditor"
SAVED = re.compile(r"^Saved \d\d:\d\d$")
PAUSE = 6_000  # milliseconds: longer than the page waits after the last key, and between two saves
RETRY = 40_000  # longer than it ever waits before it tries again


class Writer:
    """A page of an audit, its evidence box, and what the page says about saving."""

    def __init__(self, walker: Walker, path: str) -> None:
        walker.page.clock.install()
        walker.sign_in(ME)
        walker.go(path)
        self.walker, self.page, self.path = walker, walker.page, path

    @property
    def box(self) -> Locator:
        return self.page.get_by_role("textbox", name="What is the evidence?")

    @property
    def status(self) -> Locator:
        return self.page.locator("[data-autosave-status]")

    @property
    def notice(self) -> Locator:
        return self.page.locator("[data-notice]")

    @property
    def conflict(self) -> Locator:
        return self.page.get_by_role("region", name="Two versions")

    def type(self, text: str) -> None:
        """Type at the end of the evidence, key by key."""
        self.box.focus()
        self.page.keyboard.press("Control+End")
        self.page.keyboard.type(text)

    def wait(self, milliseconds: int = PAUSE) -> None:
        """Let the page's own clock go on."""
        self.page.clock.fast_forward(milliseconds)

    def is_saved(self) -> None:
        """Wait for the page to say so."""
        expect(self.status).to_have_text(SAVED)
        expect(self.notice).to_be_empty()

    def saves(self) -> None:
        """Let the pause pass, and see that it is saved."""
        self.wait()
        self.is_saved()

    def tries_again(self) -> None:
        """Let the longest wait pass, until it is saved."""
        for _ in range(9):  # an attempt that is under way may fail yet
            self.wait(RETRY)
            with suppress(AssertionError):
                expect(self.status).to_have_text(SAVED, timeout=1_000)
                break
        self.is_saved()

    def offline(self, is_so: bool = True) -> None:
        """Pull the plug, or put it back."""
        self.page.context.set_offline(is_so)

    def sign_in_in_a_new_tab(self, key: str = ME) -> Page:
        """Follow the notice's link and sign in there."""
        with self.page.context.expect_page() as opened:
            self.notice.get_by_role("link", name="Sign in again").click()
        tab = opened.value
        enter(tab, key)
        return tab

    def fits(self) -> None:
        """axe finds nothing, and nothing runs out at the side of a telephone."""
        size = self.page.viewport_size
        assert size is not None
        self.walker.check()
        self.page.set_viewport_size({"width": 320, "height": 640})
        widths = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert widths[0] <= widths[1], f"{widths[0]} pixels wide at 320"
        self.walker.check()
        self.page.set_viewport_size(size)

    def keeps_nothing(self) -> None:
        """Nothing of what was typed is anywhere on the machine but in the page."""
        kept = self.page.evaluate(
            "async () => [localStorage.length, sessionStorage.length,"
            " (await indexedDB.databases()).length, (await caches.keys()).length, document.cookie]"
        )
        assert kept == [0, 0, 0, 0, ""]


def enter(tab: Page, key: str) -> None:
    """Fill in the sign-in page."""
    tab.get_by_label("E-mail").fill(f"{key}@example.test".replace("_", "."))
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    expect(tab.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def stored(app: Flask, field: str = "risk.evidence") -> str:
    """What the database holds."""
    with app.app_context():
        return box(Draft(the_audit()), field).value


def idle(app: Flask, minutes: float) -> None:
    """Let every session have been idle for so long."""
    with app.app_context(), saving():
        seen = now() - timedelta(minutes=minutes)
        db.session.execute(update(SignInSession).values(seen_at=seen))


def save_elsewhere(app: Flask, by: UUID, **boxes: str) -> None:
    """Somebody saves boxes on another machine; "__" in a name stands for a dot."""
    from_elsewhere = {name.replace("__", "."): text for name, text in boxes.items()}
    with app.app_context(), saving():
        Saving(the_audit(), by, now())(from_elsewhere)
