"""Fixtures: a real database for each test, the app on it, clients that check every page.

The database is SQLite, or PostgreSQL when QA_TEST_DATABASE=postgresql (with TEST_POSTGRES_URL, see
tests/postgres.py). Tables come from the migrations, once a worker; each test gets a copy of that
template, so that commits, triggers and concurrent connections are real and nothing leaks.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import flask_migrate
import psycopg
import pytest
from flask import Flask

from qa_app import config, create_app, history
from qa_app.accounts import sessions
from qa_app.accounts.models import Account
from qa_app.database import db, now, saving, set_reading
from qa_app.domain.calendar import london_date
from qa_app.standards.services import install_shipped
from tests.client import CheckedClient
from tests.council import Council, build_council

SECRET = "for tests only: not a secret of anything"
KIND = os.environ.get("QA_TEST_DATABASE", "sqlite")
COLLECTED_ON = london_date(now())


# What takes longest goes first, so that no worker is left with a long file while the others wait.
LONGEST = (
    "tests/browser/test_main_job", "tests/browser/test_every", "tests/browser/", "tests/web/",
    "tests/resilience/", "tests/test_packaging", "tests/programme/test_allocation_ssd",
    "tests/notify/",
)  # fmt: skip


def _turn(item: pytest.Item) -> int:
    return next(
        (turn for turn, start in enumerate(LONGEST) if item.nodeid.startswith(start)), len(LONGEST)
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest first; the PostgreSQL run leaves out what no database could change."""
    items.sort(key=_turn)
    if KIND == "sqlite":
        return
    kept, left = [], []
    for item in items:
        uses = "app" in getattr(item, "fixturenames", ()) or "database" in item.keywords
        same = item.get_closest_marker("one_database") or not uses
        (left if same else kept).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests counted (pages checked, nodes seen by axe, tuples tried)."""
    counted = [
        f"{report.nodeid}: {text}"
        for report in terminalreporter.getreports("passed")
        for name, text in report.user_properties
        if name == "counted"
    ]
    if counted:
        terminalreporter.section("counted")
        for line in counted:
            terminalreporter.line(line)


class Store:
    """One worker's databases: the template, and the copy that the current test uses."""

    def __init__(self, directory: Path, worker: str) -> None:
        self.directory = directory
        self.name = f"qa_{worker}"
        self.server = os.environ.get("TEST_POSTGRES_URL", "")

    @property
    def url(self) -> str:
        if KIND == "sqlite":
            return f"sqlite:///{self.directory / 'test.sqlite3'}"
        return self.server.rsplit("/", 1)[0] + f"/{self.name}"

    def _command(self, *statements: str) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def create(self) -> None:
        if KIND != "sqlite":
            self._command(
                f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", f"CREATE DATABASE {self.name}"
            )

    def keep_as_template(self) -> None:
        if KIND == "sqlite":
            shutil.copy(self.directory / "test.sqlite3", self.directory / "template.sqlite3")
            return
        self._command(
            f"DROP DATABASE IF EXISTS {self.name}_template WITH (FORCE)",
            f"ALTER DATABASE {self.name} RENAME TO {self.name}_template",
        )

    def renew(self) -> None:
        if KIND == "sqlite":
            for left in ("test.sqlite3-wal", "test.sqlite3-shm"):
                (self.directory / left).unlink(missing_ok=True)
            shutil.copy(self.directory / "template.sqlite3", self.directory / "test.sqlite3")
            return
        self._command(
            f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)",
            f"CREATE DATABASE {self.name} TEMPLATE {self.name}_template",
        )


@pytest.fixture(scope="session")
def _store(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Store:
    store = Store(tmp_path_factory.mktemp("database"), worker_id)
    store.create()
    return store


@pytest.fixture(scope="session")
def settings(_store: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The configuration of the tests, loaded as in production."""
    environ = {
        "DATABASE_URL": _store.url,
        "SECRET_KEY": SECRET,
        "QA_HTTP_ON_LOOPBACK": "1",
        "QA_UPLOADS": str(tmp_path_factory.mktemp("uploads")),
    }
    return config.load(environ)


@pytest.fixture(scope="session")
def _app(settings: dict[str, object], _store: Store) -> Flask:
    app = create_app(settings)
    app.testing = False
    app.test_client_class = CheckedClient
    with app.app_context():
        flask_migrate.upgrade()
        with saving():
            install_shipped(at=now())
        # Closing SQLite's last connection folds its log into the file.
        db.session.remove()
        db.engine.dispose()
    _store.keep_as_template()
    return app


@pytest.fixture(autouse=True)
def _today_is_today(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module's TODAY is the day of the test, also where the run goes past midnight."""
    if getattr(request.module, "TODAY", None) == COLLECTED_ON != london_date(now()):
        monkeypatch.setattr(request.module, "TODAY", london_date(now()))


@pytest.fixture
def app(_app: Flask, _store: Store) -> Iterator[Flask]:
    """The app on a fresh copy of the database."""
    _store.renew()
    set_reading(False)
    history.origin.set(("test", ""))
    yield _app
    with _app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """An app context, for tests of services and queries (clients refuse to work inside one)."""
    with app.app_context():
        yield app


@pytest.fixture
def council(app: Flask) -> Council:
    """A small council with people in every role and a few cases; see tests/council.py."""
    with app.app_context(), saving():
        return build_council()


@pytest.fixture
def client_for(app: Flask):
    """client_for(person_id) → a client signed in as that person, by a session row of its own."""

    def make(person_id: UUID) -> CheckedClient:
        client = app.test_client()
        with app.app_context(), saving():
            account = db.session.query(Account).filter_by(person_id=person_id).one()
            token = sessions.begin(account, at=now()).id
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
            cookie["_fresh"] = True
        return client

    return make


@pytest.fixture
def client(app: Flask) -> CheckedClient:
    """A client that nobody has signed in with."""
    return app.test_client()
