"""The assurance page of directors and the QA lead, and the lists behind its figures (E4-E6)."""

from typing import Any, Final

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.intervals import TOO_FEW
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words, n_of
from qa_app.security import actor, note_access, permission_required
from qa_app.tracker.queries import assurance as queries
from qa_app.tracker.queries.assurance import Assurance, Figure, Verified
from qa_app.tracker.queries.living import living
from qa_app.tracker.views.on_time import on_time_rows
from qa_app.tracker.views.room import blueprint

# The figures that the tracker's own list can show, where somebody answers for every service.
_FILTERS: Final[dict[Figure, dict[str, Any]]] = {
    Figure.OUTSTANDING: {},
    Figure.PRIORITY: {"kind": "priority"},
    Figure.OVERDUE: {"overdue": "y"},
    Figure.WAITING: {"status": "done"},
}
_WORDS: Final = {
    Figure.OUTSTANDING: (
        "Outstanding",
        "Neither verified nor withdrawn. What is done and not yet verified is among them.",
    ),
    Figure.PRIORITY: ("Outstanding priority actions", "About the safety of a child. Shown below."),
    Figure.OVERDUE: (
        "Overdue",
        "Not done by the due date, or done and not verified within its working days.",
    ),
    Figure.WAITING: ("Done and waiting for verification", "Somebody other than the owner checks."),
    Figure.VERIFIED: ("Verified in time", "Of those verified in the last 12 months."),
    Figure.SENT_BACK: (
        "Sent back at least once",
        "In the last 12 months: marked done, and whoever looked found that more was needed.",
    ),
    Figure.WITHDRAWN: ("Withdrawn", "In the last 12 months. The reasons are listed below."),
    Figure.CLOSED: (
        "Closed without verification",
        "From the old audit workbook, as done. Nobody verified them here: they are counted apart.",
    ),
}


@blueprint.route("/assurance")
@permission_required(Permission.ASSURANCE_READ)
def show_assurance() -> ResponseReturnValue:
    """Whether any action is lost: on one page, each figure opening its list."""
    today = london_date(now())
    found = queries.assurance(actor(), today)
    note_access("figures_viewed", None, months=f"assurance, {date_words(today)}")
    return render_template(
        "tracker/assurance.html",
        found=found,
        today=today,
        figures=[_figure(found, figure) for figure in Figure],
        on_time=on_time_rows(actor(), today),
        living=living(queries.answered_by(actor()), today),
        chart=url_for("reports.assurance_chart"),
    )


@blueprint.route("/assurance/actions")
@permission_required(Permission.ASSURANCE_READ)
def assurance_list() -> ResponseReturnValue:
    """The actions that make up one figure, what is outstanding unless the address names another.

    404 for a figure that the page has not.
    """
    figure = request.args.get("figure", Figure.OUTSTANDING.value)
    if figure not in list(Figure):
        abort(404)
    today, which = london_date(now()), Figure(figure)
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    found = queries.behind(actor(), which, today, page)
    note_access("audits_listed", None, count=found.total, figure=f"assurance: {figure}")
    return render_template(
        "tracker/assurance_list.html",
        found=found,
        figure=which,
        heading="Verified" if which is Figure.VERIFIED else _WORDS[which][0],
        words=_WORDS[which][1],
        today=today,
        newer=_page(which, page - 1) if page > 1 else None,
        older=_page(which, page + 1) if found.more else None,
    )


def _page(figure: Figure, page: int) -> str:
    return url_for("tracker.assurance_list", figure=figure.value, page=page)


def _figure(found: Assurance, figure: Figure) -> list[Any]:
    """A row of the table of figures: what it is, the figure with its list, and what it means."""
    name, words = _WORDS[figure]
    number = found.counts[figure]
    if figure is Figure.VERIFIED:
        text, words = n_of(found.verified.in_time, found.verified.n), _interval(found.verified)
    else:
        text = f"{number:,}"
    return [name, {"text": text, "href": _address(found, figure) if number else None}, words]


def _address(found: Assurance, figure: Figure) -> str:
    """The tracker's list where it can show the same actions, else the list of this page."""
    if found.whole and figure in _FILTERS:
        return url_for("tracker.index", **_FILTERS[figure])
    return url_for("tracker.assurance_list", figure=figure.value)


def _interval(verified: Verified) -> str:
    words = _WORDS[Figure.VERIFIED][1]
    if not verified.n:
        return words
    between = verified.interval
    if between is None:
        return f"{words} So few are {TOO_FEW} more."
    low, high = (f"{100 * each:.0f}%" for each in between)
    return f"{words} 95% interval: {low} to {high}."
