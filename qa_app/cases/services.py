"""Importing an extract by pages: a trial first, then the import, each a job of its own."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from werkzeug.datastructures import FileStorage

from qa_app.cases import uploads
from qa_app.domain.errors import DomainError
from qa_app.notify.jobs import enqueue
from qa_app.notify.models import Job, JobState

PREVIEW = "ssd_preview"
LOAD = "ssd_load"


def start_preview(files: Iterable[FileStorage], as_at: date, *, by: UUID, at: datetime) -> Job:
    """Keep uploaded files and queue the job that reads them and says what they would change.

    Raises UploadRefused where the files cannot be taken, DomainError for a date in the future.
    """
    if as_at > at.date():
        raise DomainError("The extract’s date must not be in the future.", "as_at")
    token = uploads.keep(files)
    return enqueue(PREVIEW, {"upload": token, "as_at": as_at.isoformat()}, by, at)


def confirm(preview: Job, *, by: UUID, at: datetime) -> Job:
    """Queue the import of what a trial has read. Raises DomainError where it was started before."""
    if preview.kind != PREVIEW or preview.state is not JobState.DONE:
        raise DomainError("Wait until the files have been read.")
    token = uploads.take(preview.arguments["upload"])
    return enqueue(LOAD, {"upload": token, "as_at": preview.arguments["as_at"]}, by, at)


def cancel(preview: Job) -> None:
    """Delete the files of a trial; nothing is imported."""
    if preview.kind == PREVIEW:
        uploads.forget(preview.arguments["upload"])
