"""Drafts: beginning a report or its next version, its workspace, its data, throwing it away."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.drafting import DiscardForm, NewReportForm, NewVersionForm
from forms.tools import RevisionForm
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import MONTHLY, ReportKind, ReportState
from qa_app.reports.models import ReportVersion
from qa_app.reports.queries.versions import latest_published
from qa_app.reports.services import checking, drafting, inbackground
from qa_app.reports.views import asked_for, tasks
from qa_app.reports.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id


def version_at(version_id: UUID) -> ReportVersion:
    """The version of an address: 404 for those who may not read it."""
    return fetch(ReportVersion, version_id, needs=Permission.REPORT_READ)


def in_work_at(version_id: UUID) -> ReportVersion:
    """The same, of one that is not published: 404 for any other."""
    version = version_at(version_id)
    if version.published_at is not None:
        abort(404)
    return version


@blueprint.get("/new")
@permission_required(Permission.REPORTS_DRAFT)
def new_report() -> ResponseReturnValue:
    """Which kind of report to begin."""
    return render_template("reports/new.html", kinds=asked_for.KINDS)


@blueprint.route("/new/<kind>", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def new_of_kind(kind: str) -> ResponseReturnValue:
    """Its period and which audits it counts; then it is begun, with its data taken."""
    if kind not in {each.value for each in ReportKind}:
        abort(404)
    wanted, form = ReportKind(kind), NewReportForm()
    asked_for.offer(form, wanted, now())
    if form.validate_on_submit():
        try:
            with saving():
                asked = asked_for.asked_in(form, wanted)
                version = drafting.begin_report(asked, by=signed_in_id(), at=now())
                version_id = version.id
        except DomainError as error:
            form.refuse(error.message, asked_for.field_of(error, wanted))
        else:
            flash("The draft is begun and its data is taken. Write its parts.", "success")
            return redirect(url_for("reports.workspace", version_id=version_id))
    page = render_template(
        "reports/new_of_kind.html", form=form, kind=wanted, monthly=wanted in MONTHLY
    )
    return page, 422 if form.errors else 200


@blueprint.get("/versions/<uuid:version_id>/work")
@permission_required(Permission.REPORTS_DRAFT)
def workspace(version_id: UUID) -> ResponseReturnValue:
    """A version in work as a list of what is to be done, each with its state."""
    version = in_work_at(version_id)
    form: Any = RevisionForm(revision=version.revision)
    return render_template(
        "reports/workspace.html",
        version=version,
        form=form,
        groups=tasks.groups(version, checking.checks_of(version)),
        draft=version.state is ReportState.DRAFT,
        job=inbackground.move_under_way(version.id),
    )


@blueprint.post("/versions/<uuid:version_id>/data")
@permission_required(Permission.REPORTS_DRAFT)
def take_data(version_id: UUID) -> ResponseReturnValue:
    """Take a draft's data anew."""
    version, form = in_work_at(version_id), RevisionForm()
    if not form.validate_on_submit():
        abort(400)
    with saving():
        drafting.refresh_cut(version, form.shown_revision, by=signed_in_id(), at=now())
    flash("The data is taken anew. Read what you wrote again: figures may differ.", "success")
    return redirect(url_for("reports.workspace", version_id=version_id))


@blueprint.route("/versions/<uuid:version_id>/discard", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def discard_report(version_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    version = in_work_at(version_id)
    form: Any = DiscardForm(revision=version.revision)
    if form.validate_on_submit():
        with saving():
            drafting.discard(version, form.shown_revision, by=signed_in_id(), at=now())
        flash("The draft is thrown away. Published versions are as they were.", "success")
        return redirect(url_for("reports.library"))
    return render_template("reports/discard.html", version=version, form=form)


@blueprint.route("/versions/<uuid:version_id>/again", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def new_version(version_id: UUID) -> ResponseReturnValue:
    """Begin the next version of a published report, with the reason for it."""
    version, form = version_at(version_id), NewVersionForm()
    if version.number != latest_published(version.report_id):
        abort(404)
    if form.validate_on_submit():
        try:
            with saving():
                following = drafting.begin_version(
                    version, form.why.data, by=signed_in_id(), at=now()
                )
                new_id = following.id
        except DomainError as error:
            form.refuse(error.message, "why")
        else:
            flash("The new version is begun with the data of now and the texts as they were.")
            return redirect(url_for("reports.workspace", version_id=new_id))
    page = render_template("reports/again.html", version=version, form=form)
    return page, 422 if form.errors else 200
