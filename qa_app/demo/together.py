"""Audits done with people: invitations, views of their own, thanks, a word in confidence, and
summaries on children's records. Done by the services themselves, on the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.facts import people_to_ask
from qa_app.audits.queries.thanks import has_strength, people_to_thank
from qa_app.audits.services import Change
from qa_app.audits.services.conversations import Invitation, invite
from qa_app.audits.services.record import note_on_record
from qa_app.audits.services.thanking import thank
from qa_app.database import db
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.words import phrases
from qa_app.domain.answers import ContributionKind
from qa_app.domain.calendar import add_months, london_date
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState

_EVERY_INVITED: Final = 3
_EVERY_VIEW: Final = 4
_EVERY_THANKED: Final = 9
_EVERY_WAITING: Final = 4
_HOURS: Final = (10, 14, 15)


@dataclass(frozen=True)
class Together:
    """The people of the demonstration, talking to each other."""

    council: Council
    days: Days
    at: datetime

    def meet(self) -> None:
        """Everything, audit by audit in the order of their references."""
        under_way = self._audits(AuditState.IN_PROGRESS)
        for number, audit in enumerate(under_way):
            if self._shown(audit) or number % _EVERY_INVITED == 0:
                self._invite(audit, number)
            if number % _EVERY_VIEW == 0:
                self._view(audit, number // _EVERY_VIEW)
        self._confide(under_way)
        final = [
            each
            for each in self._audits(AuditState.FINAL)
            if each.source is AuditSource.MADE
            and each.final_at is not None
            and london_date(each.final_at) >= add_months(self.days.today, -3)
        ]
        for number, audit in enumerate(final):
            if number % _EVERY_THANKED == 0 or self._shown(audit):
                self._thank(audit, number)
            if number % _EVERY_WAITING and not self._of_login(audit):
                self._note(audit)

    def _audits(self, state: AuditState) -> Sequence[Audit]:
        query = select(Audit).where(Audit.state == state).order_by(Audit.reference)
        return db.session.scalars(query.options(selectinload(Audit.parties))).all()

    def _shown(self, audit: Audit) -> bool:
        """Whether one of those who can sign in to the demonstration is the child's worker."""
        workers = {p.person_id for p in audit.parties if p.party is Party.SOCIAL_WORKER}
        return self.council.logins["social.worker"].id in workers or self._of_login(audit)

    def _of_login(self, audit: Audit) -> bool:
        return audit.auditor_id == self.council.logins["auditor"].id

    def _people(self, audit: Audit) -> list[tuple[Person, Party]]:
        return people_to_ask(audit, self.days.today)

    def _invite(self, audit: Audit, number: int) -> None:
        people = self._people(audit)
        if not people or audit.auditor_id is None:
            return
        day = self.days.calendar.add_working_days(self.days.today, 1 + number % 4)
        places = phrases("together")["places"]
        invitation = Invitation(
            self.days.clock(day, _HOURS[number % len(_HOURS)]),
            45,
            places[number % len(places)],
            frozenset(person.id for person, _ in people),
        )
        invite(audit, invitation, by=audit.auditor_id, at=self.at)

    def _view(self, audit: Audit, number: int) -> None:
        """The team manager's every second time, else the social worker's."""
        # Whoever signs in as the social worker has an empty box before them.
        manager = number % 2 == 1 or self._shown(audit)
        wanted = Party.TEAM_MANAGER if manager else Party.SOCIAL_WORKER
        views = phrases("together")["views"]
        person = next((each for each, party in self._people(audit) if party is wanted), None)
        if person is None:
            return
        services.save_contribution(
            audit,
            kind=ContributionKind.VIEW,
            text=views[number % len(views)],
            by=person.id,
            at=self.at,
        )
        services.sign_contribution(audit, kind=ContributionKind.VIEW, by=person.id, at=self.at)

    def _confide(self, under_way: Sequence[Audit]) -> None:
        """In the audit that the demonstration's auditor is writing, the child said something."""
        audit = next((each for each in under_way if self._of_login(each)), None)
        if audit is None or audit.auditor_id is None:
            return
        values = {
            "safe_to_contact": "yes",
            "obtained": "yes",
            "on": self.days.yesterday.isoformat(),
            "said": phrases("together")["confided"],
            "in_confidence": "yes",
        }
        draft = Draft(audit)
        changes = [
            Change(name, value, services.box(draft, name).version)
            for name, value in ((f"voice.child.{part}", each) for part, each in values.items())
        ]
        services.save_fields(audit, changes, audit.auditor_id, self.at)

    def _thank(self, audit: Audit, number: int) -> None:
        if audit.auditor_id is None or not has_strength(audit):
            return
        people = people_to_thank(audit, audit.auditor_id)
        words = phrases("together")["thanks"]
        if people:
            recipient, _ = people[0]
            thank(audit, recipient.id, words[number % len(words)], by=audit.auditor_id, at=self.at)

    def _note(self, audit: Audit) -> None:
        if audit.auditor_id is None or audit.final_at is None:
            return
        on = min(london_date(audit.final_at) + timedelta(days=1), self.days.today)
        note_on_record(audit, on, by=audit.auditor_id, at=self.at)
