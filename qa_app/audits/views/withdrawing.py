"""Withdrawing an audit: it is done by nobody, and stays to be seen."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.sharing import WithdrawForm
from qa_app.audits import queries, services
from qa_app.audits.models import Audit
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.auditreasons import WithdrawReason, in_words
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditMove, moves_from
from qa_app.security import fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>/withdraw", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WITHDRAW)
def withdraw(audit_id: UUID) -> ResponseReturnValue:
    """Ask for the reason, and say what goes on: a concern, actions, and what is expected (P4)."""
    audit, form = fetch(Audit, audit_id, needs=Permission.AUDIT_WITHDRAW), WithdrawForm()
    if form.validate_on_submit():
        try:
            return _withdraw(audit, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    note_access("audit_viewed", audit, audit_id=audit.id)
    possible = AuditMove.WITHDRAW in moves_from(audit.state)
    return audit_page(
        "audits/withdraw.html",
        audit,
        status=_status(form, possible),
        form=form if possible else None,
        actions=queries.actions_of(audit),
    )


def _status(form: WithdrawForm, possible: bool) -> int:
    if not form.errors:
        return 200
    return 400 if possible else 409


def _withdraw(audit: Audit, form: WithdrawForm) -> ResponseReturnValue:
    reason = in_words(WithdrawReason(str(form.reason.data)), form.words.data or "")
    with saving():
        services.withdraw(audit, reason, signed_in_id(), now())
    flash(
        f"Audit {audit.reference} is withdrawn, and {audit.auditor_name} has been told. What is "
        "expected of them stays: grant an exemption or give them another audit.",
        "success",
    )
    return redirect(url_for("audits.show", audit_id=audit.id))
