"""Strengths and areas for development (A4): all of an audit's, added, changed and taken away."""

from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from forms.audits import BoxSpec, FindingForm, Kind
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Finding
from qa_app.audits.services import FindingChanged, FindingWords
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.boxes import BoxesPage, boxes_page, save_boxes
from qa_app.audits.views.frame import writing_page
from qa_app.audits.views.open import page_of_tool, writable
from qa_app.audits.views.pickup import LIST, findings_of, saving_of, words_of
from qa_app.audits.views.themes import offer_themes
from qa_app.audits.views.way import after_page
from qa_app.audits.whole import AT_ONCE
from qa_app.database import now, saving
from qa_app.domain.answers import FindingKind
from qa_app.domain.permissions import Permission
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NONE_FOUND = {
    FindingKind.STRENGTH: "No strength was found, because",
    FindingKind.DEVELOPMENT: "No area for development was found, because",
}


def none_found_specs(draft: Draft) -> list[BoxSpec]:
    """A box for each kind of which nothing was found yet."""
    return [_none_found(kind) for kind in _NONE_FOUND if not draft.findings_of(kind)]


def _none_found(kind: FindingKind) -> BoxSpec:
    return BoxSpec(f"none_found.{kind.value}", Kind.TEXT, _NONE_FOUND[kind], rows=3)


def _finding_form(draft: Draft, standing: Finding | None = None) -> FindingForm:
    words = FindingWords.of(standing) if standing is not None else None
    data = (
        {}
        if words is None
        else {
            "kind": words.kind,
            "text": words.text,
            "theme": str(words.theme_id or "") or None,
            "others": [str(each) for each in words.others],
            "section": str(words.section_id or "") or None,
            "about": words.about,
            "version": str(words.version),
        }
    )
    form = FindingForm(data=data)
    offer_themes(form, form.text.data if request.method == "POST" else "", standing)
    form.section.choices = [(str(each.id), each.title) for each in draft.sections]
    return form


@blueprint.route("/<uuid:audit_id>/findings", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def findings(audit_id: UUID) -> ResponseReturnValue:
    """What was found so far, another finding to add, or why none was found."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE, options=AT_ONCE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "findings")
    adding = _finding_form(draft)
    page = boxes_page(audit, draft, none_found_specs(draft), map(_none_found, _NONE_FOUND))
    if page.sent and adding.may_save():
        return save_boxes(page, lambda: _onward(draft, adding), saving_of(adding))
    return _shown(page, adding)


def _onward(draft: Draft, adding: FindingForm) -> str:
    if adding.is_begun:
        flash(f"Finding added.{' Add another, or go on.' * bool(adding.add.data)}", "success")
    if not adding.add.data:
        return after_page(draft, "findings")
    return url_for("audits.findings", audit_id=draft.audit.id)


def _shown(page: BoxesPage, adding: FindingForm) -> ResponseReturnValue:
    note_access("audit_viewed", page.audit, audit_id=page.audit.id)
    return writing_page(
        "audits/findings.html",
        page.draft,
        "findings",
        status=400 if adding.errors else page.status,
        found={kind.value: findings_of(page.draft, kind=kind) for kind in FindingKind},
        adding=adding,
        form=adding if adding.errors else page.form,
        boxes=page.form,
        specs=page.specs,
        versions=page.shown,
    )


@blueprint.route("/<uuid:audit_id>/findings/<uuid:finding_id>", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def finding(audit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Change what a finding says, its theme, or what it is about."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE, options=AT_ONCE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = page_of_tool(audit, "findings")
    standing = next((each for each in draft.findings if each.id == finding_id), None)
    if standing is None and request.method == "GET":
        abort(404)
    form = _finding_form(draft, standing)
    if form.validate_on_submit() and not form.suggest.data:
        return _change(draft, finding_id, form)
    if form.suggest.data:
        form.theme.errors = form.about.errors = ()
    return _shown_one(draft, form, 400 if form.errors else 200)


def _change(draft: Draft, finding_id: UUID, form: FindingForm) -> ResponseReturnValue:
    try:
        with saving():
            services.change_finding(
                draft.audit,
                finding_id,
                words_of(form, UUID(str(form.section.data))),
                version=_version_sent(form),
                by=signed_in_id(),
                at=now(),
            )
    except FindingChanged as error:
        form.refuse(error.message, "text")
        form.version.data = str(error.version)
        # A draft of its own: what the other one read is no longer at hand.
        return _shown_one(page_of_tool(draft.audit, "findings"), form, 409, error.theirs)
    flash("Finding changed.", "success")
    return redirect(_back(draft))


def _version_sent(form: FindingForm) -> int:
    sent = str(form.version.data or "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 16 else -1


def _back(draft: Draft) -> str:
    """The section whose page one came from, or the page of all findings."""
    section = draft.section(request.args.get("back", ""))
    if section is None:
        return url_for("audits.findings", audit_id=draft.audit.id)
    return url_for("audits.section", audit_id=draft.audit.id, code=section.code, _anchor=LIST)


def _shown_one(
    draft: Draft, form: FindingForm, status: int, theirs: FindingWords | None = None
) -> ResponseReturnValue:
    note_access("audit_viewed", draft.audit, audit_id=draft.audit.id)
    names = {choice.value: choice.text for choice in (*form.theme.choices, *form.section.choices)}
    return writing_page(
        "audits/finding.html",
        draft,
        "",
        status=status,
        form=form,
        theirs=theirs,
        names=names,
        others=", ".join(names.get(str(each), "") for each in theirs.others) if theirs else "",
        back=_back(draft),
    )


@blueprint.route("/<uuid:audit_id>/findings/<uuid:finding_id>/remove", methods=["POST"])
@permission_required(Permission.AUDIT_WRITE)
def remove_finding(audit_id: UUID, finding_id: UUID) -> ResponseReturnValue:
    """Take a finding away."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    with saving():
        services.remove_finding(audit, finding_id, by=signed_in_id(), at=now())
    flash("Finding removed.", "success")
    return redirect(url_for("audits.findings", audit_id=audit_id))
