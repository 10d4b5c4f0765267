"""Reports asked for in tests, and the two ways of counting held against each other."""

from datetime import datetime
from typing import Any

from qa_app.domain.grades import PlanType
from qa_app.domain.measures import AUTHORITY
from qa_app.domain.publishing import ReportKind
from qa_app.reports.asked import Asked, GradeBasis, Part, PartKind, Selected
from qa_app.reports.facts import Facts
from qa_app.reports.figures.grades import awaiting, beside, published
from qa_app.reports.queries.parts import units
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import answer


def asked_for(period: str = "2023-02", **more: Any) -> ReportAsked:
    """A monthly, quarterly or annual report, by how its period is written."""
    kind = ReportKind.HIGHLIGHT
    if "/" in period:
        kind = ReportKind.QUARTERLY if "-Q" in period else ReportKind.ANNUAL
    return ReportAsked(kind, period, **more)


def hold_against_answer(facts: Facts, at: datetime) -> int:
    """Every month of the facts, for the authority and each service and plan type, on both grade
    bases and selections: MTM-1 to 4 and what stands beside are what `services.answer` says. How
    many figures were compared."""
    compared = 0
    for part in (None, *_services(), *_plans()):
        for grades in GradeBasis:
            for selection in Selected:
                compared += _hold(facts, part, grades, selection, at)
    return compared


def _services() -> list[Part]:
    return [
        Part(PartKind.SERVICE, unit.name, unit.id) for unit in units() if unit.service_id == unit.id
    ]


def _plans() -> list[Part]:
    return [Part(PartKind.PLAN_TYPE, plan.words, plan_type=plan) for plan in PlanType]


def _hold(
    facts: Facts, part: Part | None, grades: GradeBasis, selection: Selected, at: datetime
) -> int:
    services = (part.name,) if part is not None and part.kind is PartKind.SERVICE else ()
    plans = (part.plan_type,) if part is not None and part.plan_type else ()
    report = asked_for(services=services, plan_types=plans, grades=grades, selection=selection)
    told = answer(Asked(facts.first, facts.last, at, grades, selection, part))
    from_facts = [figure.to_row() for figure in published(facts, report, facts.months)]
    said = [figure.to_row() | {"scope": AUTHORITY} for figure in told.figures]
    assert from_facts == said, (part, grades, selection)
    waits = {
        figure.key.period: figure.numerator for figure in awaiting(facts, report, facts.months)
    }
    assert waits == {str(month): number for month, number in told.awaiting.items()}
    numbers = {
        (figure.key.measure[:5], figure.key.category, figure.key.period): figure.numerator
        for figure in beside(facts, report, facts.months)
    }
    expected = {
        (each.measure, each.words, str(month)): number
        for each in told.beside
        for month, number in each.numbers.items()
        if each.measure != "MTM-1" and (each.measure != "MTM-4" or report.whole)
    }
    assert numbers == expected, (part, grades, selection)
    return len(said) + len(waits) + len(numbers)
