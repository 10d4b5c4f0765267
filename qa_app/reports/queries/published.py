"""A version's public form beside what was published before and could be subtracted (R5)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, undefer

from qa_app.database import db
from qa_app.domain.calendar import Month, Quarter
from qa_app.reports.asked import GradeBasis, Selected
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.figures.grades import published
from qa_app.reports.models import Report, ReportVersion
from qa_app.reports.public import EarlierPublished, PublicVersion, publicly
from qa_app.reports.reportasked import ReportAsked


def public_version(
    version: ReportVersion, asked: ReportAsked, figures: Figures, facts: Facts
) -> PublicVersion:
    """What the version prints in public, beside everything that was published before it.

    `facts` are those of its data cut. DomainError where nothing of it can be published. Takes
    seconds: see docs/adr/0018-public-versions.md.
    """
    earlier = earlier_published(version)
    if not asked.whole or asked.grades is not GradeBasis.FINAL:
        earlier.append(the_authoritys_own(facts, asked))
    return publicly(asked, figures, earlier)


def earlier_published(version: ReportVersion) -> list[EarlierPublished]:
    """What was published before this version, of itself and of other reports whose periods
    overlap: what it counted, and what its public form printed.

    Withdrawn and superseded versions are among them, since nobody gives back what they have read.
    The first published comes first. One statement.
    """
    asked = _asked_of(version.report)
    return [
        EarlierPublished(
            _asked_of(each.report), _read(each.figures), _read(each.public_figures), _words(each)
        )
        for each in _published_before(version)
        if each.report_id == version.report_id or _overlap(asked, _asked_of(each.report))
    ]


def the_authoritys_own(facts: Facts, asked: ReportAsked) -> EarlierPublished:
    """MTM-1 to MTM-4 of the whole authority in the months of a narrower report: they are published
    in full, whatever that one prints."""
    whole = replace(
        asked,
        services=(),
        plan_types=(),
        tools=(),
        selection=Selected.ALL,
        grades=GradeBasis.FINAL,
    )
    own = Figures(tuple(published(facts, whole, whole.months)))
    return EarlierPublished(whole, own, own, "The authority’s own figures")


def _published_before(version: ReportVersion) -> Sequence[ReportVersion]:
    query = _before(version).options(
        joinedload(ReportVersion.report),
        undefer(ReportVersion.figures),
        undefer(ReportVersion.public_figures),
    )
    return db.session.scalars(query).all()


def _before(version: ReportVersion) -> Select[ReportVersion]:
    before: ColumnElement[bool] = ReportVersion.published_at.is_not(None)
    if version.published_at is not None:
        # Of two that were published in one moment the ids say which came first.
        earlier = ReportVersion.published_at < version.published_at
        same = ReportVersion.published_at == version.published_at
        before = or_(earlier, and_(same, ReportVersion.id < version.id))
    return (
        select(ReportVersion)
        .where(before, ReportVersion.id != version.id)
        .order_by(ReportVersion.published_at, ReportVersion.id)
    )


def _asked_of(report: Report) -> ReportAsked:
    return ReportAsked.from_json(report.kind, report.period, report.parameters)


def _overlap(one: ReportAsked, other: ReportAsked) -> bool:
    return not set(_compared(one)).isdisjoint(_compared(other))


def _compared(asked: ReportAsked) -> set[Month]:
    """The months of the report's period and of those that it is compared with."""
    months = set(asked.months)
    before = asked.months[0].previous()
    if len(asked.months) > 1:
        months |= set(Quarter.of(before.first).months)
    year_ago = {Month(month.year - 1, month.month) for month in asked.months}
    return months | year_ago | {before}


def _read(rows: Iterable[dict[str, str | int | None]] | None) -> Figures:
    return Figures(tuple(ReportFigure.from_row(row) for row in rows or ()))


def _words(version: ReportVersion) -> str:
    return f"{version.report.title}, version {version.number}"
