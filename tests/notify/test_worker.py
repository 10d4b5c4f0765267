"""`qa-app worker` as real processes."""

import os
import signal
import subprocess
import sys
from collections import Counter

from sqlalchemy import func, select

from qa_app.database import db, now, saving
from qa_app.notify.models import Notice
from qa_app.notify.services import Message, queue_many
from tests.conftest import SECRET

WORKER = [sys.executable, "-m", "qa_app.cli", "worker"]


def environment(app, **more):
    return os.environ | {
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": SECRET,
        "QA_MAIL_SERVER": app.config["MAIL_SERVER"],
        "QA_MAIL_PORT": str(app.config["MAIL_PORT"]),
        **more,
    }


def start(app, *options, **more):
    return subprocess.Popen(
        [*WORKER, *options], env=environment(app, **more), stderr=subprocess.PIPE, text=True
    )


def promise(app, number):
    with app.app_context(), saving():
        queue_many(
            (
                Message(None, f"p{n}@example.test", "Audit A-1", "Due.", "/x", f"key-{n}")
                for n in range(number)
            ),
            now(),
        )


def test_two_workers_send_two_hundred_messages_once_each(app, post_office):
    promise(app, 200)
    workers = [start(app, "--once") for _ in range(2)]
    for worker in workers:
        _, log = worker.communicate(timeout=60)
        assert worker.returncode == 0, log
    assert Counter(Counter(post_office.recipients).values()) == {1: 200}
    with app.app_context():
        unsent = select(func.count()).select_from(Notice).where(Notice.sent_at.is_(None))
        assert db.session.scalar(unsent) == 0


def test_a_worker_stops_when_it_is_told_to(app):
    worker = start(app)
    assert "worker started" in worker.stderr.readline()
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert "worker stopped" in log


def test_a_worker_without_a_mail_server_lets_the_mail_wait(app):
    promise(app, 1)
    worker = start(app, "--once", QA_MAIL_SERVER="")
    _, log = worker.communicate(timeout=30)
    assert (worker.returncode, log) == (0, "")
    with app.app_context():
        assert db.session.scalars(select(Notice.attempts)).all() == [0]
