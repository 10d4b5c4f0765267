"""Q-2: the grades of each section, for the authority, each team and each service."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from qa_app.domain.calendar import Month
from qa_app.domain.grades import PRINT_ORDER, Grade
from qa_app.reports.counting import counted_in
from qa_app.reports.facts import AuditFact, Facts, SectionFact
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.grades import GOOD_GRADES
from qa_app.reports.figures.scopes import by_scope
from qa_app.reports.reportasked import ReportAsked

GOOD: Final = {Whose.AUTHORITY: "Q-2", Whose.TEAM: "Q-2", Whose.SERVICE: "Q-2s"}
GRADES: Final = {Whose.AUTHORITY: "Q-2g", Whose.TEAM: "Q-2gt", Whose.SERVICE: "Q-2gs"}
"""Q-2 by authority and by team have one id, since their scopes have different names."""


class SectionOf(NamedTuple):
    """A section whatever its tool's version."""

    tool: str
    code: str


def section_figures(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Collection[Month],
    *,
    scope: Whose = Whose.AUTHORITY,
) -> list[ReportFigure]:
    """Q-2 of one period: for each section the Good and Outstanding of those graded; then Q-2g, each
    grade of each section, zeros included (the category is ``Assessment: Good``).

    Of the audits that were final at the cut, by the grade that counts: the final one, or the
    auditor's where nobody moderated the section. Every scope has every section of the period.
    """
    audits = [each for each in counted_in(asked, facts, *months) if each.sections]
    titles = titles_of(audits)
    good: list[ReportFigure] = []
    grades: list[ReportFigure] = []
    for name, those in by_scope(audits, scope).items():
        graded = _graded(those)
        for section, title in titles.items():
            found = graded.get(section, {})
            number = sum(len(each) for each in found.values())
            key = Key(GOOD[scope], period, title, name)
            ids = [audit.id for each in GOOD_GRADES_IN_ORDER for audit in found.get(each, ())]
            good.append(ReportFigure.share(key, ids, number))
            for grade in PRINT_ORDER:
                key = Key(GRADES[scope], period, f"{title}: {grade.words}", name)
                of_grade = [audit.id for audit in found.get(grade, ())]
                grades.append(ReportFigure.share(key, of_grade, number))
    return [*good, *grades]


GOOD_GRADES_IN_ORDER: Final = tuple(grade for grade in PRINT_ORDER if grade in GOOD_GRADES)


def _graded(
    audits: Iterable[AuditFact],
) -> Mapping[SectionOf, Mapping[Grade, Sequence[AuditFact]]]:
    found: dict[SectionOf, dict[Grade, list[AuditFact]]] = {}
    for audit in audits:
        for each in audit.sections:
            section = found.setdefault(_of(each), {})
            section.setdefault(each.grade, []).append(audit)
    return found


def _of(section: SectionFact) -> SectionOf:
    return SectionOf(section.tool, section.code)


def titles_of(audits: Iterable[AuditFact]) -> dict[SectionOf, str]:
    """The sections of these audits in the order of their tools, each by its newest title; sections
    of two tools with one title are told apart by the tool's code."""
    order: list[SectionOf] = []
    titles: dict[SectionOf, str] = {}
    for audit in sorted(audits, key=lambda each: (each.completed_on, each.id)):
        before = -1
        for each in audit.sections:
            section = _of(each)
            titles[section] = each.title
            if section in order:
                before = order.index(section)
            else:
                before += 1
                order.insert(before, section)
    seen = list(titles.values())
    return {
        section: titles[section]
        if seen.count(titles[section]) == 1
        else f"{titles[section]} ({section.tool})"
        for section in order
    }
