"""Declaring an interest in a case, from an audit or by its reference, and withdrawing it (S6)."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from forms.interests import DeclareForm, InterestForm
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.audits import services
from qa_app.audits.models import Audit, DeclaredInterest
from qa_app.audits.queries.interests import interests_shown
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission, Role
from qa_app.security import actor, can, fetch, permission_required, signed_in_id

_DECLARE = Permission.INTEREST_DECLARE


def _is_lead() -> bool:
    return actor().holds(Role.QA_LEAD)


@blueprint.route("/<uuid:audit_id>/interest", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def declare_interest(audit_id: UUID) -> ResponseReturnValue:
    """The auditor says that they have an interest in this case; the QA lead is told at once."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if audit.case is None:
        abort(404)
    form = DeclareForm()
    if form.validate_on_submit():
        with saving():
            services.declare_interest(
                audit.case, db.session.get_one(Person, signed_in_id()), by=signed_in_id(), at=now()
            )
        flash(
            "Your interest is on record. The QA lead has been told: you need do nothing more with "
            "this audit.",
            "success",
        )
        return redirect(url_for("audits.interests" if can(_DECLARE) else "home.index"))
    declared = services.interest_of(signed_in_id(), audit.case.id)
    return audit_page("audits/interest.html", audit, form=form, declared=declared)


@blueprint.route("/interests", methods=["GET", "POST"])
@permission_required(Permission.INTEREST_DECLARE)
def interests() -> ResponseReturnValue:
    """One's own interests; the QA lead's list is everybody's, and they may record for somebody."""
    form, today = InterestForm(), london_date(now())
    people = people_with(Role.AUDITOR, today) if _is_lead() else []
    people = people or [db.session.get_one(Person, signed_in_id())]
    form.person.choices = [(str(each.id), each.name) for each in people]
    if not _is_lead():
        form.person.data = str(signed_in_id())
    if form.validate_on_submit():
        try:
            return _declare(form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    shown = interests_shown(None if _is_lead() else signed_in_id())
    return render_template("audits/interests.html", form=form, rows=shown, is_lead=_is_lead())


def _declare(form: InterestForm) -> ResponseReturnValue:
    case = db.session.scalars(select(Case).where(Case.reference == form.case.data)).one_or_none()
    if case is None:
        raise DomainError(
            "No case has this reference. Check the number with the case system", "case"
        )
    person = db.session.get_one(Person, UUID(str(form.person.data)))
    with saving():
        services.declare_interest(case, person, by=signed_in_id(), at=now())
    who = "You are" if person.id == signed_in_id() else f"{person.name} is"
    flash(
        f"The interest is on record. {who} not given an audit of case {case.reference}.", "success"
    )
    return redirect(url_for("audits.interests"))


@blueprint.route("/interests/<uuid:interest_id>/withdraw", methods=["POST"])
@permission_required(Permission.INTEREST_DECLARE)
def withdraw_interest(interest_id: UUID) -> ResponseReturnValue:
    """Take an interest back: one's own, or the QA lead for somebody."""
    interest = db.session.get(DeclaredInterest, interest_id)
    if interest is None or not (_is_lead() or interest.person_id == signed_in_id()):
        abort(404)
    with saving():
        services.withdraw_interest(interest, by=signed_in_id(), at=now())
    flash(f"The interest in case {interest.case.reference} was withdrawn.", "success")
    return redirect(url_for("audits.interests"))
