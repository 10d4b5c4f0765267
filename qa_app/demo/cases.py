"""Cases with their families, workers, reviewing officers and chairs, now and before."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import new_id
from qa_app.demo.council import Council, Member, Unit
from qa_app.demo.days import Days
from qa_app.demo.ledger import Ledger
from qa_app.domain.grades import PlanType

_P = PlanType
_BANDS: Final = ("0 to 4", "5 to 9", "10 to 15", "16 to 17", "18 and over")

# How long ago a case may have been opened (days), and how the ages lie, by plan.
_OPENED: Final = {
    _P.EARLY_HELP: (15, 860),
    _P.CHILD_IN_NEED: (12, 900),
    _P.CHILD_PROTECTION: (20, 820),
    _P.CHILD_IN_CARE: (40, 2900),
    _P.CARE_EXPERIENCED: (60, 1500),
    _P.PRIVATE_FOSTERING: (60, 600),
    _P.FOSTERING_HOUSEHOLD: (120, 3200),
}
_AGES: Final = {
    _P.EARLY_HELP: (24, 34, 36, 6, 0),
    _P.CHILD_IN_NEED: (31, 28, 33, 8, 0),
    _P.CHILD_PROTECTION: (42, 29, 26, 3, 0),
    _P.CHILD_IN_CARE: (17, 22, 40, 21, 0),
    _P.CARE_EXPERIENCED: (0, 0, 0, 0, 1),
    _P.PRIVATE_FOSTERING: (0, 1, 8, 1, 0),
}
_NO_AGE: Final = ""
_CLOSED_SHARE: Final = 0.04
_CHANGED_WORKER: Final = 0.45
_CHANGED_REVIEWER: Final = 0.3
_DECIDED_AT_THE_HUB: Final = 0.35
_ALONE: Final = frozenset({_P.CARE_EXPERIENCED, _P.FOSTERING_HOUSEHOLD, _P.PRIVATE_FOSTERING})
_HUB_PLANS: Final = frozenset({_P.EARLY_HELP, _P.CHILD_IN_NEED, _P.CHILD_PROTECTION})


@dataclass(eq=False, slots=True)
class Part:
    """Somebody's part in a case, and the team that they had it for."""

    member: Member
    role: InvolvementRole
    unit: Unit
    started: date
    ended: date | None = None


@dataclass(eq=False, slots=True)
class CaseFile:
    """A case as the demonstration knows it."""

    id: UUID
    reference: str
    plan: PlanType
    unit: Unit
    worker: Member
    opened: date
    closed: date | None
    age_band: str
    parts: list[Part] = field(default_factory=list)
    family: "list[CaseFile]" = field(default_factory=list)

    def worker_on(self, day: date) -> Member:
        """Who was its worker on a day."""
        workers = [part for part in self.parts if part.role is InvolvementRole.SOCIAL_WORKER]
        there = [part.member for part in workers if part.started <= day]
        return there[-1] if there else workers[0].member

    def now(self, role: InvolvementRole) -> Member | None:
        """Who has this part today."""
        found = [part for part in self.parts if part.role is role and part.ended is None]
        return found[-1].member if found else None


def build_cases(rng: Random, days: Days, council: Council, ledger: Ledger) -> list[CaseFile]:
    """Make every team's cases, in families, and add their rows."""
    maker = _Maker(rng, days, council)
    for unit in council.units.values():
        for plan, count in unit.plan.cases if unit.plan else ():
            maker.fill(unit, plan, count)
    references = sorted(rng.sample(range(210_000, 299_999), len(maker.cases)))
    rng.shuffle(maker.cases)
    for case, number in zip(maker.cases, references, strict=True):
        case.reference = str(number)
    families: dict[UUID, str] = {}
    for case in maker.cases:
        key = families.setdefault(case.family[0].id, f"F{30_000 + len(families)}")
        _rows(case, key, days, ledger)
    return maker.cases


class _Maker:
    def __init__(self, rng: Random, days: Days, council: Council) -> None:
        self.rng, self.days, self.council = rng, days, council
        self.cases: list[CaseFile] = []
        self.turn: dict[UUID, int] = defaultdict(int)
        self.reviewers = {
            InvolvementRole.IRO: council.of_kind(PostKind.IRO),
            InvolvementRole.CHAIR: council.of_kind(PostKind.CONFERENCE_CHAIR),
        }
        self.hub = next(iter(council.managers_above(council.units["HUB"])))

    def fill(self, unit: Unit, plan: PlanType, count: int) -> None:
        while count > 0:
            size = 1 if plan in _ALONE else self.rng.choices((1, 2, 3, 4), (55, 27, 13, 5))[0]
            size = min(size, count)
            count -= size
            self._family(unit, plan, size)

    def _family(self, unit: Unit, plan: PlanType, size: int) -> None:
        workers = self.council.workers(unit)
        worker = workers[self.turn[unit.id] % len(workers)]
        self.turn[unit.id] += 1
        first, last = _OPENED[plan]
        opened = self.days.today - timedelta(days=self.rng.randint(first, last))
        opened = max(opened, workers[0].started)
        closed = self._closed(opened)
        family = [
            CaseFile(new_id(), "", plan, unit, worker, opened, closed, self._age(plan))
            for _ in range(size)
        ]
        parts = self._parts(family[0], workers)
        for case in family:
            case.family = family
            case.parts = [_copy(part) for part in parts]
        self.cases += family

    def _age(self, plan: PlanType) -> str:
        ages = _AGES.get(plan)
        return self.rng.choices(_BANDS, ages)[0] if ages else _NO_AGE

    def _closed(self, opened: date) -> date | None:
        if self.rng.random() > _CLOSED_SHARE:
            return None
        closed = self.days.today - timedelta(days=self.rng.randint(3, 240))
        return closed if closed > opened + timedelta(days=60) else None

    def _parts(self, case: CaseFile, workers: list[Member]) -> list[Part]:
        parts = [*self._worker_parts(case, workers), *self._review_parts(case)]
        decided = self.rng.random() < _DECIDED_AT_THE_HUB
        if case.plan in _HUB_PLANS and decided and case.opened >= self.hub.started:
            role = InvolvementRole.DECISION_MAKER
            parts.append(Part(self.hub, role, self.hub.unit, case.opened, case.opened))
        return parts

    def _worker_parts(self, case: CaseFile, workers: list[Member]) -> list[Part]:
        role, began = InvolvementRole.SOCIAL_WORKER, max(case.opened, case.worker.started)
        lasted = ((case.closed or self.days.today) - began).days
        if lasted > 200 and self.rng.random() < _CHANGED_WORKER:
            began += timedelta(days=self.rng.randint(60, lasted - 30))
        parts = [Part(case.worker, role, case.unit, began, case.closed)]
        if began > case.opened:
            before = self._before(case, workers)
            last = began - timedelta(days=1)
            parts.insert(0, Part(before, role, before.unit, case.opened, last))
        return parts

    def _before(self, case: CaseFile, workers: list[Member]) -> Member:
        """Who had the case earlier: a colleague or, for family support, an assessment team."""
        pool = workers
        if case.unit.service is self.council.units["SAFEGUARD"] and self.rng.random() < 0.6:
            pool = self.council.workers(self.council.units[f"ASSESS{self.rng.randint(1, 3)}"])
        able = [each for each in pool if each.started <= case.opened and each is not case.worker]
        # The longest-serving member of the team was there when any of its cases was opened.
        return self.rng.choice(able) if able else workers[0]

    def _review_parts(self, case: CaseFile) -> list[Part]:
        role = {
            _P.CHILD_IN_CARE: InvolvementRole.IRO,
            _P.CHILD_PROTECTION: InvolvementRole.CHAIR,
        }.get(case.plan)
        if role is None:
            return []
        now, before = self.rng.sample(self.reviewers[role], 2)
        began = case.opened + timedelta(days=self.rng.randint(2, 12))
        lasted = ((case.closed or self.days.today) - began).days
        if lasted < 150 or self.rng.random() > _CHANGED_REVIEWER:
            return [Part(now, role, now.unit, began, case.closed)]
        changed = began + timedelta(days=self.rng.randint(60, lasted - 30))
        earlier = Part(before, role, before.unit, began, changed - timedelta(days=1))
        return [earlier, Part(now, role, now.unit, changed, case.closed)]


def _copy(part: Part) -> Part:
    return Part(part.member, part.role, part.unit, part.started, part.ended)


def _rows(case: CaseFile, family: str, days: Days, ledger: Ledger) -> None:
    iro, chair = case.now(InvolvementRole.IRO), case.now(InvolvementRole.CHAIR)
    ledger.add(
        Case,
        id=case.id,
        reference=case.reference,
        plan_type=case.plan,
        family_reference=family,
        age_band=case.age_band,
        team_id=case.unit.id,
        worker_id=None if case.closed else case.worker.id,
        iro_id=iro.id if iro else None,
        chair_id=chair.id if chair else None,
        opened_on=case.opened,
        closed_on=case.closed,
        as_at=days.today,
    )
    for part in case.parts:
        ledger.add(
            Involvement,
            case_id=case.id,
            person_id=part.member.id,
            team_id=part.unit.id,
            role=part.role,
            started_on=part.started,
            ended_on=part.ended,
        )
