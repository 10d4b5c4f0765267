"""The run chart of the tracker's assurance page (E5)."""

from flask import Response
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.reports import runcharts
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, permission_required
from qa_app.tracker.queries.assurance import stock_for


@blueprint.route("/assurance.svg")
@permission_required(Permission.ASSURANCE_READ)
def assurance_chart() -> ResponseReturnValue:
    """Outstanding priority actions at the end of each month, of what the reader answers for."""
    stock = stock_for(actor(), london_date(now()))
    return Response(runcharts.stock_svg(stock), mimetype="image/svg+xml")
