"""Asking for exemptions and for more time, the lists of requests, and deciding (P3)."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.cycles import DecisionForm, ExemptionForm, ExtensionForm, ReasonFields
from qa_app.accounts.line import Line
from qa_app.audits.models import Audit
from qa_app.audits.queries.safety import implicated_in
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission, Role
from qa_app.programme import services
from qa_app.programme.models import AskedFor, ExemptionReason, Expectation, TimeRequest
from qa_app.programme.queries import cycles, waiting
from qa_app.programme.queries.requests import (
    days_granted,
    limit_on,
    may_ask,
    wish_for_audit,
    wish_for_expectation,
)
from qa_app.programme.services import Sent
from qa_app.programme.views.answers import saved
from qa_app.programme.views.room import blueprint
from qa_app.security import SAFE_METHODS, actor, can, fetch, permission_required, signed_in_id

REASONS = [(each.value, each.words) for each in ExemptionReason]


@blueprint.route("/requests")
@permission_required(Permission.AUDITS_LIST)
def requests() -> ResponseReturnValue:
    """What waits for this person, what they can ask for, what they asked; all for the QA lead."""
    today, person = london_date(now()), signed_in_id()
    return render_template(
        "programme/requests.html",
        waiting=waiting.waiting_requests_for(actor(), today).rows,
        mine=waiting.mine(person, today) if can(Permission.TIME_REQUEST_ASK) else None,
        asked=waiting.requests_of(person),
        every=waiting.all_requests() if can(Permission.PROGRAMME_MANAGE) else None,
        words=services.kind_words,
        today=today,
    )


@blueprint.route("/expectations/<uuid:expectation_id>/exemption", methods=["GET", "POST"])
@permission_required(Permission.TIME_REQUEST_ASK)
def ask_exemption(expectation_id: UUID) -> ResponseReturnValue:
    """Ask that audits of a month be not expected after all."""
    found = cycles.expectation_with_its_cycle(expectation_id) or abort(404)
    _hide_from_others(found)
    form = with_reasons(ExemptionForm(), vacant=found.person_id is None)
    sent: list[Sent] = []
    if form.validate_on_submit() and saved(
        form, lambda: sent.append(services.ask_exemption(found, **reasoned(form)))
    ):
        return _sent(sent[0])
    return render_template(
        "programme/request_exemption.html",
        form=form,
        row=cycles.expected_of(found, found.cycle),
        grants=False,
        today=london_date(now()),
    )


def audit_for(audit_id: UUID) -> Audit:
    """The audit; 404 where there is none, and for whoever a concern on it is about (E1)."""
    audit = db.session.get(Audit, audit_id)
    if audit is None or signed_in_id() in implicated_in(audit):
        abort(404)
    return audit


@blueprint.route("/audits/<uuid:audit_id>/extension", methods=["GET", "POST"])
@permission_required(Permission.TIME_REQUEST_ASK)
def ask_extension(audit_id: UUID) -> ResponseReturnValue:
    """Ask for more working days for an audit."""
    audit = audit_for(audit_id)
    _hide_from_others(audit)
    form = with_reasons(ExtensionForm())
    sent: list[Sent] = []
    if form.validate_on_submit() and saved(
        form, lambda: sent.append(services.ask_extension(audit, **reasoned(form)))
    ):
        return _sent(sent[0])
    today = london_date(now())
    return render_template(
        "programme/request_extension.html",
        form=form,
        audit=audit,
        granted=days_granted(audit_id),
        limit=limit_on(today),
        grants=False,
        today=today,
    )


def with_reasons(form: ReasonFields, *, vacant: bool = False) -> Any:
    """The form with the reasons of P3; a vacancy only where the post is vacant."""
    form.reason.choices = [
        each for each in REASONS if vacant or each[0] != ExemptionReason.VACANCY.value
    ]
    return form


def reasoned(form: Any) -> dict[str, Any]:
    """What the form says, as the services take it."""
    reason = form.reason.data
    return {
        "number": form.number.data,
        "reason": ExemptionReason(reason) if reason in set(ExemptionReason) else None,
        "note": form.note.data or "",
        "by": signed_in_id(),
        "at": now(),
    }


def _hide_from_others(subject: Expectation | Audit) -> None:
    """404 for somebody who may not ask: it does not say that there is anything."""
    line = Line(london_date(now()))
    if isinstance(subject, Audit):
        wish = wish_for_audit(subject, 0, line)
    else:
        wish = wish_for_expectation(subject, line)
    if not may_ask(wish, signed_in_id(), lead=actor().holds(Role.QA_LEAD), line=line):
        abort(404)


def _sent(sent: Sent) -> ResponseReturnValue:
    if not sent.told:
        flash("Asked. You may decide it yourself: do so below.", "success")
        return redirect(url_for("programme.decide_request", request_id=sent.request.id))
    flash(f"Asked. {sent.told} has been told, and decides.", "success")
    return redirect(url_for("programme.requests"))


@blueprint.route("/requests/<uuid:request_id>")
@permission_required(Permission.TIME_REQUEST_SEE)
def show_request(request_id: UUID) -> ResponseReturnValue:
    """One request, how it stands, and who decided."""
    found = fetch(TimeRequest, request_id, needs=Permission.TIME_REQUEST_SEE)
    return render_template("programme/request.html", **_facts(found))


@blueprint.route("/requests/<uuid:request_id>/decide", methods=["GET", "POST"])
@permission_required(Permission.TIME_REQUEST_DECIDE)
def decide_request(request_id: UUID) -> ResponseReturnValue:
    """Grant or refuse; whom P3 does not let is told why, and that they tried is kept."""
    found = fetch(TimeRequest, request_id, needs=Permission.TIME_REQUEST_SEE)
    _refuse_barred(found)
    found = fetch(TimeRequest, request_id, needs=Permission.TIME_REQUEST_DECIDE)
    form = DecisionForm()
    if form.validate_on_submit() and saved(
        form,
        lambda: services.decide(
            found,
            grant=form.decision.data == DecisionForm.GRANT,
            answer=form.answer.data or "",
            by=signed_in_id(),
            at=now(),
        ),
    ):
        flash(_decided(found), "success")
        return redirect(url_for("programme.show_request", request_id=request_id))
    return render_template("programme/request_decide.html", form=form, **_facts(found))


def _refuse_barred(found: TimeRequest) -> None:
    person, at = signed_in_id(), now()
    why = services.barred(found, person, at)
    if not why:
        return
    if request.method not in SAFE_METHODS:
        with saving():
            services.note_refused(found, why, by=person, at=at)
    raise services.MayNotGrant(f"{why} Nothing has been changed.")


def _facts(found: TimeRequest) -> dict[str, Any]:
    today = london_date(now())
    return {
        "found": found,
        "words": services.kind_words(found),
        "granted": days_granted(found.audit_id) if found.audit_id else 0,
        "limit": limit_on(today),
        "may_decide": can(Permission.TIME_REQUEST_DECIDE, found)
        and not services.barred(found, signed_in_id(), now()),
        "late": late(found, today),
        "today": today,
    }


def late(found: TimeRequest, today: date) -> bool:
    """Whether an exemption would come after the due date, and change nothing (P4)."""
    return found.expectation is not None and today > found.expectation.cycle.due_on


def _decided(found: TimeRequest) -> str:
    told = "Those whom it is about have been told."
    if found.state != "granted":
        return f"Refused. {told}"
    if found.kind is AskedFor.EXTENSION:
        return f"Granted: the audit is due later. Its month stays the same. {told}"
    if late(found, london_date(found.decided_at or now())):
        return f"Granted after the due date: it is kept, and reduces nothing. {told}"
    return f"Granted: so many audits fewer are due. {told}"
