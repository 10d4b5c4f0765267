"""Thanking somebody for good work that the audit found."""

from typing import cast
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.together import ThanksForm
from qa_app.audits.models import Audit
from qa_app.audits.queries import thanks as reading
from qa_app.audits.services import thanking as services
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.AUDIT_THANK


@blueprint.route("/<uuid:audit_id>/thanks", methods=["GET", "POST"])
@permission_required(_NEEDS)
def thanks(audit_id: UUID) -> ResponseReturnValue:
    """Write a thank-you; those sent before by the same person, and how many there are."""
    audit = fetch(Audit, audit_id, needs=_NEEDS)
    form = _form(audit)
    if form.validate_on_submit():
        try:
            with saving():
                sent = services.thank(
                    audit, cast(UUID, form.to.data), form.text.data, by=signed_in_id(), at=now()
                )
        except DomainError as error:
            if error.field is None:
                raise
            form.refuse(error.message, error.field)
        else:
            flash(f"{sent.recipient.name} has been told, and reads it in this service.", "success")
            return redirect(url_for("audits.thanks", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    able = audit.state is not AuditState.WITHDRAWN and reading.has_strength(audit)
    return audit_page(
        "audits/thanks.html",
        audit,
        status=400 if form.errors else 200,
        form=form if able and form.to.choices else None,
        able=able,
        sent=reading.thanks_from(audit, signed_in_id()),
        count=reading.thanks_count(audit),
    )


def _form(audit: Audit) -> ThanksForm:
    people = reading.people_to_thank(audit, signed_in_id())
    form = ThanksForm(to=people[0][0].id if len(people) == 1 else None)
    form.to.choices = [
        (str(person.id), f"{person.name}, {party.value.replace('_', ' ')}")
        for person, party in people
    ]
    return form
