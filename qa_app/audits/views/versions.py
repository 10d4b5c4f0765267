"""Earlier versions of a long text: the list, one against what stands today, and restoring it (A8).

For those who write the audit, while it can be written; what happened is in its timeline.
"""

from functools import cached_property
from uuid import UUID

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.labels import SECTION_TEXTS
from qa_app.audits.models import Audit, TextVersion
from qa_app.audits.queries.versions import earlier_text, earlier_texts, fields_with_versions
from qa_app.audits.services.fields import Box
from qa_app.audits.services.restoring import restore_text
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.open import writable
from qa_app.audits.views.way import href_of
from qa_app.database import now, saving
from qa_app.domain.completeness import Gap
from qa_app.domain.permissions import Permission
from qa_app.domain.textchanges import Since, changes, excerpts
from qa_app.formatting import datetime_words
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_STALE = -1


class EarlierVersions:
    """Where a box's earlier versions are: for a page of boxes, in one query."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit

    @cached_property
    def _fields(self) -> frozenset[str]:
        return fields_with_versions(self.audit.id)

    def __call__(self, field: str) -> str | None:
        """The address, None where the box has no earlier versions."""
        if field not in self._fields:
            return None
        return url_for("audits.versions", audit_id=self.audit.id, field=field)


def _narrative(draft: Draft, field: str) -> Box:
    """The box of this name, where somebody has written narrative in it; else 404."""
    if not (field.isascii() and field.isprintable()):
        abort(404)  # no box is called so, and no database could look for it (IN-5)
    try:
        box = services.box(draft, field)
    except services.UnknownField:
        abort(404)
    return box if box.written is not None else abort(404)


def _asked(draft: Draft, box: Box) -> str:
    """What the box is for, in words: of a question its wording, where its label is a code."""
    first, _, code = box.name.partition(".")
    question = draft.question(code, unasked=True) if first == "question" else None
    return question.wording if question is not None else box.label


def _place(draft: Draft, field: str) -> str:
    """The address of the box itself; of the audit, where its section is not asked for now."""
    first, _, rest = field.partition(".")
    gap = Gap(None, field, "")
    if first == "question" and (question := draft.question(rest, unasked=True)) is not None:
        gap = Gap(question.section.code, rest, "")
    elif rest in SECTION_TEXTS:
        gap = Gap(first, rest, "")
    if gap.section is not None and draft.section(gap.section) is None:
        return url_for("audits.show", audit_id=draft.audit.id)
    return href_of(draft.audit, gap)


def _before() -> UUID | None:
    try:
        return UUID(request.args.get("before", ""))
    except ValueError:
        return None


@blueprint.route("/<uuid:audit_id>/versions/<field>")
@permission_required(Permission.AUDIT_WRITE)
def versions(audit_id: UUID, field: str) -> ResponseReturnValue:
    """The texts that a box held before: who wrote each and when, and how long it is."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    draft = Draft(audit)
    box = _narrative(draft, field)
    note_access("text_versions_viewed", audit, audit_id=audit.id, field=box.label)
    return audit_page(
        "audits/versions.html",
        audit,
        field=field,
        asked=_asked(draft, box),
        place=_place(draft, field),
        standing=box,
        earlier=earlier_texts(audit.id, field, _before()),
        is_first=_before() is None,
    )


@blueprint.route("/<uuid:audit_id>/versions/<field>/<uuid:version_id>", methods=["GET", "POST"])
@permission_required(Permission.AUDIT_WRITE)
def version(audit_id: UUID, field: str, version_id: UUID) -> ResponseReturnValue:
    """One earlier text, with what changed since; and restoring it."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    if (closed := writable(audit)) is not None:
        return closed
    _narrative(Draft(audit), field)
    found = earlier_text(audit.id, field, version_id) or abort(404)
    return _restore(audit, found) if request.method == "POST" else _compared(audit, found)


def _compared(audit: Audit, found: TextVersion, *, stale: bool = False) -> ResponseReturnValue:
    draft = Draft(audit)
    box = _narrative(draft, found.field)
    runs = changes(found.text, box.value)
    note_access("text_versions_viewed", audit, audit_id=audit.id, field=box.label)
    return audit_page(
        "audits/version.html",
        audit,
        status=409 if stale else 200,
        stale=stale,
        found=found,
        asked=_asked(draft, box),
        standing=box,
        excerpts=excerpts(runs),
        gone=sum(run.words for run in runs if run.since is Since.GONE),
        new=sum(run.words for run in runs if run.since is Since.NEW),
    )


def _restore(audit: Audit, found: TextVersion) -> ResponseReturnValue:
    shown = request.form.get("shown", _STALE, type=int)
    with saving():
        outcome = restore_text(audit, found, shown, by=signed_in_id(), at=now())
    if outcome.conflicts:
        return _compared(audit, found, stale=True)
    draft = Draft(audit)
    asked = _asked(draft, _narrative(draft, found.field))
    if outcome.changed:
        flash(
            f"The text of {datetime_words(found.written_at)} is back under “{asked}”. What stood "
            "there until now is kept among its earlier versions.",
            "success",
        )
    else:
        flash(f"That is the text that stands under “{asked}” already.", "info")
    return redirect(_place(draft, found.field))
