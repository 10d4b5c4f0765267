"""The run chart of agreement between auditor's and final grades (M9)."""

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.moderation.queries.agreement import PairsAsked
from qa_app.moderation.queries.overtime import over_time
from qa_app.moderation.queries.pairs import services_seen
from qa_app.reports import runcharts
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, permission_required


@blueprint.route("/agreement.svg")
@permission_required(Permission.MEASURES_READ)
def agreement_chart() -> ResponseReturnValue:
    """The share of pairs with the same grade by month, in the services the reader answers for."""
    try:
        first, last = (Month.parse(request.args.get(name, "")) for name in ("from", "to"))
        asked = PairsAsked(first, last, now(), services=services_seen(actor()))
    except DomainError:
        abort(404)
    return Response(runcharts.agreement_svg(over_time(asked)), mimetype="image/svg+xml")
