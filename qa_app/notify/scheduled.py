"""Work that is due by the clock: a list of named jobs, done one after the other.

The rooms above hand their jobs in (see `qa_app.cli`). Each runs in a transaction of its own and
must be safe to run as often as anybody likes, on several machines at once: what it did before it
finds done.
"""

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import click
from flask.cli import with_appcontext
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from qa_app.database import now, saving
from qa_app.domain.calendar import LONDON

EVERY = 15 * 60.0
"""Seconds from the end of one round of the worker to the next."""

Counts = dict[str, int]
"""What a job did, by the words for it: {"reminders": 3, "people": 2}."""

logger = logging.getLogger(__name__)


class ScheduledJob(NamedTuple):
    """A name, and what does the work as at a moment; it never commits."""

    name: str
    run: Callable[[datetime], Counts]


@dataclass(frozen=True)
class Outcome:
    """What one job did; `error` is the kind of error that undid it, "" where there was none."""

    name: str
    counts: Counts
    error: str = ""

    @property
    def words(self) -> str:
        """The outcome as the command prints it."""
        if self.error:
            return f"{self.name}: went wrong ({self.error}); nothing of it was done"
        counts = ", ".join(f"{number} {what}" for what, number in self.counts.items())
        return f"{self.name}: {counts or 'done'}"


def run_all(jobs: Sequence[ScheduledJob], at: datetime) -> list[Outcome]:
    """Do each job as at a moment. One that goes wrong is undone, logged, and holds up no other."""
    return [_run(job, at) for job in jobs]


def _run(job: ScheduledJob, at: datetime) -> Outcome:
    try:
        with saving():
            counts = job.run(at)
    except (OperationalError, PoolTimeout):
        # The worker and the command have a plain word for a database that is away.
        raise
    except Exception as error:
        # The kind of error only: its message may quote what was in a row.
        logger.error("scheduled job %s failed: %s", job.name, type(error).__name__)
        return Outcome(job.name, {}, type(error).__name__)
    return Outcome(job.name, counts)


def make_round(
    jobs: Sequence[ScheduledJob], clock: Callable[[], float] = time.monotonic
) -> Callable[[], bool]:
    """A round of the worker that does the jobs at most every `EVERY` seconds.

    It has nothing more to do at once, whatever it did: its answer is always False.
    """
    next_at = clock()

    def scheduled() -> bool:
        nonlocal next_at
        if jobs and clock() >= next_at:
            for done in run_all(jobs, now()):
                if any(done.counts.values()):
                    logger.info("scheduled job %s", done.words)
            next_at = clock() + EVERY
        return False

    return scheduled


class Moment(click.ParamType[datetime]):
    """A time in ISO 8601; without a zone it is London's."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """The aware time, or a usage error in plain words (exit 2)."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"Give a time such as 2026-11-23T09:00, not “{value}”.", param, ctx)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=LONDON)


def make_jobs_command(jobs: Sequence[ScheduledJob]) -> click.Group:
    """`qa-app jobs run`, for these jobs."""

    @click.group("jobs")
    def group() -> None:
        """Work that is due by the clock, for those who run no worker."""

    @group.command()
    @click.option("--at", type=Moment(), help="As at this time (now unless said).")
    @click.option(
        "--format", "layout", type=click.Choice(["text", "json"]), default="text",
        show_default=True, help="Lines to read, or one document for a program.",
    )  # fmt: skip
    @with_appcontext
    def run(at: datetime | None, layout: str) -> None:
        """Send the reminders that are due, open the cycles whose month has begun, take moderation
        on where a time is over, and tell the next one up what could not be sent to somebody.

        Doing it again does nothing again. Exit status 1 where a job went wrong.
        """
        at = at or now()
        outcomes = run_all(jobs, at)
        if layout == "json":
            rows = [{"name": e.name, "done": e.counts, "error": e.error} for e in outcomes]
            click.echo(json.dumps({"at": at.isoformat(), "jobs": rows}, indent=1))
        else:
            for each in outcomes:
                click.echo(each.words)
        if any(each.error for each in outcomes):
            raise click.exceptions.Exit(1)

    return group
