"""What the demonstration's QA lead has reported: published sets, one to approve, one in work.

Done by the services themselves, on days of the past; the quarterly report is left to whoever tries
the demonstration.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update

from qa_app.database import db
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.words import phrases
from qa_app.domain.publishing import ReportKind
from qa_app.notify.models import Notice
from qa_app.reports.models import ReportVersion
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import checking, drafting, publishing, writing

_SET: Final = (ReportKind.HIGHLIGHT, ReportKind.COMPLIANCE, ReportKind.QUALITY_MATTERS)
_THEME: Final = "smart-plans"
_EXPLAINED: Final = (
    "Looked at with the head of service: it is right as it stands, and what follows from it is on "
    "the tracker."
)
_BEGUN: Final = 5
_PUBLISHED: Final = 9


@dataclass(frozen=True)
class Reports:
    """The reports of the months before this one."""

    council: Council
    days: Days

    def report(self) -> None:
        """A month's set, a briefing and an earlier report published; last month's are in work."""
        third, second, last = self.days.months[-4:-1]
        self._published(ReportAsked(ReportKind.HIGHLIGHT, str(third)))
        for kind in _SET:
            self._published(ReportAsked(kind, str(second)))
        self._published(ReportAsked(ReportKind.BRIEFING, str(second), theme=_THEME))
        self._checked(ReportAsked(ReportKind.COMPLIANCE, str(last)))
        self._begun(ReportAsked(ReportKind.HIGHLIGHT, str(last)))
        self._all_is_read()

    @property
    def _lead(self) -> UUID:
        return self.council.qa_lead.id

    def _day(self, asked: ReportAsked, working_days: int) -> datetime:
        """A working day of the month after the report's, but never one that is still to come."""
        return self.days.clock(self.days.on(working_days, asked.months[-1].last), 9, 30)

    def _begun(self, asked: ReportAsked) -> ReportVersion:
        at = self._day(asked, _BEGUN)
        version = drafting.begin_report(asked, by=self._lead, at=at)
        for slot, words in phrases("reports")[asked.kind.value].items():
            writing.write(version, slot, words.strip(), 0, by=self._lead, at=at)
        return version

    def _checked(self, asked: ReportAsked) -> ReportVersion:
        version, at = self._begun(asked), self._day(asked, _BEGUN) + timedelta(hours=3)
        for code in {
            each.finding.code for each in checking.checks_of(version).data if each.is_open
        }:
            checking.explain(version, code, None, _EXPLAINED, by=self._lead, at=at)
        publishing.check(version, version.revision, by=self._lead, at=at)
        return version

    def _published(self, asked: ReportAsked) -> None:
        version, at = self._checked(asked), self._day(asked, _PUBLISHED)
        approver = self.council.logins["head.of.service"].id
        publishing.approve(version, version.revision, by=approver, at=at)
        publishing.publish(version, version.revision, by=self._lead, at=at + timedelta(hours=1))

    def _all_is_read(self) -> None:
        """What people were told of reports at the time, they have seen by now."""
        told = Notice.key.like("report:%")
        db.session.execute(
            update(Notice).where(told).values(read_at=Notice.created_at, sent_at=Notice.created_at)
        )
