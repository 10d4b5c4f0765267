"""A re-audit's own page: what the first audit found, and what became of it (E8)."""

from uuid import UUID

from flask.typing import ResponseReturnValue

from forms.audits import BoxSpec, Kind
from qa_app.audits.models import Audit, PutRight
from qa_app.audits.queries.sidebyside import before_of
from qa_app.audits.since import Since
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import boxes_page, save_boxes
from qa_app.audits.views.frame import writing_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.way import after_page
from qa_app.audits.whole import AT_ONCE
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_CHOICES = [(each.value, each.words) for each in PutRight]


def since_specs(since: Since | None) -> list[BoxSpec]:
    """Two boxes for each section: what became of it, and what tells you so."""
    return [
        spec
        for each in (since.sections if since is not None else ())
        for spec in (
            BoxSpec(each.box("answer"), Kind.CHOICE, f"What became of “{each.title}”?", "",
                    _CHOICES),
            BoxSpec(each.box("note"), Kind.TEXT, f"What tells you so about “{each.title}”?",
                    "What was done since, or why it can no longer be put right.", rows=3),
        )
    ]  # fmt: skip


@blueprint.route("/<uuid:audit_id>/since", methods=["GET", "POST"])
@permission_required(Permission.RE_AUDIT_ANSWER)
def since(audit_id: UUID) -> ResponseReturnValue:
    """What the first audit found in each section below Good; what became of it; its actions."""
    audit = fetch(Audit, audit_id, needs=Permission.RE_AUDIT_ANSWER, options=AT_ONCE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "since")
    page = boxes_page(audit, draft, since_specs(draft.since))
    if page.sent:
        return save_boxes(page, lambda: after_page(draft, "since"))
    found = draft.since
    before = before_of(found, signed_in_id(), london_date(now())) if found is not None else None
    note_access("audit_viewed", audit, audit_id=audit.id)
    if before is not None:
        note_access("audit_viewed", before.first, audit_id=before.first.id)
    return writing_page(
        "audits/since.html",
        draft,
        "since",
        status=page.status,
        form=page.form,
        versions=page.shown,
        since=found,
        before=before,
    )
