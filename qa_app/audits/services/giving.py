"""Giving an audit to its auditor, with everything that it pins (A1, S6)."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person, PostKind
from qa_app.audits.models import Audit, AuditParty, AuditSource, Waiver
from qa_app.audits.queries import independence_of, independence_of_many, period_under_review
from qa_app.cases.models import Case
from qa_app.database import db, next_number
from qa_app.domain.calendar import add_months, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Selection, listed
from qa_app.domain.independence import (
    CaseTie,
    Conflict,
    IndependenceFacts,
    TieRole,
)
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.notify import services as notify
from qa_app.standards.models import FrameKind, ToolVersion
from qa_app.standards.queries import current_version

__all__ = [
    "CaseClosed",
    "IndependenceFacts",
    "NotIndependent",
    "ToolNotForPlan",
    "give",
    "independence_of",
    "independence_of_many",
    "period_under_review",
    "use_waiver",
]

TOOL = "core"

_PARTIES = {
    TieRole.SOCIAL_WORKER: Party.SOCIAL_WORKER,
    TieRole.TEAM_MANAGER: Party.TEAM_MANAGER,
    TieRole.IRO: Party.IRO,
    TieRole.CHAIR: Party.CHAIR,
    TieRole.DECISION_MAKER: Party.DECISION_MAKER,
}


class NotIndependent(DomainError):
    """S6 forbids this person to audit this case; `conflicts` says why, each in words."""

    def __init__(self, name: str, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        reasons = listed([conflict.reason for conflict in conflicts])
        super().__init__(
            f"{name} may not audit this case: {name} {reasons}. Choose another auditor", "auditor"
        )


class CaseClosed(DomainError):
    """A closed case cannot be given (S3)."""


class ToolNotForPlan(DomainError):
    """The audit tool is not made for a child on this plan (P7)."""


def give(
    case: Case,
    auditor: Person,
    auditor_post: PostKind,
    *,
    cycle_month: date | None,
    due_on: date,
    selection: Selection,
    reason: str,
    by: UUID,
    at: datetime,
    tool: ToolVersion | None = None,
    facts: IndependenceFacts | None = None,
    since: date | None = None,
) -> Audit:
    """Make an audit of the case for the auditor, and tell them.

    `cycle_month` is the first day of its cycle, None for one of a batch (P7); `tool` the current
    core tool unless said; `facts` what S6 reads about the case, read just before by whoever gives
    many. With `since`, the first day that a re-audit looks at, it looks back no further (E8). A
    waiver that stands allows its auditor, and is used up. Raises NotIndependent with every reason,
    CaseClosed and ToolNotForPlan.
    """
    today = london_date(at)
    tool = tool or current_version(TOOL)
    _refuse_case(case, tool, today)
    facts = facts or independence_of(case, today)
    conflicts = facts.bars(auditor.id)
    if conflicts:
        raise NotIndependent(auditor.name, conflicts)
    audit = _pinned(case, auditor, auditor_post, facts, today)
    if since is not None:
        _look_back_to(audit, since)
    audit.reference = _next_reference(cycle_month or due_on)
    audit.tool_version, audit.graded = tool, tool.graded
    audit.selection, audit.selection_reason = selection, reason
    audit.cycle_month, audit.due_on = cycle_month, due_on
    audit.given_at, audit.given_by = at, by
    db.session.add(audit)
    db.session.flush()
    history.record("audit_given", audit, by=by, at=at, audit_id=audit.id, due=date_words(due_on))
    use_waiver(facts, auditor.id, audit)
    _tell(audit, auditor, due_on, at)
    return audit


def _refuse_case(case: Case, tool: ToolVersion, today: date) -> None:
    # S1: some tools are made for cases that closed lately.
    looks_back = tool.frame is FrameKind.RECENTLY_CLOSED
    if case.closed_on is not None and case.closed_on <= today and not looks_back:
        raise CaseClosed(
            f"Case {case.reference} was closed on {date_words(case.closed_on)}. "
            "Choose another case",
            "case",
        )
    if not tool.is_for(case.plan_type):
        raise ToolNotForPlan(
            f"{tool.name} is not for a case on the plan “{case.plan_type.words}”. "
            "Choose another audit tool",
            "tool",
        )


def use_waiver(facts: IndependenceFacts, auditor_id: UUID, audit: Audit) -> None:
    """Note on the waiver that allowed this auditor which audit it was for: it allows no other."""
    waiver_id = facts.waivers.get(auditor_id)
    if waiver_id is not None and facts.conflicts(auditor_id):
        db.session.get_one(Waiver, waiver_id).audit_id = audit.id


def _next_reference(month: date) -> str:
    return f"A-{month:%Y-%m}-{next_number(f'audit:{month:%Y-%m}'):03d}"


def _pinned(
    case: Case, auditor: Person, post: PostKind, facts: IndependenceFacts, today: date
) -> Audit:
    first, last = facts.period
    team = case.team
    return Audit(
        state=AuditState.GIVEN,
        source=AuditSource.MADE,
        case=case,
        case_reference=case.reference,
        plan_type=case.plan_type,
        age_band=case.age_band,
        team_id=case.team_id,
        team_name=team.name if team is not None else "",
        service_id=team.service_id if team is not None else None,
        period_from=first,
        period_to=last,
        judged_from=add_months(today, -settings.number("period_judged", today)),
        auditor=auditor,
        auditor_name=auditor.name,
        auditor_post=post,
        parties=[
            AuditParty(party=Party.AUDITOR, person_id=auditor.id, name=auditor.name),
            *_case_people(facts.ties),
        ],
    )


def _look_back_to(audit: Audit, first_day: date) -> None:
    """The period under review is what came after the first audit (A1); S6 was asked as ever."""
    if audit.period_from is None or audit.period_to is None:
        return
    begins = min(max(first_day, audit.period_from), audit.period_to)
    audit.period_from = audit.judged_from = begins
    audit.parties = [
        party for party in audit.parties if party.ended_on is None or party.ended_on >= begins
    ]


def _case_people(ties: Iterable[CaseTie]) -> Iterable[AuditParty]:
    for tie in ties:
        if not tie.sibling:
            yield AuditParty(
                party=_PARTIES[tie.role],
                person_id=tie.person_id,
                name=tie.name,
                started_on=tie.started_on,
                ended_on=tie.ended_on,
            )


def _tell(audit: Audit, auditor: Person, due_on: date, at: datetime) -> None:
    notify.queue(
        auditor.id,
        auditor.email,
        f"Audit {audit.reference} is yours, due {date_words(due_on)}",
        f"An audit was given to you. It is due on {date_words(due_on)}. "
        "Open it to see the case and to begin.",
        f"/audits/{audit.id}",
        f"given:{audit.id}:{auditor.id}",
        at,
    )
