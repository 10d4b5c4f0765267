"""Heads of service and above: exempting and extending without having been asked (P3)."""

from functools import partial
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.cycles import ExemptionForm, ExtensionForm
from qa_app.audits.models import Audit
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.programme import services
from qa_app.programme.models import Expectation
from qa_app.programme.queries import cycles, reached
from qa_app.programme.queries.requests import days_granted
from qa_app.programme.views.answers import saved
from qa_app.programme.views.requests import audit_for, reasoned, with_reasons
from qa_app.programme.views.room import blueprint
from qa_app.security import SAFE_METHODS, actor, permission_required, signed_in_id


@blueprint.route("/exemptions")
@permission_required(Permission.EXEMPTION_GRANT)
def exemptions() -> ResponseReturnValue:
    """The auditors of this person's own units: what is expected of them, and audits not done."""
    today = london_date(now())
    return render_template(
        "programme/requests_grant.html",
        reached=reached.reached_by(actor(), today),
        today=today,
    )


@blueprint.route("/exemptions/<uuid:expectation_id>", methods=["GET", "POST"])
@permission_required(Permission.EXEMPTION_GRANT)
def grant_exemption(expectation_id: UUID) -> ResponseReturnValue:
    """Exempt somebody of one's own units, or a vacant post of them."""
    found = cycles.expectation_with_its_cycle(expectation_id) or abort(404)
    _refuse_barred(found)
    form = with_reasons(ExemptionForm(), vacant=found.person_id is None)
    today = london_date(now())
    if form.validate_on_submit() and saved(
        form, partial(services.grant_exemption, found, **reasoned(form))
    ):
        late = today > found.cycle.due_on
        follows = "kept, and it reduces nothing" if late else "and so many audits fewer are due"
        flash(f"The exemption is granted, {follows}.", "success")
        return redirect(url_for("programme.exemptions"))
    row = cycles.expected_of(found, found.cycle)
    return render_template(
        "programme/request_exemption.html", form=form, row=row, grants=True, today=today
    )


@blueprint.route("/extensions/<uuid:audit_id>", methods=["GET", "POST"])
@permission_required(Permission.EXEMPTION_GRANT)
def grant_extension(audit_id: UUID) -> ResponseReturnValue:
    """Give an audit of one's own units more time."""
    audit = audit_for(audit_id)
    _refuse_barred(audit)
    form = with_reasons(ExtensionForm())
    if form.validate_on_submit() and saved(
        form, partial(services.grant_extension, audit, **reasoned(form))
    ):
        due = date_words(audit.due_on)
        flash(f"Audit {audit.reference} is now due on {due}. Its month stays the same.", "success")
        return redirect(url_for("programme.exemptions"))
    return render_template(
        "programme/request_extension.html",
        form=form,
        audit=audit,
        granted=days_granted(audit_id),
        grants=True,
        today=london_date(now()),
    )


def _refuse_barred(subject: Expectation | Audit) -> None:
    """Say why to whom P3 does not let, and keep that they tried."""
    person, at = signed_in_id(), now()
    why = services.barred_directly(subject, person, at)
    if not why:
        return
    if request.method not in SAFE_METHODS:
        with saving():
            services.note_refused(subject, why, by=person, at=at)
    raise services.MayNotGrant(f"{why} Nothing has been changed.")
