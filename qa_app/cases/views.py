"""Importing the case system's extract by pages: upload, preview, confirm, result."""

from datetime import date
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.base import GovForm
from forms.cases import ExtractForm
from qa_app.cases import queries, services
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.notify.models import Job
from qa_app.security import permission_required, signed_in_id

blueprint = Blueprint("cases", __name__, url_prefix="/cases/imports")

KINDS = frozenset({services.PREVIEW, services.LOAD})
_LAST_POSITION = 2**31 - 1


@blueprint.get("/")
@permission_required(Permission.IMPORT_READ)
def imports() -> ResponseReturnValue:
    """What was imported, when and by whom, newest first."""
    return render_template("cases/imports.html", runs=queries.import_runs())


@blueprint.route("/new", methods=["GET", "POST"])
@permission_required(Permission.CASES_IMPORT)
def new() -> ResponseReturnValue:
    """Upload an extract; it is read first, and changes nothing before it is confirmed."""
    form = ExtractForm()
    if form.validate_on_submit():
        try:
            with saving():
                job = services.start_preview(
                    form.files.data, form.as_at.data, by=signed_in_id(), at=now()
                )
                job_id = job.id
        except DomainError as error:
            form.refuse(error.message, error.field)
        else:
            return redirect(url_for("cases.job", job_id=job_id))
    return render_template("cases/new.html", form=form), 422 if form.errors else 200


@blueprint.get("/jobs/<uuid:job_id>")
@permission_required(Permission.CASES_IMPORT)
def job(job_id: UUID) -> ResponseReturnValue:
    """How far the reading or the import is, and what came of it."""
    found = _job(job_id)
    page = "cases/preview.html" if found.kind == services.PREVIEW else "cases/loading.html"
    as_at = date.fromisoformat(found.arguments["as_at"])
    return render_template(page, job=found, result=found.result, as_at=as_at)


@blueprint.post("/jobs/<uuid:job_id>/confirm")
@permission_required(Permission.CASES_IMPORT)
def confirm(job_id: UUID) -> ResponseReturnValue:
    """Import what was read."""
    preview = _job(job_id)
    if not GovForm().validate_on_submit():
        abort(400)
    with saving():
        started = services.confirm(preview, by=signed_in_id(), at=now())
        started_id = started.id
    return redirect(url_for("cases.job", job_id=started_id))


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@permission_required(Permission.CASES_IMPORT)
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Delete the uploaded files."""
    services.cancel(_job(job_id))
    flash("Cancelled. Nothing was imported, and the uploaded files are deleted.", "success")
    return redirect(url_for("cases.imports"))


@blueprint.get("/<uuid:run_id>")
@permission_required(Permission.IMPORT_READ)
def show(run_id: UUID) -> ResponseReturnValue:
    """One import: what it changed and what it refused."""
    found = queries.import_run(run_id)
    if found is None:
        abort(404)
    run, by, refused = found
    # As far as a position can go in the database: beyond it there is nothing to show (IN-2).
    start = min(max(request.args.get("from", 0, type=int), 0), _LAST_POSITION)
    faults = queries.faults_after(run_id, start)
    more = start + queries.PAGE if len(faults) > queries.PAGE else None
    return render_template(
        "cases/show.html",
        run=run,
        by=by,
        refused=refused,
        faults=faults[: queries.PAGE],
        start=start,
        more=more,
    )


def _job(job_id: UUID) -> Job:
    found = queries.job_of(job_id, KINDS)
    if found is None:
        abort(404)
    return found
