"""Allocating a draw: the proposal, a change by hand, and giving the audits (S5, S6, S7)."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forms.allocation import AllocationForm, ChangeAllocationForm
from qa_app.accounts.models import Person
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.programme import queries, services
from qa_app.programme.models import Draw, DrawnCase
from qa_app.programme.queries.shown_allocation import draw_to_allocate, shown_allocation
from qa_app.programme.views.room import blueprint
from qa_app.security import note_access, permission_required, signed_in_id


def _draw(draw_id: UUID) -> Draw:
    draw = draw_to_allocate(draw_id)
    if draw is None:
        abort(404)
    return draw


def _back(draw_id: UUID) -> Response:
    return redirect(url_for("programme.allocation", draw_id=draw_id))


def _refused(error: DomainError, draw_id: UUID) -> Response:
    flash(error.message.rstrip(".") + ".", "info")
    return _back(draw_id)


@blueprint.route("/draws/<uuid:draw_id>/allocation")
@permission_required(Permission.DRAW_READ)
def allocation(draw_id: UUID) -> ResponseReturnValue:
    """Who gets which case and why not somebody else, with everybody's load."""
    draw = _draw(draw_id)
    note_access("draw_viewed", draw)
    return render_template(
        "programme/allocation.html",
        shown=shown_allocation(draw),
        form=AllocationForm(version=draw.version),
    )


@blueprint.route("/draws/<uuid:draw_id>/allocation/propose", methods=["POST"])
@permission_required(Permission.AUDIT_GIVE)
def propose_allocation(draw_id: UUID) -> ResponseReturnValue:
    """Find who audits which case; nothing is given yet."""
    draw = _draw(draw_id)
    try:
        with saving():
            proposal = services.propose(
                draw, by=signed_in_id(), at=now(), seen=AllocationForm().seen
            )
    except DomainError as error:
        return _refused(error, draw_id)
    left = len(proposal.cases) - len(proposal.placed)
    nobody = f", {left} without anybody who may audit them" if left else ""
    flash(
        f"{count_words(len(proposal.placed), 'case')} placed{nobody}. Nothing has been given yet: "
        "look at it, change what you want, then confirm.",
        "success",
    )
    return _back(draw_id)


@blueprint.route("/draws/<uuid:draw_id>/allocation/confirm", methods=["POST"])
@permission_required(Permission.AUDIT_GIVE)
def confirm_allocation(draw_id: UUID) -> ResponseReturnValue:
    """Give the audits, and tell each auditor."""
    draw = _draw(draw_id)
    try:
        with saving():
            given = services.confirm_allocation(
                draw, by=signed_in_id(), at=now(), seen=AllocationForm().seen
            )
    except DomainError as error:
        return _refused(error, draw_id)
    flash(f"{count_words(len(given), 'audit')} given. Each auditor has been told.", "success")
    return _back(draw_id)


@blueprint.route("/draws/<uuid:draw_id>/allocation/<uuid:drawn_id>", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_GIVE)
def change_allocation(draw_id: UUID, drawn_id: UUID) -> ResponseReturnValue:
    """Put one case to somebody else; who may not have it is shown with the reasons."""
    draw, drawn = _draw(draw_id), queries.drawn_case_of(draw_id, drawn_id)
    case = None if drawn is None else queries.case_with_summary(drawn.case_id)
    if drawn is None or case is None:
        abort(404)
    choice = queries.auditors_for(case, london_date(now()))
    form = ChangeAllocationForm(version=draw.version)
    form.auditor.choices = [(str(each.id), each.words) for each in choice.free]
    if choice.free and form.validate_on_submit():
        try:
            return _change(draw, drawn, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
            form.version.data = str(draw.version)
    note_access("draw_viewed", draw)
    return render_template(
        "programme/allocation_change.html",
        draw=draw,
        drawn=drawn,
        case=case,
        form=form,
        choice=choice,
    )


def _change(draw: Draw, drawn: DrawnCase, form: ChangeAllocationForm) -> ResponseReturnValue:
    auditor = db.session.get_one(Person, UUID(str(form.auditor.data)))
    with saving():
        services.change_allocation(
            draw, drawn, auditor, by=signed_in_id(), at=now(), seen=form.seen
        )
    flash(
        f"Case {drawn.case_reference} goes to {auditor.name}. Nothing has been given yet.",
        "success",
    )
    return _back(draw.id)
