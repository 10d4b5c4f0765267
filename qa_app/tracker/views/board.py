"""The actions as a board, with the filters of the list (E4)."""

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import actor, permission_required
from qa_app.tracker.queries.board import LATELY, STATUSES, By, board
from qa_app.tracker.views.filters import chosen_tags, form_of, given, wanted_from
from qa_app.tracker.views.room import blueprint


@blueprint.route("/board")
@permission_required(Permission.ACTIONS_LIST)
def show_board() -> ResponseReturnValue:
    """The actions that this person sees, in a column for each status."""
    today, values = london_date(now()), given()
    # The columns are the statuses: one that was chosen for the list is not taken over.
    values.pop("status", None)
    grouped = request.args.get("group", "")
    by = By(grouped) if grouped in list(By) else None
    found = board(actor(), wanted_from(values), by, today)
    filters = form_of(values, found.offered)
    return render_template(
        "tracker/board.html",
        found=found,
        filters=filters,
        chosen=chosen_tags(filters, values | _group(by), "tracker.show_board"),
        by=by,
        grouped=[(way, url_for("tracker.show_board", **values, **_group(way))) for way in _WAYS],
        more={each: url_for("tracker.index", **values, status=each.value) for each in STATUSES},
        listed=url_for("tracker.index", **values),
        everything=url_for("tracker.show_board", **_group(by)),
        lately=LATELY,
        today=today,
    )


_WAYS = (None, *By)


def _group(by: By | None) -> dict[str, Any]:
    return {"group": by.value} if by else {}
