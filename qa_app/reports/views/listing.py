"""Any list as a file: its page's own filters, permission and query, every row (AC-11, IN-3)."""

from collections.abc import Callable
from typing import Final

from flask import Response, request, send_file
from flask.typing import ResponseReturnValue

from qa_app.audits.views.listing import asked_for, chosen_in
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.programme.views.following import seen_in, tags_in
from qa_app.reports.queries import listing
from qa_app.reports.queries.listing import ListTable
from qa_app.reports.services.listfiles import Written, csv_file, file_name, xlsx_file
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, note_access, permission_required, signed_in_id
from qa_app.tracker.queries import visible_to
from qa_app.tracker.queries.filters import offered
from qa_app.tracker.views.filters import chosen_tags, form_of, given, wanted_from

_FILES: Final[dict[str, tuple[str, Callable[[ListTable], Written]]]] = {
    "csv": ("text/csv", csv_file),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx_file),
}


def audits() -> ListTable:
    """The audits that somebody may read, narrowed as on their page."""
    _, teams, filters = asked_for()
    rows = listing.audit_rows(actor(), filters)
    chosen = tuple(each["text"] for each in chosen_in(filters, teams))
    return ListTable("audits", "audits", "Audits", listing.AUDIT_COLUMNS, rows, now(), chosen)


def actions() -> ListTable:
    """The actions that somebody sees, narrowed as on the tracker."""
    at, values = now(), given()
    wanted = wanted_from(values)
    form = form_of(values, offered(visible_to(actor())))
    rows = listing.action_rows(actor(), wanted, london_date(at))
    tags = chosen_tags(form, values, "tracker.index")
    chosen = tuple(each["text"] for each in tags) or ("Outstanding",)
    return ListTable("actions", "actions", "Actions", listing.ACTION_COLUMNS, rows, at, chosen)


def moderations() -> ListTable:
    """Who moderates what."""
    at = now()
    rows = listing.moderation_rows(signed_in_id(), london_date(at))
    columns = listing.MODERATION_COLUMNS
    return ListTable("moderation", "moderations", "Who moderates what", columns, rows, at)


def places() -> ListTable:
    """Who has what in a month or a batch, narrowed as on its page."""
    seen = seen_in(request.args)
    chosen = (seen.what, *(each["text"] for each in tags_in(seen.form)))
    rows = listing.place_rows(seen.rows)
    return ListTable(
        "who-has-what", "places", "Who has what", listing.PLACE_COLUMNS, rows, now(), chosen
    )


_LISTS: Final[dict[str, tuple[Permission, Callable[[], ListTable]]]] = {
    "audits": (Permission.AUDITS_LIST, audits),
    "actions": (Permission.ACTIONS_LIST, actions),
    "moderations": (Permission.MODERATION_MANAGE, moderations),
    "places": (Permission.PROGRAMME_READ, places),
}


def sent(table: ListTable, layout: str) -> Response:
    """A list as a file. It is written whole before a byte of it goes out, so that the history says
    how much was taken, and an error is an error and not half a list."""
    mimetype, write = _FILES[layout]
    written = write(table)
    note_access(
        "list_exported", None, count=written.rows, things=table.things, format=layout.upper()
    )
    return send_file(
        written.file,
        mimetype=mimetype,
        as_attachment=True,
        download_name=file_name(table, layout),
    )


def _route(name: str, layout: str) -> None:
    permission, make = _LISTS[name]

    def download() -> ResponseReturnValue:
        return sent(make(), layout)

    blueprint.add_url_rule(
        f"/lists/{name}.{layout}",
        endpoint=f"list_of_{name}_{layout}",
        view_func=permission_required(permission)(download),
    )


for _name in _LISTS:
    for _layout in _FILES:
        _route(_name, _layout)
