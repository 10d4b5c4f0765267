"""The reply to an audit by those whose work it is about, and what they can expect of one (A12)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.facts import ReplyForm
from qa_app.accounts import settings
from qa_app.audits import services
from qa_app.audits.models import Audit, Contribution
from qa_app.audits.queries.contributions import last_day_to_reply, own_contribution
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.answers import ContributionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.facts import reply_closed
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>/reply", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_ANSWER)
def reply(audit_id: UUID) -> ResponseReturnValue:
    """My reply: saved for me alone until I sign it, then kept with the audit as it is."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_ANSWER)
    form, status = ReplyForm(), 200
    if form.is_submitted():
        status = 400
        if form.validate():
            with saving():
                written = _keep(audit, form)
            flash(_done(audit, written), "success")
            return redirect(url_for("audits.reply", audit_id=audit_id))
    return _reply_page(audit, form, status)


def _keep(audit: Audit, form: ReplyForm) -> Contribution:
    keep = services.send_contribution if form.send.data else services.save_contribution
    return keep(
        audit, kind=ContributionKind.REPLY, text=form.text.data, by=signed_in_id(), at=now()
    )


def _done(audit: Audit, written: Contribution) -> str:
    if written.signed_at is None:
        return "Saved. Nobody else can read it until you sign it."
    return (
        f"Your reply to audit {audit.reference} is signed. Its auditor has been told, and "
        "everybody who may read the audit can read it."
    )


def _reply_page(audit: Audit, form: ReplyForm, status: int) -> ResponseReturnValue:
    mine = own_contribution(audit, signed_in_id(), ContributionKind.REPLY)
    until = last_day_to_reply(audit)
    if mine is not None and not form.is_submitted():
        form.text.data = mine.text
    note_access("audit_viewed", audit, audit_id=audit.id)
    closed = reply_closed(audit.state, london_date(now()), until)
    asks = closed is None and (mine is None or mine.signed_at is None)
    return audit_page(
        "audits/reply.html",
        audit,
        status=status if asks or status == 200 else 409,
        form=form if asks else None,
        mine=mine,
        until=until,
        days=settings.number("reply_to_audit"),
        closed=closed,
    )


@blueprint.route("/what-to-expect")
@permission_required(Permission.HOME_READ)
def what_to_expect() -> ResponseReturnValue:
    """For those whose work is audited: what is audited, who reads it, how to challenge it."""
    names = ("facts_check", "reply_to_audit", "period_under_review", "period_judged")
    return render_template(
        "audits/what_to_expect.html", numbers={name: settings.number(name) for name in names}
    )
