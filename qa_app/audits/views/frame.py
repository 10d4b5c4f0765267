"""What every page about one audit shows: the child's five facts, and the way to raise a concern."""

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.audits import queries, services
from qa_app.audits.models import Audit


def audit_page(
    template: str, audit: Audit, *, status: int = 200, **context: object
) -> ResponseReturnValue:
    """Render a page of an audit inside templates/audits/frame.html."""
    page = render_template(
        template,
        audit=audit,
        worker=queries.present_worker(audit),
        open_concern=services.open_concern(audit),
        **context,
    )
    return page, status
