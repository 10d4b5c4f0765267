"""Protected time: an auditor keeps some hours free for an audit, as a calendar file."""

from typing import cast
from urllib.parse import urljoin
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.following import ProtectedTimeForm
from qa_app.audits.models import Audit
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import OPEN_FOR_WRITING
from qa_app.programme import calendar_file
from qa_app.programme.views.room import blueprint
from qa_app.security import fetch, permission_required


@blueprint.route("/audits/<uuid:audit_id>/protected-time", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def protected_time(audit_id: UUID) -> ResponseReturnValue:
    """Choose a day, a start and a length, and take the calendar entry away as a file."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if audit.state not in OPEN_FOR_WRITING:
        flash(f"Audit {audit.reference} is finished: no time needs to be kept for it.", "info")
        return redirect(url_for("audits.show", audit_id=audit.id))
    form = ProtectedTimeForm()
    if form.validate_on_submit():
        if form.day.data >= london_date(now()):
            return _file(audit, form)
        form.refuse("Enter today's date or a later one", "day")
    return render_template("programme/protected_time.html", audit=audit, form=form)


def _file(audit: Audit, form: ProtectedTimeForm) -> Response:
    # Built on the configured address, as in e-mails: it is opened outside of this browser.
    base = str(current_app.config["BASE_URL"])
    content = calendar_file.protected_time(
        audit.id,
        audit.reference,
        urljoin(base, url_for("audits.show", audit_id=audit.id)),
        form.day.data,
        form.start.data,
        cast(int, form.length.data),
        now(),
    )
    name = calendar_file.file_name(audit.reference, form.day.data)
    return Response(
        content,
        mimetype="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
