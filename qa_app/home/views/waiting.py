"""Home: what waits for the person signed in."""

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.home.sections import waiting_for
from qa_app.home.views.room import blueprint
from qa_app.home.views.tables import tables
from qa_app.security import actor, permission_required


@blueprint.route("/")
@permission_required(Permission.HOME_READ)
def index() -> ResponseReturnValue:
    """What waits for me, in the order in which it should not wait."""
    today = london_date(now())
    waiting = waiting_for(actor(), today)
    return render_template("home/index.html", waiting=waiting, tables=tables(waiting, today))
