"""The months of the programme, one month, and closing it."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.cycles import CloseForm
from qa_app.database import now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.programme import services
from qa_app.programme.queries import cycles
from qa_app.programme.queries.months import months_of_the_programme
from qa_app.programme.views.answers import cycle_or_404, saved
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required, signed_in_id


@blueprint.route("")
@permission_required(Permission.PROGRAMME_MANAGE)
def index() -> ResponseReturnValue:
    """The cycles: state, due date, expected, exempt, due, done, late, and what runs beside."""
    today = london_date(now())
    months = months_of_the_programme(today, _before(request.args.get("before", "")))
    return render_template("programme/index.html", months=months, today=today)


def _before(text: str) -> Month | None:
    try:
        return Month.parse(text) if text else None
    except DomainError:
        return None


@blueprint.route("/<month:month>")
@permission_required(Permission.PROGRAMME_MANAGE)
def month(month: Month) -> ResponseReturnValue:
    """One month: its figures, what is expected of whom, exemptions, extensions, draws."""
    page = cycles.month_page(cycle_or_404(month))
    today = london_date(now())
    return render_template("programme/cycle.html", page=page, month=month, today=today)


@blueprint.route("/<month:month>/close", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def close_month(month: Month) -> ResponseReturnValue:
    """Close a month that is over: what is unfinished is listed, stays, and counts as late (P6)."""
    cycle, form = cycle_or_404(month), CloseForm()
    if form.validate_on_submit() and saved(
        form, lambda: services.close_cycle(cycle, by=signed_in_id(), at=now())
    ):
        left = cycles.unfinished_count(cycle)
        stays = f"{count_words(left, 'audit')} unfinished, and overdue until done. " if left else ""
        flash(f"{month.words} is closed. {stays}Its figures stay as they are.", "success")
        return redirect(url_for("programme.month", month=month))
    return render_template(
        "programme/cycle_close.html",
        form=form,
        month=month,
        cycle=cycle,
        unfinished=cycles.unfinished_audits(cycle),
        waiting=cycles.requests_waiting(cycle),
        today=london_date(now()),
    )
