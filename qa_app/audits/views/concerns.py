"""Raising a significant-harm concern, and the page on which it is followed hour by hour (E1)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forms.base import GovForm
from forms.concerns import (
    CallForm,
    ConcernForm,
    DecisionForm,
    WithdrawConcernForm,
    case_references,
    clock_time,
)
from qa_app.accounts import settings
from qa_app.accounts.queries import names
from qa_app.audits import queries, services
from qa_app.audits.models import Audit, Concern, SafetyDecision
from qa_app.audits.queries.safety import people_to_tell
from qa_app.audits.services.concerns import TelephoneCall
from qa_app.audits.views.blueprints import blueprint, concerns_blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.escalation import acknowledge_by
from qa_app.domain.permissions import Permission
from qa_app.domain.settings import NOT_SET
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id


def telephone_numbers() -> list[dict[str, str]]:
    """Whom to telephone, and when, from the settings; a number not set is left empty."""
    numbers = (
        ("Duty team", "duty_team_telephone", "in office hours"),
        ("Emergency duty team", "emergency_duty_team_telephone", "out of office hours"),
    )
    known = [
        {"who": who, "number": settings.text(name).replace(NOT_SET, ""), "when": when}
        for who, name, when in numbers
    ]
    return [
        {"who": "Police and ambulance", "number": "999", "when": "where life is at risk"},
        *known,
    ]


def _call_of(form: ConcernForm | CallForm) -> TelephoneCall | None:
    time = clock_time(form.call_time.data)
    if form.answered.data != "yes" or form.call_on.data is None or time is None:
        return None
    day = form.call_on.data
    at = datetime(day.year, day.month, day.day, *time, tzinfo=LONDON)
    return TelephoneCall(form.call_whom.data or "", at)


def _known_siblings(audit: Audit) -> str:
    if audit.case is None:
        return ""
    family = queries.family_of(audit.case)
    return ", ".join(each.reference for each in family if each.id != audit.case_id)


def _new_form(audit: Audit) -> ConcernForm:
    at = now().astimezone(LONDON)
    return ConcernForm(siblings=_known_siblings(audit), call_on=at.date())


@blueprint.route("/<uuid:audit_id>/concern", methods=["GET", "POST"])
@permission_required(Permission.CONCERN_RAISE)
def concern(audit_id: UUID) -> ResponseReturnValue:
    """Telephone first; then the worry, and who will be told."""
    audit = fetch(Audit, audit_id, needs=Permission.CONCERN_RAISE)
    form = _new_form(audit)
    if form.validate_on_submit():
        try:
            return _raise(audit, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    # M3: whoever moderates it blind has read nothing of what its auditor judged.
    read = "audit_viewed" if can(Permission.AUDIT_READ, audit) else "audit_viewed_blind"
    note_access(read, audit, audit_id=audit.id)
    return audit_page(
        "audits/concern.html",
        audit,
        status=400 if form.errors else 200,
        form=form,
        numbers=telephone_numbers(),
        told=people_to_tell(audit, signed_in_id(), london_date(now())),
    )


def _raise(audit: Audit, form: ConcernForm) -> Response:
    with saving():
        raised = services.raise_concern(
            audit,
            worry=form.worry.data or "",
            siblings=case_references(form.siblings.data),
            call=_call_of(form),
            by=signed_in_id(),
            at=now(),
        )
    flash(
        "Concern raised. The people below have been told, and a priority action is on the tracker.",
        "success",
    )
    return redirect(url_for("concerns.show", concern_id=raised.id))


def _show(found: Concern, form: GovForm | None = None) -> ResponseReturnValue:
    told = {each.person_id for each in found.told}
    note_access("concern_viewed", found, audit_id=found.audit_id)
    blank: dict[str, GovForm] = {
        "call": CallForm(formdata=None, call_on=now().astimezone(LONDON).date()),
        "decision": _decision_form(formdata=None),
        "withdrawal": WithdrawConcernForm(formdata=None),
    }
    # The form that was sent stands in its place, with what was typed and what is wrong with it.
    forms = {name: form if type(form) is type(each) else each for name, each in blank.items()}
    people = {found.raised_by, found.acknowledged_by, found.decided_by, found.recorded_by}
    page = render_template(
        "concerns/show.html",
        concern=found,
        worker=queries.present_worker(found.audit),
        form=form if form is not None and form.errors else None,
        forms=forms,
        names=names(people | {found.withdrawn_by} | told),
        numbers=telephone_numbers(),
        late=found.acknowledged_at is None and now() > _acknowledge_by(found),
        acknowledge_by=_acknowledge_by(found),
        timeline=queries.timeline_of_concern(found.id),
        undecided=found.decision in (None, SafetyDecision.NEITHER_YET),
        reads_audit=can(Permission.AUDIT_READ, found.audit),
    )
    return page, 400 if form is not None and form.errors else 200


def _decision_form(**options: Any) -> DecisionForm:
    form = DecisionForm(**options)
    form.decision.choices = [(each.value, each.words) for each in SafetyDecision]
    return form


def _acknowledge_by(found: Concern) -> datetime:
    day = london_date(found.raised_at)
    return acknowledge_by(found.raised_at, lambda name: settings.number(name, day))


@concerns_blueprint.route("/<uuid:concern_id>")
@permission_required(Permission.CONCERN_READ)
def show(concern_id: UUID) -> ResponseReturnValue:
    """What has happened so far, and what is to be done next."""
    return _show(fetch(Concern, concern_id, needs=Permission.CONCERN_READ))


def _done(concern_id: UUID, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("concerns.show", concern_id=concern_id))


@concerns_blueprint.route("/<uuid:concern_id>/acknowledge", methods=["POST"])
@permission_required(Permission.CONCERN_ACKNOWLEDGE)
def acknowledge(concern_id: UUID) -> ResponseReturnValue:
    """“I have it.”"""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_ACKNOWLEDGE)
    with saving():
        services.acknowledge(found, by=signed_in_id(), at=now())
    return _done(concern_id, "You have acknowledged the concern. The safety decision comes next.")


@concerns_blueprint.route("/<uuid:concern_id>/call", methods=["GET", "POST"])
@permission_required(Permission.CONCERN_READ)
def call(concern_id: UUID) -> ResponseReturnValue:
    """Who answered, where nobody had when the concern was raised."""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_READ)
    form = CallForm()
    made = _call_of(form) if form.validate_on_submit() else None
    if made is None:
        return _show(found, form)
    with saving():
        services.record_call(found, made, by=signed_in_id(), at=now())
    return _done(concern_id, "The telephone call is recorded.")


@concerns_blueprint.route("/<uuid:concern_id>/decision", methods=["GET", "POST"])
@permission_required(Permission.CONCERN_DECIDE)
def decide(concern_id: UUID) -> ResponseReturnValue:
    """The safety decision, by a manager."""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_DECIDE)
    form = _decision_form()
    if not form.validate_on_submit():
        return _show(found, form)
    with saving():
        services.decide(
            found,
            SafetyDecision(str(form.decision.data)),
            form.note.data or "",
            by=signed_in_id(),
            at=now(),
        )
    return _done(concern_id, "The safety decision is recorded. Put it on the child's record too.")


@concerns_blueprint.route("/<uuid:concern_id>/recorded", methods=["POST"])
@permission_required(Permission.CONCERN_ACKNOWLEDGE)
def recorded(concern_id: UUID) -> ResponseReturnValue:
    """The concern is on the child's record."""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_ACKNOWLEDGE)
    with saving():
        services.confirm_recorded(found, by=signed_in_id(), at=now())
    return _done(concern_id, "You have confirmed that the concern is on the child's record.")


@concerns_blueprint.route("/<uuid:concern_id>/withdraw", methods=["GET", "POST"])
@permission_required(Permission.CONCERN_WITHDRAW)
def withdraw(concern_id: UUID) -> ResponseReturnValue:
    """Withdraw the concern; the priority action stays (E7)."""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_WITHDRAW)
    form = WithdrawConcernForm()
    if not form.validate_on_submit():
        return _show(found, form)
    with saving():
        services.withdraw_concern(found, form.reason.data or "", by=signed_in_id(), at=now())
    return _done(concern_id, "The concern is withdrawn. Its priority action stays on the tracker.")
