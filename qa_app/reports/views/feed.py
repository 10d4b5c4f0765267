"""The feed of learning, as a page and as files for the academy."""

from datetime import datetime

from flask import Response, abort, jsonify, render_template
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.permissions import Permission
from qa_app.reports.learning.feed import HEADINGS, FeedLine, feed
from qa_app.reports.learning.files import MIME_TYPES, csv_bytes
from qa_app.reports.learning.issues import IssuesAsked
from qa_app.reports.queries.issues import issues_log
from qa_app.reports.queries.learning import standing_by_theme
from qa_app.reports.views.learning_room import blueprint
from qa_app.security import can, note_access, permission_required


@blueprint.route("/feed")
@permission_required(Permission.LEARNING_READ)
def learning_feed() -> ResponseReturnValue:
    """Which themes, where, and what is done about them, in the financial year to date."""
    at = now()
    leads = can(Permission.ISSUES_LOG_READ)
    return render_template("learning/feed.html", lines=_lines(at), leads=leads, at=at)


@blueprint.route("/feed.<format>")
@permission_required(Permission.LEARNING_READ)
def learning_feed_file(format: str) -> ResponseReturnValue:
    """The same for another program."""
    if format not in ("csv", "json"):
        abort(404)
    lines = _lines(now())
    note_access("list_exported", None, count=len(lines), things="themes", format=format)
    if format == "json":
        return jsonify({"themes": [line.to_row() for line in lines]})
    content = csv_bytes(HEADINGS, [line.cells() for line in lines])
    headers = {"Content-Disposition": 'attachment; filename="learning-feed.csv"'}
    return Response(content, mimetype=MIME_TYPES["csv"], headers=headers)


def _lines(at: datetime) -> list[FeedLine]:
    log = issues_log(IssuesAsked(Month.of(london_date(at))))
    return feed(log, standing_by_theme(), leads=can(Permission.ISSUES_LOG_READ))
