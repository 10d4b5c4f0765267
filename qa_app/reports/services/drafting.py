"""Beginning a report and its later versions, taking the data anew, throwing a draft away (R3)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.database import db
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import ReportState
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import OtherFigure, Report, ReportText, ReportVersion
from qa_app.reports.publishing.contents import asked_of
from qa_app.reports.publishing.texts import placeholder_in
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services.cutting import take_cut
from qa_app.reports.services.holding import held_draft

IN_WORK = (ReportState.DRAFT, ReportState.CHECKED, ReportState.APPROVED)


class DraftExists(DomainError):
    """There is a version of this report already that is not published yet."""


class PublishedBefore(DomainError):
    """The report was published: what follows is another version of it, with a reason."""


def begin_report(asked: ReportAsked, *, by: UUID, at: datetime) -> ReportVersion:
    """The first version of a report, as a draft with its data taken.

    Raises DraftExists or PublishedBefore where the same report is there already, and DomainError
    for a period that has not begun.
    """
    _refuse_the_future(asked, at)
    report = db.session.scalars(select(Report).filter_by(key=asked.key)).first()
    if report is not None and any(each.published_at for each in report.versions):
        raise PublishedBefore(
            "This report was published before. Open it in the library and begin a new version, "
            "with the reason for it",
            "period",
        )
    if report is None:
        report = Report(
            kind=asked.kind,
            period=asked.period,
            parameters=asked.to_json(),
            key=asked.key,
            title=asked.title,
            made_by=by,
            made_at=at,
        )
    return _begin(report, 1, "", by=by, at=at)


def _refuse_the_future(asked: ReportAsked, at: datetime) -> None:
    if asked.months[0] > Month.of(london_date(at)):
        raise DomainError("This period has not begun. Choose one that has", "period")


def begin_version(before: ReportVersion, why: str, *, by: UUID, at: datetime) -> ReportVersion:
    """The next version of a published report: new data, the texts as they were, and the reason
    that its readers are given (R3)."""
    if before.published_at is None:
        raise DomainError("This version is not published yet. Change it as it is")
    if not why.strip():
        raise DomainError("Say why there is to be another version", "why")
    if placeholder := placeholder_in(why):
        raise DomainError(f"Put what belongs in place of “{placeholder}”", "why")
    version = _begin(before.report, before.number + 1, why.strip(), by=by, at=at)
    _copy(before, version)
    db.session.flush()
    return version


def _begin(report: Report, number: int, why: str, *, by: UUID, at: datetime) -> ReportVersion:
    asked = asked_of(report)
    cut = take_cut(*RECIPES[asked.kind].span(asked), by=by, at=at)
    try:
        with db.session.begin_nested():
            db.session.add(report)
            db.session.flush()
            version = ReportVersion(
                report_id=report.id,
                number=number,
                state=ReportState.DRAFT,
                why=why,
                cut_id=cut.id,
                made_by=by,
                made_at=at,
            )
            db.session.add(version)
    except IntegrityError:
        raise DraftExists(
            "A version of this report is in work already. Open it in the library", "period"
        ) from None
    history.record("report_drafted", version, by=by, at=at, number=number, title=report.title)
    return version


def _copy(before: ReportVersion, version: ReportVersion) -> None:
    """What was written and set beside the figures; who wrote it stays who wrote it (R3)."""
    for text in before.texts:
        db.session.add(
            ReportText(
                version_id=version.id,
                slot=text.slot,
                text=text.text,
                written_by=text.written_by,
                written_at=text.written_at,
            )
        )
    for other in before.others:
        names = ("section", "words", "numerator", "denominator", "source", "as_at")
        said = {name: getattr(other, name) for name in names}
        more = {"added_by": other.added_by, "added_at": other.added_at}
        db.session.add(OtherFigure(version_id=version.id, **said, **more))


def refresh_cut(version: ReportVersion, revision: int, *, by: UUID, at: datetime) -> None:
    """Take the data of a draft anew: its figures are worked out from the audits of now."""
    version = held_draft(version, revision)
    asked = asked_of(version.report)
    version.cut = take_cut(*RECIPES[asked.kind].span(asked), by=by, at=at)
    history.record("report_cut", version, by=by, at=at, number=version.number)


def discard(version: ReportVersion, revision: int, *, by: UUID, at: datetime) -> None:
    """Throw a draft away with what was written in it; and its report, where it had no other."""
    version = held_draft(version, revision)
    history.record("report_discarded", version, by=by, at=at, number=version.number)
    report = version.report
    for row in (*version.texts, *version.others, *version.answers):
        db.session.delete(row)
    db.session.flush()
    db.session.delete(version)
    db.session.flush()
    db.session.expire(report, ["versions"])
    if not report.versions:
        db.session.delete(report)
