"""Giving one audit of one case."""

from datetime import date
from typing import cast
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.programme import CaseSearchForm, GiveForm
from qa_app.accounts.models import Person
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Permission
from qa_app.formatting import date_words
from qa_app.programme import queries, services
from qa_app.programme.models import Batch
from qa_app.programme.views.room import blueprint
from qa_app.security import permission_required, signed_in_id
from qa_app.standards.models import ToolVersion

MONTHS_AHEAD = 2


def _months(today: date) -> list[tuple[str, str]]:
    months = [Month.of(today)]
    for _ in range(MONTHS_AHEAD):
        months.append(months[-1].next())
    return [(month.first.isoformat(), month.words) for month in months]


@blueprint.route("/give", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_GIVE)
def give() -> ResponseReturnValue:
    """Find a case by its reference, see who may audit it, and give it."""
    looked = CaseSearchForm(request.args)
    case = queries.case_of(looked.case.data)
    if case is None:
        return render_template("programme/give.html", looked=looked, form=None, case=None)
    today = london_date(now())
    choice = queries.auditors_for(case, today)
    form = GiveForm(month=Month.of(today).first)
    form.month.choices = _months(today)
    form.auditor.choices = [(str(each.id), each.words) for each in choice.free]
    form.tool.choices = [(str(each.id), each.name) for each in queries.tools_for(case)]
    form.batch.choices = [(str(each.id), each.name) for each in queries.open_batches(today)]
    if choice.free and form.validate_on_submit():
        try:
            return _give(case, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    return render_template(
        "programme/give.html",
        looked=looked,
        form=form,
        case=case,
        choice=choice,
        earlier=queries.earlier_audits(case),
    )


def _give(case: Case, form: GiveForm) -> ResponseReturnValue:
    auditor = db.session.get_one(Person, UUID(str(form.auditor.data)))
    tool, batch = form.tool.data, form.batch.data
    with saving():
        audit = services.give_audit(
            case,
            auditor,
            form.month.data,
            cast(Selection, form.selection.data),
            form.reason.data or "",
            by=signed_in_id(),
            at=now(),
            tool=db.session.get_one(ToolVersion, UUID(tool)) if tool else None,
            batch=db.session.get_one(Batch, UUID(batch)) if batch else None,
        )
    flash(
        f"Audit {audit.reference} given to {auditor.name}, who has been told. "
        f"It is due on {date_words(audit.due_on)}.",
        "success",
    )
    return redirect(url_for("programme.give"))
