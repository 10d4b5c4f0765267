"""The review, with every gap linked to its control, and the submission."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.choosing import standing_choice
from qa_app.audits.queries.gentle import looks_of
from qa_app.audits.queries.reading import reading_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import writing_page
from qa_app.audits.views.open import writable
from qa_app.audits.views.way import gaps_by_page, href_of
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.completeness import Gap
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id


def _review(audit: Audit, status: int = 200) -> ResponseReturnValue:
    draft = Draft(audit)
    note_access("audit_viewed", audit, audit_id=audit.id)
    return writing_page(
        "audits/review.html",
        draft,
        "review",
        status=status,
        reading=reading_of(audit, draft, inside=can(Permission.AUDIT_READ_CONFIDENCE, audit)),
        gaps=gaps_by_page(draft),
        gap_count=len(draft.gaps),
        identifying=len(draft.identifying),
        looks=_looks(draft),
        tells_head=audit.graded and audit.overall_grade is Grade.INADEQUATE,
        is_moderated=draft.tool.moderated,
    )


def _looks(draft: Draft) -> list[tuple[str, str, str]]:
    """What may be looked at again: the section, why, and where."""
    titles = {each.code: each.title for each in draft.sections}
    return [
        (titles[each.section], each.message, href_of(draft.audit, Gap(each.section, each.part, "")))
        for each in looks_of(draft, draft.sections, london_date(now()))
    ]


@blueprint.route("/<uuid:audit_id>/review")
@permission_required(Permission.AUDIT_WRITE)
def review(audit_id: UUID) -> ResponseReturnValue:
    """The audit as its reader will see it, and what is still missing."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    return _review(audit)


@blueprint.route("/<uuid:audit_id>/submit", methods=["POST"])
@permission_required(Permission.AUDIT_SUBMIT)
def submit(audit_id: UUID) -> ResponseReturnValue:
    """Send the audit for moderation."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SUBMIT)
    try:
        with saving():
            audit = services.submit(audit, by=signed_in_id(), at=now())
    except services.Incomplete:
        return _review(audit, status=409)
    flash(_what_follows(audit), "success")
    return redirect(url_for("audits.show", audit_id=audit_id))


def _what_follows(audit: Audit) -> str:
    graded, final = audit.graded, audit.state is AuditState.FINAL
    choice = standing_choice(audit.id)
    if choice is not None and not choice.selected:
        return _left_out(audit)
    if not graded and final:
        return f"Audit {audit.reference} is finished. This kind of audit is not graded."
    if final:
        return f"Audit {audit.reference} is final. Its kind of audit is not moderated."
    return (
        f"Audit {audit.reference} sent for moderation. A senior leader who is independent of you "
        f"and of the child's case will {'grade' if graded else 'read'} it too. You will be told "
        "what they find."
    )


def _left_out(audit: Audit) -> str:
    """What follows where the audit was not chosen for moderation (M1)."""
    outcome = "with your grade" if audit.graded else "as it is"
    if audit.state is AuditState.FINAL:
        return (
            f"Audit {audit.reference} is final, {outcome}: it was not chosen to be moderated. Not "
            "every audit is."
        )
    return (
        f"Audit {audit.reference} sent. It was not chosen to be moderated: not every audit is. It "
        f"becomes final, {outcome}, once its facts are checked. You will be told."
    )
