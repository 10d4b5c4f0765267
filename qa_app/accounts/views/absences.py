"""When somebody is away: one's own absences, and those that are noted for somebody else."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.absences import NOT_AT_ALL, SOONER, AbsenceForm, EndAbsenceForm, FindPersonForm
from forms.base import clean_line
from qa_app.accounts import absences, absent, people
from qa_app.accounts.models import Absence, Person
from qa_app.accounts.views.room import blueprint
from qa_app.database import db, now, saving
from qa_app.domain.calendar import add_months, london_date
from qa_app.domain.permissions import Permission
from qa_app.security import can, permission_required, signed_in_id

_FOUND_SHOWN = 20
_LONGEST_SOUGHT = 100
_NOBODY: dict[str, Any] = {"standing_in": [], "mine": []}


@blueprint.route("/account/absences", methods=["GET", "POST"])
@permission_required(Permission.OWN_ACCOUNT)
def my_absences() -> ResponseReturnValue:
    """When I am away and who stands in, whom I stand in for, and who of my people is away."""
    me, today = _colleague(), london_date(now())
    shown: dict[str, Any] = {
        "standing_in": absences.stood_in_for(me.id, today),
        "mine": absences.away_under(me.id, today),
    }
    if can(Permission.ABSENCE_NOTE):
        shown |= _everybody(today)
    return _page(me, url_for("accounts.my_absences"), own=True, **shown)


@blueprint.route("/people/<uuid:person_id>/absences", methods=["GET", "POST"], endpoint="absences")
@permission_required(Permission.ABSENCE_NOTE)
def of_somebody(person_id: UUID) -> ResponseReturnValue:
    """The same for somebody who cannot do it themselves."""
    person = db.get_or_404(Person, person_id)
    return _page(person, url_for("accounts.absences", person_id=person_id), own=False)


@blueprint.route("/account/absences/<uuid:absence_id>/end", methods=["GET", "POST"])
@permission_required(Permission.OWN_ACCOUNT)
def end_my_absence(absence_id: UUID) -> ResponseReturnValue:
    """I am back sooner, or not away at all."""
    return _end(_colleague().id, absence_id, url_for("accounts.my_absences"))


@blueprint.route("/people/<uuid:person_id>/absences/<uuid:absence_id>/end", methods=["GET", "POST"])
@permission_required(Permission.ABSENCE_NOTE)
def end_absence(person_id: UUID, absence_id: UUID) -> ResponseReturnValue:
    """The same for somebody else."""
    return _end(person_id, absence_id, url_for("accounts.absences", person_id=person_id))


def _colleague() -> Person:
    """Whoever is signed in; a partner, who works on one audit, has nothing to do with this."""
    person = db.session.get_one(Person, signed_in_id())
    if person.organisation:
        abort(403)
    return person


def _everybody(today: date) -> dict[str, Any]:
    """Who is away, and those whom the QA lead looks for to note something about them."""
    text, found = (clean_line(request.args.get("q")) or "")[:_LONGEST_SOUGHT], []
    if text:
        found = people.list_people(people.Wanted(text), today).rows[:_FOUND_SHOWN]
    return {"away": absences.who_is_away(today), "find": FindPersonForm(q=text), "found": found}


def _page(person: Person, here: str, *, own: bool, **shown: Any) -> ResponseReturnValue:
    today, form = london_date(now()), AbsenceForm()
    if form.validate_on_submit():
        made = _done(form, partial(_note, person, form))
        if made is not None:
            flash(_noted_words(made, own), "success")
            return redirect(here)
    rows = absences.absences_of(person.id, add_months(today, -absent.MONTHS_BACK))
    page = render_template(
        "accounts/absences.html",
        person=person,
        own=own,
        form=form,
        rows=rows,
        both_away=absences.deputies_away(rows),
        today=today,
        here=here,
        **_NOBODY | shown,
    )
    return page, 400 if form.errors else 200


def _note(person: Person, form: AbsenceForm) -> Absence:
    at = now()
    deputy = absent.deputy_called(form.deputy.data, at) if form.deputy.data else None
    return absent.note_absence(
        person, form.first_on.data, form.last_on.data, deputy, by=signed_in_id(), at=at
    )


def _done(form: Any, change: Callable[[], Any]) -> Any:
    """What the change made, saved; None with the error in the form where a rule refuses it."""
    try:
        with saving():
            return change()
    except absent.AbsenceRefused as error:
        form.refuse(error.message, error.field)
        return None


def _noted_words(made: Absence, own: bool) -> str:
    days = absent.days_words(made)
    noted = f"You are away {days}." if own else f"{made.person.name} is away {days}."
    if made.deputy is None:
        return f"{noted} Nobody stands in."
    told = f"{noted} {made.deputy.name} stands in, and has been told."
    if absences.deputies_away([made]):
        told += " On some of these days they are away too, and then nobody stands in."
    return told


def _end(person_id: UUID, absence_id: UUID, back: str) -> ResponseReturnValue:
    absence = db.get_or_404(Absence, absence_id)
    if absence.person_id != person_id:
        abort(404)
    form, own = EndAbsenceForm(), person_id == signed_in_id()
    form.how.choices = _changes(absence, own)
    if form.validate_on_submit() and _done(form, partial(_ended, absence, form)):
        flash("It is changed, and those who had been told of it have been told.", "success")
        return redirect(back)
    if absence.ended_at is not None and not form.errors:
        flash("This absence was ended already.", "info")
        return redirect(back)
    page = render_template(
        "accounts/end_absence.html", form=form, absence=absence, own=own, back=back
    )
    return page, 400 if form.errors else 200


def _changes(absence: Absence, own: bool) -> list[tuple[str, str]]:
    """A single day can only be taken back."""
    name = absence.person.name
    sooner = (SOONER, "I come back sooner" if own else f"{name} comes back sooner")
    not_at_all = (NOT_AT_ALL, "I am not away at all" if own else f"{name} is not away at all")
    return [sooner, not_at_all] if absence.first_on < absence.last_on else [not_at_all]


def _ended(absence: Absence, form: EndAbsenceForm) -> bool:
    back_on = form.back_on.data if form.how.data == SOONER else None
    absent.end_absence(absence, back_on, by=signed_in_id(), at=now())
    return True
