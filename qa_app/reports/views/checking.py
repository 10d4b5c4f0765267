"""The page of checks: each finding is put right in its audit, or explained (R7, R8)."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.publishing import CheckForm, ExplainForm
from qa_app.accounts.queries import names
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import ReportMove, ReportState
from qa_app.formatting import count_words
from qa_app.reports.models import ReportVersion
from qa_app.reports.services import checking, inbackground
from qa_app.reports.services.checking import Checks, Found
from qa_app.reports.views import moving
from qa_app.reports.views.drafts import in_work_at
from qa_app.reports.views.room import blueprint
from qa_app.security import permission_required, signed_in_id


class Checked(NamedTuple):
    """What one check found."""

    heading: str
    found: Sequence[Found]


@blueprint.route("/versions/<uuid:version_id>/checks", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def checks(version_id: UUID) -> ResponseReturnValue:
    """What the checks find now. Sent, it confirms them, and the worker stores the figures."""
    version = in_work_at(version_id)
    form: Any = CheckForm(revision=version.revision)
    if form.validate_on_submit():
        job_id = moving.begin(version, form.shown_revision, ReportMove.CHECK)
        return redirect(url_for("reports.move", version_id=version_id, job_id=job_id))
    return _page(version, checking.checks_of(version), form)


def _page(version: ReportVersion, found: Checks, form: Any) -> str:
    grouped = groupby(found.data, lambda each: each.finding.check)
    return render_template(
        "reports/checks.html",
        version=version,
        form=form,
        checks=found,
        data=[Checked(heading, list(each)) for heading, each in grouped],
        who=names({each.answer.by for each in found.data if each.answer}),
        draft=version.state is ReportState.DRAFT,
        job=inbackground.move_under_way(version.id),
    )


@blueprint.route(
    "/versions/<uuid:version_id>/checks/<code>/explain", methods=["GET", "POST"],
    defaults={"about": ""},
)  # fmt: skip
@blueprint.route(
    "/versions/<uuid:version_id>/checks/<code>/explain/<about>", methods=["GET", "POST"]
)
@permission_required(Permission.REPORTS_DRAFT)
def explain(version_id: UUID, code: str, about: str) -> ResponseReturnValue:
    """Why one finding is right as it stands, or all open ones of its check."""
    version = in_work_at(version_id)
    alike = [each for each in checking.checks_of(version).data if each.finding.code == code]
    found = next((each for each in alike if each.finding.about == about), None)
    if found is None or found.finding.warns:
        flash("The check does not find this any more.")
        return redirect(url_for("reports.checks", version_id=version_id))
    form: Any = ExplainForm(explanation=found.answer.explanation if found.answer else "")
    if sum(each.is_open for each in alike) < 2:
        del form.every
    if form.validate_on_submit():
        try:
            return _explain(version, code, about, form)
        except DomainError as error:
            form.refuse(error.message, error.field)
    page = render_template("reports/explain.html", version=version, found=found, form=form)
    return page, 422 if form.errors else 200


def _explain(version: ReportVersion, code: str, about: str, form: Any) -> ResponseReturnValue:
    every = "every" in form and form.every.data
    version_id = version.id
    with saving():
        number = checking.explain(
            version,
            code,
            None if every else about,
            form.explanation.data,
            by=signed_in_id(),
            at=now(),
        )
    flash(f"{count_words(number, 'finding')} explained.", "success")
    return redirect(url_for("reports.checks", version_id=version_id))
