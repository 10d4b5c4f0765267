"""Waivers: a conflict of interest allowed for one audit, with its reason, and their list (S6)."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.allocation import WaiverForm
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Waiver
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission, Role
from qa_app.programme import queries
from qa_app.programme.queries.waivers import all_waivers
from qa_app.programme.views.room import blueprint
from qa_app.security import actor, permission_required, signed_in_id


def _reached(case: Case | None) -> bool:
    """Whether a case is within the scope of the QA lead or the director who asks (I2)."""
    who = actor()
    return case is not None and (
        who.holds(Role.QA_LEAD) or who.reaches_team(Role.MODERATOR, case.team_id)
    )


@blueprint.route("/waivers")
@permission_required(Permission.WAIVER_GRANT)
def waivers() -> ResponseReturnValue:
    """Every waiver with its reason, newest first."""
    rows = [each for each in all_waivers() if _reached(each.case)]
    return render_template("programme/waivers.html", rows=rows)


@blueprint.route("/waivers/<uuid:case_id>/<uuid:person_id>", methods=["GET", "POST"])
@permission_required(Permission.WAIVER_GRANT)
def grant_waiver(case_id: UUID, person_id: UUID) -> ResponseReturnValue:
    """What could be done instead, with names; then why none of it will do, and the reason."""
    case, auditor = queries.case_with_summary(case_id), db.session.get(Person, person_id)
    if case is None or auditor is None or not _reached(case):
        abort(404)
    if auditor.id == signed_in_id():
        abort(403)
    today = london_date(now())
    choice = queries.auditors_for(case, today)
    conflicts = audits.independence_of(case, today).bars(auditor.id)
    form = WaiverForm()
    if conflicts and form.validate_on_submit():
        return _grant(case, auditor, form)
    return render_template(
        "programme/waiver_grant.html", case=case, auditor=auditor, choice=choice, form=form,
        conflicts=[each.reason for each in conflicts],
        service_id=queries.service_of(auditor, today),
    )  # fmt: skip


def _grant(case: Case, auditor: Person, form: WaiverForm) -> ResponseReturnValue:
    with saving():
        audits.grant_waiver(
            case,
            auditor,
            alternatives=form.alternatives.data or "",
            reason=form.reason.data or "",
            by=signed_in_id(),
            at=now(),
        )
    flash(
        f"{auditor.name} may be given one audit of case {case.reference}. The waiver is listed "
        "with your reason.",
        "success",
    )
    return redirect(url_for("programme.waivers"))


@blueprint.route("/waivers/<uuid:waiver_id>/end", methods=["POST"])
@permission_required(Permission.WAIVER_GRANT)
def end_waiver(waiver_id: UUID) -> ResponseReturnValue:
    """Allow nothing more by a waiver."""
    waiver = db.session.get(Waiver, waiver_id)
    if waiver is None or not _reached(waiver.case):
        abort(404)
    with saving():
        audits.end_waiver(waiver, by=signed_in_id(), at=now())
    stays = " The audit that was given with it stays." if waiver.audit_id else ""
    flash(f"The waiver for {waiver.auditor.name} has ended.{stays}", "success")
    return redirect(url_for("programme.waivers"))
