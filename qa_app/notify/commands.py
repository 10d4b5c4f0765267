"""`qa-app worker`: sends what the outbox promises and does the jobs, until told to stop."""

import logging
import signal
import threading
from collections.abc import Callable, Mapping, Sequence

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from qa_app import history
from qa_app.database import now
from qa_app.notify.delivery import deliver
from qa_app.notify.jobs import Handler, fail_cut_off, run_next
from qa_app.notify.mail import Mailer
from qa_app.notify.scheduled import ScheduledJob, make_round

IDLE_FOR = 2.0
AFTER_TROUBLE = 10.0

logger = logging.getLogger(__name__)

Round = Callable[[], bool]
"""Does one piece of work; False where there was none."""


def make_worker_command(
    handlers: Mapping[str, Handler], scheduled: Sequence[ScheduledJob] = ()
) -> click.Command:
    """The command, with a handler for each kind of job (`Job.kind` → handler) and the jobs that
    are due by the clock."""

    @click.command("worker")
    @click.option("--once", is_flag=True, help="Do what is waiting now, then end.")
    @with_appcontext
    def worker(once: bool) -> None:
        """Send e-mail, do waiting jobs (imports, reports) and what is due, until stopped."""
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
        # What is due by the clock comes first, so that --once sends what it promises.
        rounds: list[Round] = [make_round(scheduled), lambda: _job_round(handlers)]
        if app.config["MAIL_SERVER"]:
            rounds.append(_mail_round)
        if once:
            for each in rounds:
                _drain(app, each)
            return
        _run(app, rounds)

    return worker


def _job_round(handlers: Mapping[str, Handler]) -> bool:
    lost = fail_cut_off(now())
    if lost:
        logger.warning("jobs cut off in the middle: %s", lost)
    return run_next(handlers)


def _mail_round() -> bool:
    with Mailer(current_app.config) as send:
        done = deliver(now(), send)
        while done.busy:
            done = deliver(now(), send)
    return False


def _drain(app: Flask, work: Round) -> None:
    history.origin.set(("worker", ""))
    while _in_context(app, work):
        pass


def _in_context(app: Flask, work: Round) -> bool:
    # A context each round: its database session ends with it.
    with app.app_context():
        return work()


def _run(app: Flask, rounds: list[Round]) -> None:
    """Every round in a thread of its own: an import of minutes keeps no e-mail waiting."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threads = [threading.Thread(target=_repeat, args=(app, each, stop)) for each in rounds]
    logger.info("worker started")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    logger.info("worker stopped")


def _repeat(app: Flask, work: Round, stop: threading.Event) -> None:
    history.origin.set(("worker", ""))
    trouble = False
    while not stop.is_set():
        try:
            if _in_context(app, work):
                continue
            trouble = False
        except SQLAlchemyError as error:
            if not trouble:
                logger.error("worker waits for the database: %s", type(error).__name__)
            trouble = True
        stop.wait(AFTER_TROUBLE if trouble else IDLE_FOR)
