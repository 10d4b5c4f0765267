"""What a person has been told: their notices, and marking them as read."""

from uuid import UUID

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.home import queries, services
from qa_app.home.views.room import blueprint
from qa_app.security import permission_required, signed_in_id

PAGE = 30


@blueprint.route("/notices", methods=["GET", "POST"])
@permission_required(Permission.HOME_READ)
def notices() -> ResponseReturnValue:
    """My notices, newest first; a POST marks all of them as read."""
    if request.method == "POST":
        with saving():
            services.mark_all_read(signed_in_id(), at=now())
        return redirect(url_for("home.notices"))
    before = request.args.get("before", type=UUID)
    found = queries.notices(signed_in_id(), before=before, limit=PAGE + 1)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template(
        "home/notices.html",
        notices=found[:PAGE],
        newest_href=url_for("home.notices") if before else None,
        older_href=url_for("home.notices", before=older) if older else None,
    )


@blueprint.get("/not-told")
@permission_required(Permission.PROGRAMME_MANAGE)
def not_told() -> ResponseReturnValue:
    """Who has not been told of something by e-mail, why, and who was told instead."""
    return render_template(
        "home/not_told.html",
        rows=queries.untold(signed_in_id()),
        server=current_app.config["MAIL_SERVER"],
    )


@blueprint.route("/notices/<uuid:notice_id>", methods=["POST"])
@permission_required(Permission.HOME_READ)
def open_notice(notice_id: UUID) -> ResponseReturnValue:
    """Mark one notice of mine as read, and go to the page that it is about."""
    with saving():
        notice = services.open_notice(signed_in_id(), notice_id, at=now())
    if notice is None:
        abort(404)
    return redirect(notice.path or url_for("home.notices"))
