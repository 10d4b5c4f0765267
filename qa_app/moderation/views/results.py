"""What came of moderation: every grade by its source, side by side (M7)."""

from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.domain.moderation import ReasonCode
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required


@blueprint.route("/moderation/audits/<uuid:audit_id>")
@permission_required(Permission.MODERATION_READ)
def show_result(audit_id: UUID) -> ResponseReturnValue:
    """The auditor's and moderator's grades beside each other, with reasons and feedback."""
    audit = fetch(Audit, audit_id, needs=Permission.MODERATION_READ)
    note_access("audit_viewed", audit, audit_id=audit.id)
    return render_template(
        "moderation/show_result.html",
        audit=audit,
        moderated=audit.tool_version is None or audit.tool_version.moderated,
        lines=queries.side_by_side(audit),
        moderations=queries.moderations_of(audit_id),
        reasons={code.value: code.words for code in ReasonCode},
    )
