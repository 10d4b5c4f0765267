"""Planning the audits in states worth showing: who does them, of which case, who moderates."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Final

from qa_app.demo.cases import CaseFile
from qa_app.demo.council import Council, Member
from qa_app.demo.cycles import EXPECTED, Cycles
from qa_app.demo.picking import Picker
from qa_app.demo.planning import Pieces
from qa_app.demo.specials import Special
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.grades import PlanType
from qa_app.domain.workflow import AuditState

_S = AuditState
NO_CONCERN: Final = frozenset({PlanType.FOSTERING_HOUSEHOLD, PlanType.CARE_EXPERIENCED})
_UNFINISHED: Final = frozenset({_S.GIVEN, _S.IN_PROGRESS})


class Shown:
    """Plans one special audit after the other."""

    def __init__(self, made: Pieces, council: Council, cycles: Cycles, picker: Picker) -> None:
        self.made, self.council, self.cycles, self.picker = made, council, cycles, picker
        self.days, self.independence = made.days, made.independence

    def plan(self, special: Special) -> None:
        """Plan it, so many working days ago, by somebody who has nothing to do in its month."""
        month = self._month(special)
        free = self.cycles.free(month)
        auditor = self._auditor(special, month, free)
        self._plan(special, month, auditor)

    def plan_instead(self, special: Special) -> None:
        """Plan it in the place of an audit of its month that its auditor has not finished."""
        month = self._month(special)
        unfinished = [
            each
            for each in self.made.planned
            if each.month == month and each.state in _UNFINISHED and each.special is None
        ]
        auditor = self._auditor(special, month, [each.auditor for each in unfinished])
        for each in unfinished:
            if each.auditor is auditor:
                self.made.planned.remove(each)
        self._plan(special, month, auditor)

    def _month(self, special: Special) -> Month:
        return self.cycles.cycle_of(self.days.back(special.days_ago))

    def _plan(self, special: Special, month: Month, auditor: Member) -> None:
        self.cycles.take(month, auditor)
        on = self.days.back(special.days_ago)
        given = self.days.back(self.made.rng.randint(4, 7), on)
        given = max(given, self.days.calendar.next_working_day(month.first - timedelta(days=1)))
        case = self.picker.pick(auditor, month, min(given, on), self._wanted(special, auditor, on))
        submitted = None if special.state in _UNFINISHED else on
        piece = self.made.add(month, auditor, case, special.state, min(given, on), submitted)
        piece.auditor_grade, piece.first_grade = special.grade, special.other
        piece.concern, piece.special = special.concern, special
        if special.state is not _S.AWAITING_MODERATION and not special.answered:
            piece.moderator = self.council.logins.get(special.moderator)
        if special.state is _S.FINAL:
            piece.final_grade = special.grade
        if special.moderated:
            piece.moderated = self.days.back(special.moderated)
        self.made.moderation(piece)

    def _wanted(self, special: Special, auditor: Member, on: date) -> Callable[[CaseFile], bool]:
        worker = self.council.logins.get(special.worker)
        moderator = self.council.logins.get(special.moderator)
        period = (add_months(on, -12), on)

        def wanted(case: CaseFile) -> bool:
            if case.plan in NO_CONCERN:
                return False
            if worker is not None and case.worker is not worker:
                return False
            return moderator is None or self.independence.may_moderate(
                moderator, auditor, case, period
            )

        return wanted

    def _auditor(self, special: Special, month: Month, among: list[Member]) -> Member:
        if special.auditor:
            return self.council.logins[special.auditor]
        able = [each for each in among if self._is_able(special, month, each)]
        # In a month that is over everybody may have finished: then somebody does a second one.
        anybody = self.council.of_kind(*EXPECTED)
        able = able or [each for each in anybody if self._is_able(special, month, each)]
        return self.made.rng.choice(able)

    def _is_able(self, special: Special, month: Month, each: Member) -> bool:
        worker = self.council.logins.get(special.worker)
        moderator = self.council.logins.get(special.moderator)
        barred = (
            self.independence.attached(worker.unit, (month.first, month.last)) if worker else ()
        )
        line = self.independence.managers
        return (
            each not in self.council.logins.values()
            and each.ended is None
            and each.id not in barred
            and not (moderator and line[each.id] == moderator.id)
        )
