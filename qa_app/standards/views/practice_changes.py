"""Adding a practice standard, changing one from a day on, ending one."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any, cast

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.base import GovForm
from forms.standards import AddStandardForm, ChangeStandardForm, EndStandardForm, WordingForm
from qa_app.database import now, saving
from qa_app.domain.calendar import date_words
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Permission
from qa_app.security import permission_required, signed_in_id
from qa_app.standards.models import PracticeStandard, StandardSource
from qa_app.standards.queries import practice as queries
from qa_app.standards.services import practice as services
from qa_app.standards.services.practice import Wording
from qa_app.standards.views.practice import SOURCES
from qa_app.standards.views.room import blueprint


@blueprint.route("/practice-standards/new", methods=["GET", "POST"])
@permission_required(Permission.STANDARDS_MANAGE)
def add_practice_standard() -> ResponseReturnValue:
    """A standard under a number that is free."""
    form = AddStandardForm()
    form.source.choices = SOURCES
    if form.validate_on_submit():
        number, valid_from = form.number.data, cast(date, form.valid_from.data)
        chapter, wording = form.chapter.data or "", _wording(form)
        if _saved(form, partial(services.add, number, chapter, wording, valid_from=valid_from)):
            return _done(number, f"added, in force from {date_words(valid_from)}")
    return render_template("practice/add.html", form=form), 400 if form.errors else 200


@blueprint.route("/practice-standards/<standard_number>/change", methods=["GET", "POST"])
@permission_required(Permission.STANDARDS_MANAGE)
def change_practice_standard(standard_number: str) -> ResponseReturnValue:
    """Another wording from a day on; what was in force until then is kept."""
    newest = _newest(standard_number)
    form = ChangeStandardForm(data=vars(Wording.of(newest)) | {"version": newest.version})
    form.source.choices = SOURCES
    if form.validate_on_submit():
        day = cast(date, form.valid_from.data)
        change = partial(
            services.revise, newest.number, _wording(form), valid_from=day, change=form.change.data,
            seen=form.seen,
        )  # fmt: skip
        if _saved(form, change):
            return _done(newest.number, f"changed from {date_words(day)}")
    page = render_template("practice/change.html", form=form, newest=newest)
    return page, 400 if form.errors else 200


@blueprint.route("/practice-standards/<standard_number>/end", methods=["GET", "POST"])
@permission_required(Permission.STANDARDS_MANAGE)
def end_practice_standard(standard_number: str) -> ResponseReturnValue:
    """The last day of a standard."""
    newest = _newest(standard_number)
    form = EndStandardForm(data={"version": newest.version})
    if form.validate_on_submit():
        day = cast(date, form.last_day.data)
        if _saved(form, partial(services.end, newest.number, last_day=day, seen=form.seen)):
            return _done(newest.number, f"is in force until {date_words(day)}")
    page = render_template("practice/end.html", form=form, newest=newest)
    return page, 400 if form.errors else 200


def _newest(number: str) -> PracticeStandard:
    return (queries.versions_of(number) or abort(404))[0]


def _wording(form: WordingForm) -> Wording:
    return Wording(
        title=form.title.data,
        expectation=form.expectation.data,
        source=StandardSource(str(form.source.data)),
        source_detail=form.source_detail.data or "",
        national_timescale=form.national_timescale.data or "",
        local_timescale=form.local_timescale.data or "",
        plan_types=tuple(PlanType(each) for each in form.plan_types.data or ()),
    )


def _saved(form: GovForm, change: Callable[..., Any]) -> bool:
    """Whether the change was made; where a rule refuses it, the form says so at its field."""
    try:
        with saving():
            change(by=signed_in_id(), at=now())
    except DomainError as error:
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return False
    return True


def _done(number: str, words: str) -> ResponseReturnValue:
    flash(
        f"Practice standard {number} {words}. Audits are judged by what is in force in their "
        "period.",
        "success",
    )
    return redirect(url_for("standards.practice_standard", standard_number=number))
