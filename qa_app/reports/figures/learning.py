"""The measure of a learning response before and after it (T3), from the facts of a data cut."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import Month, date_words
from qa_app.domain.grades import ComplianceAnswer, Grade
from qa_app.domain.learning import JudgedBy, Window
from qa_app.domain.measures import AUTHORITY
from qa_app.reports.counting import counted, in_rates
from qa_app.reports.facts import AuditFact, Facts, ResponseFact
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.themes import are_known, is_development, names_by_code
from qa_app.reports.reportasked import ReportAsked

BEFORE: Final = "L-1"
AFTER: Final = "L-2"
_GOOD: Final = frozenset({Grade.GOOD, Grade.OUTSTANDING})


@dataclass(frozen=True)
class Judged:
    """A response as its measure needs it. `theme` is a code, `code` a section's or a standard's,
    `service` the name of the one that it is for ("" for all)."""

    id: UUID
    title: str
    theme: str
    by: JudgedBy
    code: str
    service: str
    window: Window


def judged_in(facts: Facts) -> list[Judged]:
    """The responses of a data cut that were done in one of its months: those about which a report
    can say something, now or soon. The title says kind and day."""
    return [
        _judged(each)
        for each in facts.responses
        if each.done_on is not None and facts.first <= Month.of(each.done_on) <= facts.last
    ]


def _judged(response: ResponseFact) -> Judged:
    day = response.done_on or response.due_on
    title = f"{response.kind.words}: {response.title} ({date_words(day)})"
    window = Window.around(day, response.months_before, response.months_after)
    return Judged(
        response.id,
        title,
        response.theme,
        response.judged_by,
        response.judged_code,
        response.service,
        window,
    )


@dataclass(frozen=True)
class Side:
    """One side of a response: `met` of `of` audits, over those of its months that are over."""

    months: tuple[Month, ...]
    met: tuple[UUID, ...]
    of: int


@dataclass(frozen=True)
class BeforeAfter:
    """Both sides of a response; `wanted` says how many months each is to have."""

    judged: Judged
    before: Side
    after: Side

    @property
    def is_whole(self) -> bool:
        """Whether every month that it is to be judged by is over."""
        return len(self.after.months) == len(self.judged.window.after)


Holds = Callable[[AuditFact], bool | None]
"""Whether an audit meets the measure; None where it says nothing about it."""


def before_and_after(facts: Facts, asked: ReportAsked, judged: Judged, today: date) -> BeforeAfter:
    """The measure in the months before and in those after that are over on the day of the cut.

    As every comparison of months it leaves out targeted, thematic and re-audits (S5). The facts
    must hold those months: one that they lack is not counted.
    """
    holds = _MEASURES[judged.by](facts, judged)
    audits = [
        audit
        for audit in counted(asked, facts)
        if in_rates(audit) and judged.service in ("", audit.service)
    ]
    return BeforeAfter(
        judged,
        _side(audits, [m for m in judged.window.before if m.last < today], holds, facts),
        _side(audits, judged.window.over(today), holds, facts),
    )


def learning_figures(
    facts: Facts, asked: ReportAsked, responses: Sequence[Judged], today: date
) -> list[ReportFigure]:
    """L-1 (before) and L-2 (after) of each response, categories their titles, in their order.

    The period is the months that were counted, ``2022-11 to 2023-02``; a side of which no month is
    over yet has no figure.
    """
    figures: list[ReportFigure] = []
    for name, judged in zip(_names(responses), responses, strict=True):
        found = before_and_after(facts, asked, judged, today)
        scope = judged.service or AUTHORITY
        for measure, side in ((BEFORE, found.before), (AFTER, found.after)):
            if side.months:
                key = Key(measure, months_key(side.months), name, scope)
                figures.append(ReportFigure.share(key, side.met, side.of))
    return figures


def months_key(months: Sequence[Month]) -> str:
    """``2022-11 to 2023-02``, or ``2022-11`` where it is one."""
    first, last = months[0], months[-1]
    return str(first) if first == last else f"{first} to {last}"


def _names(responses: Sequence[Judged]) -> list[str]:
    """Their titles; one that stands twice is numbered, so that each figure has its own name."""
    seen: dict[str, int] = {}
    names = []
    for each in responses:
        seen[each.title] = seen.get(each.title, 0) + 1
        number = seen[each.title]
        names.append(each.title if number == 1 else f"{each.title} ({number})")
    return names


def _side(audits: Sequence[AuditFact], months: Sequence[Month], holds: Holds, facts: Facts) -> Side:
    there = tuple(month for month in months if facts.first <= month <= facts.last)
    said = [(audit.id, holds(audit)) for audit in audits if audit.month in there]
    counted_here = [(audit_id, met) for audit_id, met in said if met is not None]
    return Side(there, tuple(each for each, met in counted_here if met), len(counted_here))


def _by_theme(facts: Facts, judged: Judged) -> Holds:
    names = names_by_code(facts.themes)
    name = names.get(judged.theme, judged.theme)

    def holds(audit: AuditFact) -> bool | None:
        if not are_known(audit):
            return None
        return any(
            is_development(finding)
            and name in {names.get(code, code) for code in (finding.theme, *finding.others)}
            for finding in audit.findings
        )

    return holds


def _by_section(_: Facts, judged: Judged) -> Holds:
    def holds(audit: AuditFact) -> bool | None:
        grades = [each.grade for each in audit.sections if each.code == judged.code]
        return grades[0] in _GOOD if grades else None

    return holds


def _by_standard(_: Facts, judged: Judged) -> Holds:
    asked = (ComplianceAnswer.YES, ComplianceAnswer.NO)

    def holds(audit: AuditFact) -> bool | None:
        answers = [
            each.answer
            for each in audit.standards
            if each.standard == judged.code and each.answer in asked
        ]
        return ComplianceAnswer.NO not in answers if answers else None

    return holds


def _by_grades(_: Facts, __: Judged) -> Holds:
    return lambda audit: audit.final in _GOOD if audit.final is not None else None


_MEASURES: Final[Mapping[JudgedBy, Callable[[Facts, Judged], Holds]]] = {
    JudgedBy.THEME: _by_theme,
    JudgedBy.SECTION: _by_section,
    JudgedBy.STANDARD: _by_standard,
    JudgedBy.GRADES: _by_grades,
}
