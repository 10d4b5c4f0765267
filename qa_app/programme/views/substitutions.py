"""Another case in place of a drawn one: one person asks, a second person decides (S4)."""

from typing import cast
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.draws import DecideForm, ReplaceForm
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.sampling import ReplacedBecause
from qa_app.programme import queries, services
from qa_app.programme.models import DrawnCase, Substitution, SubstitutionState
from qa_app.programme.views.room import blueprint
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id


@blueprint.route("/substitutions")
@permission_required(Permission.PROGRAMME_READ)
def substitutions() -> ResponseReturnValue:
    """What was asked for and decided, of the services that this person leads."""
    rows = [asked for asked in queries.substitutions() if can(Permission.SUBSTITUTION_SEE, asked)]
    return render_template("programme/substitutions.html", rows=rows)


@blueprint.route("/draws/<uuid:draw_id>/cases/<uuid:drawn_id>/replace", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def ask_substitution(draw_id: UUID, drawn_id: UUID) -> ResponseReturnValue:
    """Ask for another case, with a reason from the list."""
    drawn = queries.drawn_case_of(draw_id, drawn_id)
    if drawn is None:
        abort(404)
    note_access("draw_viewed", drawn.draw)
    form = ReplaceForm()
    if form.validate_on_submit():
        try:
            return _ask(drawn, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    return render_template("programme/substitution_ask.html", form=form, drawn=drawn)


def _ask(drawn: DrawnCase, form: ReplaceForm) -> ResponseReturnValue:
    with saving():
        asked = services.ask_substitution(
            drawn,
            cast(ReplacedBecause, form.reason.data),
            form.note.data or "",
            by=signed_in_id(),
            at=now(),
        )
    flash(
        "Asked for. A second person decides, and has been told; until then the case stays.",
        "success",
    )
    return redirect(url_for("programme.substitution", substitution_id=asked.id))


@blueprint.route("/substitutions/<uuid:substitution_id>")
@permission_required(Permission.SUBSTITUTION_SEE)
def substitution(substitution_id: UUID) -> ResponseReturnValue:
    """What was asked for, why, and what was decided."""
    asked = fetch(Substitution, substitution_id, needs=Permission.SUBSTITUTION_SEE)
    note_access("draw_viewed", asked.replaced.draw)
    return render_template(
        "programme/substitution.html",
        asked=asked,
        what_for=queries.what_for(asked.replaced.draw),
        passed_over=queries.passed_over(asked),
        why_not=_why_not(asked),
    )


def _why_not(asked: Substitution) -> str | None:
    """Why the person signed in does not decide this; None where they may."""
    if asked.state is not SubstitutionState.ASKED:
        return None
    try:
        services.check_decider(asked, signed_in_id(), london_date(now()))
    except services.MayNotDecide as error:
        return error.message.removesuffix(" Nothing has been changed.")
    return None


@blueprint.route("/substitutions/<uuid:substitution_id>/decide", methods=["GET", "POST"])
@permission_required(Permission.SUBSTITUTION_DECIDE)
def decide_substitution(substitution_id: UUID) -> ResponseReturnValue:
    """The second person takes the next reserve, or leaves the case in the draw."""
    asked = fetch(Substitution, substitution_id, needs=Permission.SUBSTITUTION_DECIDE)
    services.check_decider(asked, signed_in_id(), london_date(now()))
    note_access("draw_viewed", asked.replaced.draw)
    form = DecideForm()
    if form.validate_on_submit():
        try:
            return _decide(asked, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    return render_template("programme/substitution_decide.html", form=form, asked=asked)


def _decide(asked: Substitution, form: DecideForm) -> ResponseReturnValue:
    by, at, answer = signed_in_id(), now(), form.answer.data or ""
    if form.decision.data == DecideForm.REFUSED:
        with saving():
            services.refuse_substitution(asked, answer=answer, by=by, at=at)
        flash("Refused. The case stays in the draw, and whoever asked has been told.", "success")
    else:
        with saving():
            taken = services.approve_substitution(asked, by=by, at=at, answer=answer)
        flash(
            f"Approved. Case {taken.case_reference} was taken and needs an auditor; whoever asked "
            "has been told.",
            "success",
        )
    return redirect(url_for("programme.substitution", substitution_id=asked.id))
