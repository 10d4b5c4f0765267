"""How far the check or the publication of a version is, and what came of it."""

from uuid import UUID

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import ReportMove
from qa_app.reports.models import ReportVersion
from qa_app.reports.services import inbackground
from qa_app.reports.views.drafts import version_at
from qa_app.reports.views.room import blueprint
from qa_app.security import permission_required, signed_in_id


def begin(version: ReportVersion, revision: int, move: ReportMove) -> UUID:
    """Leave a move to the worker; the job's id."""
    with saving():
        return inbackground.begin_move(version, revision, move, by=signed_in_id(), at=now()).id


@blueprint.get("/versions/<uuid:version_id>/moves/<uuid:job_id>")
@permission_required(Permission.REPORTS_DRAFT)
def move(version_id: UUID, job_id: UUID) -> ResponseReturnValue:
    """The page waits for the job, then says what came of it."""
    version = version_at(version_id)
    job = inbackground.job_at(job_id, version_id)
    if job is None:
        abort(404)
    check = inbackground.MOVES[job.kind] is ReportMove.CHECK
    return render_template("reports/move.html", version=version, job=job, check=check)
