"""The audits of the last six months, as inspectors ask for them."""

from datetime import date, datetime

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue

from forms.inspection import InspectionForm
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.reports.queries import inspection
from qa_app.reports.services.inspecting import day_refused, inspection_table
from qa_app.reports.views.listing import sent
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, permission_required


@blueprint.route("/inspection")
@permission_required(Permission.INSPECTION_LIST)
def inspection_list() -> ResponseReturnValue:
    """The list on a page, today's six months unless the address says others."""
    form, today = _form(), london_date(now())
    form.validate()
    wrong = day_refused(form.as_at.data, today) if form.as_at.data else ""
    if wrong:
        form.refuse(wrong, "as_at")
    as_at: date | None = None if form.errors else form.as_at.data
    return render_template(
        "reports/inspection.html",
        form=form,
        as_at=as_at,
        since=inspection.since(as_at) if as_at else None,
        rows=inspection.audits_for_inspectors(as_at, actor()) if as_at else [],
    ), 400 if form.errors else 200


def _form() -> InspectionForm:
    given = request.args if "as_at-day" in request.args else None
    return InspectionForm(given, data={"as_at": london_date(now())})


def _download(layout: str) -> ResponseReturnValue:
    at = now()
    as_at = _day(at)
    return sent(inspection_table(as_at, actor(), at), layout)


def _day(at: datetime) -> date:
    try:
        as_at = date.fromisoformat(request.args.get("as-at") or str(london_date(at)))
    except ValueError:
        abort(404)
    if day_refused(as_at, london_date(at)):
        abort(404)
    return as_at


@blueprint.route("/inspection.csv")
@permission_required(Permission.INSPECTION_LIST)
def inspection_csv() -> ResponseReturnValue:
    """The list as CSV."""
    return _download("csv")


@blueprint.route("/inspection.xlsx")
@permission_required(Permission.INSPECTION_LIST)
def inspection_xlsx() -> ResponseReturnValue:
    """The list as a workbook."""
    return _download("xlsx")
