"""Covering an audit: somebody else does it, with the reason (P5)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.following import CoverForm
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.audits.queries import present_worker
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditMove, moves_from
from qa_app.programme import queries, services
from qa_app.programme.queries.reaudits import auditors_instead
from qa_app.programme.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id


@blueprint.route("/audits/<uuid:audit_id>/cover", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def cover(audit_id: UUID) -> ResponseReturnValue:
    """Who may do the audit instead, with their loads, and who may not and why (S6)."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_READ)
    if audit.case is None or AuditMove.REASSIGN not in moves_from(audit.state):
        return _page(audit, None, None)
    choice = auditors_instead(audit, london_date(now()))
    free = [each for each in choice.free if each.id != audit.auditor_id]
    form = CoverForm()
    form.auditor.choices = [(str(each.id), each.words) for each in free]
    if form.validate_on_submit():
        try:
            return _cover(audit, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    return _page(audit, form if free else None, choice)


def _page(
    audit: Audit, form: CoverForm | None, choice: queries.Auditors | None
) -> ResponseReturnValue:
    return render_template(
        "programme/cover.html",
        audit=audit,
        worker=present_worker(audit),
        form=form,
        choice=choice,
    )


def _cover(audit: Audit, form: CoverForm) -> ResponseReturnValue:
    auditor = db.session.get_one(Person, UUID(str(form.auditor.data)))
    before = audit.auditor_name
    with saving():
        services.cover(audit, auditor, form.reason.data or "", by=signed_in_id(), at=now())
    flash(
        f"{auditor.name} does audit {audit.reference} in place of {before}. Both have been told, "
        f"and so has {before}’s line manager. What was written so far is there.",
        "success",
    )
    return redirect(url_for("audits.show", audit_id=audit.id))
