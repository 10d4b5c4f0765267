"""The summary for the child's record, and the day on which it went there."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.together import RecordForm
from qa_app.audits.models import Audit
from qa_app.audits.queries.record import summary_of
from qa_app.audits.services import record as services
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.formatting import date_words
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.AUDIT_NOTE_RECORD


@blueprint.route("/<uuid:audit_id>/record", methods=["GET", "POST"])
@permission_required(_NEEDS)
def record(audit_id: UUID) -> ResponseReturnValue:
    """Copy the summary of a final audit, and tick that it is on the child's record."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    noted = audit.record_noted_on
    form = RecordForm(done=noted is not None, on=noted or london_date(now()))
    if form.validate_on_submit():
        try:
            with saving():
                services.note_on_record(audit, form.on.data, by=signed_in_id(), at=now())
        except services.WrongDay as error:
            form.refuse(error.message, error.field)
        else:
            flash(f"On the child’s record since {date_words(form.on.data)}. Thank you.", "success")
            return redirect(url_for("audits.show", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    final = audit.state is AuditState.FINAL
    return audit_page(
        "audits/record.html",
        audit,
        status=400 if form.errors else 200,
        form=form if final else None,
        summary=summary_of(audit) if final else None,
    )
