"""A first audit and its re-audit side by side (E8)."""

from uuid import UUID

from flask import abort
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.audits.queries.sidebyside import pair_with, side_by_side
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import actor, fetch, note_access, permission_required


@blueprint.route("/<uuid:audit_id>/side-by-side")
@permission_required(Permission.AUDIT_READ)
def beside(audit_id: UUID) -> ResponseReturnValue:
    """Both grades of each section, what became of it, and the first audit's actions; for whoever
    reads both audits. 404 where the audit was not audited again."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_READ)
    row = pair_with(audit)
    if row is None or row.audit is None:
        abort(404)
    other = row.first_audit_id if row.audit_id == audit.id else row.audit.id
    fetch(Audit, other, needs=Permission.AUDIT_READ)
    pair = side_by_side(row.first_audit, row.audit, actor(), london_date(now()))
    for each in (pair.first, pair.second):
        note_access("audit_viewed", each, audit_id=each.id)
    return audit_page("audits/side_by_side.html", audit, pair=pair)
