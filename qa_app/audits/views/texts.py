"""Saving one box while its page is open (A8): JSON in, JSON out."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from forms.base import NARRATIVE, clean_text
from qa_app.audits import services
from qa_app.audits.queries.gentle import marks_while_typing
from qa_app.audits.queries.held import HeldAudit
from qa_app.audits.services.writing import Change
from qa_app.audits.views.blueprints import blueprint
from qa_app.database import now, saving, set_reading
from qa_app.domain.permissions import Permission
from qa_app.errors import page
from qa_app.formatting import time_words
from qa_app.security import fetch, permission_required, signed_in_id


class _Sent(NamedTuple):
    change: Change
    as_typed: str


def _read(content: Any) -> _Sent | None:
    """What a page sends: {"field", "text", "version"}; None for anything else."""
    if not isinstance(content, dict):
        return None
    name, text, version = (content.get(key) for key in ("field", "text", "version"))
    if not isinstance(name, str) or not isinstance(text, str) or type(version) is not int:
        return None
    if not (name.isascii() and name.isprintable()):
        return None  # no box is called so, and no database could look for it (IN-5)
    return _Sent(Change(name, clean_text(text) or "", version), text)


@blueprint.route("/<uuid:audit_id>/text", methods=["POST"])
@permission_required(Permission.AUDIT_WRITE)
def save_text(audit_id: UUID) -> ResponseReturnValue:
    """Save one box: 200 with its version, or 409 with both texts (A8, CO-1, CO-5)."""
    sent = _read(request.get_json(silent=True))
    beside = () if sent is None else (sent.change.field,)
    audit = fetch(HeldAudit, audit_id, needs=Permission.AUDIT_WRITE, options=beside)
    if sent is None:
        return page(400, "This page is out of date. Copy your text and reload it.")
    if len(sent.change.value) > NARRATIVE:
        return page(413, f"A text can have up to {NARRATIVE:,} characters.")
    at = now()
    with saving():
        outcome = services.save_text(audit, sent.change, by=signed_in_id(), at=at)
    if outcome.conflicts:
        theirs = outcome.conflicts[0]
        answer = {"version": theirs.version, "theirs": theirs.theirs, "yours": sent.as_typed}
        return jsonify(answer), 409
    version = outcome.versions[sent.change.field]
    set_reading(True)  # what is asked from here on waits for no writer, and nobody for it
    marks = marks_while_typing(audit, sent.change.field, sent.change.value)
    return jsonify({"version": version, "saved_at": time_words(at), "marks": marks})
