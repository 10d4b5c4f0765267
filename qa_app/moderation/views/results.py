"""What came of moderation: every grade by its source, side by side (M7)."""

from typing import Final
from uuid import UUID

from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.audits.views.frame import audit_page
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.moderation import ReasonCode
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries
from qa_app.moderation.queries.talking import thread_of
from qa_app.moderation.views.room import blueprint
from qa_app.security import can, fetch, note_access, permission_required

REASONS: Final = {code.value: code.words for code in ReasonCode}
"""Why a moderator's grade differs, in words, by the code of its row."""


@blueprint.route("/moderation/audits/<uuid:audit_id>")
@permission_required(Permission.MODERATION_READ)
def show_result(audit_id: UUID) -> ResponseReturnValue:
    """Everybody's grades beside each other with reasons, answers and feedback, and how it went."""
    audit = fetch(Audit, audit_id, needs=Permission.MODERATION_READ)
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "moderation/show_result.html",
        audit,
        outcome=queries.Outcome(audit),
        moderated=audit.tool_version is None or audit.tool_version.moderated,
        reasons=REASONS,
        today=london_date(now()),
        # M4: the auditor and the moderator read it on the page of their talk.
        thread=thread_of(audit) if can(Permission.MODERATION_MANAGE) else [],
    )
