"""Raising a significant-harm concern, and the page on which it is followed hour by hour (E1)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forms.base import GovForm
from forms.concerns import CallForm, ConcernForm, WithdrawConcernForm, case_references, lines
from qa_app.accounts.queries import names
from qa_app.audits import queries, services
from qa_app.audits.models import Audit, Concern, ReferralTo, SafetyDecision
from qa_app.audits.queries.safety import (
    director_to_telephone,
    implicated_in,
    people_to_tell,
)
from qa_app.audits.views.blueprints import blueprint, concerns_blueprint
from qa_app.audits.views.concern_parts import (
    blank_forms,
    call_of,
    clocks_of,
    decision_form,
    referral_form,
    strategy_of,
    telephone_numbers,
    told_by,
)
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id


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
    today = london_date(now())
    return audit_page(
        "audits/concern.html",
        audit,
        status=400 if form.errors else 200,
        form=form,
        numbers=telephone_numbers(),
        told=people_to_tell(audit, signed_in_id(), today, implicated_in(audit)),
    )


def _raise(audit: Audit, form: ConcernForm) -> Response:
    beyond = services.Beyond(
        about_adult=bool(form.about_adult.data),
        implicated=services.people_named(lines(form.implicated.data), london_date(now())),
        authority=(form.authority.data or "") if form.elsewhere.data else "",
    )
    with saving():
        raised = services.raise_concern(
            audit,
            worry=form.worry.data or "",
            siblings=case_references(form.siblings.data),
            call=call_of(form),
            beyond=beyond,
            by=signed_in_id(),
            at=now(),
        )
    flash(
        "Concern raised. The people below have been told, and a priority action is on the tracker.",
        "success",
    )
    return redirect(url_for("concerns.show", concern_id=raised.id))


def _show(found: Concern, form: GovForm | None = None) -> ResponseReturnValue:
    note_access("concern_viewed", found, audit_id=found.audit_id)
    clocks = clocks_of(found, now())
    page = render_template(
        "concerns/show.html",
        concern=found,
        worker=queries.present_worker(found.audit),
        form=form if form is not None and form.errors else None,
        forms=blank_forms(clocks, form),
        names=names(_people(found)),
        kept_from=sorted(names(implicated_in(found.audit)).values()),
        numbers=_numbers(found, clocks.unacknowledged),
        clocks=clocks,
        timeline=queries.timeline_of_concern(found.id),
        undecided=found.decision in (None, SafetyDecision.NEITHER_YET),
        reads_audit=can(Permission.AUDIT_READ, found.audit),
    )
    return page, 400 if form is not None and form.errors else 200


def _people(found: Concern) -> set[UUID | None]:
    did = {found.raised_by, found.acknowledged_by, found.decided_by, found.recorded_by}
    return did | {found.withdrawn_by} | {each.person_id for each in found.told}


def _numbers(found: Concern, late: bool) -> list[dict[str, str]]:
    if not late:
        return telephone_numbers()
    return telephone_numbers(service_director=director_to_telephone(found, london_date(now())))


@concerns_blueprint.route("/<uuid:concern_id>")
@permission_required(Permission.CONCERN_READ)
def show(concern_id: UUID) -> ResponseReturnValue:
    """What has happened so far, and what is to be done next."""
    return _show(fetch(Concern, concern_id, needs=Permission.CONCERN_READ))


def _done(concern_id: UUID, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("concerns.show", concern_id=concern_id))


def _refuse_done(found: Concern, form: GovForm, *, waits: bool) -> None:
    """A form that is not on the page any more: what it asks for was done in the meantime."""
    if form.is_submitted() and (found.withdrawn_at is not None or not waits):
        raise services.ConcernClosed(
            "This was done in the meantime, or the concern was withdrawn. Nothing has been changed"
        )


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
    _refuse_done(found, form, waits=found.telephoned_at is None)
    made = call_of(form) if form.validate_on_submit() else None
    if made is None:
        return _show(found, form)
    try:
        with saving():
            services.record_call(found, made, by=signed_in_id(), at=now())
    except services.InTheFuture as error:
        form.refuse(error.message, error.field)
        return _show(found, form)
    return _done(concern_id, "The telephone call is recorded.")


@concerns_blueprint.route("/<uuid:concern_id>/decision", methods=["GET", "POST"])
@permission_required(Permission.CONCERN_DECIDE)
def decide(concern_id: UUID) -> ResponseReturnValue:
    """The safety decision, by a manager."""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_DECIDE)
    form = decision_form()
    _refuse_done(found, form, waits=found.decision in (None, SafetyDecision.NEITHER_YET))
    if not form.validate_on_submit():
        return _show(found, form)
    decision = SafetyDecision(str(form.decision.data))
    try:
        with saving():
            services.decide(
                found, decision, form.note.data or "", signed_in_id(), now(),
                strategy=strategy_of(form),
            )  # fmt: skip
    except services.WordsMissing as error:
        form.refuse(error.message, error.field)
        return _show(found, form)
    if decision is SafetyDecision.NEITHER_YET:
        said = "It is recorded that there is no safety decision yet. Record one as soon as you can."
    else:
        said = "The safety decision is recorded. Put it on the child's record too."
    return _done(concern_id, said)


@concerns_blueprint.route("/<uuid:concern_id>/referral", methods=["GET", "POST"])
@permission_required(Permission.CONCERN_READ)
def refer(concern_id: UUID) -> ResponseReturnValue:
    """Who outside was told: the designated officer, another authority, MASH."""
    found = fetch(Concern, concern_id, needs=Permission.CONCERN_READ)
    to_refer = clocks_of(found, now()).to_refer
    form = referral_form(to_refer)
    _refuse_done(found, form, waits=bool(to_refer))
    if not form.validate_on_submit():
        return _show(found, form)
    to = ReferralTo(str(form.told_to.data))
    try:
        with saving():
            services.refer(found, to, told_by(form), by=signed_in_id(), at=now())
    except services.InTheFuture as error:
        form.refuse(error.message, error.field)
        return _show(found, form)
    return _done(concern_id, f"It is recorded that {to.words} was told.")


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
