"""The part of a social worker or team manager in an audit: what to expect, and their own view."""

from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.together import ViewForm
from qa_app.audits import services
from qa_app.audits.models import Audit, Contribution
from qa_app.audits.queries.contributions import own_contribution
from qa_app.audits.queries.conversations import invitation_to
from qa_app.audits.queries.thanks import thanks_to
from qa_app.audits.services.fields import fingerprint_version
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.answers import ContributionKind
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.AUDIT_CONTRIBUTE
_VIEW = ContributionKind.VIEW


@blueprint.route("/<uuid:audit_id>/contribution", methods=["GET", "POST"])
@permission_required(_NEEDS)
def contribution(audit_id: UUID) -> ResponseReturnValue:
    """What the audit is, when it is talked through, and the box for one's own view.

    Nothing of the audit itself is in the page: it may still be its auditor's draft (A5).
    """
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    own = own_contribution(audit, signed_in_id(), _VIEW)
    form = ViewForm(text=own.text if own is not None else "")
    if form.is_submitted() and own is not None and own.signed_at is not None:
        flash("You signed your view already. What is signed stays as it is.", "info")
        return redirect(url_for("audits.contribution", audit_id=audit_id))
    if form.validate_on_submit() and _holds_what_was_shown(form, own):
        try:
            with saving():
                _keep(audit, form)
        except services.NothingWritten as error:
            form.refuse(error.message, error.field)
        else:
            flash(_what_follows(form), "success")
            return redirect(url_for("audits.contribution", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return _page(audit, own, form)


def _holds_what_was_shown(form: ViewForm, own: Contribution | None) -> bool:
    """Whether nothing else was saved since the page was made: in another tab, say (A8)."""
    saved = own.text if own is not None else ""
    if form.shown.data == str(fingerprint_version(saved)) or form.text.data == saved:
        return True
    form.refuse(
        "You saved something else meanwhile, in another tab or on another device. Put together "
        "what you want to keep, then save again",
        "text",
    )
    return False


def _keep(audit: Audit, form: ViewForm) -> None:
    by, at = signed_in_id(), now()
    services.save_contribution(audit, kind=_VIEW, text=form.text.data or "", by=by, at=at)
    if form.sign.data:
        services.sign_contribution(audit, kind=_VIEW, by=by, at=at)


def _what_follows(form: ViewForm) -> str:
    if form.sign.data:
        return (
            "Your view is signed. The auditor has been told, and everybody who may read this audit "
            "reads it with your name."
        )
    return "Saved. Nobody else reads it before you sign it."


def _page(audit: Audit, own: Contribution | None, form: ViewForm) -> ResponseReturnValue:
    me = signed_in_id()
    saved = own.text if own is not None else ""
    form.shown.data = str(fingerprint_version(saved))
    writes = audit.completed_on is None and audit.state is not AuditState.WITHDRAWN
    return audit_page(
        "audits/contribution.html",
        audit,
        status=400 if form.errors else 200,
        form=form if writes and (own is None or own.signed_at is None) else None,
        own=own,
        saved=saved,
        writes=writes,
        conversation=invitation_to(audit, me),
        at=now(),
        thanks=thanks_to(audit, me),
    )
