"""The issues log of a month, what stands behind its figures, and its downloads (T2)."""

from typing import Any
from uuid import UUID

from flask import Response, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from qa_app.audits.queries.filing import main_themes, other_themes
from qa_app.database import now
from qa_app.domain.learning import masked
from qa_app.domain.permissions import Permission
from qa_app.formatting import datetime_words
from qa_app.reports.learning import issuetables
from qa_app.reports.learning.files import MIME_TYPES, csv_bytes, xlsx_bytes
from qa_app.reports.learning.issues import Counting, Span
from qa_app.reports.queries.issue_findings import Read, findings_behind
from qa_app.reports.queries.learning import standing_by_theme
from qa_app.reports.views.issues_asking import NAMES, issues_in, log_in
from qa_app.reports.views.room import blueprint
from qa_app.security import actor, note_access, permission_required
from qa_app.standards.queries.themes import all_themes, merged_into

_OWN_NAMES = ("theme", "span", "counting")


@blueprint.route("/issues")
@permission_required(Permission.ISSUES_LOG_READ)
def issues() -> ResponseReturnValue:
    """How often each theme was found in the month, the one before, the quarter and the year."""
    at = now()
    question = issues_in(request.args, at)
    if question.log is None:
        return render_template("reports/issues.html", question=question, log=None), 400
    note_access("figures_viewed", None, months=question.log.asked.month.words)
    return render_template(
        "reports/issues.html",
        question=question,
        log=question.log,
        at=at,
        tables=issuetables.tables(
            question.log, question.across, question.over, _opens(question), question.codes
        ),
        responses=standing_by_theme(),
    )


def _opens(question: Any) -> issuetables.Opens:
    def address(theme: str, span: Span, counting: Counting, **narrowed: str) -> str:
        more = {"theme": theme, "span": span.value, "counting": counting.value, **narrowed}
        return str(question.address("reports.issue_findings", **more))

    return address


@blueprint.route("/issues.<format>")
@permission_required(Permission.ISSUES_LOG_READ)
def issues_file(format: str) -> ResponseReturnValue:
    """The log as filtered, as a file."""
    if format not in ("csv", "xlsx"):
        abort(404)
    at = now()
    question, log = log_in(request.args, at)
    headings, rows = issuetables.flat(log, question.across, question.over)
    about = [
        ("Month", log.asked.month.words),
        ("Audits of", question.scope),
        ("Counted", issuetables.BASIS),
        ("Data as at", datetime_words(at)),
    ]
    note_access("list_exported", None, count=len(rows), things="themes", format=format)
    content = (
        csv_bytes(headings, rows)
        if format == "csv"
        else xlsx_bytes("Issues log", headings, rows, about)
    )
    name = f"issues-log-{log.asked.month}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=MIME_TYPES[format], headers=headers)


@blueprint.route("/issues/findings")
@permission_required(Permission.ISSUES_LOG_READ)
def issue_findings() -> ResponseReturnValue:
    """The findings of one figure, without what may identify somebody (R2)."""
    question, log = log_in(request.args, now())
    themes = {each.code: each for each in all_themes()}
    try:
        span = Span(request.args.get("span", Span.MONTH.value))
        counting = Counting(request.args.get("counting", Counting.DEVELOPMENT.value))
        theme = themes[request.args["theme"]] if request.args.get("theme") else None
    except (ValueError, KeyError):
        abort(404)
    after = request.args.get("after", type=UUID)
    found = findings_behind(log.asked, span, counting, theme.id if theme else None, actor(), after)
    note_access("findings_viewed", None, count=len(found.rows))
    what = f"{counting.words}: {theme.name if theme else 'every theme'}"
    return render_template(
        "reports/issues_findings.html",
        heading=f"{what}, {log.asked.words(span)}",
        found=found,
        rows=_shown(found.rows),
        counting=counting,
        question=question,
        following=_following(found.next_after),
    )


def _shown(rows: Any) -> list[dict[str, Any]]:
    """Each finding as it may be shown beside others, with its themes as they are filed."""
    ids = [each.finding.id for each in rows]
    names, into = {each.id: each.name for each in all_themes()}, merged_into()
    main, others = main_themes(ids), other_themes(ids)
    return [
        _row(each, [names[into.get(theme, theme)] for theme in _ordered(main, others, each)])
        for each in rows
    ]


def _ordered(main: Any, others: Any, each: Read) -> list[UUID]:
    own = main[each.finding.id]
    return [*([own] if own else []), *sorted(others.get(each.finding.id, ()))]


def _row(each: Read, themes: list[str]) -> dict[str, Any]:
    about = each.finding.about.words if each.finding.about else ""
    return {
        "id": each.finding.id,
        "text": masked(each.finding.text, hidden=[each.audit.case_reference]),
        "reference": each.audit.reference,
        "href": url_for("audits.show", audit_id=each.audit.id),
        "facts": [*dict.fromkeys(themes), each.section, about],
    }


def _following(after: UUID | None) -> str | None:
    if after is None:
        return None
    # Only what this page reads: a name of url_for's own in the address would steer the link.
    kept: dict[str, Any] = {
        name: request.args[name] for name in (*NAMES, *_OWN_NAMES) if name in request.args
    }
    return url_for("reports.issue_findings", **kept, after=str(after))
