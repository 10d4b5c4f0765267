"""What the QA lead and the corporate director of the demonstration have decided about moderation,
and who will be away. Done by the services themselves, on the day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from qa_app.accounts.absent import note_absence
from qa_app.accounts.models import Person, PostKind
from qa_app.audits import services as audits
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.amending import amendable
from qa_app.database import db
from qa_app.demo.council import Council
from qa_app.demo.days import Days
from qa_app.demo.words import phrases
from qa_app.domain.workflow import AuditState
from qa_app.moderation.queries.giving import candidates, in_hand_of
from qa_app.moderation.services.waiving import waive

_AWAY_IN: Final = 8
_AWAY_FOR: Final = timedelta(days=9)
_AMENDED: Final = "text.visits.evidence"


@dataclass(frozen=True)
class Oversight:
    """The demonstration's leaders at work."""

    council: Council
    days: Days
    at: datetime

    def decide(self) -> None:
        """An amendment, a waiver and an absence to come."""
        self._amend()
        self._waive()
        self._away()

    def _audits(self, state: AuditState) -> Sequence[Audit]:
        query = select(Audit).where(Audit.state == state, Audit.source == AuditSource.MADE)
        return db.session.scalars(query.order_by(Audit.reference)).all()

    def _amend(self) -> None:
        """A text in the latest final audit of the auditor one signs in as (M8)."""
        auditor = self.council.logins["auditor"].id
        final = self._audits(AuditState.FINAL)
        own = [each for each in final if each.auditor_id == auditor] or final
        audit, said = own[-1], phrases("moderating")["whole"]
        text = next(each for each in amendable(audit) if each.field == _AMENDED)
        audits.amend(
            audit,
            text.field,
            f"{text.value} {said['amended']}",
            shown=text.stands,
            reason=said["amendment"],
            by=self.council.qa_lead.id,
            at=self.at,
        )

    def _waive(self) -> None:
        """The first moderator whom only a waiver lets moderate something that waits (M2)."""
        by = self.council.logins["director"].id
        for audit in self._audits(AuditState.AWAITING_MODERATION):
            row = in_hand_of(audit)
            if row.blind or row.given is not None:
                continue
            for each in candidates(row, self.days.today):
                if each.can_be_waived and each.person.id != by:
                    reason = phrases("moderating")["whole"]["waiver"]
                    waive(audit, each.person.id, reason=reason, by=by, at=self.at)
                    return

    def _away(self) -> None:
        """The head of service one signs in as, with another one as deputy."""
        head = self.council.logins["head.of.service"]
        others = [
            each for each in self.council.of_kind(PostKind.HEAD_OF_SERVICE) if each is not head
        ]
        first = self.days.calendar.add_working_days(self.days.today, _AWAY_IN)
        person, deputy = (db.session.get_one(Person, each.id) for each in (head, others[0]))
        note_absence(person, first, first + _AWAY_FOR, deputy, by=head.id, at=self.at)
