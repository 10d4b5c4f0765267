"""What the worker does with uploaded extracts."""

from datetime import date
from typing import Any, Final

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.cases import uploads
from qa_app.cases.services import LOAD, PREVIEW
from qa_app.cases.ssd.loading import LoadResult, import_extract, read_for_import
from qa_app.cases.ssd.outcome import as_json
from qa_app.database import db, now, saving
from qa_app.notify.jobs import Handler, Progress
from qa_app.notify.models import Job
from qa_app.notify.services import queue

SHOWN: Final = 200


def preview(job: Job, progress: Progress) -> dict[str, Any]:
    """Read an upload, and say what it would change. The files stay until confirmed or cancelled."""
    return _result(_import(job, progress, dry_run=True))


def load(job: Job, progress: Progress) -> dict[str, Any]:
    """Import an upload, tell who asked for it, and delete the files, whatever came of it."""
    try:
        return _result(_import(job, progress, dry_run=False))
    finally:
        uploads.forget(job.arguments["upload"])


def _import(job: Job, progress: Progress, *, dry_run: bool) -> LoadResult:
    directory = uploads.find(job.arguments["upload"])
    as_at = date.fromisoformat(job.arguments["as_at"])
    extract = read_for_import(directory, as_at, at=now(), name="Upload", progress=progress)
    with saving():
        result = import_extract(
            extract, by=job.created_by, at=now(), dry_run=dry_run, progress=progress
        )
        if not dry_run:
            _tell(job, result)
    return result


def _tell(job: Job, result: LoadResult) -> None:
    address = db.session.scalar(select(Person.email).where(Person.id == job.created_by))
    queue(
        job.created_by,
        address,
        "The case import has finished",
        f"{result.loaded:,} records were loaded and {len(result.refused):,} rows refused.",
        f"/cases/imports/{result.run_id}",
        f"import:{job.id}",
        now(),
    )


def _result(result: LoadResult) -> dict[str, Any]:
    """What the job's page shows: counts, and the first refusals (their values are withheld)."""
    told = as_json(result)
    return {
        **{key: told[key] for key in ("loaded", "counts", "notices", "as_at", "unchanged")},
        "refused": told["refused"][:SHOWN],
        "refused_count": len(told["refused"]),
        "skipped": told["skipped"][:SHOWN],
        "skipped_count": sum(item.rows for item in result.skipped),
        "run_id": str(result.run_id or ""),
    }


HANDLERS: Final[dict[str, Handler]] = {PREVIEW: preview, LOAD: load}
