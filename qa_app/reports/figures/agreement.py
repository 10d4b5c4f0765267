"""Q-4: how far auditors' grades and final grades agree, worked out from facts (M9, M3).

Below ten pairs only their number is a figure: nothing else is shown (M9).
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final
from uuid import UUID

from qa_app.domain.agreement import Agreement, agreement
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade, is_better, steps_between
from qa_app.domain.intervals import TOO_FEW
from qa_app.domain.measures import AUTHORITY
from qa_app.reports.counting import counted_in
from qa_app.reports.facts import AuditFact, Facts
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.reportasked import ReportAsked

AGREEMENT: Final = "Q-4"
AGREEMENT_BY_MODE: Final = "Q-4m"

PAIRS: Final = "Pairs of grades"
SAME: Final = "Same grade"
WITHIN_ONE: Final = "Within one grade"
LENIENT: Final = "Auditor more lenient"
SEVERE: Final = "Auditor more severe"
KAPPA: Final = "Weighted kappa"
AC2: Final = "Gwet’s AC2"
SHARES: Final = (SAME, WITHIN_ONE, LENIENT, SEVERE)
COEFFICIENTS: Final = (KAPPA, AC2)

MODES: Final = (("blind", "Moderated blind"), ("sighted", "Moderated sighted"))
"""M3: agreement is shown for the two apart; the code of a moderation's mode, and the scope."""


def agreement_figures(
    facts: Facts, asked: ReportAsked, period: str, months: Collection[Month]
) -> list[ReportFigure]:
    """Q-4 of one period: all pairs together, then those moderated blind and sighted apart.

    A pair is a moderated audit's grade by its auditor and its final grade, whatever the report's
    grade basis.
    """
    audits = [audit for audit in counted_in(asked, facts, *months) if is_pair(audit)]
    found = _of(AGREEMENT, AUTHORITY, period, audits)
    for mode, scope in MODES:
        those = [audit for audit in audits if audit.moderation and audit.moderation.mode == mode]
        found += _of(AGREEMENT_BY_MODE, scope, period, those)
    return found


def is_pair(audit: AuditFact) -> bool:
    """Whether both grades are there, and somebody moderated it."""
    return None not in (audit.moderation, audit.auditor, audit.final)


def _of(measure: str, scope: str, period: str, audits: Sequence[AuditFact]) -> list[ReportFigure]:
    pairs = [(a.id, a.auditor, a.final) for a in audits if a.auditor and a.final]
    found = agreement((auditor, final) for _, auditor, final in pairs)
    figures = [ReportFigure.count(Key(measure, period, PAIRS, scope), [each[0] for each in pairs])]
    if found.exact is None:
        return figures
    for category, ids in _shares(pairs):
        figures.append(ReportFigure.share(Key(measure, period, category, scope), ids, found.n))
    for category, text in zip(COEFFICIENTS, coefficients(found), strict=True):
        figures.append(ReportFigure(Key(measure, period, category, scope), None, found.n, text))
    return figures


def _shares(pairs: Iterable[tuple[UUID, Grade, Grade]]) -> list[tuple[str, list[UUID]]]:
    found: dict[str, list[UUID]] = {category: [] for category in SHARES}
    for audit, auditor, final in pairs:
        if auditor is final:
            found[SAME].append(audit)
        if steps_between(auditor, final) <= 1:
            found[WITHIN_ONE].append(audit)
        if is_better(auditor, final):
            found[LENIENT].append(audit)
        if is_better(final, auditor):
            found[SEVERE].append(audit)
    return list(found.items())


def coefficients(found: Agreement) -> tuple[str, str]:
    """Kappa and AC2 with their intervals, as they are printed: ``0.62 (0.41 to 0.83)``."""
    return (
        _coefficient(found.kappa_linear, found.kappa_low, found.kappa_high),
        _coefficient(found.ac2_linear, found.ac2_low, found.ac2_high),
    )


def _coefficient(value: float | None, low: float | None, high: float | None) -> str:
    if value is None or low is None or high is None:
        return TOO_FEW if value is None else f"{value:.2f}"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"
