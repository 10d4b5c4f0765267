"""The audits and actions that make up a figure of a version, as far as one may see them (R2)."""

from typing import Any
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.domain.permissions import Permission
from qa_app.formatting import NOTHING, date_words
from qa_app.reports.building import basis_of, figures_of
from qa_app.reports.figures import Key, ReportFigure
from qa_app.reports.models import ReportVersion
from qa_app.reports.publishing.contents import asked_of, figures_in
from qa_app.reports.publishing.erratum import key_words
from qa_app.reports.queries.versions import PAGE, made_up_of
from qa_app.reports.services.cutting import facts_of
from qa_app.reports.services.holding import cut_of
from qa_app.reports.views.drafts import version_at
from qa_app.reports.views.room import blueprint
from qa_app.reports.views.versions import in_public
from qa_app.security import actor, note_access, permission_required
from qa_app.tracker.models import Action


@blueprint.get("/versions/<uuid:version_id>/figure")
@permission_required(Permission.REPORT_READ)
def figure(version_id: UUID) -> ResponseReturnValue:
    """One figure, worked out again from the version's data cut."""
    version, public = version_at(version_id), in_public()
    key = Key(*(request.args.get(name, "") for name in Key._fields))
    if public and not _is_printed(version, key):
        abort(404)
    facts = facts_of(cut_of(version))
    asked = asked_of(version.report)
    found = figures_of(asked, facts).by_key.get(key)
    if found is None:
        abort(404)
    behind = made_up_of(found.audits, actor())
    note_access("audits_listed", version, count=behind.visible, figure=f"{key[0]} {key[1]}")
    return render_template(
        "reports/figure.html",
        version=version,
        public=public,
        heading=key_words(key, {each.code: each.name for each in facts.themes}),
        text=found.text,
        basis=basis_of(asked, facts),
        behind=behind,
        audits=[_audit(each) for each in behind.audits],
        actions=[_action(each) for each in behind.actions],
        page=PAGE,
    )


def _is_printed(version: ReportVersion, key: Key) -> bool:
    """Whether the public form prints the figure: what it hides does not open (R5)."""
    printed: ReportFigure | None = figures_in(version.public_figures).by_key.get(key)
    return printed is not None and printed.numerator is not None


def _audit(audit: Audit) -> list[Any]:
    return [
        {"text": audit.reference, "href": url_for("audits.show", audit_id=audit.id)},
        audit.case_reference,
        date_words(audit.completed_on),
        audit.team.name if audit.team else audit.team_name or NOTHING,
        audit.final_grade.words if audit.final_grade else NOTHING,
    ]


def _action(action: Action) -> list[Any]:
    return [
        {"text": action.reference, "href": url_for("tracker.show", action_id=action.id)},
        action.case_reference,
        action.audit_reference,
        action.team.name if action.team else NOTHING,
        date_words(action.due_on),
        action.status.words,
    ]
