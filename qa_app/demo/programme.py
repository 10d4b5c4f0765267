"""Who audits what, and how far each audit has come: eighteen cycles with their exemptions."""

from datetime import date, timedelta
from random import Random
from typing import Final

from qa_app.accounts.models import PostKind
from qa_app.demo.cases import CaseFile
from qa_app.demo.council import Council, Member
from qa_app.demo.cycles import Cycles
from qa_app.demo.days import Days
from qa_app.demo.grading import auditors_grade, final_grade
from qa_app.demo.ledger import Ledger
from qa_app.demo.picking import Picker
from qa_app.demo.pieces import Piece
from qa_app.demo.planning import Pieces
from qa_app.demo.shown import NO_CONCERN, Shown
from qa_app.demo.specials import SPECIALS, UNDER_WAY, Concerned
from qa_app.demo.ties import Independence
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState

_S = AuditState
_LATE_SHARE: Final = 0.55
_CONCERN_SHARE: Final = 0.42
_LAST_MONTH_IN_TIME: Final = 0.62
_HALF: Final = 0.5


class Planner:
    """Plans every audit."""

    def __init__(
        self, rng: Random, days: Days, council: Council, cases: list[CaseFile], ledger: Ledger
    ) -> None:
        self.rng, self.days, self.council, self.ledger = rng, days, council, ledger
        self.independence = Independence(council)
        self.picker = Picker(rng, cases, self.independence)
        self.cycles = Cycles(rng, days, council, ledger)
        self.made = Pieces(rng, days, council, self.independence)
        self.shown = Shown(self.made, council, self.cycles, self.picker)

    def plan(self) -> list[Piece]:
        """Plan the special audits first, then what is ordinary, month by month, then what is under
        way in moderation."""
        for special in SPECIALS:
            self.shown.plan(special)
        for place, month in enumerate(self.days.months):
            self._month(place, month)
        self._under_way()
        pieces = self.made.planned
        pieces.sort(key=lambda piece: (piece.given, piece.auditor.name, piece.case.reference))
        for piece in pieces:
            number = self.ledger.number(f"audit:{piece.month}")
            piece.reference = f"A-{piece.month}-{number:03d}"
        self.cycles.save(pieces)
        return pieces

    def _under_way(self) -> None:
        """Each in the place of an audit that is not finished, and with random numbers of its own,
        so that no month before depends on how many of these there are."""
        apart = Random()  # noqa: S311  # a council to look at, not a secret
        apart.setstate(self.rng.getstate())
        self.made.rng = self.picker.rng = apart
        for special in UNDER_WAY:
            self.shown.plan_instead(special)

    def _month(self, place: int, month: Month) -> None:
        free = self.cycles.free(month)
        self.rng.shuffle(free)
        ago = len(self.days.months) - 1 - place
        if ago == 0:
            self._current(month, free)
            return
        share = _LAST_MONTH_IN_TIME if ago == 1 else self.rng.uniform(0.56, 0.9)
        in_time = round(share * len(free))
        for auditor in free[:in_time]:
            self._done(place, month, auditor, late=False)
        for auditor in free[in_time:]:
            if self.rng.random() < _LATE_SHARE * (ago != 1):
                self._done(place, month, auditor, late=True)
            else:
                self._not_done(month, auditor, ago)
        for officer in self.council.of_kind(PostKind.QA_OFFICER, PostKind.PRACTICE_LEAD):
            if self.cycles.expects(month):
                self._done(place, month, officer, late=False)

    def _current(self, month: Month, free: list[Member]) -> None:
        begun = self.days.calendar.working_days_between(month.first, self.days.yesterday)
        share = min(_HALF, begun / 30)
        for number, auditor in enumerate(free):
            if number < share * len(free):
                self._done(len(self.days.months) - 1, month, auditor, late=False)
            else:
                state = self.rng.choice((_S.GIVEN, _S.IN_PROGRESS, _S.GIVEN))
                self._begun(month, auditor, state)

    def _done(self, place: int, month: Month, auditor: Member, *, late: bool) -> None:
        days = self.days
        given = self._given(month)
        last = min(days.back(1, month.next().first), days.yesterday)
        submitted = days.working(self.rng, min(given + timedelta(days=5), last), last)
        if late:
            submitted = days.on(self.rng.randint(1, 16), month.last)
        if submitted <= given:
            self._begun(month, auditor, _S.IN_PROGRESS)
            return
        case = self.picker.pick(auditor, month, given)
        piece = self.made.add(month, auditor, case, _S.FINAL, given, submitted)
        final = final_grade(self.rng, place, len(days.months))
        piece.final_grade, piece.auditor_grade = final, auditors_grade(self.rng, final)
        grave = piece.auditor_grade is Grade.INADEQUATE and case.plan not in NO_CONCERN
        # Recent ones are the special audits, so that what is outstanding is known.
        if grave and submitted < days.back(15) and self.rng.random() < _CONCERN_SHARE:
            piece.concern = Concerned.COMPLETE
        self.made.moderation(piece)

    def _not_done(self, month: Month, auditor: Member, ago: int) -> None:
        """What is unfinished from last month is overdue; older ones were withdrawn or covered."""
        if ago == 1:
            self._begun(month, auditor, self.rng.choice((_S.GIVEN, _S.IN_PROGRESS)))
        elif self.rng.random() < _HALF:
            self._begun(month, auditor, _S.WITHDRAWN)

    def _begun(self, month: Month, auditor: Member, state: AuditState) -> None:
        given = self._given(month)
        self.made.add(month, auditor, self.picker.pick(auditor, month, given), state, given, None)

    def _given(self, month: Month) -> date:
        first = self.days.calendar.next_working_day(month.first - timedelta(days=1))
        last = min(first + timedelta(days=5), self.days.yesterday)
        return min(self.days.working(self.rng, first, last), self.days.yesterday)
