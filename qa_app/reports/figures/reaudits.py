"""Q-6: which way grades moved from a first audit to its re-audit, worked out from facts (E8).

They are never mixed with Q-1, and never in the random rates.
"""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.domain.reaudits import RE_AUDIT_MEASURE, Movement, movement_of
from qa_app.reports.facts import AuditFact, Facts, Moved
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.reportasked import ReportAsked

PAIRS: Final = "Re-audits finished"
SECTION_MEASURE: Final = "Q-6g"


def re_audit_figures(
    facts: Facts, asked: ReportAsked, period: str, months: Collection[Month]
) -> list[ReportFigure]:
    """Q-6 of one period, by the day of the re-audit's final grade: overall, then by section where
    both audits graded it. Selection is no question here: a re-audit is never random."""
    moved = [each for each in _asked_for(facts, asked) if Month.of(each.on) in months]
    ids = [each.audit_id for each in moved]
    figures = [ReportFigure.count(Key(RE_AUDIT_MEASURE, period, PAIRS), ids)]
    for movement in Movement:
        those = [each.audit_id for each in moved if _movement(each) is movement]
        key = Key(RE_AUDIT_MEASURE, period, movement.words)
        figures.append(ReportFigure.share(key, those, len(moved)))
    return figures + _by_section(facts, period, moved)


def _movement(moved: Moved) -> Movement | None:
    return movement_of(moved.before, moved.after)


def _asked_for(facts: Facts, asked: ReportAsked) -> list[Moved]:
    """The pairs whose re-audit is of the services, plan types and tools asked for."""
    if not (asked.services or asked.plan_types or asked.tools):
        return list(facts.moved)
    those = {audit.id for audit in facts.audits if _matches(asked, audit)}
    return [each for each in facts.moved if each.audit_id in those]


def _matches(asked: ReportAsked, audit: AuditFact) -> bool:
    return (
        (not asked.services or audit.service in asked.services)
        and (not asked.plan_types or audit.plan_type in asked.plan_types)
        and (not asked.tools or audit.tool in asked.tools)
    )


def _by_section(facts: Facts, period: str, moved: Collection[Moved]) -> list[ReportFigure]:
    """For each section, how many of its pairs of grades moved up, of those that could be set side
    by side; a first audit from before the cut's months has none."""
    audits = {audit.id: audit for audit in facts.audits}
    ways: dict[str, dict[Movement, list[UUID]]] = {}
    for each in moved:
        if each.first_id not in audits or each.audit_id not in audits:
            continue
        before = _grades(audits[each.first_id])
        for (tool, code), (title, after) in _grades(audits[each.audit_id]).items():
            way = movement_of(before.get((tool, code), ("", None))[1], after)
            if way is not None:
                found = ways.setdefault(title, {movement: [] for movement in Movement})
                found[way].append(each.audit_id)
    return [
        ReportFigure.share(
            Key(SECTION_MEASURE, period, f"{title}: {movement.words}"),
            found[movement],
            sum(map(len, found.values())),
        )
        for title, found in ways.items()
        for movement in Movement
    ]


def _grades(audit: AuditFact) -> dict[tuple[str, str], tuple[str, Grade]]:
    return {(each.tool, each.code): (each.title, each.grade) for each in audit.sections}
