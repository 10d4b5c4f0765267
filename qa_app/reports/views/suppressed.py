"""What the public form of a version hides and why, to be looked at before it is published (R5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import render_template
from flask.typing import ResponseReturnValue

from qa_app.domain.measures import AUTHORITY
from qa_app.domain.permissions import Permission
from qa_app.reports.disclosure import Mark
from qa_app.reports.figures.catalogue import CATALOGUE
from qa_app.reports.figures.periods import period_words
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import ReportVersion
from qa_app.reports.public import Hidden, Risk, narrative_risks
from qa_app.reports.publishing.contents import figures_in, texts_of
from qa_app.reports.views.drafts import version_at
from qa_app.reports.views.room import blueprint
from qa_app.security import note_access, permission_required


@dataclass(frozen=True)
class HiddenTable:
    """The hidden figures of one measure."""

    id: str
    title: str
    rows: Sequence[list[str]]


@blueprint.get("/versions/<uuid:version_id>/suppressed")
@permission_required(Permission.REPORT_READ_IN_FULL)
def suppressed(version_id: UUID) -> ResponseReturnValue:
    """What is hidden in public: each count, what stands in its place, and what it protects."""
    version = version_at(version_id)
    note_access("report_viewed", version, number=version.number)
    stored = version.public_hidden
    hidden = [Hidden.from_row(each) for each in stored or ()]
    return render_template(
        "reports/suppressed.html",
        version=version,
        worked_out=stored is not None,
        hidden=hidden,
        tables=_tables(hidden),
        left_out=_left_out(hidden),
        given_away=[each for each in hidden if each.given_away],
        risks=[[risk.words, place, risk.why] for risk, place in risks_of(version)],
    )


def risks_of(version: ReportVersion) -> list[tuple[Risk, str]]:
    """The sentences to look at before it is published, each with the heading of its place."""
    headings = {slot.code: slot.heading for slot in RECIPES[version.report.kind].slots}
    full, public = figures_in(version.figures), figures_in(version.public_figures)
    risks = narrative_risks(texts_of(version), full, public)
    return [(each, headings.get(each.slot, each.slot)) for each in risks]


def _tables(hidden: Iterable[Hidden]) -> list[HiddenTable]:
    """One table for each measure of which single figures are hidden."""
    measures: dict[str, list[Hidden]] = {}
    for each in hidden:
        measures.setdefault(each.key.measure, []).append(each)
    return [
        HiddenTable(f"hidden-{measure.lower()}", _title(measure), [_row(each) for each in those])
        for measure, those in measures.items()
        if not _as_one(those)
    ]


def _left_out(hidden: Sequence[Hidden]) -> list[list[str]]:
    """One line for each measure that is left out altogether: which, how many figures, why."""
    measures: dict[str, list[Hidden]] = {}
    for each in hidden:
        measures.setdefault(each.key.measure, []).append(each)
    return [
        [_title(measure), f"{len(those):,}", those[0].why]
        for measure, those in measures.items()
        if _as_one(those)
    ]


def _as_one(those: Sequence[Hidden]) -> bool:
    same = {(each.mark, each.why) for each in those}
    return len(same) == 1 and those[0].mark is Mark.LEFT_OUT


def _title(measure: str) -> str:
    row = CATALOGUE.get(measure)
    return f"{measure}: {row.title}" if row else measure


def _row(each: Hidden) -> list[str]:
    scope = "Whole authority" if each.key.scope == AUTHORITY else each.key.scope
    printed = "c" if each.mark is Mark.SUPPRESSED else "Left out"
    return [
        f"{each.key.category}, {scope}",
        period_words(each.key.period),
        each.value,
        printed,
        each.why,
    ]
