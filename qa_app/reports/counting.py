"""Which audits of a data cut a report counts, and whose grade of each."""

from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, Selection
from qa_app.reports.asked import GradeBasis, Selected
from qa_app.reports.facts import AuditFact, Facts
from qa_app.reports.reportasked import ReportAsked


def counted(asked: ReportAsked, facts: Facts) -> list[AuditFact]:
    """The audits that the report counts, of every month of the cut: of tools that count in MTM, or
    of those asked for (P7), and of the selection, services and plan types asked for."""
    return [audit for audit in facts.audits if _counts(asked, audit)]


def _counts(asked: ReportAsked, audit: AuditFact) -> bool:
    return (
        (audit.tool in asked.tools if asked.tools else audit.counts)
        and (not asked.services or audit.service in asked.services)
        and (not asked.plan_types or audit.plan_type in asked.plan_types)
        and (asked.selection is Selected.ALL or audit.selection is Selection.RANDOM)
    )


def counted_in(asked: ReportAsked, facts: Facts, *months: Month) -> list[AuditFact]:
    """The same, of some months alone."""
    return [audit for audit in counted(asked, facts) if audit.month in months]


def grade_of(asked: ReportAsked, audit: AuditFact) -> Grade | None:
    """The grade that the report counts (M7); None while there is none."""
    return audit.auditor if asked.grades is GradeBasis.AUDITOR else audit.final
