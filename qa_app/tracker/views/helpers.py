"""Who helps with an action: people, and a partner agency (E3)."""

from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.doing import HelperForm, PartnerForm
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id
from qa_app.tracker.models import Action
from qa_app.tracker.queries.helping import helpers_of
from qa_app.tracker.services.helping import (
    add_helper,
    refuse_finished,
    remove_helper,
    set_partner,
)
from qa_app.tracker.views.room import SAVED, blueprint, owner_named, save, shown_again


@blueprint.route("/<uuid:action_id>/helpers", methods=["GET", "POST"])
@permission_required(Permission.ACTION_SHARE)
def helpers(action_id: UUID) -> ResponseReturnValue:
    """Those who help: one more by name, or one less."""
    action = fetch(Action, action_id, needs=Permission.ACTION_SHARE)
    refuse_finished(action)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = HelperForm(), 200
    person = owner_named(form)
    if person is not None:
        change = partial(add_helper, action, person=person, by=signed_in_id(), at=now())
        status = save(form, action, change)
        if status == SAVED:
            flash(f"{person.name} helps with this action now, and has been told.", "success")
            return redirect(url_for("tracker.helpers", action_id=action_id))
    return render_template(
        "tracker/helpers.html", form=form, action=action, helpers=helpers_of(action)
    ), status


@blueprint.route("/<uuid:action_id>/helpers/<uuid:person_id>/stop", methods=["POST"])
@permission_required(Permission.ACTION_SHARE)
def stop_helping(action_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """Take somebody off who helps."""
    action = fetch(Action, action_id, needs=Permission.ACTION_SHARE)
    with saving():
        taken_off = remove_helper(action, person_id=person_id, by=signed_in_id(), at=now())
    if taken_off:
        flash("Taken off this action. They have been told.", "success")
    else:
        flash("They do not help with this action any more. Nothing has been changed.")
    return redirect(url_for("tracker.helpers", action_id=action_id))


@blueprint.route("/<uuid:action_id>/partner", methods=["GET", "POST"])
@permission_required(Permission.ACTION_SHARE)
def partner(action_id: UUID) -> ResponseReturnValue:
    """Name the partner agency that takes part."""
    action = fetch(Action, action_id, needs=Permission.ACTION_SHARE)
    refuse_finished(action)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = PartnerForm(version=action.version, partner=action.partner_agency), 200
    if form.validate_on_submit():
        change = partial(
            set_partner, action, partner=form.partner.data or "",
            by=signed_in_id(), at=now(), seen=form.seen,
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            named = action.partner_agency
            flash(f"{named} takes part now." if named else "No partner takes part now.", "success")
            return shown_again(action)
    return render_template("tracker/partner.html", form=form, action=action), status
