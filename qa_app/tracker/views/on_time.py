"""The actions behind the figures of Q-5 on the assurance page, and the rows of its table."""

from datetime import date
from typing import Any, Final, NamedTuple

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.actiontimes import OnTime, Outcome, months_ended
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.permissions import Actor, Permission
from qa_app.formatting import count_words, n_of
from qa_app.security import actor, note_access, permission_required
from qa_app.tracker.queries.on_time import behind_on_time, interval_words, on_time
from qa_app.tracker.views.room import blueprint

_ALL: Final = "due"
_WORDS: Final = {
    _ALL: "Actions due",
    Outcome.ON_TIME: "Actions done on time and verified",
    Outcome.UNVERIFIED: "Actions done on time and not verified yet",
    Outcome.NOT_ON_TIME: "Actions not done on time",
}


@blueprint.route("/assurance/on-time")
@permission_required(Permission.ASSURANCE_READ)
def on_time_list() -> ResponseReturnValue:
    """The actions of a month that make up a figure of Q-5: all that were due in the newest month,
    unless the address names another figure.

    404 for a figure or a month that the table has not.
    """
    months = {str(month): month for month in months_ended(london_date(now()))}
    which = request.args.get("which", _ALL)
    month = months.get(request.args.get("month", max(months)))
    if which not in _WORDS or month is None:
        abort(404)
    page = min(max(request.args.get("page", 1, type=int), 1), 1_000_000)
    outcome = None if which == _ALL else Outcome(which)
    found = behind_on_time(actor(), month, outcome, page)
    note_access("audits_listed", None, count=found.total, figure=f"Q-5 {month}: {which}")
    return render_template(
        "tracker/on_time_list.html",
        found=found,
        month=month,
        heading=_WORDS[which],
        newer=_address(month, which, page=page - 1) if page > 1 else None,
        older=_address(month, which, page=page + 1) if found.more else None,
    )


class Cell(NamedTuple):
    """A cell of the table: its column, what it says, the list that it opens, and a hint below."""

    label: str
    text: str
    href: str | None = None
    hint: str = ""


def on_time_rows(reader: Actor, today: date) -> list[tuple[str, list[Cell]]]:
    """The months of the table of Q-5 with their cells, the newest first; a month in which nothing
    was due has none."""
    return [
        (figure.month.words, _cells(figure) if figure.due else [])
        for figure in on_time(reader, today)
    ]


def _cells(figure: OnTime) -> list[Cell]:
    counts, month = figure.counts, figure.month
    lists = {each: _address(month, each) if counts[each] else None for each in Outcome}
    unverified, late = Outcome.UNVERIFIED, Outcome.NOT_ON_TIME
    share, interval = n_of(figure.on_time, figure.due), interval_words(figure)
    return [
        Cell("Due", f"{figure.due:,}", _address(month, _ALL)),
        Cell(
            "Done on time and verified", share, lists[Outcome.ON_TIME], f"95% interval: {interval}"
        ),
        Cell("Done on time, not verified yet", f"{counts[unverified]:,}", lists[unverified]),
        Cell("Not done on time", f"{counts[late]:,}", lists[late]),
        Cell("From done to verified", _delay(figure)),
    ]


def _delay(figure: OnTime) -> str:
    usual, longest = figure.usual_delay, figure.longest_delay
    if usual is None or longest is None:
        return "None verified"
    return f"Median {usual:g}, longest {count_words(longest, 'working day')}"


def _address(month: Month, which: str, **more: Any) -> str:
    return url_for("tracker.on_time_list", month=str(month), which=which, **more)
