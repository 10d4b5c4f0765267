"""Approve, publish, take back, withdraw (R3)."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.publishing import ApproveForm, PublishForm, TakeBackForm, WithdrawReportForm
from qa_app.accounts.queries import names
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import ReportMove, ReportState
from qa_app.reports.models import ReportVersion
from qa_app.reports.services import inbackground, publishing
from qa_app.reports.views import moving
from qa_app.reports.views.drafts import in_work_at, version_at
from qa_app.reports.views.room import blueprint
from qa_app.reports.views.suppressed import risks_of
from qa_app.security import permission_required, signed_in_id


@blueprint.route("/versions/<uuid:version_id>/approve", methods=["GET", "POST"])
@permission_required(Permission.REPORT_APPROVE)
def approve(version_id: UUID) -> ResponseReturnValue:
    """A head of service or above approves a checked version."""
    version = in_work_at(version_id)
    if version.state is not ReportState.CHECKED:
        abort(404)
    form: Any = ApproveForm(revision=version.revision)
    if form.validate_on_submit():
        try:
            with saving():
                publishing.approve(version, form.shown_revision, by=signed_in_id(), at=now())
        except DomainError as error:
            form.refuse(error.message, "read")
        else:
            flash("Approved. The QA lead is told and can publish it.", "success")
            return redirect(url_for("reports.version", version_id=version_id))
    return _page("approve", version_at(version_id), form)


@blueprint.route("/versions/<uuid:version_id>/publish", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def publish(version_id: UUID) -> ResponseReturnValue:
    """Publish an approved version, once what is hidden in public has been looked at (R5)."""
    version = in_work_at(version_id)
    if version.state is not ReportState.APPROVED:
        abort(404)
    form = _publish_form(version)
    if form.validate_on_submit():
        try:
            job_id = moving.begin(version, form.shown_revision, ReportMove.PUBLISH)
        except DomainError as error:
            form.refuse(error.message, "suppressed")
        else:
            return redirect(url_for("reports.move", version_id=version_id, job_id=job_id))
    return _page("publish", version_at(version_id), form)


def _publish_form(version: ReportVersion) -> Any:
    form: Any = PublishForm(revision=version.revision)
    form.sentences.choices = [
        (risk.id, f"“{risk.words}” ({place}). {risk.why}") for risk, place in risks_of(version)
    ]
    if not form.sentences.choices:
        del form.sentences
    return form


@blueprint.route("/versions/<uuid:version_id>/take-back", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def take_back(version_id: UUID) -> ResponseReturnValue:
    """Make a checked or approved version a draft again."""
    version = in_work_at(version_id)
    if version.state is ReportState.DRAFT:
        abort(404)
    form: Any = TakeBackForm(revision=version.revision)
    if form.validate_on_submit():
        with saving():
            publishing.take_back(version, form.shown_revision, by=signed_in_id(), at=now())
        flash("It is a draft again. After your changes it is checked and approved anew.", "success")
        return redirect(url_for("reports.workspace", version_id=version_id))
    return _page("take_back", version, form)


@blueprint.route("/versions/<uuid:version_id>/withdraw", methods=["GET", "POST"])
@permission_required(Permission.REPORT_WITHDRAW)
def withdraw(version_id: UUID) -> ResponseReturnValue:
    """Withdraw a published version, with the reason."""
    version = version_at(version_id)
    if version.state is not ReportState.PUBLISHED:
        abort(404)
    form: Any = WithdrawReportForm(revision=version.revision)
    if form.validate_on_submit():
        try:
            with saving():
                publishing.withdraw(
                    version, form.shown_revision, form.why.data, by=signed_in_id(), at=now()
                )
        except DomainError as error:
            form.refuse(error.message, "why")
        else:
            flash("Withdrawn. It stays readable, with the reason above it.", "success")
            return redirect(url_for("reports.version", version_id=version_id))
    return _page("withdraw", version_at(version_id), form)


def _page(name: str, version: ReportVersion, form: Any) -> ResponseReturnValue:
    """The page of one move; 422 where something was refused."""
    page = render_template(
        f"reports/{name}.html",
        version=version,
        form=form,
        before=publishing.last_published(version),
        who=names({version.checked_by, version.approved_by, version.made_by}),
        job=inbackground.move_under_way(version.id),
    )
    return page, 422 if form.errors else 200
