"""The rows that facts of cycles, actions, concerns and waivers are made of."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Post
from qa_app.audits.models import Audit, Concern, Waiver
from qa_app.cases.models import Case
from qa_app.moderation.models import ModerationWaiver
from qa_app.programme.models import Cycle, Exemption, Expectation
from qa_app.reports.models import LearningResponse
from qa_app.reports.queries.factual.span import (
    Part,
    Span,
    completed_by,
    imported_since,
    in_cycles,
    of_cut,
    raised,
)
from qa_app.standards.models import ToolVersion
from qa_app.tracker.models import Action, ActionStep


def expected(span: Span) -> Part:
    """What was expected in each cycle, and of that what was exempted, in time and at all (P4)."""
    granted = Exemption.granted_at <= span.at
    in_time = and_(granted, Exemption.granted_on <= Cycle.due_on)
    return (
        select(
            Expectation.id,
            Cycle.month,
            Expectation.person_id,
            Expectation.post_kind,
            Post.team_id,
            Expectation.number,
            func.coalesce(func.sum(Exemption.number).filter(in_time), 0).label("in_time"),
            func.coalesce(func.sum(Exemption.number).filter(granted), 0).label("exempted"),
        )
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .outerjoin(Post, Post.id == Expectation.post_id)
        .outerjoin(Exemption, Exemption.expectation_id == Expectation.id)
        .where(Cycle.month.between(span.begins, span.last.first))
        .group_by(Expectation.id, Cycle.month, Post.team_id)
    )


def done(span: Span) -> Part:
    """The audits of each cycle that were completed by the cut, in whichever month (P6)."""
    columns = (
        Audit.id, Audit.cycle_month, Audit.auditor_id, Audit.auditor_post, Audit.completed_on,
        Audit.submitted_at,
    )  # fmt: skip
    return (
        select(*columns)
        .join(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .where(in_cycles(span), completed_by(span), ToolVersion.counts_in_mtm)
    )


def actions(span: Span) -> Part:
    columns = (
        Action.id, Action.reference, Action.audit_id, Action.kind, Action.source, Action.status,
        Action.team_id, Action.theme_id, Action.raised_on, Action.original_due_on, Action.due_on,
        Action.done_at, Action.settled_on, Action.impact,
    )  # fmt: skip
    since = imported_since(span)
    return select(*columns).where(
        *of_cut(span), or_(Action.audit_id.is_(None), Action.audit_id.not_in(since))
    )


def responses(span: Span) -> Part:
    """What was planned about themes by the cut and not given up by then (T3)."""
    response = LearningResponse
    columns = (
        response.id, response.title, response.kind, response.theme_id, response.service_id,
        response.due_on, response.done_on, response.judged_by, response.judged_code,
        response.months_before, response.months_after,
    )  # fmt: skip
    given_up = and_(response.dropped_at.is_not(None), response.dropped_at <= span.at)
    return select(*columns).where(response.made_at <= span.at, ~given_up)


def steps(span: Span) -> Part:
    """The steps up to the cut of the actions that have taken one since."""
    later = aliased(ActionStep)
    columns = (ActionStep.id, ActionStep.action_id, ActionStep.to_status, ActionStep.on,
               ActionStep.at)  # fmt: skip
    return select(*columns).where(
        ActionStep.action_id.in_(select(later.action_id).where(later.at > span.at)),
        ActionStep.at <= span.at,
    )


def concerns(span: Span) -> Part:
    columns = (
        Concern.id, Concern.audit_id, Concern.team_id, Concern.raised_at, Concern.acknowledged_at,
        Concern.decided_at, Concern.recorded_at, Concern.withdrawn_at,
    )  # fmt: skip
    return select(*columns).where(*raised(span))


def waivers(span: Span) -> Part:
    """Audits allowed in spite of a conflict (S6)."""
    return (
        select(
            Waiver.id,
            Waiver.granted_at,
            Audit.auditor_post.label("post"),
            func.coalesce(Audit.team_id, Case.team_id, type_=Audit.team_id.type).label("team_id"),
        )
        .join(Case, Case.id == Waiver.case_id)
        .outerjoin(Audit, Audit.id == Waiver.audit_id)
        .where(Waiver.granted_at <= span.at)
    )


def allowed(span: Span) -> Part:
    """Moderations allowed in spite of a conflict (M2)."""
    return (
        select(
            ModerationWaiver.id,
            ModerationWaiver.granted_at,
            Audit.auditor_post.label("post"),
            Audit.team_id,
        )
        .join(Audit, Audit.id == ModerationWaiver.audit_id)
        .where(ModerationWaiver.granted_at <= span.at)
    )
