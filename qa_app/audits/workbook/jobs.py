"""What the worker does with an uploaded workbook."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.workbook import steps, uploading
from qa_app.audits.workbook.fields import AuditRow, Field, WorkbookUnusable
from qa_app.audits.workbook.headings import parse_mapping, recognise
from qa_app.audits.workbook.loading import (
    Choices,
    Loaded,
    Plan,
    RecordModerations,
    load_plan,
    plan_apart,
)
from qa_app.audits.workbook.outcome import skipped_lines, unknown_lines
from qa_app.cases import uploads
from qa_app.database import db, now, saving
from qa_app.notify.jobs import Handler, Progress
from qa_app.notify.models import Job
from qa_app.notify.services import queue

SHOWN = 200
SAMPLE = 10


def make_handlers(record_moderations: RecordModerations) -> dict[str, Handler]:
    """A handler for each kind of job; they are handed what stores moderations, a room above."""

    def load(job: Job, progress: Progress) -> dict[str, Any]:
        return _load(job, progress, record_moderations)

    return {steps.PREVIEW: _preview, steps.LOAD: load}


def _preview(job: Job, progress: Progress) -> dict[str, Any]:
    """Read the file and say what it would load; it stays until that is confirmed or cancelled."""
    try:
        plan = _plan(job)
    except WorkbookUnusable as error:
        if not error.headings:
            raise
        # The person can put this right, by saying what the columns are.
        mapping = _mapping(job)
        return {
            "unusable": error.message,
            "columns": [
                {"heading": heading, "field": recognise(heading, mapping) or ""}
                for heading in dict.fromkeys(error.headings)
            ],
        }
    progress(1, 1)
    return _told(plan) | {"columns": list(_columns(plan)), "sample": _sample(plan.rows)}


def _load(job: Job, progress: Progress, record_moderations: RecordModerations) -> dict[str, Any]:
    """Import the file, tell who asked for it, and delete it, whatever came of it."""
    try:
        plan = _plan(job)
        progress(0, plan.loads)
        with saving():
            done = load_plan(
                plan,
                by=job.created_by,
                at=now(),
                record_moderations=record_moderations,
                progress=progress,
            )
            _tell(job, done)
    finally:
        uploads.forget(job.arguments["upload"])
    return _told(plan) | {"loaded": done.loaded, "run_id": str(done.run_id)}


def _plan(job: Job) -> Plan:
    said = job.arguments
    choices = Choices(
        mapping=_mapping(job),
        skip_bad_rows=said.get("skip_bad_rows", True),
        create_teams=said["create_teams"],
    )
    return plan_apart(uploading.path_of(said["upload"]), choices, at=now(), name=said["name"])


def _mapping(job: Job) -> dict[str, Field | None]:
    return parse_mapping(
        f"{heading}={field}" for heading, field in job.arguments["mapping"].items()
    )


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "loads": plan.loads,
        "refused": [fault._asdict() for fault in plan.refused[:SHOWN]],
        "refused_count": len(plan.refused),
        "refused_rows": plan.refused_rows,
        "notes": [*skipped_lines(plan), *unknown_lines(plan)],
        "new_teams": plan.new_teams,
    }


def _columns(plan: Plan) -> Iterator[dict[str, str]]:
    """Each heading once, with the field that it is taken for."""
    told: set[str] = set()
    for layout in plan.reading.layouts:
        taken = [(heading, field.value) for field, (_, heading) in layout.columns.items()]
        for heading, field in [*taken, *((heading, "") for heading in layout.ignored)]:
            if heading not in told:
                told.add(heading)
                yield {"heading": heading, "field": field}


def _sample(rows: list[AuditRow]) -> list[list[str]]:
    """The first audits as they are understood, references and grades only."""
    return [
        [
            row.audit_ref,
            row.case_ref,
            row.team or "",
            row.auditor,
            row.completed_on.isoformat(),
            row.auditor_grade or "",
            row.final_grade or "",
        ]
        for row in rows[:SAMPLE]
    ]


def _tell(job: Job, done: Loaded) -> None:
    address = db.session.scalar(select(Person.email).where(Person.id == job.created_by))
    queue(
        job.created_by,
        address,
        "The import of the old audit workbook has finished",
        f"{done.loaded:,} audits were loaded and {done.plan.refused_rows:,} rows refused.",
        f"/cases/imports/{done.run_id}",
        f"import:{job.id}",
        now(),
    )
