"""What goes onto the child's record when an audit is final: a short summary in plain text."""

from collections.abc import Iterable, Iterator

from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Finding
from qa_app.audits.queries.reading import actions_of
from qa_app.domain.actions import ActionStatus
from qa_app.domain.answers import FindingKind
from qa_app.domain.calendar import date_words
from qa_app.tracker.models import Action

_NONE_FOUND = "None found: the audit says why."


def summary_of(audit: Audit) -> str:
    """The audit's reference, date and final grade, its strengths, areas for development and
    actions with the posts that own them. What anybody said, and every name, stays in the audit."""
    draft = Draft(audit)
    parts = [
        "\n".join(_heading(audit)),
        _list("Strengths", _findings(draft.findings_of(FindingKind.STRENGTH)), _NONE_FOUND),
        _list(
            "Areas for development",
            _findings(draft.findings_of(FindingKind.DEVELOPMENT)),
            _NONE_FOUND,
        ),
        _list(
            "Actions",
            [
                _action(each)
                for each in actions_of(audit)
                if each.status is not ActionStatus.WITHDRAWN
            ],
            "None.",
        ),
        f"The whole audit is kept in the audit service under {audit.reference}.",
    ]
    return "\n\n".join(parts)


def _heading(audit: Audit) -> Iterator[str]:
    yield f"Case file audit {audit.reference}"
    yield f"Case reference: {audit.case_reference}"
    if audit.completed_on is not None:
        yield f"Completed: {date_words(audit.completed_on)}"
    if audit.period_from is not None and audit.period_to is not None:
        first, last = date_words(audit.period_from), date_words(audit.period_to)
        yield f"Period under review: {first} to {last}"
    if audit.final_grade is not None:
        yield f"Overall grade: {audit.final_grade.words}"


def _list(title: str, lines: Iterable[str], empty: str) -> str:
    return "\n".join([f"{title}:", *([f"- {line}" for line in lines] or [empty])])


def _findings(found: list[Finding]) -> Iterator[str]:
    for each in found:
        theme = f"{each.theme.name}: " if each.theme is not None else ""
        yield theme + " ".join(each.text.split())


def _action(action: Action) -> str:
    what = " ".join(action.what.split())
    who = action.owner_post or action.partner_agency or "owner not recorded"
    due = f", due {date_words(action.due_on)}" if action.due_on is not None else ""
    return f"{what} ({action.reference}: {who}{due}; {action.status.words.lower()})"
