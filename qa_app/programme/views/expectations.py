"""Changing what is expected in one month: by post kind, of one post, of somebody beside theirs."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.cycles import BesideForm, ExpectationForm, KindNumbersForm, with_numbers
from qa_app.accounts.models import Person, PostKind
from qa_app.accounts.queries import people_with
from qa_app.database import db, now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.permissions import Permission, Role
from qa_app.formatting import count_words
from qa_app.programme import services
from qa_app.programme.models import Cycle
from qa_app.programme.queries import cycles
from qa_app.programme.queries.cycles import KindTotal
from qa_app.programme.services import ChangedBecause
from qa_app.programme.views.answers import cycle_or_404, saved
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required, signed_in_id

BECAUSE = [(each.value, each.words) for each in ChangedBecause]


@blueprint.route("/<month:month>/expectations", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def expectations(month: Month) -> ResponseReturnValue:
    """Another number for every post of a kind, with the reason (P2, P6)."""
    cycle = cycle_or_404(month)
    kinds = cycles.kind_totals(cycle)
    form = with_numbers(KindNumbersForm, [(k.kind.value, k.kind.words, _hint(k)) for k in kinds])()
    form.because.choices = BECAUSE
    if form.validate_on_submit() and saved(form, lambda: _change(form, cycle)):
        return redirect(url_for("programme.month", month=month))
    return render_template(
        "programme/expectations.html", form=form, month=month, cycle=cycle, kinds=kinds
    )


def _hint(each: KindTotal) -> str:
    vacant = f", {each.vacant} of them vacant" if each.vacant else ""
    return (
        f"{count_words(each.posts, 'post')}{vacant}; "
        f"{count_words(each.expected, 'audit')} expected of them together"
    )


def _change(form: Any, cycle: Cycle) -> None:
    done = services.change_by_kind(
        cycle,
        {PostKind(kind): number for kind, number in form.numbers().items()},
        because=ChangedBecause(form.because.data),
        by=signed_in_id(),
        at=now(),
    )
    kept = (
        f" {count_words(done.kept, 'post')} kept more, as so many audits are given or exempted."
        if done.kept
        else ""
    )
    flash(f"Changed what is expected of {count_words(done.changed, 'post')}.{kept}", "success")


@blueprint.route("/expectations/<uuid:expectation_id>", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def expectation(expectation_id: UUID) -> ResponseReturnValue:
    """Another number for one post or person, with the reason (P2, P4, P6)."""
    found = cycles.expectation_with_its_cycle(expectation_id) or abort(404)
    form = ExpectationForm(number=found.number)
    form.because.choices = BECAUSE
    month = Month.of(found.cycle.month)
    row = cycles.expected_of(found, found.cycle)
    if form.validate_on_submit() and saved(
        form,
        lambda: services.change_expectation(
            found,
            number=form.number.data,
            because=ChangedBecause(str(form.because.data)),
            by=signed_in_id(),
            at=now(),
        ),
    ):
        flash(f"{row.who}: {count_words(found.number, 'audit')} expected.", "success")
        return redirect(url_for("programme.month", month=month))
    return render_template("programme/expectation.html", form=form, month=month, row=row)


@blueprint.route("/<month:month>/expectations/beside", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def expect_beside(month: Month) -> ResponseReturnValue:
    """Audits of somebody beside their post, for one month (P2, P6)."""
    cycle, form = cycle_or_404(month), BesideForm()
    people = people_with(Role.AUDITOR, london_date(now()))
    form.person.choices = [(str(each.id), each.name) for each in people]
    if form.validate_on_submit():
        person = db.session.get_one(Person, UUID(form.person.data))
        if saved(
            form,
            lambda: services.expect_beside(
                cycle, person, number=form.number.data, by=signed_in_id(), at=now()
            ),
        ):
            many = count_words(form.number.data, "audit")
            flash(f"{many} expected of {person.name} in {month.words}.", "success")
            return redirect(url_for("programme.month", month=month))
    return render_template("programme/expectation_beside.html", form=form, month=month, cycle=cycle)
