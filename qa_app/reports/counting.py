"""Which audits of a data cut a report counts, and whose grade of each."""

from typing import Final
from uuid import UUID

from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, Selection
from qa_app.reports.asked import GradeBasis, Selected
from qa_app.reports.facts import AuditFact, AuditMark, Facts
from qa_app.reports.reportasked import ReportAsked

OUT_OF_RATES: Final = frozenset({Selection.TARGETED, Selection.THEMATIC, Selection.RE_AUDIT})
"""S5: Q-1, trends and tests leave these out; "not recorded" stays in."""


def counted(asked: ReportAsked, facts: Facts) -> list[AuditFact]:
    """The audits that the report counts, of every month of the cut: of tools that count in MTM, or
    of those asked for (P7), and of the selection, services and plan types asked for."""
    return [audit for audit in facts.audits if _counts(asked, audit)]


def _counts(asked: ReportAsked, audit: AuditFact | AuditMark) -> bool:
    return (
        (audit.tool in asked.tools if asked.tools else audit.counts)
        and (not asked.services or audit.service in asked.services)
        and (not asked.plan_types or audit.plan_type in asked.plan_types)
        and (asked.selection is Selected.ALL or audit.selection is Selection.RANDOM)
    )


def counted_in(asked: ReportAsked, facts: Facts, *months: Month) -> list[AuditFact]:
    """The same, of some months alone."""
    return [audit for audit in counted(asked, facts) if audit.month in months]


def counted_ids(asked: ReportAsked, facts: Facts) -> set[UUID]:
    """The same by id, with the audits of other months that an action or a concern is about."""
    every: list[AuditFact | AuditMark] = [*facts.audits, *facts.marks]
    return {each.id for each in every if _counts(asked, each)}


def in_rates(audit: AuditFact) -> bool:
    """Whether Q-1, trends and tests count it (S5, E8)."""
    return audit.selection not in OUT_OF_RATES and not audit.re_audit


def grade_of(asked: ReportAsked, audit: AuditFact) -> Grade | None:
    """The grade that the report counts (M7); None while there is none."""
    return audit.auditor if asked.grades is GradeBasis.AUDITOR else audit.final
