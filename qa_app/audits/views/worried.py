"""Children we are worried about today: one row a child, open ones first (E1)."""

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.audits.queries.worried import children
from qa_app.audits.views.blueprints import concerns_blueprint
from qa_app.database import now
from qa_app.domain.permissions import Permission
from qa_app.security import actor, note_access, permission_required


@concerns_blueprint.route("/")
@permission_required(Permission.CONCERNS_LIST)
def worried() -> ResponseReturnValue:
    """Every open concern of one's services, and those settled today."""
    at = now()
    found = children(actor(), at)
    note_access("concerns_listed", None, count=found.count)
    return render_template("concerns/worried.html", children=found, at=at)
