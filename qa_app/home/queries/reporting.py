"""Reports as they wait for somebody: what the next ones lack, what is to approve, what is new."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ScalarSelect, Select, func, or_, select

from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.publishing import MONTHLY, ReportKind, ReportState
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import Report, ReportText, ReportVersion

SHOWN = 5
_IN_WORK = (ReportState.DRAFT, ReportState.CHECKED, ReportState.APPROVED)
_EXPECTED = tuple(kind for kind in MONTHLY if kind is not ReportKind.BRIEFING)


class InWork(NamedTuple):
    """A version that is not published yet, with how many parts of it are still to be written."""

    id: UUID
    title: str
    number: int
    state: ReportState
    unwritten: int

    @property
    def waits_for(self) -> str:
        """What stands between it and its publication (R3, R7, R8)."""
        if self.state is ReportState.CHECKED:
            return "Waits for a head of service to approve it"
        if self.state is ReportState.APPROVED:
            return "Approved: ready to be published"
        if self.unwritten:
            parts = "1 part is" if self.unwritten == 1 else f"{self.unwritten} parts are"
            return f"{parts} still to be written"
        return "Everything is written: to be checked"


class Reporting(NamedTuple):
    """The reports of the month that is over: those nobody has begun, and all that are in work."""

    month: Month
    not_begun: Sequence[ReportKind]
    in_work: Sequence[InWork]


def versions_of(month: Month) -> Select[Any]:
    """Versions in work, and every one of a month's reports, with how many needed parts of each are
    written: to be joined to another question, since the page asks few."""
    written = (
        select(func.count())
        .where(
            ReportText.version_id == ReportVersion.id,
            ReportText.slot.in_(_needed_slots()),
            ReportText.text != "",
        )
        .correlate(ReportVersion)
        .scalar_subquery()
    )
    columns = (
        Report.kind,
        Report.period,
        Report.title,
        ReportVersion.id,
        ReportVersion.number,
        ReportVersion.state,
        written.label("written"),
    )
    return (
        select(*columns)
        .join(ReportVersion, ReportVersion.report_id == Report.id)
        .where(or_(ReportVersion.state.in_(_IN_WORK), Report.period == str(month)))
    )


def reporting_from(month: Month, rows: Iterable[Sequence[Any]]) -> Reporting:
    """What the QA lead still owes of the month's reports, and what is in work, the newest first."""
    found = sorted(rows, key=lambda row: row[3], reverse=True)
    begun = {kind for kind, period, *_ in found if period == str(month)}
    return Reporting(
        month,
        [kind for kind in _EXPECTED if kind not in begun],
        [
            InWork(id_, title, number, state, max(_needed(kind) - parts, 0))
            for kind, _, title, id_, number, state, parts in found
            if state in _IN_WORK
        ],
    )


def _needed(kind: ReportKind) -> int:
    return sum(slot.needed for slot in RECIPES[kind].slots)


def _needed_slots() -> set[str]:
    return {slot.code for recipe in RECIPES.values() for slot in recipe.slots if slot.needed}


def count_to_approve(person_id: UUID) -> ScalarSelect[int]:
    """How many checked versions wait for a head of service other than this person (R3)."""
    wrote = (
        select(ReportText.id)
        .where(ReportText.version_id == ReportVersion.id, ReportText.written_by == person_id)
        .exists()
    )
    return (
        select(func.count())
        .select_from(ReportVersion)
        .where(
            ReportVersion.state == ReportState.CHECKED,
            ReportVersion.checked_by.is_distinct_from(person_id),
            ~wrote,
        )
        .scalar_subquery()
    )


class Published(NamedTuple):
    """A report's current version."""

    id: UUID
    title: str
    number: int
    published_at: datetime | None


def newest_published() -> list[Published]:
    """The reports that were published last, each in its current version (one query)."""
    latest = (
        select(func.max(ReportVersion.number))
        .where(ReportVersion.report_id == Report.id, ReportVersion.state == ReportState.PUBLISHED)
        .correlate(Report)
        .scalar_subquery()
    )
    query = (
        select(ReportVersion.id, Report.title, ReportVersion.number, ReportVersion.published_at)
        .join(Report, Report.id == ReportVersion.report_id)
        .where(ReportVersion.state == ReportState.PUBLISHED, ReportVersion.number == latest)
        .order_by(ReportVersion.published_at.desc(), ReportVersion.id)
        .limit(SHOWN)
    )
    return [Published(*row) for row in db.session.execute(query)]
