"""MTM-1 to MTM-4 for any range of months, from the rows as they stand at the data cut."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.measures import (
    COMPLETED_MEASURE,
    GRADES_MEASURE,
    OUTSTANDING_MEASURE,
    Figure,
    completed_figure,
    grade_figures,
    moderated_figure,
    outstanding_figure,
)
from qa_app.programme.queries import Completion
from qa_app.reports.asked import Asked, GradeBasis, Part, PartKind, Selected
from qa_app.reports.measureset import AWAITING, Beside, MeasureSet
from qa_app.reports.queries import counts, cycles, parts
from qa_app.reports.queries.counts import Stock


def measures(
    first: Month,
    last: Month,
    *,
    grades: str = "final",
    selection: str = "all",
    scope: Part | None = None,
    at: datetime,
) -> MeasureSet:
    """The published measures for each month from first to last, both included.

    `at` is the data cut. Raises DomainError for months in the wrong order or not yet begun, and
    ValueError for an unknown grade basis or selection.
    """
    return answer(Asked(first, last, at, GradeBasis(grades), Selected(selection), scope))


def answer(asked: Asked) -> MeasureSet:
    """The figures that were asked for (measures.md, MTM-1 to 4), and the counts beside them."""
    graded = counts.grades_by_month(asked)
    done = cycles.completion_by_month(asked)
    moderated = cycles.moderated_by_month(asked, done)
    stocks = counts.stocks_by_month(asked)
    scope, months = asked.scope, asked.months
    figures: list[Figure] = []
    for month in months:
        figures += grade_figures(month, graded[month].grades, scope)
    figures += [completed_figure(m, done[m].done, done[m].due, scope) for m in months]
    figures += [moderated_figure(m, len(moderated[m]), done[m].done, scope) for m in months]
    figures += [outstanding_figure(m, stocks[m][Stock.OUTSTANDING], scope) for m in months]
    awaiting = {month: graded[month].awaiting for month in months}
    beside = (
        Beside(GRADES_MEASURE, AWAITING, awaiting),
        *_beside_completed(done),
        *_beside_outstanding(stocks),
    )
    return MeasureSet(asked, tuple(figures), beside)


def _beside_completed(done: Mapping[Month, Completion]) -> Iterator[Beside]:
    for words, name in (
        ("Expected", "expected"),
        ("Exempted", "exempted"),
        ("Exempted after the due date", "exempted_late"),
        ("Completed after the month", "late"),
        ("Due from other auditors", "other_due"),
        ("Completed by other auditors", "other_done"),
    ):
        numbers = {month: int(getattr(each, name)) for month, each in done.items()}
        yield Beside(COMPLETED_MEASURE, words, numbers)


def _beside_outstanding(stocks: Mapping[Month, Mapping[Stock, int]]) -> Iterator[Beside]:
    for words, stock in (
        ("Open significant-harm concerns on other audits", Stock.OTHER_CONCERNS),
        ("Audits graded upward with a priority action open", Stock.GRADED_UPWARD),
        ("Imported actions closed without verification", Stock.CLOSED_UNVERIFIED),
    ):
        numbers = {month: each[stock] for month, each in stocks.items()}
        yield Beside(OUTSTANDING_MEASURE, words, numbers)


def find_part(kind: PartKind, name: str) -> Part:
    """The team, service or plan type of this name (a plan type by its code). DomainError if none.

    A name that several teams share is refused too: its figures would be of one of them only.
    """
    if kind is PartKind.PLAN_TYPE:
        return _plan_type(name)
    found = parts.units_named(name, services_only=kind is PartKind.SERVICE)
    if len(found) != 1:
        fault = "No" if not found else "More than one"
        raise DomainError(f"{fault} {kind.value} is called “{name}”. Check the name", kind.value)
    return Part(kind, found[0].name, team_id=found[0].id)


def _plan_type(code: str) -> Part:
    if code not in {plan.value for plan in PlanType}:
        known = ", ".join(plan.value for plan in PlanType)
        raise DomainError(f"There is no plan type “{code}”. Use one of: {known}", "plan_type")
    return Part(PartKind.PLAN_TYPE, PlanType(code).words, plan_type=PlanType(code))
