"""Importing the old workbook by pages: a trial, the columns set right if need be, the import."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from werkzeug.datastructures import FileStorage

from qa_app.audits.workbook import uploading
from qa_app.cases import uploads
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.notify.jobs import enqueue
from qa_app.notify.models import Job, JobState

PREVIEW = "audits_preview"
LOAD = "audits_load"
KINDS = frozenset({PREVIEW, LOAD})


def find(job_id: UUID) -> Job | None:
    """A job of this import, or None."""
    job = db.session.get(Job, job_id)
    return job if job is not None and job.kind in KINDS else None


def start(file: FileStorage, create_teams: bool, *, by: UUID, at: datetime) -> Job:
    """Keep an uploaded workbook and queue the job that reads it and says what it would load.

    Raises WorkbookUnusable where the file is too large.
    """
    arguments = {
        "upload": uploading.keep(file),
        "name": uploading.plain_name(file.filename),
        "create_teams": create_teams,
        "mapping": {},
    }
    return enqueue(PREVIEW, arguments, by, at)


def read_again(preview: Job, mapping: Mapping[str, str], *, by: UUID, at: datetime) -> Job:
    """Queue another reading of the same file, each column being what somebody says it is.

    `mapping` gives the field (or "ignore") by heading.
    """
    return enqueue(PREVIEW, _taken(preview) | {"mapping": dict(mapping)}, by, at)


def confirm(preview: Job, *, by: UUID, at: datetime) -> Job:
    """Queue the import of what a trial has read; bad rows that it showed are passed over.

    Raises DomainError where there is nothing to load, or it was started before.
    """
    if not preview.result.get("loads"):
        raise DomainError("There is nothing to load.")
    arguments = _taken(preview) | {"skip_bad_rows": bool(preview.result["refused_count"])}
    return enqueue(LOAD, arguments, by, at)


def cancel(preview: Job) -> None:
    """Delete the file of a trial; nothing is imported."""
    if preview.kind == PREVIEW:
        uploads.forget(preview.arguments["upload"])


def _taken(preview: Job) -> dict[str, Any]:
    """The trial's arguments; from here on the trial itself can lead to nothing."""
    if preview.kind != PREVIEW or preview.state is not JobState.DONE:
        raise DomainError("Wait until the file has been read.")
    return {**preview.arguments, "upload": uploads.take(preview.arguments["upload"])}
