"""Figures from elsewhere, set beside those of a draft (R1)."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.otherfigures import OtherFigureForm
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import NotNow, ReportState
from qa_app.reports.models import ReportVersion
from qa_app.reports.queries.others import counts_words, source_words
from qa_app.reports.services import others
from qa_app.reports.views.drafts import in_work_at
from qa_app.reports.views.room import blueprint
from qa_app.security import permission_required, signed_in_id


@blueprint.route("/versions/<uuid:version_id>/figures-from-elsewhere", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def other_figures(version_id: UUID) -> ResponseReturnValue:
    """What stands beside the version's own figures, and one more of them while it is a draft."""
    version, form = in_work_at(version_id), OtherFigureForm()
    form.section.choices = others.sections_of(version)
    if form.validate_on_submit():
        try:
            with saving():
                others.add_figure(version, _typed(form), by=signed_in_id(), at=now())
        except NotNow as error:
            flash(error.message)
            return redirect(url_for("reports.other_figures", version_id=version_id))
        except DomainError as error:
            form.refuse(error.message, error.field)
        else:
            flash("The figure is added. The report marks it as one from elsewhere.", "success")
            return redirect(url_for("reports.other_figures", version_id=version_id))
    return _page(in_work_at(version_id), form), 422 if form.errors else 200


def _typed(form: Any) -> others.FigureTyped:
    return others.FigureTyped(
        form.section.data,
        form.words.data,
        form.numerator.data,
        form.denominator.data,
        form.source.data,
        form.as_at.data,
    )


@blueprint.post("/versions/<uuid:version_id>/figures-from-elsewhere/<uuid:figure_id>/remove")
@permission_required(Permission.REPORTS_DRAFT)
def remove_other_figure(version_id: UUID, figure_id: UUID) -> ResponseReturnValue:
    """Take one out again."""
    version = in_work_at(version_id)
    try:
        with saving():
            others.remove_figure(version, figure_id, by=signed_in_id(), at=now())
    except DomainError as error:
        flash(error.message)
    else:
        flash("The figure is taken out of this draft.", "success")
    return redirect(url_for("reports.other_figures", version_id=version_id))


def _page(version: ReportVersion, form: Any) -> str:
    headings = dict(others.sections_of(version))
    return render_template(
        "reports/other_figures.html",
        version=version,
        form=form,
        draft=version.state is ReportState.DRAFT,
        rows=[
            (other, headings.get(other.section, ""), counts_words(other), source_words(other))
            for other in version.others
        ],
    )
