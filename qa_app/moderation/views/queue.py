"""The moderation queue, and going on with its next audit."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries
from qa_app.moderation.views.blind import start
from qa_app.moderation.views.room import blueprint
from qa_app.security import actor, permission_required, signed_in_id


@blueprint.route("/moderation/")
@permission_required(Permission.MODERATION_QUEUE)
def queue() -> ResponseReturnValue:
    """The audits that wait for a moderator."""
    today = london_date(now())
    found = queries.queue_for(signed_in_id(), today, actor())
    return render_template(
        "moderation/queue.html", queue=found, today=today, name=current_user.name
    )


@blueprint.route("/moderation/next", methods=["POST"])
@permission_required(Permission.MODERATION_QUEUE)
def start_next() -> ResponseReturnValue:
    """Take the first audit of the queue that can be taken, as if its button had been pressed."""
    following = queries.queue_for(signed_in_id(), london_date(now()), actor()).next
    if following is None:
        flash("No audit waits for you to moderate now.")
        return redirect(url_for("moderation.queue"))
    return start(following.audit.id)
