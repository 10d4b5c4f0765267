"""The demonstration council, made once for these tests in a database of its own."""

import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from qa_app import create_app
from qa_app.database import db, saving
from qa_app.demo.making import make
from qa_app.domain.calendar import LONDON
from tests.client import CheckedClient
from tests.conftest import KIND, Store

SEED = 7
TODAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 14, 30, tzinfo=LONDON)
PASSWORD = "for the demonstration alone"


def own_database(store: Store, directory: Path, name: str) -> str:
    """A copy of the migrated, empty template under a name of its own; gives its address."""
    if KIND == "sqlite":
        path = directory / f"{name}.sqlite3"
        shutil.copy(store.directory / "template.sqlite3", path)
        return f"sqlite:///{path}"
    database = f"{store.name}_{name}"
    store._command(
        f"DROP DATABASE IF EXISTS {database} WITH (FORCE)",
        f"CREATE DATABASE {database} TEMPLATE {store.name}_template",
    )
    server = store.server.rsplit("/", 1)[0]
    return f"{server}/{database}".replace("postgresql://", "postgresql+psycopg://")


def make_app(settings: dict[str, object], url: str, *, demo: bool) -> Flask:
    """The app on another database, in demo mode or not."""
    app = create_app({**settings, "SQLALCHEMY_DATABASE_URI": url, "DEMO": demo})
    app.test_client_class = CheckedClient
    return app


def put_away(app: Flask) -> None:
    """Let go of the app's database."""
    with app.app_context():
        db.session.remove()
        engine: Engine = db.engine
        engine.dispose()


@pytest.fixture(scope="session")
def demo_app(
    _app: Flask,
    _store: Store,
    settings: dict[str, object],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """The app in demo mode on the demonstration council as at 22 November 2026."""
    url = own_database(_store, tmp_path_factory.mktemp("demo"), "demo")
    app = make_app(settings, url, demo=True)
    with app.app_context(), saving():
        make(SEED, today=TODAY, at=AT, password=PASSWORD)
    put_away(app)
    yield app
    put_away(app)


@pytest.fixture
def demo(demo_app: Flask) -> Iterator[Flask]:
    """Inside the demonstration's app context; what a test changes is undone."""
    with demo_app.app_context():
        yield demo_app
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def empty_app(
    _app: Flask, _store: Store, settings: dict[str, object], tmp_path: Path
) -> Iterator[Flask]:
    """The app in demo mode on an empty, migrated database."""
    app = make_app(settings, own_database(_store, tmp_path, "empty"), demo=True)
    yield app
    put_away(app)
