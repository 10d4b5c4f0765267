"""Boards' meetings, and what was published for each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, undefer

from qa_app.database import db
from qa_app.domain.calendar import LONDON, Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.measures import AUTHORITY, GRADES_MEASURE, TOTAL_CATEGORY
from qa_app.domain.publishing import ReportState
from qa_app.reports.asked import GradeBasis
from qa_app.reports.document.storing import from_json
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.models import BoardMeeting, Report, ReportVersion
from qa_app.reports.render.pack import Pack, Packed, changes_of
from qa_app.reports.render.packmoves import moved
from qa_app.reports.reportasked import ReportAsked


@dataclass(frozen=True)
class Met:
    """A meeting with the day of the board's meeting before it."""

    meeting: BoardMeeting
    since: date | None


def meetings() -> list[Met]:
    """Every meeting, the latest first; on one day by the board's name."""
    query = select(BoardMeeting).order_by(BoardMeeting.held_on, BoardMeeting.board)
    last: dict[str, date] = {}
    found = []
    for meeting in db.session.scalars(query):
        found.append(Met(meeting, last.get(meeting.board)))
        last[meeting.board] = meeting.held_on
    return sorted(found, key=lambda each: each.meeting.held_on, reverse=True)


def meeting_on(board: str, day: date) -> BoardMeeting | None:
    """The board's meeting of that day."""
    return db.session.scalar(select(BoardMeeting).filter_by(board=board, held_on=day))


def meeting_before(meeting: BoardMeeting) -> BoardMeeting | None:
    """The same board's meeting before this one."""
    query = (
        select(BoardMeeting)
        .where(BoardMeeting.board == meeting.board, BoardMeeting.held_on < meeting.held_on)
        .order_by(BoardMeeting.held_on.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def pack_of(meeting: BoardMeeting, *, public: bool, at: datetime) -> Pack:
    """What the board reads: the current version of each report that was published after the day of
    its meeting before, up to the day of this one; those withdrawn since are named."""
    before = meeting_before(meeting)
    since = before.held_on if before else None
    versions = _published(since, meeting.held_on)
    current = _current(versions)
    return Pack(
        board=meeting.board,
        held_on=meeting.held_on,
        since=since,
        reports=tuple(_packed(version, public=public) for version in current),
        moved=tuple(_moves(current, meeting.held_on)),
        at=at,
        public=public,
    )


def _published(since: date | None, until: date) -> list[ReportVersion]:
    """The versions published on the days after `since`, up to and with `until`, in London."""
    query = (
        select(ReportVersion)
        .join(ReportVersion.report)
        .options(contains_eager(ReportVersion.report))
        .options(undefer(ReportVersion.document), undefer(ReportVersion.public_document))
        .options(undefer(ReportVersion.figures))
        .where(ReportVersion.published_at < _midnight_after(until))
        .order_by(Report.period, Report.title, Report.id, ReportVersion.number)
    )
    if since is not None:
        query = query.where(ReportVersion.published_at >= _midnight_after(since))
    return list(db.session.scalars(query))


def _midnight_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), LONDON)


def _current(versions: Iterable[ReportVersion]) -> list[ReportVersion]:
    """The highest version of each report that stands, and every one that was withdrawn."""
    standing: dict[UUID, int] = {}
    found = list(versions)
    for version in found:
        if version.state is ReportState.PUBLISHED:
            standing[version.report_id] = version.number
    return [
        version
        for version in found
        if version.state is ReportState.WITHDRAWN or standing[version.report_id] == version.number
    ]


def _packed(version: ReportVersion, *, public: bool) -> Packed:
    withdrawn = version.withdrawn_at
    stored = version.public_document if public else version.document
    shown = withdrawn is None and stored is not None
    asked = _asked(version.report)
    return Packed(
        title=asked.kind.words,
        period=asked.period_words,
        number=version.number,
        published_on=london_date(version.published_at or version.made_at),
        document=from_json(stored) if shown and stored is not None else None,
        why=version.withdrawn_why if withdrawn else version.why,
        changes=changes_of(version.public_erratum if public else version.erratum),
        withdrawn_on=london_date(withdrawn) if withdrawn else None,
    )


def _asked(report: Report) -> ReportAsked:
    return ReportAsked.from_json(report.kind, report.period, report.parameters)


def _moves(current: Sequence[ReportVersion], until: date) -> list[str]:
    """What the authority's own figures did: they are published in full, so both forms say it."""
    standing = [each for each in current if each.state is ReportState.PUBLISHED]
    months = {month for each in standing if _own(each) for month in _asked(each.report).months}
    latest = sorted(month for month in months if month.last <= until)
    return moved(latest, _known(until))


def _known(until: date) -> dict[Month, Figures]:
    """The authority's figures of each month, of the version published last that stands."""
    known: dict[Month, Figures] = {}
    standing = [each for each in _published(None, until) if each.state is ReportState.PUBLISHED]
    for version in sorted(standing, key=lambda each: (each.published_at, each.number)):
        if not _own(version):
            continue
        figures = Figures(tuple(ReportFigure.from_row(row) for row in version.figures or ()))
        known |= dict.fromkeys(_months(figures), figures)
    return known


def _own(version: ReportVersion) -> bool:
    asked = _asked(version.report)
    return asked.whole and asked.grades is GradeBasis.FINAL


def _months(figures: Figures) -> Iterator[Month]:
    for figure in figures.of(GRADES_MEASURE, scope=AUTHORITY):
        if figure.key.category == TOTAL_CATEGORY:
            try:
                yield Month.parse(figure.key.period)
            except DomainError:
                continue
