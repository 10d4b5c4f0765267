"""The list of what waits for one's verification (E4)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import actor, permission_required
from qa_app.tracker.queries import brag_of, verification_due, waiting_for_verification_by
from qa_app.tracker.views.room import blueprint


@blueprint.route("/to-verify")
@permission_required(Permission.ACTIONS_LIST)
def to_verify() -> ResponseReturnValue:
    """Done actions that this person may verify, the longest waiting first."""
    today = london_date(now())
    rows = [
        (action, verification_due(action), brag_of(action, today))
        for action in waiting_for_verification_by(actor(), today)
    ]
    return render_template("tracker/to_verify.html", rows=rows, today=today)
