"""The moderation queue, and taking an audit from it."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries, services
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id


@blueprint.route("/moderation/")
@permission_required(Permission.MODERATION_QUEUE)
def queue() -> ResponseReturnValue:
    """The audits that wait for a moderator."""
    today = london_date(now())
    found = queries.queue_for(signed_in_id(), today)
    return render_template(
        "moderation/queue.html", queue=found, today=today, name=current_user.name
    )


@blueprint.route("/moderation/audits/<uuid:audit_id>/start", methods=["POST"])
@permission_required(Permission.MODERATION_START)
def start(audit_id: UUID) -> ResponseReturnValue:
    """Take an audit for moderation; one of two who press at once gets it (CO-3)."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    person_id, at = signed_in_id(), now()
    review = queries.review_of(audit, person_id, london_date(at))
    if review.bars:
        with saving():
            services.note_refused(audit, review, by=person_id, at=at)
        sentence = review.sentence(names([person_id])[person_id])
        raise services.MayNotModerate(f"{sentence} Nothing has been changed.")
    audit = fetch(Audit, audit_id, needs=Permission.MODERATION_START)
    moderator = db.session.get_one(Person, person_id)
    with saving():
        moderation = services.start(audit, moderator, by=person_id, at=at)
    flash(f"You have taken audit {audit.reference}. Finish it, or give it back.", "success")
    return redirect(url_for("moderation.show", moderation_id=moderation.id))
