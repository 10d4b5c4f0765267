"""What a figure is made of: its audits or its actions, as far as this person may see them (R2)."""

from typing import Any, Final
from uuid import UUID

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits.models import Audit
from qa_app.database import now
from qa_app.domain.grades import Grade
from qa_app.domain.measures import COMPLETED_MEASURE, MODERATED_MEASURE, OUTSTANDING_MEASURE
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.formatting import date_words
from qa_app.reports.asked import Asked, GradeBasis
from qa_app.reports.measureset import basis_words
from qa_app.reports.queries import behind
from qa_app.reports.queries.behind import Behind
from qa_app.reports.views.asking import Question, asked_in, month_in
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, note_access, permission_required
from qa_app.tracker.models import Action

_OWN_NAMES: Final = ("measure", "category", "month")
_TITLES: Final = {
    COMPLETED_MEASURE: "Due audits completed in time",
    MODERATED_MEASURE: "Audits completed in time and moderated",
}


@blueprint.route("/measures/audits")
@permission_required(Permission.MEASURES_READ)
def audits_behind() -> ResponseReturnValue:
    """The audits of one figure of MTM-1, 2 or 3."""
    measure = request.args.get("measure", "")
    category = request.args.get("category", behind.TOTAL)
    if measure not in behind.AUDIT_MEASURES or category not in behind.CATEGORIES[measure]:
        abort(404)
    question, asked = asked_in(request.args, now())
    month = month_in(request.args, asked)
    after = request.args.get("after", type=UUID)
    found = behind.audits_behind(month, measure, category, actor(), after)
    note_access("audits_listed", None, count=found.visible, figure=f"{measure} {month.first}")
    return _page(
        f"{_title(measure, category, month)}, {month.first.words}",
        basis_words(month, measure),
        ["Audit", "Case", "Completed", "Team", "Auditor", "Auditor’s grade", "Final grade"],
        [_audit(audit) for audit in found.rows],
        found,
        question,
    )


@blueprint.route("/measures/actions")
@permission_required(Permission.MEASURES_READ)
def actions_behind() -> ResponseReturnValue:
    """The outstanding priority actions of MTM-4 at the end of one month."""
    question, asked = asked_in(request.args, now())
    month = month_in(request.args, asked)
    found = behind.actions_behind(month, actor(), request.args.get("after", type=UUID))
    note_access("audits_listed", None, count=found.visible, figure=f"MTM-4 {month.first}")
    return _page(
        f"Outstanding priority actions, {date_words(month.stock_moments[0].day)}",
        basis_words(month, OUTSTANDING_MEASURE),
        ["Action", "Case", "Audit", "Team", "Owner", "Raised", "Due", "Status"],
        [_action(action) for action in found.rows],
        found,
        question,
    )


def _page(
    title: str,
    basis: list[str],
    headings: list[str],
    rows: list[list[Any]],
    found: Behind,
    question: Question,
) -> ResponseReturnValue:
    following = None
    if found.next_after is not None:
        # Only what this page reads: a name of url_for's own in the address would steer the link.
        more = {name: request.args[name] for name in _OWN_NAMES if name in request.args}
        following = question.address(request.endpoint or "", **more, after=str(found.next_after))
    return render_template(
        "reports/behind.html",
        heading=title,
        basis=". ".join(basis) + ".",
        what="action" if headings[0] == "Action" else "audit",
        columns=[{"text": text, "numeric": False} for text in headings],
        rows=rows,
        found=found,
        back=question.address("reports.measures"),
        following=following,
    )


def _title(measure: str, category: str, asked: Asked) -> str:
    if measure in _TITLES:
        return _TITLES[measure]
    by_auditor = asked.grades is GradeBasis.AUDITOR
    if category == behind.AWAITING:
        return "Audits awaiting a final grade"
    if category == behind.TOTAL:
        return "Audits with an auditor’s grade" if by_auditor else "Audits with a final grade"
    graded = "Audits that their auditors graded" if by_auditor else "Audits graded"
    return f"{graded} {Grade(category).words}"


def _audit(audit: Audit) -> list[Any]:
    final = audit.state is AuditState.FINAL
    return [
        {"text": audit.reference, "href": url_for("audits.show", audit_id=audit.id)},
        audit.case_reference,
        date_words(audit.completed_on),
        audit.team.name if audit.team else audit.team_name or "–",
        audit.auditor_name,
        # Until the grade is final a moderator may still have to grade without having seen it.
        _grade(audit.auditor_grade if final else None),
        _grade(audit.final_grade),
    ]


def _grade(grade: Grade | None) -> str:
    return grade.words if grade else "–"


def _action(action: Action) -> list[Any]:
    return [
        {"text": action.reference, "href": url_for("tracker.show", action_id=action.id)},
        action.case_reference,
        action.audit_reference,
        action.team.name if action.team else "–",
        action.owner_name,
        date_words(action.raised_on),
        date_words(action.due_on),
        action.status.words,
    ]
