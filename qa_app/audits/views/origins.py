"""What an action came from, for the tracker's pages: that room knows no audit."""

from qa_app.audits.models import Audit
from qa_app.audits.queries.origins import Origin, origin_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.database import db
from qa_app.domain.permissions import Permission
from qa_app.security import can
from qa_app.tracker.models import Action


@blueprint.app_template_global("origin_of")
def origin_for_reader(action: Action) -> Origin | None:
    """What the action came from, as far as whoever is signed in may read it; None where it names
    nothing within its audit. What the auditor found is for those who read the audit (I2)."""
    if not (action.section_code or action.finding_id or action.theme_id):
        return None
    audit = db.session.get(Audit, action.audit_id) if action.audit_id is not None else None
    readable = audit is not None and can(Permission.AUDIT_READ, audit)
    return origin_of(action, audit, readable=readable)
