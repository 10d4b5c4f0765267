"""Buddies: an experienced auditor at the side of a new one."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.following import BuddyForm, ForWhomForm
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.programme import services
from qa_app.programme.models import Buddy
from qa_app.programme.queries import buddies as queries
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required, signed_in_id


@blueprint.app_template_global("buddy_of")
def buddy_of(audit: Audit) -> queries.Helper | None:
    """The buddy of an audit's auditor today, for the audit's own pages: those of the room below
    know nothing of buddies."""
    if audit.auditor_id is None:
        return None
    return queries.buddies_of([audit.auditor_id], london_date(now())).get(audit.auditor_id)


@blueprint.route("/buddies", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def buddies() -> ResponseReturnValue:
    """Who helps whom; with ?auditor=… a form to name who helps them."""
    today = london_date(now())
    everybody = queries.candidates(today)
    looked = ForWhomForm(request.args)
    looked.auditor.choices = [(str(each.id), each.words) for each in everybody]
    auditor = next((each for each in everybody if str(each.id) == looked.auditor.data), None)
    form = BuddyForm(since=today) if auditor is not None else None
    if form is not None and auditor is not None:
        suggested = queries.suggested(auditor.id, everybody)
        form.buddy.choices = [(str(each.id), each.words) for each in suggested]
        if form.validate_on_submit():
            try:
                return _name(auditor.id, form)
            except DomainError as error:
                form.refuse(error.message, error.field)
    standing, over = queries.buddies(today)
    return render_template(
        "programme/buddies.html", looked=looked, auditor=auditor, form=form, standing=standing,
        over=over, today=today,
    )  # fmt: skip


def _name(auditor_id: UUID, form: BuddyForm) -> ResponseReturnValue:
    auditor = db.session.get_one(Person, auditor_id)
    buddy = db.session.get_one(Person, UUID(str(form.buddy.data)))
    with saving():
        services.name_buddy(
            auditor, buddy, form.since.data, form.until.data, by=signed_in_id(), at=now()
        )
    flash(f"{buddy.name} is {auditor.name}’s buddy. Both have been told.", "success")
    return redirect(url_for("programme.buddies"))


@blueprint.route("/buddies/<uuid:buddy_id>/end", methods=["POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def end_buddy(buddy_id: UUID) -> ResponseReturnValue:
    """End a buddy's time today."""
    row = db.session.get(Buddy, buddy_id)
    if row is None:
        abort(404)
    names = f"{row.buddy.name} and {row.auditor.name}"
    with saving():
        services.end_buddy(row, by=signed_in_id(), at=now())
    flash(f"{names} are no longer buddies after today. Both have been told.", "success")
    return redirect(url_for("programme.buddies"))
