"""Picking cases one at a time, so that S3 and S6 hold."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.demo.cases import CaseFile
from qa_app.demo.council import Member
from qa_app.demo.ties import Independence
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.grades import PlanType

_TRIED_FIRST: Final = 40
_OPEN_FOR: Final = timedelta(days=42)
_OPEN_UNTIL: Final = timedelta(days=70)
_MOST_OF_A_WORKER: Final = 3

Wish = Callable[[CaseFile], bool]


class Picker:
    """Picks cases that were open then, that nobody audited, and that the auditor may read."""

    def __init__(self, rng: Random, cases: list[CaseFile], independence: Independence) -> None:
        self.rng, self.cases, self.independence = rng, cases, independence
        self.used: set[UUID] = set()
        self.families: set[tuple[Month, UUID]] = set()
        self.workers: Counter[tuple[Month, UUID]] = Counter()

    def pick(
        self, auditor: Member, month: Month, given: date, wanted: Wish = lambda case: True
    ) -> CaseFile:
        """One that is wanted, where there is one."""
        period = (add_months(given, -12), given)
        able = (
            case
            for wish in (wanted, lambda case: True)
            for case in self._in_random_order()
            if wish(case)
            and self._free(case, month, given)
            and self.independence.may_audit(auditor, case, period)
        )
        case = next(able)
        self.used.add(case.id)
        self.families.add((month, case.family[0].id))
        self.workers[month, case.worker.id] += 1
        return case

    def _in_random_order(self) -> Iterator[CaseFile]:
        """Most searches end soon, so the whole list is shuffled only for the few that do not."""
        yield from self.rng.sample(self.cases, _TRIED_FIRST)
        yield from self.rng.sample(self.cases, len(self.cases))

    def _free(self, case: CaseFile, month: Month, given: date) -> bool:
        """S3, in so far as it applies to cases picked one at a time."""
        open_then = case.opened + _OPEN_FOR < given and (
            case.closed is None or case.closed > given + _OPEN_UNTIL
        )
        return (
            open_then
            and case.plan is not PlanType.EARLY_HELP  # it has an audit tool of its own
            and case.id not in self.used
            and (month, case.family[0].id) not in self.families
            and self.workers[month, case.worker.id] < _MOST_OF_A_WORKER
        )
