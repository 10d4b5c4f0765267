"""DU-1: kill -9 of all workers in a burst of saves. What was acknowledged is there."""

import os
import random
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select, text

from qa_app import history
from qa_app.audits.models import AuditText
from qa_app.database import db
from qa_app.history import Event
from tests.resilience.served import PATIENCE, Served, ask, open_page, post
from tests.resilience.world import FIELD, SECRET, Desk, make_app, open_desks
from tests.resilience_counts import count

pytestmark = [pytest.mark.resilience, pytest.mark.database]

DESKS, KILLS, MOST_BEFORE = 6, 50, 40


@pytest.fixture
def database(tmp_path: Path, worker_id: str) -> Iterator[str]:
    """A database of this test's own: its workers die, and others' must not notice."""
    if os.environ.get("QA_TEST_DATABASE", "sqlite") == "sqlite":
        yield f"sqlite:///{tmp_path / 'kill.sqlite3'}"
        return
    server, name = os.environ["TEST_POSTGRES_URL"], f"qa_kill_{worker_id}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    yield server.rsplit("/", 1)[0] + f"/{name}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


class Burst:
    """How many saves were acknowledged since the last start, for those who wait for some."""

    def __init__(self) -> None:
        self.over = False
        self._acknowledged = 0
        self._changed = threading.Condition()

    def acknowledge(self) -> None:
        with self._changed:
            self._acknowledged += 1
            self._changed.notify_all()

    def wait_for(self, number: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self._acknowledged >= number, PATIENCE)


@dataclass
class Saver:
    """Somebody who saves without a pause, and knows what was acknowledged to them.

    `sent` is the text that may or may not have been saved when the workers died.
    """

    port: int
    desk: Desk
    cookie: str
    token: str
    version: int = 0
    text: str = ""
    sent: str = ""
    acknowledged: int = 0
    faults: list[str] = field(default_factory=list)

    def save_until_it_ends(self, burst: Burst) -> None:
        """Save and save; leaves when the answer to a save does not come, or the burst is over."""
        while not burst.over and not self.faults:
            self.sent = f"{self.text[:1_000] or 'Begun'} and then, after {self.version} saves"
            content = {"field": FIELD, "text": self.sent, "version": self.version}
            request = post(f"{self.desk.path}/text", content, cookie=self.cookie, token=self.token)
            try:
                answer = ask(self.port, request)
            except OSError:
                return
            if answer.status != 200:
                self.faults.append(f"{answer.status}: {answer.body!r}")
                return
            self.text, self.version, self.sent = self.sent, answer.json["version"], ""
            self.acknowledged += 1
            burst.acknowledge()


def _check(app: Flask, savers: list[Saver]) -> None:
    with app.app_context():
        for saver in savers:
            _check_one(saver)
        assert history.verify().intact
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.remove()
        db.engine.dispose()


def _check_one(saver: Saver) -> None:
    audit_id = saver.desk.audit_id
    kept = db.session.scalars(
        select(AuditText).where(AuditText.audit_id == audit_id, AuditText.field == FIELD)
    ).one_or_none()
    found = ("", 0) if kept is None else (kept.text, kept.version)
    may_be = {
        (saver.text, saver.version),
        (saver.sent or saver.text, saver.version + bool(saver.sent)),
    }
    assert found in may_be, f"an acknowledged save was lost: {found[1]} of {saver.version}"
    saved = Event.verb == "audit_text_saved"
    told = select(func.count()).select_from(Event).where(saved, Event.audit_id == audit_id)
    # TE-5: each version has its event, and no event is of a save that is not there.
    assert db.session.scalar(told) == found[1]
    saver.text, saver.version = found


def _burst(served: Served, savers: list[Saver], number: int) -> None:
    """Save from all desks at once, kill everything after so many saves, and start again."""
    burst = Burst()
    threads = [threading.Thread(target=each.save_until_it_ends, args=(burst,)) for each in savers]
    for thread in threads:
        thread.start()
    burst.wait_for(number)
    served.end(signal.SIGKILL)
    burst.over = True
    # Who connected after the kill waits for the new workers, and is answered by them.
    served.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not [fault for each in savers for fault in each.faults]


def test_no_acknowledged_save_is_lost_when_all_workers_are_killed(
    database: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    app, chance = make_app(database, tmp_path), random.Random(7)
    desks = open_desks(app, DESKS)
    with Served(database, folder=tmp_path, secret=SECRET) as served:
        pages = [open_page(served.port, "/", desk.cookie) for desk in desks]
        savers = [Saver(served.port, desk, *page) for desk, page in zip(desks, pages, strict=True)]
        for _ in range(count(KILLS)):
            _burst(served, savers, chance.randint(1, MOST_BEFORE))
            _check(app, savers)
    acknowledged = sum(each.acknowledged for each in savers)
    record_property("counted", f"{count(KILLS)} kills, {acknowledged} saves acknowledged, 0 lost")
