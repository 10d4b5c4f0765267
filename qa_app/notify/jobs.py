"""Work that outlasts a request: queued with a row, done by a worker, its progress on a page."""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.notify.models import Job, JobState

Progress = Callable[[int, int], None]
"""progress(done, total): rows, or whatever the job counts in."""

Handler = Callable[[Job, Progress], dict[str, Any]]
"""Does one kind of job, opens `saving()` itself and returns what the job's page shows (JSON)."""

SHOWN_EVERY = 0.5
LOST_AFTER = timedelta(minutes=30)
STOPPED = (
    "The work was cut off before it ended, and what was not finished was undone. Start it again."
)

logger = logging.getLogger(__name__)


def enqueue(kind: str, arguments: dict[str, Any], by: UUID | None, at: datetime) -> Job:
    """Add a job for the worker. `arguments` must be JSON and hold no case content."""
    job = Job(kind=kind, arguments=arguments, created_by=by, created_at=at)
    db.session.add(job)
    db.session.flush()
    return job


def run_next(handlers: Mapping[str, Handler]) -> bool:
    """Do the oldest waiting job of a known kind; False where there is none.

    A handler that raises leaves the job failed, with the rule's own message or with a reference
    that is in the log; its own transaction has been undone by then.
    """
    job = _claim(tuple(handlers))
    if job is None:
        return False
    try:
        result = handlers[job.kind](job, progress_of(job.id))
    except DomainError as error:
        _finish(job.id, JobState.FAILED, {"message": error.message})
    except Exception as error:
        _finish(job.id, JobState.FAILED, {"message": _unexpected(job, error)})
    else:
        _finish(job.id, JobState.DONE, result)
    return True


def _unexpected(job: Job, error: Exception) -> str:
    reference = secrets.token_hex(4).upper()
    # The kind of error only: its message may quote what was in the file.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    logger.error("job %s failed: %s: %s at %s", job.kind, reference, type(error).__name__, place)
    return (
        "Something went wrong on our side and nothing was changed. "
        f"Tell your systems team the reference {reference}."
    )


def progress_of(job_id: UUID) -> Progress:
    """A function that puts a job's progress on its page, at most twice a second.

    It is written in a transaction of its own, so that it is seen while the job's own is open. On
    SQLite that would wait for ourselves while the job writes: there it is left out, and a job
    reports while it reads and checks.
    """
    last = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < SHOWN_EVERY and done < total:
            return
        if db.engine.dialect.name == "sqlite" and db.session().in_transaction():
            return
        last = time.monotonic()
        with db.engine.begin() as connection:
            connection.execute(
                update(Job.__table__)  # type: ignore[arg-type]  # a Table
                .where(Job.__table__.c.id == job_id)
                .values(done=done, total=total, touched_at=now())
            )

    return progress


def _claim(kinds: tuple[str, ...]) -> Job | None:
    """Take the oldest waiting job; it comes back detached, so that reading it locks nothing."""
    query = (
        select(Job)
        .where(Job.state == JobState.QUEUED, Job.kind.in_(kinds))
        .order_by(Job.created_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    with saving():
        job = db.session.scalars(query).first()
        if job is not None:
            job.state, job.started_at, job.touched_at = JobState.RUNNING, now(), now()
            job.worker = worker_name()
            db.session.flush()
            db.session.expunge(job)
    return job


def _finish(job_id: UUID, state: JobState, result: dict[str, Any]) -> None:
    db.session.rollback()
    with saving():
        job = db.session.get_one(Job, job_id)
        job.state, job.result, job.finished_at = state, result, now()


def worker_name() -> str:
    """This process among all that do jobs."""
    return f"{socket.gethostname()}/{os.getpid()}"[:100]


def fail_cut_off(at: datetime) -> int:
    """Mark as failed the jobs whose worker is gone; returns how many.

    A worker calls this while it does no job itself. It knows at once of its own name and of
    processes of its machine; of others it learns by half an hour without a sign.
    """
    with saving():
        running = db.session.scalars(
            select(Job).where(Job.state == JobState.RUNNING).with_for_update(skip_locked=True)
        ).all()
        lost = [job for job in running if _is_lost(job, at)]
        for job in lost:
            job.state, job.result, job.finished_at = JobState.FAILED, {"message": STOPPED}, at
    return len(lost)


def _is_lost(job: Job, at: datetime) -> bool:
    host, _, process = job.worker.rpartition("/")
    if host != socket.gethostname() or not process.isdigit():
        return job.touched_at is None or at - job.touched_at > LOST_AFTER
    return int(process) == os.getpid() or not os.path.exists(f"/proc/{process}")
