"""One audit as a PDF, for those who may read what it says."""

from io import BytesIO
from uuid import UUID

from flask import abort, render_template, send_file
from flask.typing import ResponseReturnValue

from qa_app.accounts.queries import names
from qa_app.audits import queries
from qa_app.audits.models import Audit
from qa_app.audits.queries.amending import amendments_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.showing import is_moderating
from qa_app.database import now
from qa_app.documents import pdf_of
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>/document.pdf")
@permission_required(Permission.AUDIT_READ)
def document(audit_id: UUID) -> ResponseReturnValue:
    """The audit as its page shows it to this reader: a draft to those alone who write it."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_READ)
    if not _reads_it_whole(audit):
        abort(403)
    note_access("audit_printed", audit, audit_id=audit.id, format="PDF")
    html = render_template(
        "audits/document.html",
        audit=audit,
        worker=queries.present_worker(audit),
        reading=queries.reading_of(audit, inside=can(Permission.AUDIT_READ_CONFIDENCE, audit)),
        actions=queries.actions_of(audit),
        amendments=amendments_of(audit),
        reader=names([signed_in_id()])[signed_in_id()],
        today=london_date(now()),
        is_draft=audit.state in OPEN_FOR_WRITING,
    )
    return send_file(
        BytesIO(pdf_of(html)),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"audit-{audit.reference}.pdf",
    )


def _reads_it_whole(audit: Audit) -> bool:
    """An imported audit has no sections to print; a moderator reads it where they grade it (M3)."""
    if audit.tool_version_id is None or audit.state is AuditState.WITHDRAWN:
        return False
    if audit.state in OPEN_FOR_WRITING:
        return can(Permission.AUDIT_WRITE, audit)
    return not is_moderating(audit)
