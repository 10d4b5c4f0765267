"""The improvement plan after an Inadequate audit: reading, agreeing, changing, closing it; the
list of all of them (E2, E9)."""

from typing import Any, cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.harmless import HarmlessForm
from forms.plans import ChangePlanForm, ClosePlanForm, PlanFilterForm, PlanForm
from qa_app.audits import queries
from qa_app.audits.models import Audit
from qa_app.audits.queries.planlist import Wanted, listing
from qa_app.audits.queries.plans import PlanReading, plan_of, reading_of_plan
from qa_app.audits.queries.sidebyside import Again, again_of
from qa_app.audits.services import MayIdentify
from qa_app.audits.services import plans as services
from qa_app.audits.views.blueprints import blueprint, plans_blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.plans import PlanStanding
from qa_app.security import actor, fetch, note_access, permission_required, signed_in_id

_SAVED = 0


@blueprint.route("/<uuid:audit_id>/plan")
@permission_required(Permission.PLAN_SEE)
def plan(audit_id: UUID) -> ResponseReturnValue:
    """The plan: since when it is asked for, what it is to achieve, its actions, what is missing."""
    audit = fetch(Audit, audit_id, needs=Permission.PLAN_SEE)
    note_access("audit_viewed", audit, audit_id=audit.id)
    today = london_date(now())
    again = again_of(audit, actor(), today)
    return _page("audits/plan.html", audit, reading_of_plan(audit, today), 200, again=again)


def _page(
    template: str,
    audit: Audit,
    reading: PlanReading,
    status: int,
    form: HarmlessForm | None = None,
    again: Again | None = None,
) -> ResponseReturnValue:
    grade = audit.final_grade or audit.auditor_grade
    return audit_page(
        template,
        audit,
        status=status,
        reading=reading,
        grade=grade,
        today=london_date(now()),
        form=form,
        again=again,
    )


@blueprint.route("/<uuid:audit_id>/plan/agree", methods=["GET", "POST"])
@permission_required(Permission.PLAN_AGREE)
def agree_plan(audit_id: UUID) -> ResponseReturnValue:
    """Agree the plan; once it stands, change what it is to achieve."""
    audit = fetch(Audit, audit_id, needs=Permission.PLAN_AGREE)
    form, status = _plan_form(audit), 200
    if form.is_submitted():
        status = _save(form, lambda: _agree(audit, form))
        if status == _SAVED:
            return redirect(url_for("audits.plan", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    reading = reading_of_plan(audit, london_date(now()))
    writable = reading.asked or reading.standing is PlanStanding.AGREED
    return _page("audits/plan_agree.html", audit, reading, status, form if writable else None)


def _plan_form(audit: Audit) -> PlanForm:
    """Filled with the plan that stands, where there is one."""
    made = plan_of(audit.id)
    if made is None:
        return PlanForm()
    return ChangePlanForm(aims=made.aims, shown=services.mark_of(made.aims))


def _agree(audit: Audit, form: PlanForm) -> None:
    aims, harmless = form.aims.data or "", form.harmless.data or ""
    by, at = signed_in_id(), now()
    shown = str(form.shown.data or "")
    with saving():
        if shown:
            services.change_plan(audit, aims, shown=shown, harmless=harmless, by=by, at=at)
        else:
            services.agree_plan(audit, aims, harmless=harmless, by=by, at=at)
    flash(
        "What the plan is to achieve has been changed. What it was is kept below."
        if shown
        else "The plan is agreed. The auditor, the team manager and the QA lead have been told. "
        "Close it when its actions have ended and you have rated how far they helped.",
        "success",
    )


@blueprint.route("/<uuid:audit_id>/plan/close", methods=["GET", "POST"])
@permission_required(Permission.PLAN_AGREE)
def close_plan(audit_id: UUID) -> ResponseReturnValue:
    """Say what has changed, and close the plan; or what it still lacks."""
    audit = fetch(Audit, audit_id, needs=Permission.PLAN_AGREE)
    form, status = ClosePlanForm(), 200
    if form.is_submitted():
        status = _save(form, lambda: _close(audit, form))
        if status == _SAVED:
            return redirect(url_for("audits.plan", audit_id=audit_id))
    note_access("audit_viewed", audit, audit_id=audit.id)
    reading = reading_of_plan(audit, london_date(now()))
    writable = reading.standing is PlanStanding.AGREED
    return _page("audits/plan_close.html", audit, reading, status, form if writable else None)


def _close(audit: Audit, form: ClosePlanForm) -> None:
    with saving():
        services.close_plan(
            audit,
            form.outcome.data or "",
            harmless=form.harmless.data or "",
            by=signed_in_id(),
            at=now(),
        )
    flash(
        "The plan is closed. The auditor, the team manager and the QA lead have been told.",
        "success",
    )


def _save(form: HarmlessForm, change: Any) -> int:
    """Make the change where the form is whole; the status of the page that says why not."""
    if not form.validate():
        return 400
    try:
        change()
    except MayIdentify as error:
        form.refuse_words((error.sentence(each), each.fields[0]) for each in error.found)
        return 400
    except DomainError as error:
        form.refuse(error.message, error.field)
        return 400 if error.field else 409
    return _SAVED


@plans_blueprint.route("")
@permission_required(Permission.PLANS_LIST)
def index() -> ResponseReturnValue:
    """The plans of audits that this person may read, owed ones first, with filters in the
    address."""
    wanted = wanted_from(request.args)
    found = listing(actor(), wanted, london_date(now()))
    form = PlanFilterForm(request.args)
    form.team.choices = [(str(team.id), team.name) for team in queries.teams_to_choose(actor())]
    return render_template(
        "plans/index.html",
        listing=found,
        filters=form,
        chosen=_chosen(form),
        narrowed=wanted.standing is not None or wanted.team_id is not None,
        today=london_date(now()),
        newer=_address(page=wanted.page - 1) if wanted.page > 1 else None,
        older=_address(page=wanted.page + 1) if found.more else None,
    )


def wanted_from(values: Any) -> Wanted:
    """The filters of the address; what cannot be read asks for nothing."""
    standings = {each.value: each for each in PlanStanding}
    try:
        team_id = UUID(values.get("team") or "")
    except ValueError:
        team_id = None
    page = min(max(values.get("page", 1, type=int), 1), 1_000_000)
    return Wanted(standings.get(values.get("standing")), team_id, page)


def _chosen(form: PlanFilterForm) -> list[dict[str, str]]:
    """Each filter that is on, with the address of the list without it."""
    tags = []
    for name in ("standing", "team"):
        field = form[name]
        texts = [choice.text for choice in field.choices if field.is_chosen(choice.value)]
        tags += [{"text": text, "href": _address(**{name: None})} for text in texts if field.data]
    return tags


def _address(**changed: object) -> str:
    given = {name: request.args.get(name) for name in ("standing", "team")}
    values = {key: value for key, value in (given | changed).items() if value}
    return url_for("plans.index", **cast(dict[str, Any], values))
