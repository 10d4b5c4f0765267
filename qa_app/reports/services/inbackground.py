"""Checking and publishing as jobs of the worker: a quarter takes longer than a request should."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.database import db, now, reading, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import ReportMove, advance
from qa_app.notify.jobs import Handler, Progress, enqueue
from qa_app.notify.models import Job, JobState
from qa_app.notify.services import queue
from qa_app.reports.models import ReportVersion
from qa_app.reports.services import files, publishing
from qa_app.reports.services.holding import Changed, held

MOVES: Final = {"report_check": ReportMove.CHECK, "report_publish": ReportMove.PUBLISH}
"""The kinds of job, and what each does with its version."""

_KIND_OF: Final = {move: kind for kind, move in MOVES.items()}
_UNDER_WAY: Final = (JobState.QUEUED, JobState.RUNNING)


def begin_move(
    version: ReportVersion, revision: int, move: ReportMove, *, by: UUID, at: datetime
) -> Job:
    """Queue the check or the publication of a version as its page showed it.

    Gives the job under way where there is one already. Raises what the move itself would: Changed,
    NotNow, and NotReady for a draft with something left to put right.
    """
    under_way = move_under_way(version.id)
    if under_way is not None:
        return under_way
    version = held(version, revision)
    advance(version.state, move)
    if move is ReportMove.CHECK:
        publishing.refuse_unready(version)
    arguments = {"version": str(version.id), "revision": version.revision}
    return enqueue(_KIND_OF[move], arguments, by, at)


def move_under_way(version_id: UUID) -> Job | None:
    """The job that checks or publishes a version now or soon, if there is one. One statement."""
    query = (
        select(Job)
        .where(Job.kind.in_(MOVES), Job.state.in_(_UNDER_WAY))
        .where(Job.arguments["version"].as_string() == str(version_id))
        .limit(1)
    )
    return db.session.scalars(query).first()


def job_at(job_id: UUID, version_id: UUID) -> Job | None:
    """A job of this version, whatever came of it."""
    job = db.session.get(Job, job_id)
    if job is None or job.kind not in MOVES or job.arguments["version"] != str(version_id):
        return None
    return job


def _do(job: Job, progress: Progress) -> dict[str, Any]:
    """Make the move; whoever asked for it is told where it is refused, since they may have left."""
    try:
        return _move(job)
    except DomainError as error:
        db.session.rollback()
        with saving():
            _tell(job, error)
        raise


def _tell(job: Job, error: DomainError) -> None:
    done = "checked" if MOVES[job.kind] is ReportMove.CHECK else "published"
    asker = db.session.get_one(Person, _asker(job))
    version = db.session.get(ReportVersion, UUID(job.arguments["version"]))
    if version is None:
        return  # they, or somebody beside them, threw the draft away
    queue(
        asker.id,
        asker.email,
        f"{version.report.title}, version {version.number}, was not {done}",
        f"{error.message.rstrip('.')}. Nothing was changed.",
        f"/reports/versions/{version.id}/work",
        f"move:{job.id}",
        now(),
    )


def _move(job: Job) -> dict[str, Any]:
    """Work out and draw first and save then, so that no writer waits."""
    # A check's time is taken first: whatever is published from here on is looked at again at its
    # publication. A publication's is taken last, so that no check begun meanwhile overlooks it.
    at = now()
    check = MOVES[job.kind] is ReportMove.CHECK
    with reading():
        version = _version(job)
        worked_out = publishing.work_out(version)
        drawn = [] if check else files.draw_to_publish(version, at)
    move = publishing.check if check else publishing.publish
    with saving():
        version = _version(job)
        done_at = at if check else now()
        move(version, job.arguments["revision"], worked_out, by=_asker(job), at=done_at)
        if london_date(done_at) == london_date(at):  # what was drawn says the day
            files.keep(version, drawn, done_at)
    return {}


def _version(job: Job) -> ReportVersion:
    version = db.session.get(ReportVersion, UUID(job.arguments["version"]))
    if version is None:
        raise Changed("Somebody threw this draft away. Open the library to see what there is")
    return version


def _asker(job: Job) -> UUID:
    if job.created_by is None:
        raise LookupError("somebody asks for every check and publication")
    return job.created_by


HANDLERS: Final[dict[str, Handler]] = dict.fromkeys(MOVES, _do)
