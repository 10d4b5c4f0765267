"""The rows that facts of audits are made of: one select a kind, for read_together()."""

from sqlalchemy import and_, or_, select

from qa_app.audits.models import (
    Amendment,
    Audit,
    Finding,
    FindingFiling,
    FindingTheme,
    GradeRow,
    GradeSource,
    QuestionAnswer,
    SectionAnswer,
    Voice,
)
from qa_app.audits.queries.amending import PLAN, final_grade_at
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.reports.queries.factual.span import (
    Part,
    Span,
    completed_by,
    imported_since,
    in_cycles,
    in_months,
    named,
    of_final,
)


def audits(span: Span) -> Part:
    return (
        select(
            Audit.id,
            Audit.reference,
            Audit.completed_month,
            Audit.completed_on,
            completed_by(span).label("completed"),
            Audit.source,
            Audit.graded,
            Audit.tool_version_id,
            Audit.selection,
            Audit.plan_type,
            Audit.age_band,
            Audit.team_id,
            Audit.team_name,
            Audit.service_id,
            Audit.auditor_post,
            Audit.auditor_grade,
            Audit.submitted_at,
            final_grade_at(span.at).label("final"),
            Audit.final_at,
        )
        .where(
            Audit.state != AuditState.WITHDRAWN,
            or_(in_months(span), Audit.id.in_(named(span))),
            Audit.id.not_in(imported_since(span)),
        )
    )  # fmt: skip


def plans(span: Span) -> Part:
    """How plan types were amended, before the cut and after."""
    return (
        select(Amendment.id, Amendment.audit_id, Amendment.old, Amendment.at)
        .join(Audit, Audit.id == Amendment.audit_id)
        .where(Amendment.field == PLAN, or_(in_months(span), Audit.id.in_(named(span))))
    )


def grades(span: Span) -> Part:
    """Of audits in the months every grade of auditors and every final one, of others the overall
    ones alone."""
    within = GradeRow.audit_id.in_(select(Audit.id).where(in_months(span)))
    others = and_(GradeRow.section_id.is_(None), GradeRow.audit_id.in_(named(span)))
    columns = (
        GradeRow.id, GradeRow.audit_id, GradeRow.source, GradeRow.section_id, GradeRow.grade,
        GradeRow.at,
    )  # fmt: skip
    return select(*columns).where(
        GradeRow.source.in_((GradeSource.AUDITOR, GradeSource.FINAL)),
        GradeRow.at <= span.at,
        or_(within, others),
    )


def answers(span: Span) -> Part:
    columns = (QuestionAnswer.audit_id, QuestionAnswer.question_id, QuestionAnswer.compliance)
    return select(*columns).where(
        QuestionAnswer.compliance.is_not(None), QuestionAnswer.audit_id.in_(of_final(span))
    )


def skipped(span: Span) -> Part:
    """Sections that the auditor said do not apply."""
    return select(SectionAnswer.audit_id, SectionAnswer.section_id).where(
        SectionAnswer.not_applicable, SectionAnswer.audit_id.in_(of_final(span))
    )


def voices(span: Span) -> Part:
    columns = (Voice.audit_id, Voice.voice_of, Voice.obtained)
    return select(*columns).where(Voice.audit_id.in_(of_final(span)))


def findings(span: Span) -> Part:
    columns = (
        Finding.id, Finding.audit_id, Finding.section_id, Finding.theme_id, Finding.kind,
        Finding.about,
    )  # fmt: skip
    return select(*columns).where(Finding.audit_id.in_(of_final(span)))


def filings(span: Span) -> Part:
    columns = (
        FindingFiling.id, FindingFiling.finding_id, FindingFiling.theme_id, FindingFiling.at,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Finding, Finding.id == FindingFiling.finding_id)
        .where(FindingFiling.at <= span.at, Finding.audit_id.in_(of_final(span)))
    )


def others(span: Span) -> Part:
    return (
        select(FindingTheme.finding_id, FindingTheme.theme_id)
        .join(Finding, Finding.id == FindingTheme.finding_id)
        .where(FindingTheme.added_at <= span.at, Finding.audit_id.in_(of_final(span)))
    )


def moderations(span: Span) -> Part:
    columns = (
        Moderation.id, Moderation.audit_id, Moderation.mode, Moderation.stage,
        Moderation.committed_at,
    )  # fmt: skip
    return (
        select(*columns)
        .join(Audit, Audit.id == Moderation.audit_id)
        .where(
            Moderation.state == ModerationState.COMMITTED,
            Moderation.committed_at <= span.at,
            or_(in_months(span), in_cycles(span)),
        )
    )
