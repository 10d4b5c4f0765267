"""What every page about one audit shows: the child's five facts, and the way to raise a concern;
and, while it is written, how far it is."""

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.audits import queries, services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.views.panel import Panel, panel_of
from qa_app.domain.workflow import OPEN_FOR_WRITING


def audit_page(
    template: str,
    audit: Audit,
    *,
    status: int = 200,
    draft: Draft | None = None,
    panel: Panel | None = None,
    **context: object,
) -> ResponseReturnValue:
    """Render a page of an audit inside templates/audits/frame.html."""
    page = render_template(
        template,
        audit=audit,
        worker=queries.present_worker(audit),
        panel=panel,
        second=queries.second_auditor(audit),
        open_concern=draft.concern if draft is not None else services.open_concern(audit),
        **context,
    )
    return page, status


def writing_page(
    template: str, draft: Draft, here: str, *, status: int = 200, **context: object
) -> ResponseReturnValue:
    """Render a page on which a draft is written, with the panel beside it; `here` as `panel_of`."""
    audit = draft.audit
    panel = panel_of(draft, here) if audit.state in OPEN_FOR_WRITING else None
    return audit_page(template, audit, status=status, draft=draft, panel=panel, **context)
