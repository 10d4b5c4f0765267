"""Who audits what, and how far each audit has come: eighteen cycles with their exemptions."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Final

from qa_app.accounts.models import PostKind
from qa_app.database import new_id
from qa_app.demo.cases import CaseFile
from qa_app.demo.council import Council, Member
from qa_app.demo.cycles import Cycles
from qa_app.demo.days import Days
from qa_app.demo.grading import auditors_grade, final_grade
from qa_app.demo.ledger import Ledger
from qa_app.demo.picking import Picker
from qa_app.demo.pieces import Piece
from qa_app.demo.specials import SPECIALS, UNDER_WAY, Concerned, Special
from qa_app.demo.ties import Independence
from qa_app.demo.words import phrases
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.domain.workflow import AuditState

_S = AuditState
_LATE_SHARE: Final = 0.55
_CONCERN_SHARE: Final = 0.42
_LAST_MONTH_IN_TIME: Final = 0.62
_HALF: Final = 0.5
_NO_CONCERN: Final = frozenset({PlanType.FOSTERING_HOUSEHOLD, PlanType.CARE_EXPERIENCED})


class Planner:
    """Plans every audit; `pieces` are in the order in which they were given."""

    def __init__(
        self, rng: Random, days: Days, council: Council, cases: list[CaseFile], ledger: Ledger
    ) -> None:
        self.rng, self.days, self.council, self.ledger = rng, days, council, ledger
        self.independence = Independence(council)
        self.picker = Picker(rng, cases, self.independence)
        self.cycles = Cycles(rng, days, council, ledger)
        self.pieces: list[Piece] = []
        self.moderators = council.of_kind(
            PostKind.HEAD_OF_SERVICE, PostKind.SERVICE_DIRECTOR, PostKind.CORPORATE_DIRECTOR
        )

    def plan(self) -> list[Piece]:
        """Plan the special audits first, then what is ordinary, month by month.

        What is under way in moderation comes before the current month alone, so that no month
        before it depends on how many of these there are.
        """
        for special in SPECIALS:
            self._special(special)
        *past, current = enumerate(self.days.months)
        for place, month in past:
            self._month(place, month)
        for special in UNDER_WAY:
            self._special(special)
        self._month(*current)
        self.pieces.sort(key=lambda piece: (piece.given, piece.auditor.name, piece.case.reference))
        for piece in self.pieces:
            number = self.ledger.number(f"audit:{piece.month}")
            piece.reference = f"A-{piece.month}-{number:03d}"
        self.cycles.save(self.pieces)
        return self.pieces

    def _special(self, special: Special) -> None:
        on = self.days.back(special.days_ago)
        month = self.cycles.cycle_of(on)
        auditor = self._special_auditor(special, month)
        self.cycles.take(month, auditor)
        given = self.days.back(self.rng.randint(4, 7), on)
        given = max(given, self.days.calendar.next_working_day(month.first - timedelta(days=1)))
        case = self.picker.pick(auditor, month, min(given, on), self._wanted(special, auditor, on))
        submitted = None if special.state in (_S.GIVEN, _S.IN_PROGRESS) else on
        piece = self._piece(month, auditor, case, special.state, min(given, on), submitted)
        piece.auditor_grade = special.grade
        piece.concern, piece.special = special.concern, special
        piece.moderator = self.council.logins.get(special.moderator)
        if special.state is _S.FINAL:
            piece.final_grade = special.grade
        self._moderation(piece)

    def _wanted(self, special: Special, auditor: Member, on: date) -> Callable[[CaseFile], bool]:
        worker = self.council.logins.get(special.worker)
        moderator = self.council.logins.get(special.moderator)
        period = (add_months(on, -12), on)

        def wanted(case: CaseFile) -> bool:
            if case.plan in _NO_CONCERN:
                return False
            if worker is not None and case.worker is not worker:
                return False
            return moderator is None or self.independence.may_moderate(
                moderator, auditor, case, period
            )

        return wanted

    def _special_auditor(self, special: Special, month: Month) -> Member:
        if special.auditor:
            return self.council.logins[special.auditor]
        named = list(self.council.logins.values())
        moderator = self.council.logins.get(special.moderator)
        worker = self.council.logins.get(special.worker)
        barred = (
            self.independence.attached(worker.unit, (month.first, month.last)) if worker else ()
        )
        line = self.independence.managers
        return self.rng.choice(
            [
                each
                for each in self.cycles.free(month)
                if each not in named
                and each.ended is None
                and each.id not in barred
                and not (moderator and line[each.id] == moderator.id)
            ]
        )

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
        piece = self._piece(month, auditor, case, _S.FINAL, given, submitted)
        final = final_grade(self.rng, place, len(days.months))
        piece.final_grade, piece.auditor_grade = final, auditors_grade(self.rng, final)
        grave = piece.auditor_grade is Grade.INADEQUATE and case.plan not in _NO_CONCERN
        # Recent ones are the special audits, so that what is outstanding is known.
        if grave and submitted < days.back(15) and self.rng.random() < _CONCERN_SHARE:
            piece.concern = Concerned.COMPLETE
        self._moderation(piece)

    def _not_done(self, month: Month, auditor: Member, ago: int) -> None:
        """What is unfinished from last month is overdue; older ones were withdrawn or covered."""
        if ago == 1:
            self._begun(month, auditor, self.rng.choice((_S.GIVEN, _S.IN_PROGRESS)))
        elif self.rng.random() < _HALF:
            self._begun(month, auditor, _S.WITHDRAWN)

    def _begun(self, month: Month, auditor: Member, state: AuditState) -> None:
        given = self._given(month)
        self._piece(month, auditor, self.picker.pick(auditor, month, given), state, given, None)

    def _given(self, month: Month) -> date:
        first = self.days.calendar.next_working_day(month.first - timedelta(days=1))
        last = min(first + timedelta(days=5), self.days.yesterday)
        return min(self.days.working(self.rng, first, last), self.days.yesterday)

    def _piece(
        self,
        month: Month,
        auditor: Member,
        case: CaseFile,
        state: AuditState,
        given: date,
        submitted: date | None,
    ) -> Piece:
        until = submitted or min(month.last, self.days.yesterday)
        begun = state not in (_S.GIVEN, _S.WITHDRAWN)
        started = self.days.working(self.rng, given, until) if begun else None
        selection, reason = self._selection()
        piece = Piece(
            id=new_id(),
            reference="",
            month=month,
            due=self.days.calendar.last_working_day_of(month.first),
            auditor=auditor,
            case=case,
            state=state,
            given=given,
            started=max(started, given) if started else None,
            submitted=submitted,
            moderated=None,
            auditor_grade=None,
            final_grade=None,
            concern=None,
            selection=selection,
            selection_reason=reason,
        )
        self.pieces.append(piece)
        return piece

    def _selection(self) -> tuple[Selection, str]:
        chosen = self.rng.choices(
            (Selection.RANDOM, Selection.TARGETED, Selection.THEMATIC), (86, 9, 5)
        )[0]
        said = phrases("whole")["selection"].get(chosen.value, [""])
        return chosen, self.rng.choice(said).format(n="three", weeks="four")

    def _moderation(self, piece: Piece) -> None:
        """Choose the moderator and the day; an audit whose day has not come still waits."""
        if piece.submitted is None:
            return
        if piece.state is _S.FINAL:
            most = 2 if piece.auditor_grade is Grade.INADEQUATE else 9
            day = self.days.calendar.add_working_days(piece.submitted, self.rng.randint(1, most))
            piece.moderated = day
            if piece.special is not None:
                piece.moderated = min(day, self.days.yesterday)
            elif day > self.days.yesterday:
                piece.state, piece.final_grade, piece.moderated = _S.AWAITING_MODERATION, None, None
                return
        if piece.state is not _S.AWAITING_MODERATION and piece.moderator is None:
            piece.moderator = self._moderator(piece)

    def _moderator(self, piece: Piece) -> Member:
        able = [
            each
            for each in self.moderators
            if self.independence.may_moderate(each, piece.auditor, piece.case, piece.period)
        ]
        grave = piece.auditor_grade is Grade.INADEQUATE
        weights = [3 if (each.kind is PostKind.HEAD_OF_SERVICE) != grave else 2 for each in able]
        return self.rng.choices(able, weights)[0]
