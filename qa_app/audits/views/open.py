"""Whether an audit can still be written in."""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.domain.workflow import OPEN_FOR_WRITING


def writable(audit: Audit) -> ResponseReturnValue | None:
    """None while the auditor may write; else, for a page load, the way to what they can read.

    A form that is sent all the same goes on to its service, which refuses it by the table of moves.
    """
    if audit.state in OPEN_FOR_WRITING or request.method == "POST":
        return None
    flash(f"Audit {audit.reference} can no longer be changed.", "info")
    return redirect(url_for("audits.show", audit_id=audit.id))
