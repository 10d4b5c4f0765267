"""A real server on loopback and Debian's Chromium; each page walked through is checked by axe."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from qa_app.accounts import passwords
from qa_app.accounts.models import Account
from qa_app.database import db, now, saving
from tests.council import Council
from tests.pages import axe_check, check_page

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PASSWORD = "seven grey herons waiting"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is here, and leave it out by name where there is no Chromium."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Debian's package chromium is missing"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, once a worker."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    """The app on a port of its own, in threads of this process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def with_passwords(app: Flask, council: Council) -> Council:
    """The council, with one password for everybody (hashed once)."""
    with app.app_context(), saving():
        hashed = passwords.hash_password(PASSWORD)
        for account in db.session.query(Account):
            account.password_hash = hashed
            account.password_set_at = now()
    return council


class Walker:
    """Somebody at a keyboard: signs in, and checks each page that they look at."""

    def __init__(self, context: BrowserContext, address: str, *, scripts: bool) -> None:
        self.page: Page = context.new_page()
        self.address = address
        self.scripts = scripts
        self.checked = 0
        self.nodes = 0

    def go(self, path: str) -> None:
        """Open a page and check it."""
        self.page.goto(self.address + path)
        self.check()

    def sign_in(self, key: str) -> None:
        """Sign in as a person of the council."""
        self.go("/sign-in")
        self.page.get_by_label("E-mail").fill(f"{key}@example.test".replace("_", "."))
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.press("Sign in")

    def press(self, name: str) -> None:
        """Press a button by its words, and check the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()
        self.check()

    def follow(self, name: str) -> None:
        """Follow a link (some look like buttons) by its words, and check the page that follows."""
        link = self.page.get_by_role("link", name=name)
        with self.page.expect_navigation():
            link.or_(self.page.get_by_role("button", name=name)).first.click()
        self.check()

    def check(self) -> None:
        """Our own checks, and axe's where the page may run scripts."""
        if self.scripts:
            self.nodes += axe_check(self.page)
        else:
            check_page(self.page.content(), 200)
        self.checked += 1


@pytest.fixture
def walker(
    browser: Browser, address: str, with_passwords: Council
) -> Iterator[Callable[..., Walker]]:
    """walker(scripts=True) → a fresh browser with nobody signed in."""
    contexts: list[BrowserContext] = []

    def make(*, scripts: bool = True, width: int = 1200) -> Walker:
        context = browser.new_context(
            java_script_enabled=scripts,
            locale="en-GB",
            timezone_id="Europe/London",
            viewport={"width": width, "height": 900},
        )
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Walker(context, address, scripts=scripts)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def person(with_passwords: Council) -> Callable[[str], UUID]:
    """person("auditor") → id."""
    return lambda key: with_passwords.people[key]
