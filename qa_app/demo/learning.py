"""What the demonstration does about themes, what it shares, and which board reads its reports."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource, Finding
from qa_app.database import db
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.words import phrases
from qa_app.domain.answers import FindingKind
from qa_app.domain.learning import JudgedBy, ResponseKind
from qa_app.domain.workflow import AuditState
from qa_app.reports.services import examples
from qa_app.reports.services.learning import Plan, mark_done, plan_response
from qa_app.reports.services.packs import add_meeting
from qa_app.standards.models import Theme

_SIX_WEEKS: Final = timedelta(weeks=6)


@dataclass(frozen=True)
class Learning:
    """The demonstration's learning."""

    council: Council
    days: Days
    at: datetime

    def learn(self) -> None:
        """A training that was given, guidance to come, an example to read, two meetings."""
        self._trained()
        self._to_come()
        self._example()
        self._board()

    @property
    def _lead(self) -> UUID:
        return self.council.qa_lead.id

    def _plan(self, key: str, kind: ResponseKind, due_on: date, judged_by: JudgedBy) -> Plan:
        said = phrases("learning")[key]
        owner = db.session.get_one(Person, self.council.logins["head.of.service"].id)
        return Plan(
            kind=kind,
            title=said["title"],
            what=said["what"],
            owner=owner,
            service_id=None,
            due_on=due_on,
            judged_by=judged_by,
            judged_code="",
            months_before=4,
            months_after=4,
        )

    def _theme(self, code: str) -> Theme:
        return db.session.scalars(select(Theme).where(Theme.code == code)).one()

    def _trained(self) -> None:
        """Five months ago, so that four whole months before and after it are over."""
        month = self.days.months[-6]
        begun, held = self.days.on(2, month.first), self.days.on(12, month.first)
        plan = self._plan("trained", ResponseKind.TRAINING, held, JudgedBy.THEME)
        at = self.days.clock(begun, 10)
        response = plan_response(self._theme("supervision"), plan, by=self._lead, at=at)
        mark_done(response, on=held, by=self._lead, at=self.days.clock(held, 16))

    def _to_come(self) -> None:
        due = self.days.calendar.add_working_days(self.days.today, 15)
        plan = self._plan("to_come", ResponseKind.GUIDANCE, due, JudgedBy.THEME)
        plan_response(self._theme("smart-plans"), plan, by=self._lead, at=self.at)

    def _example(self) -> None:
        """A strength of a finished audit, told anew, agreed to by its team's leader."""
        query = (
            select(Finding)
            .join(Audit, Audit.id == Finding.audit_id)
            .where(
                Finding.kind == FindingKind.STRENGTH,
                Audit.state == AuditState.FINAL,
                Audit.source == AuditSource.MADE,
                Audit.team_id.is_not(None),
            )
            .order_by(Audit.reference.desc(), Finding.id)
            .limit(1)
        )
        said, at = phrases("learning")["example"], self.days.clock(self.days.yesterday, 11)
        example = examples.mark_example(
            db.session.scalars(query).one(), **said, by=self._lead, at=at
        )
        head = self.council.logins["head.of.service"].id
        examples.consent(example, by=head, at=at + timedelta(hours=2))
        examples.publish(example, looked=True, by=self._lead, at=at + timedelta(hours=3))

    def _board(self) -> None:
        name = phrases("learning")["board"]["name"]
        meeting = self.days.today + timedelta(weeks=1)
        for held_on in (meeting - _SIX_WEEKS, meeting):
            add_meeting(name, held_on, by=self._lead, at=self.at)
