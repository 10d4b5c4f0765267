"""C-1 to C-3: what was due, done, exempt, late and moderated, and what was waived (P4, S6)."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.measures import AUTHORITY, COMPLETED_MEASURE, MODERATED_MEASURE, figure_text
from qa_app.reports.facts import CycleFact, Facts, WaiverFact
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.grades import due_in
from qa_app.reports.figures.scopes import NO_SERVICE
from qa_app.reports.reportasked import ReportAsked

COMPLETED: Final = {Whose.ROLE: "C-1", Whose.SERVICE: "C-1s"}
BESIDE: Final = {Whose.ROLE: "C-1b", Whose.SERVICE: "C-1sb"}
MODERATED: Final = {Whose.ROLE: "C-2r", Whose.SERVICE: "C-2"}
OTHERS: Final = "C-1o"
WAIVERS: Final = {Whose.ROLE: "C-3", Whose.SERVICE: "C-3s"}

COMPLETED_CATEGORY: Final = "Completed"
MODERATED_CATEGORY: Final = "Moderated"
AUDIT_ALLOWED: Final = "Audit allowed in spite of a conflict"
MODERATION_ALLOWED: Final = "Moderation allowed in spite of a conflict"
NO_ROLE: Final = "No role recorded"

_COUNTS: Final[tuple[tuple[str, Callable[[CycleFact], int]], ...]] = (
    ("Expected", lambda cycle: cycle.expected),
    ("Exempted", lambda cycle: cycle.exempted),
    ("Exempted after the due date", lambda cycle: cycle.exempted_late),
    ("Completed after the month", lambda cycle: cycle.late),
)
BESIDE_CATEGORIES: Final = tuple(words for words, _ in _COUNTS)


def compliance_figures(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Collection[Month],
    *,
    scope: Whose = Whose.ROLE,
) -> list[ReportFigure]:
    """C-1 and C-2 of one period, by role of the auditor's post or by its service, the authority
    first: completed of due and moderated of completed, as MTM-2 and MTM-3 count and write them;
    then what stands beside (C-1b). By role, C-1o follows: other auditors, never inside.
    """
    cycles = due_in(facts, asked, *months)
    counted = [cycle for cycle in cycles if cycle.counted]
    figures = _completed(COMPLETED[scope], period, counted, scope)
    figures += _moderated(MODERATED[scope], period, counted, scope)
    figures += [
        ReportFigure.number(Key(BESIDE[scope], period, words, part), sum(map(number, those)))
        for part, those in _parts(counted, scope).items()
        for words, number in _COUNTS
    ]
    if scope is Whose.ROLE:
        others = [cycle for cycle in cycles if not cycle.counted]
        figures += _completed(OTHERS, period, others, scope)
    return figures


def _completed(
    measure: str, period: str, cycles: Sequence[CycleFact], scope: Whose
) -> list[ReportFigure]:
    figures = []
    for part, those in _parts(cycles, scope).items():
        done = tuple(audit for cycle in those for audit in cycle.done)
        due = sum(cycle.due for cycle in those)
        key = Key(measure, period, COMPLETED_CATEGORY, part)
        text = figure_text(COMPLETED_MEASURE, len(done), due)
        figures.append(ReportFigure(key, len(done), due, text, done))
    return figures


def _moderated(
    measure: str, period: str, cycles: Sequence[CycleFact], scope: Whose
) -> list[ReportFigure]:
    figures = []
    for part, those in _parts(cycles, scope).items():
        moderated = tuple(audit for cycle in those for audit in cycle.moderated)
        done = sum(len(cycle.done) for cycle in those)
        key = Key(measure, period, MODERATED_CATEGORY, part)
        text = figure_text(MODERATED_MEASURE, len(moderated), done)
        figures.append(ReportFigure(key, len(moderated), done, text, moderated))
    return figures


def _parts(cycles: Sequence[CycleFact], scope: Whose) -> dict[str, list[CycleFact]]:
    found: dict[str, list[CycleFact]] = {}
    for cycle in cycles:
        name = cycle.post.words if scope is Whose.ROLE else cycle.service or NO_SERVICE
        found.setdefault(name, []).append(cycle)
    return {AUTHORITY: list(cycles), **dict(sorted(found.items()))}


def waiver_figures(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Collection[Month],
    *,
    scope: Whose = Whose.ROLE,
) -> list[ReportFigure]:
    """C-3 of one period: audits, and moderations, that were allowed in spite of a conflict (S6,
    M2), by role of the auditor's post or by service of the case, the authority first."""
    given = [
        each
        for each in facts.waivers
        if Month.of(each.on) in months and (not asked.services or each.service in asked.services)
    ]
    return [
        ReportFigure.number(
            Key(WAIVERS[scope], period, words, part),
            sum(each.moderation is moderation for each in those),
        )
        for part, those in _of(given, scope).items()
        for moderation, words in ((False, AUDIT_ALLOWED), (True, MODERATION_ALLOWED))
    ]


def _of(waivers: Iterable[WaiverFact], scope: Whose) -> dict[str, list[WaiverFact]]:
    every = list(waivers)
    found: dict[str, list[WaiverFact]] = {}
    for each in every:
        role = each.post.words if each.post else NO_ROLE
        name = role if scope is Whose.ROLE else each.service or NO_SERVICE
        found.setdefault(name, []).append(each)
    return {AUTHORITY: every, **dict(sorted(found.items()))}
