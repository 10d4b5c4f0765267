"""Amending a final audit: choose what, then the new value and why (M8)."""

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.amending import AmendForm, amend_form
from qa_app.audits import services
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.amending import TEXT, Amendable, amendable, amendments_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.security import fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>/amend", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_AMEND)
def amend(audit_id: UUID) -> ResponseReturnValue:
    """What can be amended; with `what`, one of these: what it is, what it is to be, and why."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_AMEND)
    if request.method == "GET" and audit.state is not AuditState.FINAL:
        flash(f"Audit {audit.reference} is not final: only a final audit is amended.", "info")
        return redirect(url_for("audits.show", audit_id=audit_id))
    name = request.args.get("what", "")
    found = {each.field: each for each in amendable(audit)}
    if not name and request.method == "GET":
        return _choosing(audit, list(found.values()))
    if name not in found:
        # A final audit without it has no such page; of any other one the service says why.
        return abort(404) if found else _refused(audit, name)
    form, status = _form(found[name]), 200
    if form.is_submitted():
        status = 400
        if form.validate() and _amend(audit, found[name], form):
            return redirect(url_for("audits.show", audit_id=audit_id, _anchor="amended"))
    return _page(audit, found[name], form, status)


def _refused(audit: Audit, name: str) -> ResponseReturnValue:
    """Let the service say that it is not final, whatever was sent."""
    with saving():
        services.amend(audit, name, "", shown="", reason="", by=signed_in_id(), at=now())
    return abort(404)


def _choosing(audit: Audit, found: list[Amendable]) -> ResponseReturnValue:
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/amend.html",
        audit,
        found=[each for each in found if each.choices],
        texts=[each for each in found if not each.choices],
        is_imported=audit.source is AuditSource.IMPORTED,
        amendments=amendments_of(audit),
        chosen=None,
    )


def _form(chosen: Amendable) -> AmendForm:
    """Filled with the text as it stands; a grade or plan type is chosen anew."""
    form = amend_form(chosen.what, chosen.choices)()
    if not form.is_submitted():
        form.shown.data = chosen.stands
        if not chosen.choices:
            form.new.data = chosen.value
    return form


def _amend(audit: Audit, chosen: Amendable, form: AmendForm) -> bool:
    """Amend it; False where what was typed has to be looked at again."""
    try:
        with saving():
            services.amend(
                audit,
                chosen.field,
                form.new.data or "",
                shown=form.shown.data or "",
                reason=form.reason.data,
                harmless=form.harmless.data or "",
                by=signed_in_id(),
                at=now(),
            )
    except services.MayIdentify as error:
        form.refuse_words((error.sentence(each), each.fields[0]) for each in error.found)
    except services.AmendmentRefused as error:
        form.refuse(error.message, error.field)
    else:
        flash(
            f"You amended the {chosen.what}. What it was stays visible, and the auditor and the "
            "moderators have been told that something was amended.",
            "success",
        )
        return True
    return False


def _page(audit: Audit, chosen: Amendable, form: AmendForm, status: int) -> ResponseReturnValue:
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/amend.html",
        audit,
        status=status,
        form=form,
        chosen=chosen,
        is_text=chosen.field.startswith(TEXT),
    )
