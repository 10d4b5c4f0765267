"""MTM-1 to MTM-4 from facts, to the character as the measures page says them; and Q-1."""

from collections.abc import Collection, Iterator, Sequence
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import Month
from qa_app.domain.grades import PRINT_ORDER, Grade, Selection
from qa_app.domain.measures import (
    completed_figure,
    grade_figures,
    moderated_figure,
    outstanding_figure,
)
from qa_app.reports.counting import counted_ids, counted_in, grade_of, in_rates
from qa_app.reports.facts import AuditFact, CycleFact, Facts, StockFact
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.scopes import by_scope
from qa_app.reports.measureset import AWAITING
from qa_app.reports.reportasked import ReportAsked

AWAITING_MEASURE: Final = "MTM-1b"
BESIDE_COMPLETED: Final = "MTM-2b"
BESIDE_OUTSTANDING: Final = "MTM-4b"
GOOD_CATEGORY: Final = "Good or better"
GOOD_GRADES: Final = frozenset({Grade.GOOD, Grade.OUTSTANDING})
GOOD_MEASURES: Final = {
    Whose.AUTHORITY: "Q-1",
    Whose.SERVICE: "Q-1s",
    Whose.TEAM: "Q-1t",
    Whose.PLAN_TYPE: "Q-1p",
}
RANDOM_MEASURE: Final = "Q-1b"


def published(facts: Facts, asked: ReportAsked, months: Sequence[Month]) -> list[ReportFigure]:
    """MTM-1 to MTM-4 of each month: the rows, words and texts of `services.answer`, each with the
    audits behind it (MTM-4: the actions).

    Where the report is narrowed, its "authority" is what it counts. What is due is due whichever
    way its case was chosen and whatever its plan, so of a plan type nothing is.
    """
    return [
        *_each_grade(facts, asked, months),
        *_completed(facts, asked, months),
        *_moderated(facts, asked, months),
        *_outstanding(facts, asked, months),
    ]


def _each_grade(
    facts: Facts, asked: ReportAsked, months: Sequence[Month]
) -> Iterator[ReportFigure]:
    for month in months:
        audits = counted_in(asked, facts, month)
        graded = [audit for audit in audits if grade_of(asked, audit) is not None]
        behind = [
            [audit.id for audit in graded if grade_of(asked, audit) is grade]
            for grade in PRINT_ORDER
        ]
        counts = {grade: len(ids) for grade, ids in zip(PRINT_ORDER, behind, strict=True)}
        total = [audit.id for audit in graded]
        for figure, ids in zip(grade_figures(month, counts), (*behind, total), strict=True):
            yield ReportFigure.of(figure, ids)


def due_in(facts: Facts, asked: ReportAsked, *months: Month) -> list[CycleFact]:
    """What was due in these months' cycles from posts in the services asked for, whatever kind of
    post; nothing of a plan type."""
    if asked.plan_types:
        return []
    return [
        cycle
        for cycle in facts.cycles
        if cycle.month in months and (not asked.services or cycle.service in asked.services)
    ]


def _counted_in(facts: Facts, asked: ReportAsked, month: Month) -> list[CycleFact]:
    return [cycle for cycle in due_in(facts, asked, month) if cycle.counted]


def _completed(facts: Facts, asked: ReportAsked, months: Sequence[Month]) -> Iterator[ReportFigure]:
    for month in months:
        cycles = _counted_in(facts, asked, month)
        done = [audit for cycle in cycles for audit in cycle.done]
        due = sum(cycle.due for cycle in cycles)
        yield ReportFigure.of(completed_figure(month, len(done), due), done)


def _moderated(facts: Facts, asked: ReportAsked, months: Sequence[Month]) -> Iterator[ReportFigure]:
    for month in months:
        cycles = _counted_in(facts, asked, month)
        moderated = [audit for cycle in cycles for audit in cycle.moderated]
        done = sum(len(cycle.done) for cycle in cycles)
        yield ReportFigure.of(moderated_figure(month, len(moderated), done), moderated)


def _outstanding(
    facts: Facts, asked: ReportAsked, months: Sequence[Month]
) -> Iterator[ReportFigure]:
    audit_of = {action.id: action.audit_id for action in facts.actions}
    counts = None if asked.whole else counted_ids(asked, facts)
    for month in months:
        actions = [
            action
            for stock in _stocks(facts, month)
            for action in stock.outstanding
            if counts is None or audit_of.get(action) in counts
        ]
        yield ReportFigure.of(outstanding_figure(month, len(actions)), actions)


def _stocks(facts: Facts, month: Month) -> list[StockFact]:
    return [stock for stock in facts.stocks if stock.month == month]


def awaiting(facts: Facts, asked: ReportAsked, months: Sequence[Month]) -> list[ReportFigure]:
    """MTM-1b: how many audits of each month await a final grade."""
    return [
        ReportFigure.count(
            Key(AWAITING_MEASURE, str(month), AWAITING),
            [audit.id for audit in counted_in(asked, facts, month) if audit.awaits],
        )
        for month in months
    ]


def beside(facts: Facts, asked: ReportAsked, months: Sequence[Month]) -> list[ReportFigure]:
    """MTM-2b and MTM-4b: what stands beside MTM-2 and MTM-4 in each month, in the words of the
    measures page. MTM-4b of the whole authority alone."""
    figures = [figure for month in months for figure in _beside_completed(facts, asked, month)]
    if asked.whole:
        figures += [figure for month in months for figure in _beside_outstanding(facts, month)]
    return figures


def _beside_completed(facts: Facts, asked: ReportAsked, month: Month) -> Iterator[ReportFigure]:
    cycles = due_in(facts, asked, month)
    own = [cycle for cycle in cycles if cycle.counted]
    others = [cycle for cycle in cycles if not cycle.counted]
    for words, number in (
        ("Expected", sum(cycle.expected for cycle in own)),
        ("Exempted", sum(cycle.exempted for cycle in own)),
        ("Exempted after the due date", sum(cycle.exempted_late for cycle in own)),
        ("Completed after the month", sum(cycle.late for cycle in own)),
        ("Due from other auditors", sum(cycle.due for cycle in others)),
        ("Completed by other auditors", sum(len(cycle.done) for cycle in others)),
    ):
        yield ReportFigure.number(Key(BESIDE_COMPLETED, str(month), words), number)


def _beside_outstanding(facts: Facts, month: Month) -> Iterator[ReportFigure]:
    stocks = _stocks(facts, month)
    for words, number in (
        (
            "Open significant-harm concerns on other audits",
            sum(stock.other_concerns for stock in stocks),
        ),
        (
            "Audits graded upward with a priority action open",
            sum(stock.graded_upward for stock in stocks),
        ),
        (
            "Imported actions closed without verification",
            sum(stock.closed_unverified for stock in stocks),
        ),
    ):
        yield ReportFigure.number(Key(BESIDE_OUTSTANDING, str(month), words), number)


def good_or_better(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Collection[Month],
    *,
    scope: Whose = Whose.AUTHORITY,
) -> list[ReportFigure]:
    """Q-1 of one period: Good and Outstanding of the audits completed in its months that are
    graded, without targeted, thematic and re-audits (S5).

    For the authority Q-1b follows: those of randomly chosen cases alone. By service, team or plan
    type there is a figure for each part that has a graded audit, by name.
    """
    audits = [
        audit
        for audit in counted_in(asked, facts, *months)
        if in_rates(audit) and grade_of(asked, audit) is not None
    ]
    figures = [
        _good(asked, Key(GOOD_MEASURES[scope], period, GOOD_CATEGORY, name), those)
        for name, those in by_scope(audits, scope).items()
    ]
    if scope is Whose.AUTHORITY:
        chosen = [audit for audit in audits if audit.selection is Selection.RANDOM]
        figures.append(_good(asked, Key(RANDOM_MEASURE, period, GOOD_CATEGORY), chosen))
    return figures


def _good(asked: ReportAsked, key: Key, audits: Sequence[AuditFact]) -> ReportFigure:
    good: list[UUID] = [audit.id for audit in audits if grade_of(asked, audit) in GOOD_GRADES]
    return ReportFigure.share(key, good, len(audits))
