"""Boards' meetings, and the pack for each in one file."""

from typing import Final
from uuid import UUID

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.packs import MeetingForm
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.reports import render
from qa_app.reports.figures import Figures
from qa_app.reports.models import BoardMeeting
from qa_app.reports.queries import packs as queries
from qa_app.reports.render import pack
from qa_app.reports.render.turns import one_at_a_time
from qa_app.reports.services import packs as services
from qa_app.reports.views.room import blueprint
from qa_app.security import note_access, permission_required, signed_in_id

_LAYOUTS: Final = ("pdf", "docx")


@blueprint.route("/boards")
@permission_required(Permission.REPORT_READ_IN_FULL)
def boards() -> ResponseReturnValue:
    """The meetings of the boards, each with its pack."""
    return render_template("reports/packs.html", meetings=queries.meetings())


@blueprint.route("/boards/new", methods=["GET", "POST"])
@permission_required(Permission.BOARDS_MANAGE)
def add_meeting() -> ResponseReturnValue:
    """Note a meeting of a board."""
    form = MeetingForm()
    if form.validate_on_submit():
        try:
            with saving():
                services.add_meeting(
                    form.board.data, form.held_on.data, by=signed_in_id(), at=now()
                )
        except DomainError as error:
            form.refuse(error.message, error.field)
        else:
            day = date_words(form.held_on.data)
            flash(
                f"{form.board.data} meets on {day}. Its pack is ready whenever you open it.",
                "success",
            )
            return redirect(url_for("reports.boards"))
    page = render_template("reports/packs_new.html", form=form)
    return page, 400 if form.errors else 200


@blueprint.route("/boards/<uuid:meeting_id>")
@permission_required(Permission.REPORT_READ_IN_FULL)
def board_pack(meeting_id: UUID) -> ResponseReturnValue:
    """What the pack of a meeting holds, before it is downloaded."""
    meeting = db.get_or_404(BoardMeeting, meeting_id)
    found = queries.pack_of(meeting, public=False, at=now())
    return render_template("reports/packs_one.html", meeting=meeting, pack=found)


@blueprint.route("/boards/<uuid:meeting_id>/pack.<layout>")
@permission_required(Permission.REPORT_READ_IN_FULL)
def download_pack(meeting_id: UUID, layout: str) -> ResponseReturnValue:
    """The pack as one file, in full or in its public form; each download is in the history."""
    if layout not in _LAYOUTS or request.args.get("form", "full") not in ("full", "public"):
        abort(404)
    meeting = db.get_or_404(BoardMeeting, meeting_id)
    public = request.args.get("form") == "public"
    found = queries.pack_of(meeting, public=public, at=now())
    with one_at_a_time():
        content = render.write(pack.document_of(found), Figures(), layout)
    note_access("pack_exported", meeting, board=meeting.board, format=layout.upper())
    name = f"pack-{meeting.held_on}{'-public' if public else ''}.{layout}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=render.LAYOUTS[layout].mimetype, headers=headers)


@blueprint.route("/boards/<uuid:meeting_id>/remove", methods=["GET", "POST"])
@permission_required(Permission.BOARDS_MANAGE)
def remove_meeting(meeting_id: UUID) -> ResponseReturnValue:
    """Take a meeting out, once it has been asked for twice."""
    meeting = db.get_or_404(BoardMeeting, meeting_id)
    if request.method == "GET":
        return render_template("reports/packs_remove.html", meeting=meeting)
    said = f"The meeting of {meeting.board} on {date_words(meeting.held_on)} is taken out."
    with saving():
        services.remove_meeting(meeting, by=signed_in_id(), at=now())
    flash(f"{said} The reports are as they were.", "success")
    return redirect(url_for("reports.boards"))
