"""Whether an audit can still be written in, and whether it has such a page at all."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.audits.views.way import pages_after
from qa_app.audits.whole import WholeDraft
from qa_app.domain.workflow import OPEN_FOR_WRITING


def writable(audit: Audit) -> ResponseReturnValue | None:
    """None while the auditor may write; else, for a page load, the way to what they can read.

    A form that is sent all the same goes on to its service, which refuses it by the table of moves.
    """
    if audit.state in OPEN_FOR_WRITING or request.method == "POST":
        return None
    flash(f"Audit {audit.reference} can no longer be changed.", "info")
    return redirect(url_for("audits.show", audit_id=audit.id))


def page_of_tool(audit: Audit, page: str) -> WholeDraft:
    """The draft, for one of the pages after the sections; 404 where its tool does not ask for it
    (P7)."""
    draft = WholeDraft(audit)
    if page not in pages_after(draft):
        abort(404)
    draft.read_everything()
    return draft
