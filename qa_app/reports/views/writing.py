"""Writing one part of a report, with the sentences that the figures allow beside it (R6, R7)."""

from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.writing_report import WriteForm
from qa_app.accounts.queries import names
from qa_app.database import now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.publishing import ReportState
from qa_app.domain.versions import word_count
from qa_app.reports.kinds import RECIPES, Slot
from qa_app.reports.models import ReportVersion
from qa_app.reports.render import picture_uri
from qa_app.reports.services import writing
from qa_app.reports.services.writing import WrittenMeanwhile
from qa_app.reports.views.beside import figures_beside
from qa_app.reports.views.drafts import in_work_at
from qa_app.reports.views.opening import opener
from qa_app.reports.views.room import blueprint
from qa_app.security import permission_required, signed_in_id

_TAKEN = "The sentence is in your text, and saved. Say in your own words what it means."


@blueprint.route("/versions/<uuid:version_id>/write/<slot>", methods=["GET", "POST"])
@permission_required(Permission.REPORTS_DRAFT)
def write_part(version_id: UUID, slot: str) -> ResponseReturnValue:
    """One part of a draft. Where somebody else saved it first, both texts are shown."""
    version = in_work_at(version_id)
    part = _part(version, slot)
    kept = next((each for each in version.texts if each.slot == slot), None)
    form: Any = WriteForm(text=kept.text if kept else "", revision=kept.revision if kept else 0)
    theirs: WrittenMeanwhile | None = None
    if form.validate_on_submit():
        try:
            return _save(version, part, form)
        except WrittenMeanwhile as found:
            form.refuse(found.message, found.field)
            form.revision.data, theirs = str(found.revision), found
        except DomainError as error:
            form.refuse(error.message, error.field)
    return _page(version, part, form, theirs), 409 if theirs else 422 if form.errors else 200


def _part(version: ReportVersion, code: str) -> Slot:
    found = [each for each in RECIPES[version.report.kind].slots if each.code == code]
    if not found or version.state is not ReportState.DRAFT:
        abort(404)
    return found[0]


def _save(version: ReportVersion, part: Slot, form: Any) -> ResponseReturnValue:
    by, at, text = signed_in_id(), now(), form.text.data or ""
    version_id, kind, sentence = version.id, version.report.kind, request.form.get("use")
    if sentence:
        with saving():
            writing.take_over(version, part.code, text, sentence, form.seen, by=by, at=at)
        flash(_TAKEN, "success")
        return redirect(url_for("reports.write_part", version_id=version_id, slot=part.code))
    with saving():
        writing.write(version, part.code, text, form.seen, by=by, at=at)
    flash(f"“{part.heading}” is saved.", "success")
    slots = [each.code for each in RECIPES[kind].slots]
    following = slots[slots.index(part.code) + 1 :]
    if not following:
        return redirect(url_for("reports.workspace", version_id=version_id))
    return redirect(url_for("reports.write_part", version_id=version_id, slot=following[0]))


def _page(version: ReportVersion, part: Slot, form: Any, theirs: WrittenMeanwhile | None) -> str:
    return render_template(
        "reports/write.html",
        version=version,
        part=part,
        form=form,
        theirs=theirs,
        who=names({theirs.by}).get(theirs.by) if theirs and theirs.by else None,
        words=word_count(form.text.data or ""),
        suggestions=writing.suggestions(version, part.code),
        beside=figures_beside(version, part.code),
        opens=opener(version, public=False),
        picture_for=picture_uri,
    )
