"""Everything that the facts of a data cut are made of."""

from collections.abc import Mapping

from sqlalchemy import select

from qa_app.accounts.models import Team
from qa_app.audits.models import ReAudit
from qa_app.reports.queries.factual.auditparts import (
    answers,
    audits,
    filings,
    findings,
    grades,
    moderations,
    others,
    plans,
    skipped,
    voices,
)
from qa_app.reports.queries.factual.otherparts import (
    actions,
    allowed,
    concerns,
    done,
    expected,
    responses,
    steps,
    waivers,
)
from qa_app.reports.queries.factual.span import Part, Span
from qa_app.standards.models import PracticeStandard, Theme, ThemeChange
from qa_app.tracker.models import DueDateChange


def parts(span: Span) -> Mapping[str, Part]:
    """Everything that facts are made of, as it stood at the cut."""
    return {
        "audit": audits(span),
        "plan": plans(span),
        "grade": grades(span),
        "answer": answers(span),
        "skipped": skipped(span),
        "voice": voices(span),
        "finding": findings(span),
        "filing": filings(span),
        "other": others(span),
        "theme": select(Theme.id, Theme.code, Theme.name, Theme.ended_at),
        "change": select(
            ThemeChange.id, ThemeChange.theme_id, ThemeChange.kind, ThemeChange.into_id,
            ThemeChange.at,
        ).where(ThemeChange.at <= span.at),
        "moderation": moderations(span),
        "team": select(Team.id, Team.name, Team.service_id),
        "expected": expected(span),
        "done": done(span),
        "action": actions(span),
        "step": steps(span),
        "moved": select(
            DueDateChange.id, DueDateChange.action_id, DueDateChange.old_due_on, DueDateChange.at
        ).where(DueDateChange.at > span.at),
        "concern": concerns(span),
        "again": select(ReAudit.id, ReAudit.first_audit_id, ReAudit.audit_id).where(
            ReAudit.audit_id.is_not(None), ReAudit.decided_at <= span.at
        ),
        "response": responses(span),
        "waiver": waivers(span),
        "allowed": allowed(span),
        "standard": select(
            PracticeStandard.number, PracticeStandard.version, PracticeStandard.title
        ).where(PracticeStandard.changed_at <= span.at),
    }  # fmt: skip
