"""The library of reports: what is published, what is in work (R3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app.database import db
from qa_app.domain.calendar import financial_year_of, financial_year_words
from qa_app.domain.publishing import ReportState, Standing, standing
from qa_app.reports.models import Report, ReportVersion
from qa_app.reports.reportasked import ReportAsked


@dataclass(frozen=True)
class Shelved:
    """A report in the library with its published versions, the newest first."""

    report: Report
    asked: ReportAsked
    versions: Sequence[ReportVersion]

    @property
    def year(self) -> str:
        """The financial year of its last month: ``2022/23``."""
        return financial_year_words(financial_year_of(self.asked.months[-1].first))

    def standing(self, version: ReportVersion) -> Standing:
        """What one of its versions is beside the others."""
        return standing(version.number, version.state, self.versions[0].number)


def published() -> list[Shelved]:
    """Every report that was ever published: the latest period first, within it the longer reports'
    kinds in their own order."""
    query = select(Report).options(selectinload(Report.versions))
    found = [_shelved(report) for report in db.session.scalars(query)]
    return sorted(
        (each for each in found if each.versions),
        key=lambda each: (each.asked.months[-1], each.asked.months[0]),
        reverse=True,
    )


def _shelved(report: Report) -> Shelved:
    asked = ReportAsked.from_json(report.kind, report.period, report.parameters)
    versions = [each for each in reversed(report.versions) if each.published_at]
    return Shelved(report, asked, versions)


def in_work(states: Collection[ReportState]) -> list[ReportVersion]:
    """Versions in these states, the newest first."""
    query = (
        select(ReportVersion)
        .where(ReportVersion.state.in_(states))
        .options(selectinload(ReportVersion.report))
        .order_by(ReportVersion.made_at.desc(), ReportVersion.id.desc())
    )
    return list(db.session.scalars(query))
