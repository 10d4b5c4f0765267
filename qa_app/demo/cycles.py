"""Cycles, what each post is expected to do in them, and who was exempted (P1 to P4)."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.database import new_id
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.ledger import Ledger
from qa_app.demo.pieces import Piece
from qa_app.domain.calendar import Month
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import (
    Cycle,
    CycleState,
    Exemption,
    ExemptionReason,
    Expectation,
)

EXPECTED: Final = (
    PostKind.TEAM_MANAGER,
    PostKind.SERVICE_MANAGER,
    PostKind.IRO,
    PostKind.CONFERENCE_CHAIR,
)
_BESIDE: Final = (PostKind.QA_OFFICER, PostKind.PRACTICE_LEAD)
_AUGUST: Final = 8
_EXEMPTED: Final = 0.05
_EXEMPTED_LATE: Final = 0.12
_REASONS: Final = (
    (ExemptionReason.SICKNESS, "Off sick for most of the month"),
    (ExemptionReason.SICKNESS, "Phased return after illness"),
    (ExemptionReason.LEAVE, "Three weeks of leave agreed before the cycle opened"),
    (ExemptionReason.OTHER, "Covering two teams through an inspection"),
)


class Cycles:
    """Who is expected to audit in each month, and who still has nothing to do in it."""

    def __init__(self, rng: Random, days: Days, council: Council, ledger: Ledger) -> None:
        self.rng, self.days, self.council, self.ledger = rng, days, council, ledger
        self.taken: set[tuple[Month, UUID]] = set()
        self.unfinished: Counter[Month] = Counter()
        self.exempt: dict[tuple[Month, UUID], tuple[ExemptionReason, str]] = {}
        for month in days.months:
            for member in self._expected(month):
                if rng.random() < _EXEMPTED and member not in council.logins.values():
                    self.exempt[month, member.id] = rng.choice(_REASONS)

    def expects(self, month: Month) -> bool:
        """Whether audits are expected in the month at all: none are in August (P2)."""
        return month.month != _AUGUST

    def cycle_of(self, day: date) -> Month:
        """The cycle that an audit finished on this day belongs to, with a few days to do it in."""
        month = Month.of(day)
        started = self.days.calendar.working_days_between(month.first, day)
        return month if self.expects(month) and started >= 4 else self._before(month)

    def _before(self, month: Month) -> Month:
        month = month.previous()
        return month if self.expects(month) else self._before(month)

    def _expected(self, month: Month) -> list[Member]:
        if not self.expects(month):
            return []
        first, last = month.first, month.last
        return [
            member
            for member in self.council.members
            if member.kind in EXPECTED and member.started <= first and member.held(last, last)
        ]

    def free(self, month: Month) -> list[Member]:
        """Those who are expected, not exempted, and have no audit in the month yet."""
        return [
            member
            for member in self._expected(month)
            if (month, member.id) not in self.taken and (month, member.id) not in self.exempt
        ]

    def take(self, month: Month, member: Member) -> None:
        """Note that somebody has their audit of the month."""
        self.taken.add((month, member.id))

    def save(self, pieces: Iterable[Piece]) -> None:
        """Add the rows: a post is expected to do one, or as many as its holder was given."""
        given: Counter[tuple[Month, UUID]] = Counter()
        for piece in pieces:
            if piece.state is AuditState.WITHDRAWN:
                continue
            given[piece.month, piece.auditor.id] += 1
            done = piece.submitted is not None and piece.submitted <= piece.month.last
            self.unfinished[piece.month] += not done
        for month in self.days.months:
            self._save(month, given)

    def _save(self, month: Month, given: Counter[tuple[Month, UUID]]) -> None:
        due = self.days.calendar.last_working_day_of(month.first)
        current = month == self.days.months[-1]
        cycle = self.ledger.add(
            Cycle,
            id=new_id(),
            month=month.first,
            due_on=due,
            state=CycleState.OPEN if current else CycleState.CLOSED,
            closed_at=None if current else self._closed(month),
        )
        opened = self.days.back(1, month.first)
        lead = self.council.qa_lead.id
        at = self.days.clock(opened, 10)
        self.ledger.note("cycle_opened", "cycle", cycle["id"], by=lead, at=at, month=month.words)
        if not current:
            self._note_closing(cycle["id"], month, lead)
        posts: set[UUID] = set()
        beside = self.council.of_kind(*_BESIDE)
        for member in self._expected(month) + [m for m in beside if given[month, m.id]]:
            posts.add(member.post_id)
            self._expectation(cycle["id"], member, max(1, given[month, member.id]), month, due)
        for member in self.council.members:
            left = member.ended is not None and member.ended < month.last
            if left and member.post_id not in posts and self.expects(month):
                self._vacancy(cycle["id"], member, month)

    def _closed(self, month: Month) -> datetime:
        """A month is closed early in the next one."""
        return self.days.clock(self.days.on(2, month.last), 16)

    def _note_closing(self, cycle_id: UUID, month: Month, by: UUID) -> None:
        unfinished = self.unfinished[month]
        self.ledger.note(
            "cycle_closed", "cycle", cycle_id, by=by, at=self._closed(month),
            month=month.words, unfinished=unfinished,
        )  # fmt: skip

    def _expectation(
        self, cycle_id: UUID, member: Member, number: int, month: Month, due: date
    ) -> None:
        row = self.ledger.add(
            Expectation,
            id=new_id(),
            cycle_id=cycle_id,
            post_id=member.post_id,
            person_id=member.id,
            post_kind=member.kind,
            number=number,
        )
        if (month, member.id) in self.exempt:
            reason, note = self.exempt[month, member.id]
            on = self.days.working(self.rng, month.first + timedelta(days=3), due)
            if self.rng.random() < _EXEMPTED_LATE:
                on = self.days.calendar.add_working_days(due, 3)
            self._exemption(row["id"], member, reason, note, on)

    def _vacancy(self, cycle_id: UUID, member: Member, month: Month) -> None:
        row = self.ledger.add(
            Expectation,
            id=new_id(),
            cycle_id=cycle_id,
            post_id=member.post_id,
            person_id=None,
            post_kind=member.kind,
            number=1,
        )
        on = self.days.calendar.add_working_days(month.first, 4)
        self._exemption(row["id"], member, ExemptionReason.VACANCY, "The post is vacant", on)

    def _exemption(
        self, expectation_id: UUID, member: Member, reason: ExemptionReason, note: str, on: date
    ) -> None:
        on = min(on, self.days.yesterday)
        head = self.council.head_of(member.unit)
        at = self.days.clock(on, 11, 20)
        row = self.ledger.add(
            Exemption,
            id=new_id(),
            expectation_id=expectation_id,
            number=1,
            reason=reason,
            note=note,
            granted_on=on,
            granted_by=head.id,
            granted_at=at,
        )
        self.ledger.note(
            "exemption_granted",
            "exemption",
            row["id"],
            by=head.id,
            at=at,
            number=1,
            reason=reason.value,
        )
