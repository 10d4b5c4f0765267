"""Planning a year at once."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.cycles import PlanForm, PlanFromForm, with_numbers
from qa_app.accounts import settings
from qa_app.accounts.models import PostKind
from qa_app.database import now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.programme import services
from qa_app.programme.queries import planning
from qa_app.programme.queries.planning import KindOfPost, YearPlan
from qa_app.programme.views.answers import saved
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required, signed_in_id

AHEAD = 24


@blueprint.route("/plan", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def plan() -> ResponseReturnValue:
    """Twelve months at once: shown first, made when that is pressed (P1, P2)."""
    today = london_date(now())
    first = _first(today)
    kinds = planning.kinds_of_post(today)
    form = _form(first, kinds, today)
    valid = form.validate_on_submit()
    wanted = _plan(form, first) if valid or not form.is_submitted() else None
    if valid and wanted is not None and form.plan.data and saved(form, lambda: _make(wanted)):
        return redirect(url_for("programme.index"))
    return render_template(
        "programme/plan.html",
        form=form,
        start=_start(first, today),
        kinds=kinds,
        preview=planning.preview(wanted) if wanted else [],
    )


def _make(wanted: YearPlan) -> None:
    made = services.plan_year(wanted, by=signed_in_id(), at=now())
    flash(
        f"Planned {count_words(made.cycles, 'month')} with "
        f"{count_words(made.expectations, 'expectation')}, one for each post and month. "
        "Each month opens by itself on its first day.",
        "success",
    )


def _first(today: date) -> Month:
    """The first month that the address asks for, or the one to plan next."""
    try:
        asked = Month.parse(request.args.get("first", ""))
    except DomainError:
        return planning.first_to_plan(today)
    return asked if asked in _choices(today) else planning.first_to_plan(today)


def _choices(today: date) -> list[Month]:
    months = [Month.of(today)]
    while len(months) <= AHEAD:
        months.append(months[-1].next())
    return months


def _start(first: Month, today: date) -> PlanFromForm:
    start = PlanFromForm(formdata=None, first=str(first))
    months = _choices(today)
    known = months if first in months else [*months, first]
    start.first.choices = [(str(month), month.words) for month in known]
    return start


def _form(first: Month, kinds: list[KindOfPost], today: date) -> Any:
    months = planning.months_from(first)
    usual = settings.number("expected_audits", today)
    form = with_numbers(
        PlanForm, [(each.kind.value, each.kind.words, _hint(each)) for each in kinds]
    )(
        aside=[str(month) for month in planning.usually_set_aside(months, today)],
        **{f"number_{each.kind.value}": usual for each in kinds},
    )
    form.aside.choices = [(str(month), month.words) for month in months]
    return form


def _hint(each: KindOfPost) -> str:
    vacant = f", {each.vacant} of them vacant" if each.vacant else ""
    return f"{count_words(each.posts, 'post')}{vacant}"


def _plan(form: Any, first: Month) -> YearPlan:
    """What was asked for; a kind whose box was left empty is not planned."""
    numbers = {PostKind(kind): number for kind, number in form.numbers().items()}
    return YearPlan(first, frozenset(Month.parse(each) for each in form.aside.data or ()), numbers)
