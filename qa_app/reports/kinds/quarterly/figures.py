"""Every figure of a thematic report: of the period, its parts and what it is compared with."""

from collections.abc import Iterator, Sequence
from typing import Final

from qa_app.domain.calendar import london_date
from qa_app.domain.grades import PRINT_ORDER
from qa_app.domain.measures import grade_figures
from qa_app.reports.counting import counted_in, grade_of
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Key, ReportFigure
from qa_app.reports.figures.actions import (
    concern_figures,
    flow_figures,
    on_time_figures,
    outstanding_figures,
)
from qa_app.reports.figures.agreement import agreement_figures
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.compliance import compliance_figures
from qa_app.reports.figures.grades import (
    AWAITING_MEASURE,
    awaiting,
    beside,
    good_or_better,
    published,
)
from qa_app.reports.figures.learning import judged_in, learning_figures
from qa_app.reports.figures.reaudits import re_audit_figures
from qa_app.reports.figures.sections import GOOD as SECTIONS_GOOD
from qa_app.reports.figures.sections import section_figures
from qa_app.reports.figures.standards import standard_figures
from qa_app.reports.figures.themes import theme_figures
from qa_app.reports.figures.voices import voice_figures
from qa_app.reports.kinds.quarterly.period import Period, Stretch, period_of
from qa_app.reports.measureset import AWAITING
from qa_app.reports.reportasked import ReportAsked


def figures(facts: Facts, asked: ReportAsked) -> list[ReportFigure]:
    """The report's figures, chapter by chapter."""
    period = period_of(asked)
    return [figure for chapter in _CHAPTERS for figure in chapter(facts, asked, period)]


def grades_of(facts: Facts, asked: ReportAsked, stretch: Stretch) -> Iterator[ReportFigure]:
    """MTM-1 of several months together, as MTM-1 is written of one."""
    audits = counted_in(asked, facts, *stretch.months)
    graded = [audit for audit in audits if grade_of(asked, audit) is not None]
    behind = [
        [audit.id for audit in graded if grade_of(asked, audit) is grade] for grade in PRINT_ORDER
    ]
    counts = {grade: len(ids) for grade, ids in zip(PRINT_ORDER, behind, strict=True)}
    every = [audit.id for audit in graded]
    for figure, ids in zip(grade_figures(stretch.key, counts), (*behind, every), strict=True):
        yield ReportFigure.of(figure, ids)


def _several(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Those that are more than a month, whose figures no monthly measure has."""
    return [each for each in stretches if len(each.months) > 1]


def _programme(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    months = period.whole.months
    yield from published(facts, asked, months)
    yield from awaiting(facts, asked, months)
    yield from beside(facts, asked, months)
    for each in _several([*period.parts, *period.compared]):
        yield from compliance_figures(facts, asked, each.key, each.months)
        yield _awaiting(facts, asked, each)
    for each in period.compared[:2]:
        yield from compliance_figures(facts, asked, each.key, each.months, scope=Whose.SERVICE)


def _awaiting(facts: Facts, asked: ReportAsked, stretch: Stretch) -> ReportFigure:
    audits = [each.id for each in counted_in(asked, facts, *stretch.months) if each.awaits]
    return ReportFigure.count(Key(AWAITING_MEASURE, stretch.key, AWAITING), audits)


def _grades(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in _several([*period.parts, *period.compared]):
        yield from grades_of(facts, asked, each)
        yield from good_or_better(facts, asked, each.key, each.months)
    for month in period.run:
        yield from good_or_better(facts, asked, str(month), [month])
    whole = period.whole
    yield from good_or_better(facts, asked, whole.key, whole.months, scope=Whose.SERVICE)


def _sections(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in period.compared:
        yield from section_figures(facts, asked, each.key, each.months)
    whole = period.whole
    for scope in (Whose.TEAM, Whose.SERVICE):
        found = section_figures(facts, asked, whole.key, whole.months, scope=scope)
        # Every grade of every section of a team would be hundreds of ones and twos.
        yield from (each for each in found if each.key.measure == SECTIONS_GOOD[scope])


def _standards(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in period.compared:
        yield from standard_figures(facts, asked, each.key, each.months)


def _themes(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in period.compared:
        yield from theme_figures(
            facts, asked, each.key, each.months, by_service=each is period.whole
        )


def _agreement(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in period.compared:
        yield from agreement_figures(facts, asked, each.key, each.months)


def _actions(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in period.compared:
        yield from concern_figures(facts, asked, each.key, each.months)
        yield from flow_figures(facts, asked, each.key, each.months)
    for each in (*period.columns, *period.before):
        yield from on_time_figures(facts, asked, each.key, each.months)
    yield from outstanding_figures(facts, asked, period.whole.key)


def _re_audits(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in _several([*period.parts, *period.compared]):
        yield from re_audit_figures(facts, asked, each.key, each.months)


def _voices(facts: Facts, asked: ReportAsked, period: Period) -> Iterator[ReportFigure]:
    for each in period.compared:
        yield from voice_figures(facts, asked, each.key, each.months)


def _learning(facts: Facts, asked: ReportAsked, _: Period) -> Iterator[ReportFigure]:
    yield from learning_figures(facts, asked, judged_in(facts), london_date(facts.at))


_CHAPTERS: Final = (
    _programme,
    _grades,
    _sections,
    _standards,
    _themes,
    _agreement,
    _actions,
    _re_audits,
    _voices,
    _learning,
)
