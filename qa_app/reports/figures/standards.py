"""Q-3: compliance with each practice standard, approved exceptions counted beside it."""

from collections.abc import Collection, Iterable
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import Month
from qa_app.domain.grades import ComplianceAnswer
from qa_app.domain.measures import percentage_text
from qa_app.reports.counting import counted_in
from qa_app.reports.facts import AuditFact, Facts, StandardFact
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.scopes import by_scope
from qa_app.reports.reportasked import ReportAsked

MET: Final = {Whose.AUTHORITY: "Q-3", Whose.SERVICE: "Q-3s"}
EXCEPTIONS: Final = "Q-3b"


def standard_figures(
    facts: Facts,
    asked: ReportAsked,
    period: str,
    months: Collection[Month],
    *,
    scope: Whose = Whose.AUTHORITY,
) -> list[ReportFigure]:
    """Q-3 of one period: answers yes of those yes and no, for each standard that was tested.

    Answers are counted, of which an audit may give several about one standard; "not applicable" is
    in neither number. For the authority Q-3b follows, the approved exceptions. Categories are
    number and title (``4.3 Visits``), in the order of numbers.
    """
    audits = [each for each in counted_in(asked, facts, *months) if each.standards]
    titles = {each.number: each.title for each in facts.standards}
    tested = {
        each.standard: f"{each.standard} {titles.get(each.standard, '')}".strip()
        for each in sorted(_answers(audits), key=lambda each: number_key(each.standard))
    }
    figures = [
        _share(Key(MET[scope], period, name, part), those, standard)
        for part, those in by_scope(audits, scope).items()
        for standard, name in tested.items()
    ]
    if scope is Whose.AUTHORITY:
        excepted = {ComplianceAnswer.APPROVED_EXCEPTION}
        figures += [
            ReportFigure.count(Key(EXCEPTIONS, period, name), _giving(audits, standard, excepted))
            for standard, name in tested.items()
        ]
    return figures


def _answers(audits: Iterable[AuditFact]) -> list[StandardFact]:
    return [each for audit in audits for each in audit.standards]


def _giving(
    audits: Iterable[AuditFact], standard: str, answers: Collection[ComplianceAnswer]
) -> list[UUID]:
    """The audit of each such answer, as often as it gave one."""
    return [
        audit.id
        for audit in audits
        for each in audit.standards
        if each.standard == standard and each.answer in answers
    ]


def _share(key: Key, audits: Collection[AuditFact], standard: str) -> ReportFigure:
    yes = _giving(audits, standard, {ComplianceAnswer.YES})
    of = len(yes) + len(_giving(audits, standard, {ComplianceAnswer.NO}))
    text = f"{len(yes):,} of {of:,}" + (f" ({percentage_text(len(yes), of, 1)})" if of else "")
    return ReportFigure(key, len(yes), of, text, tuple(dict.fromkeys(yes)))


def number_key(standard: str) -> tuple[bool, list[int], str]:
    """The order of standards: 4.10 after 4.9, and after all numbers those that are words."""
    parts = standard.split(".")
    number = all(part.isdigit() for part in parts)
    return not number, [int(part) for part in parts] if number else [], standard
