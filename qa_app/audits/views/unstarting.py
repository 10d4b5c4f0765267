"""Putting an audit back to not started; nothing that was written is lost."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.sharing import UnstartForm
from qa_app.audits import services
from qa_app.audits.models import Audit
from qa_app.audits.queries.conversations import standing_conversation
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.auditreasons import UnstartReason
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditMove, moves_from
from qa_app.security import fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>/unstart", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_UNSTART)
def unstart(audit_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, or say what keeps the audit started and what to do instead."""
    audit, form = fetch(Audit, audit_id, needs=Permission.AUDIT_UNSTART), UnstartForm()
    if form.validate_on_submit():
        try:
            return _unstart(audit, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    return _page(audit, form)


def _unstart(audit: Audit, form: UnstartForm) -> ResponseReturnValue:
    reason, words = UnstartReason(str(form.reason.data)), form.words.data or ""
    with saving():
        services.unstart(audit, reason, words, by=signed_in_id(), at=now())
    flash(
        f"Audit {audit.reference} is not started again. What was written is in its boxes, and the "
        "next change starts it.",
        "success",
    )
    return redirect(url_for("audits.show", audit_id=audit.id))


def _page(audit: Audit, form: UnstartForm) -> ResponseReturnValue:
    note_access("audit_viewed", audit, audit_id=audit.id)
    possible = AuditMove.UNSTART in moves_from(audit.state)
    against = services.reasons_against(audit, now()) if possible else []
    asks = possible and not against
    return audit_page(
        "audits/unstart.html",
        audit,
        status=(400 if asks else 409) if form.errors else 200,
        form=form if asks else None,
        possible=possible,
        against=against,
        arranged=standing_conversation(audit) if against else None,
    )
