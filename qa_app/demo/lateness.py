"""The steps of the ladder for moderations that are late, each on the day on which it came (M0)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, known
from qa_app.demo.planning import Pieces
from qa_app.domain.calendar import LONDON
from qa_app.domain.escalation import Told as Level
from qa_app.domain.grades import Grade
from qa_app.domain.late import (
    Above,
    Around,
    LadderStep,
    Late,
    Whose,
    due_on,
    is_urgent,
    late_steps,
    people_told,
    second_due_on,
    step_words,
)
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import ModerationClock, ModerationStep

_S = AuditState
_FIRST: Final = frozenset({_S.AWAITING_MODERATION, _S.IN_MODERATION})
_SECOND: Final = frozenset({_S.AWAITING_SECOND, _S.IN_SECOND_MODERATION})
_LEVELS: Final = {
    PostKind.HEAD_OF_SERVICE: Level.HEAD_OF_SERVICE,
    PostKind.SERVICE_DIRECTOR: Level.SERVICE_DIRECTOR,
    PostKind.CORPORATE_DIRECTOR: Level.CORPORATE_DIRECTOR,
}
_DAY: Final = timedelta(days=1)
_HOUR: Final = 7


@dataclass(frozen=True)
class Lateness:
    """Tells people, day by day, of what had come due by then."""

    days: Days
    council: Council
    made: Pieces
    ledger: Ledger

    def tell(self, told: Sequence[Told]) -> None:
        """Take every step that had come by yesterday."""
        for each in told:
            state = each.piece.state
            if state in _FIRST | _SECOND:
                self._climb(each, state)

    def _climb(self, told: Told, state: AuditState) -> None:
        piece, first = told.piece, state in _FIRST
        sent, concern = known(piece.submitted), piece.concern is not None
        calendar = self.days.calendar
        if first:
            due = due_on(sent, is_urgent(piece.auditor_grade, concern), calendar)
        else:
            due = second_due_on(known(told.answered_at).astimezone(LONDON).date(), calendar)
        late = Late(due, concern, piece.auditor_grade is Grade.INADEQUATE)
        taken: list[str] = []
        for day in self._days_from(due):
            for step in late_steps(late, day, calendar, taken=taken):
                clock = ModerationClock.MODERATE if first else ModerationClock.SECOND
                self._take(told, clock, due, step, day)
                taken.append(step.code)

    def _days_from(self, due: date) -> Iterator[date]:
        while due <= self.days.yesterday:
            yield due
            due += _DAY

    def _take(
        self, told: Told, clock: ModerationClock, due: date, step: LadderStep, day: date
    ) -> None:
        piece, at = told.piece, self.days.clock(day, _HOUR, 5)
        people = people_told(step, self._whose(told, day), self._around(told))
        self.ledger.add(
            ModerationStep,
            audit_id=piece.id,
            clock=clock,
            due_on=due,
            step=step.code,
            told=[str(person) for person in people],
            at=at,
        )
        self.ledger.note(
            "moderation_late", "audit", piece.id, by=None, at=at, audit_id=piece.id,
            step=step_words(step.code), people=list(people),
        )  # fmt: skip

    def _whose(self, told: Told, day: date) -> Whose:
        piece = told.piece
        begun = told.moderated_at
        if piece.state is not _S.IN_MODERATION or begun is None:
            return Whose(None, piece.blind)
        has_it = begun.astimezone(LONDON).date() <= day
        return Whose(known(piece.moderator).id if has_it else None, piece.blind)

    def _around(self, told: Told) -> Around:
        piece = told.piece
        readers = [
            each.id for each in self.made.moderators if each.kind is PostKind.CORPORATE_DIRECTOR
        ]
        return Around(
            leads=[self.council.qa_lead.id],
            line=self._line,
            able=[each.id for each in self.made.able_blind(piece)],
            readers=readers,
        )

    def _line(self, person_id: UUID) -> list[Above]:
        found: list[Above] = []
        each: Member | None = self._member(person_id)
        while each is not None and (each := self.council.manager_of(each)) is not None:
            found.append(Above(each.id, _LEVELS.get(each.kind, Level.TEAM_MANAGER)))
        return found

    def _member(self, person_id: UUID) -> Member:
        return next(each for each in self.council.members if each.id == person_id)
