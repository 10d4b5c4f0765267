"""Who writes when on SQLite (ADR 12, CO-8), and connections whose server has gone (DU-2)."""

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import OperationalError

from qa_app import database
from qa_app.accounts.models import Team
from qa_app.database import db, reading, saving, set_reading
from tests.council import Council

WRITERS, SAVES, LONG = 8, 320, 60.0
HOLD = (
    "import fcntl, os, sys; fcntl.flock(os.open(sys.argv[1], os.O_RDWR), fcntl.LOCK_EX); "
    "print('held', flush=True); input()"
)


def _file(app: Flask) -> Path:
    return Path(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"))


def _queue(app: Flask) -> Path:
    with app.app_context():
        _save("The queue's file is there from the first connection on")
    return Path(f"{_file(app)}-queue")


def _save(name: str) -> None:
    with saving():
        db.session.execute(update(Team).where(Team.code == "ROOT").values(name=name))


def _name() -> str:
    return db.session.scalars(select(Team.name).where(Team.code == "ROOT")).one()


# Plain SQLite gives one of eight threads a tenth of what it gives another.
@pytest.mark.one_database
def test_writers_take_turns(app: Flask, council: Council) -> None:
    done: Counter[int] = Counter()

    def write(number: int) -> None:
        with app.app_context():
            while done.total() < SAVES:
                _save(f"Writer {number}")
                done[number] += 1

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONG)

    assert len(done) == WRITERS
    assert min(done.values()) * 2 > max(done.values()), done


@pytest.mark.one_database
def test_who_dies_in_the_queue_lets_the_next_one_in(app: Flask, council: Council) -> None:
    command = [sys.executable, "-c", HOLD, str(_queue(app))]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, **pipes) as holder:
        assert holder.stdout.readline() == b"held\n"

        def write() -> None:
            with app.app_context():
                _save("After it died")

        thread = threading.Thread(target=write)
        thread.start()
        holder.send_signal(signal.SIGKILL)
        thread.join(LONG)
    with app.app_context():
        assert _name() == "After it died"


# GET requests wait for nobody.
@pytest.mark.one_database
def test_readers_do_not_queue(app: Flask, council: Council) -> None:
    queue = os.open(_queue(app), os.O_RDWR)
    fcntl.flock(queue, fcntl.LOCK_EX)
    with app.app_context():
        set_reading(True)
        assert _name()
    os.close(queue)


@pytest.mark.one_database
def test_who_waits_too_long_is_told_and_leaves_the_queue(
    app: Flask, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0)
    holder = sqlite3.connect(_file(app), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with app.app_context():
        with pytest.raises(OperationalError, match="database is locked"):
            _save("Too late")
        holder.rollback()
        _save("In time")
        assert _name() == "In time"
    holder.close()


@pytest.mark.one_database
def test_a_failure_to_begin_that_is_no_waiting_is_not_waited_for(context: Flask) -> None:
    raw = db.session.connection().connection.driver_connection
    with pytest.raises(sqlite3.OperationalError, match="within a transaction"):
        database._begins(raw)


def test_a_database_in_memory_needs_no_queue() -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


# DU-2: nobody meets the end of a connection. (A file has no server that could end one.)
def test_a_connection_that_its_server_ended_is_not_used_again(
    app: Flask, council: Council, client_for
) -> None:
    browser = client_for(council.people["auditor"])
    assert browser.get("/").status_code == 200
    with app.app_context():
        ours = [db.engine.connect() for _ in range(3)]
        for each in ours:
            each.close()
        if db.engine.dialect.name == "postgresql":
            _end_every_connection(app.config["SQLALCHEMY_DATABASE_URI"])
    for _ in range(4):
        assert browser.get("/").status_code == 200


def _end_every_connection(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    ending = text(
        "SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        assert connection.scalar(ending) >= 3
    engine.dispose()


# CO-8: what takes long to work out is read before the change begins, so that nobody waits for it.
def test_what_is_only_read_holds_up_no_writer(app: Flask, council: Council) -> None:
    seen: list[str] = []

    def write() -> None:
        with app.app_context():
            _save("Written meanwhile")
            seen.append("written")

    with app.app_context():
        set_reading(False)
        assert _name() != "Written meanwhile"  # this request has begun to change something
        with reading():
            before = _name()
            writer = threading.Thread(target=write)
            writer.start()
            writer.join(LONG)
            assert seen == ["written"]
            # One view of the data for all that is worked out, on SQLite as a transaction's.
            assert before != "Written meanwhile"
        assert _name() == "Written meanwhile"
