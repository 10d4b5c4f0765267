"""The check of an audit's facts: by those whose work it is about, and its auditor's answers
(A12)."""

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.facts import CorrectedForm, FactsForm, Said, StandsForm, facts_form
from qa_app.audits import queries, services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, FactPoint
from qa_app.audits.queries.facts import facts_of, point_of, why_closed
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.formatting import count_words
from qa_app.security import fetch, note_access, permission_required, signed_in_id

PointForm = StandsForm | CorrectedForm


@blueprint.route("/<uuid:audit_id>/facts", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_ANSWER)
def facts(audit_id: UUID) -> ResponseReturnValue:
    """The audit, and whether everything in it is right; then what became of what was said."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_ANSWER)
    draft = Draft(audit)
    form, status = _facts_form(draft), 200
    if request.method == "POST" and not form.add.data:
        status = 400
        if form.validate():
            points = form.points()
            with saving():
                services.answer_check(
                    audit,
                    points=[services.Point(each.section, each.says) for each in points],
                    by=signed_in_id(),
                    at=now(),
                )
            flash(_thanks(audit, points), "success")
            return redirect(url_for("audits.facts", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    return _facts_page(draft, form, status)


def _facts_form(draft: Draft) -> FactsForm:
    """As many places for points as the page had; one more where that was asked for."""
    text = request.form.get("shown", "")
    shown = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 1
    titles = [(each.code, each.title) for each in draft.sections]
    return facts_form(titles, shown + ("add" in request.form))()


def _facts_page(draft: Draft, form: FactsForm, status: int) -> ResponseReturnValue:
    audit, found = draft.audit, facts_of(draft.audit)
    mine = found.of(signed_in_id())
    closed = why_closed(audit, mine, london_date(now())) if mine is not None else None
    # What is sent where nothing is asked of this person any more has no control to be mended at.
    asks = mine is not None and closed is None
    return audit_page(
        "audits/facts.html",
        audit,
        status=status if asks or status == 200 else 409,
        form=form if asks else None,
        facts=found,
        mine=mine,
        closed=closed,
        reading=queries.reading_of(audit, draft),
    )


def _thanks(audit: Audit, points: list[Said]) -> str:
    if not points:
        return (
            "Thank you. You found nothing to correct, and the auditor has been told. You can "
            "still reply to the audit."
        )
    told = count_words(len(points), "point")
    return f"{told} sent to {audit.auditor_name}, who answers each of them. You will be told."


@blueprint.route("/<uuid:audit_id>/acknowledge", methods=["POST"])
@permission_required(Permission.AUDIT_ANSWER)
def acknowledge(audit_id: UUID) -> ResponseReturnValue:
    """“I have read this audit”."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_ANSWER)
    with saving():
        services.acknowledge_audit(audit, by=signed_in_id(), at=now())
    flash(f"You said that you have read audit {audit.reference}. Thank you.", "success")
    return redirect(url_for("audits.show", audit_id=audit_id))


@blueprint.route("/<uuid:audit_id>/facts/points")
@permission_required(Permission.AUDIT_SUBMIT)
def points(audit_id: UUID) -> ResponseReturnValue:
    """What is said not to be right, for the auditor to answer point by point."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SUBMIT)
    return _points_page(audit, {})


@blueprint.route("/<uuid:audit_id>/facts/points/<uuid:point_id>", methods=["POST"])
@permission_required(Permission.AUDIT_SUBMIT)
def answer_point(audit_id: UUID, point_id: UUID) -> ResponseReturnValue:
    """The auditor's answer to one point."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SUBMIT)
    point = point_of(audit, point_id)
    if point is None:
        abort(404)
    form = _point_form(audit, point)
    if not form.validate():
        return _points_page(audit, {point_id: form}, 400)
    try:
        with saving():
            services.answer_point(
                audit,
                point_id,
                answer=form.chosen,
                text=form.text.data,
                by=signed_in_id(),
                at=now(),
            )
    except services.PointRefused as error:
        if error.field is None:
            raise
        form.refuse(error.message, error.field)
        return _points_page(audit, {point_id: form}, 400)
    flash("Your answer is saved, and is kept with the audit.", "success")
    return redirect(url_for("audits.points", audit_id=audit_id))


def _point_form(audit: Audit, point: FactPoint) -> PointForm:
    kind = CorrectedForm if audit.state is AuditState.RETURNED else StandsForm
    return kind(prefix=f"point-{point.id}-")


def _points_page(
    audit: Audit, sent: dict[UUID, PointForm], status: int = 200
) -> ResponseReturnValue:
    found = facts_of(audit)
    forms = {point.id: _point_form(audit, point) for point in found.open_points} | sent
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/facts_points.html",
        audit,
        status=status,
        facts=found,
        forms=forms,
        form=next(iter(sent.values()), None),
        asked={section.code for section in Draft(audit).sections},
        returned=audit.state is AuditState.RETURNED,
    )


@blueprint.route("/<uuid:audit_id>/facts/correct", methods=["POST"])
@permission_required(Permission.AUDIT_SUBMIT)
def correct_facts(audit_id: UUID) -> ResponseReturnValue:
    """Take the audit back, to put right what somebody found."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SUBMIT)
    with saving():
        services.correct_facts(audit, by=signed_in_id(), at=now())
    flash(
        f"Audit {audit.reference} is back with you. Answer each point, change what is not right, "
        "and send it again.",
        "success",
    )
    return redirect(url_for("audits.points", audit_id=audit_id))
