"""Strengths and areas for development (A4)."""

from typing import cast
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from forms.audits import BoxSpec, FindingForm, Kind
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.reading import reading_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import BoxesPage, boxes_page, save_boxes
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.way import after_page
from qa_app.database import now, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id
from qa_app.standards.queries import themes

_NONE_FOUND = {
    FindingKind.STRENGTH: "No strength was found, because",
    FindingKind.DEVELOPMENT: "No area for development was found, because",
}


def none_found_specs(draft: Draft) -> list[BoxSpec]:
    """A box for each kind of which nothing was found yet."""
    return [
        BoxSpec(f"none_found.{kind.value}", Kind.TEXT, label, rows=3)
        for kind, label in _NONE_FOUND.items()
        if not draft.findings_of(kind)
    ]


def _finding_form(draft: Draft) -> FindingForm:
    form = FindingForm()
    form.theme.choices = [(str(theme.id), theme.name) for theme in themes()]
    form.section.choices = [(str(each.id), each.title) for each in draft.sections]
    return form


def _shown(page: BoxesPage, adding: FindingForm) -> ResponseReturnValue:
    note_access("audit_viewed", page.audit, audit_id=page.audit.id)
    return audit_page(
        "audits/findings.html",
        page.audit,
        status=400 if adding.errors else page.status,
        reading=reading_of(page.audit, page.draft),
        adding=adding,
        form=adding if adding.errors else page.form,
        none_found=page.form,
        specs=page.specs,
        versions=page.shown,
    )


@blueprint.route("/<uuid:audit_id>/findings", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def findings(audit_id: UUID) -> ResponseReturnValue:
    """What was found so far, another finding to add, or why none was found."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "findings")
    adding = _finding_form(draft)
    page = boxes_page(audit, draft, none_found_specs(draft))
    if adding.add.data:
        return _add(page, adding) if adding.validate_on_submit() else _shown(page, adding)
    if page.sent:
        return save_boxes(page, lambda: after_page(draft, "findings"))
    return _shown(page, _finding_form(draft) if request.method == "GET" else adding)


def _add(page: BoxesPage, adding: FindingForm) -> Response:
    with saving():
        services.add_finding(
            page.audit,
            kind=cast(FindingKind, adding.kind.data),
            text=adding.text.data or "",
            theme_id=UUID(str(adding.theme.data)),
            section_id=UUID(str(adding.section.data)),
            about=cast(FindingAbout, adding.about.data),
            by=signed_in_id(),
            at=now(),
        )
    flash("Finding added. Add another, or go on.", "success")
    return redirect(url_for("audits.findings", audit_id=page.audit.id))


@blueprint.route("/<uuid:audit_id>/findings/<uuid:finding_id>/remove", methods=["POST"])
@permission_required(Permission.AUDIT_WRITE)
def remove_finding(audit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Take a finding away."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    with saving():
        services.remove_finding(audit, finding_id, by=signed_in_id(), at=now())
    flash("Finding removed.", "success")
    return redirect(url_for("audits.findings", audit_id=audit_id))
