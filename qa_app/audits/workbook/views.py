"""Importing the old audit workbook by pages: upload, preview, columns, confirm, result."""

from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.base import GovForm
from forms.workbook import WorkbookForm, columns_form
from qa_app.audits.workbook import steps
from qa_app.audits.workbook.fields import Field
from qa_app.audits.workbook.headings import LEAVE_OUT
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.notify.models import Job
from qa_app.security import permission_required, signed_in_id

blueprint = Blueprint("workbook", __name__, url_prefix="/audits/imports")


@blueprint.route("/new", methods=["GET", "POST"])
@permission_required(Permission.AUDITS_IMPORT)
def new() -> ResponseReturnValue:
    """Upload a workbook; it is read first, and nothing is loaded before it is confirmed."""
    form = WorkbookForm()
    if form.validate_on_submit():
        try:
            with saving():
                started = steps.start(
                    form.file.data, form.create_teams.data, by=signed_in_id(), at=now()
                )
                job_id = started.id
        except DomainError as error:
            form.refuse(error.message, "file")
        else:
            return redirect(url_for("workbook.job", job_id=job_id))
    return render_template("workbook/new.html", form=form), 422 if form.errors else 200


@blueprint.get("/jobs/<uuid:job_id>")
@permission_required(Permission.AUDITS_IMPORT)
def job(job_id: UUID) -> ResponseReturnValue:
    """How far the reading or the import is, and what came of it."""
    found = _job(job_id)
    page = "workbook/preview.html" if found.kind == steps.PREVIEW else "workbook/loading.html"
    return render_template(
        page,
        job=found,
        result=found.result,
        name=found.arguments["name"],
        fields={field.value: field.words for field in Field},
    )


@blueprint.route("/jobs/<uuid:job_id>/columns", methods=["GET", "POST"])
@permission_required(Permission.AUDITS_IMPORT)
def columns(job_id: UUID) -> ResponseReturnValue:
    """Say what each column is; the file is then read again."""
    preview = _job(job_id)
    taken_for = {each["heading"]: each["field"] for each in preview.result.get("columns", [])}
    form = columns_form(taken_for, [(field.value, field.words) for field in Field])
    if form.validate_on_submit():
        mapping = {heading: form.field_of(heading) or LEAVE_OUT for heading in taken_for}
        with saving():
            started = steps.read_again(preview, mapping, by=signed_in_id(), at=now())
            started_id = started.id
        return redirect(url_for("workbook.job", job_id=started_id))
    page = render_template("workbook/columns.html", form=form, job=preview)
    return page, 422 if form.errors else 200


@blueprint.post("/jobs/<uuid:job_id>/confirm")
@permission_required(Permission.AUDITS_IMPORT)
def confirm(job_id: UUID) -> ResponseReturnValue:
    """Load what was read."""
    preview = _job(job_id)
    if not GovForm().validate_on_submit():
        abort(400)
    with saving():
        started = steps.confirm(preview, by=signed_in_id(), at=now())
        started_id = started.id
    return redirect(url_for("workbook.job", job_id=started_id))


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@permission_required(Permission.AUDITS_IMPORT)
def cancel(job_id: UUID) -> ResponseReturnValue:
    """Delete the uploaded file."""
    steps.cancel(_job(job_id))
    flash("Cancelled. Nothing was imported, and the uploaded file is deleted.", "success")
    return redirect(url_for("cases.imports"))


def _job(job_id: UUID) -> Job:
    found = steps.find(job_id)
    if found is None:
        abort(404)
    return found
