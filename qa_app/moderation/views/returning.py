"""Ending a moderation without a grade: putting the audit back, or returning it (M6)."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.moderation import ReturnForm
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.moderation import services
from qa_app.moderation.models import Moderation
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id

_NEEDS = Permission.MODERATE


@blueprint.route("/moderation/<uuid:moderation_id>/release", methods=["POST"])
@permission_required(_NEEDS)
def release(moderation_id: UUID) -> ResponseReturnValue:
    """Put the audit back in the queue."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    return _end(moderation, services.release, "Audit {} is back in the queue for somebody else.")


@blueprint.route("/moderation/<uuid:moderation_id>/return", methods=["GET", "POST"])
@permission_required(_NEEDS)
def send_back(moderation_id: UUID) -> ResponseReturnValue:
    """Return the audit to its auditor, with what is to be corrected."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    form = ReturnForm()
    if form.validate_on_submit():
        change = partial(services.send_back, comments=form.comments.data)
        return _end(moderation, change, "Audit {} went back to its auditor, who has been told.")
    page = render_template("moderation/send_back.html", form=form, moderation=moderation)
    return page, 400 if form.errors else 200


def _end(moderation: Moderation, change: Callable[..., None], words: str) -> ResponseReturnValue:
    reference = moderation.audit.reference
    with saving():
        change(moderation, by=signed_in_id(), at=now())
    flash(words.format(reference), "success")
    return redirect(url_for("moderation.queue"))
