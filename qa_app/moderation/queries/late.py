"""Which moderations are late, which steps were taken, and whom a step would tell (M0, E6)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, select

from qa_app.accounts import settings
from qa_app.accounts.absences import deputies
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person, PostKind
from qa_app.accounts.queries import names, people_with
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.lists import implicated
from qa_app.database import db
from qa_app.domain.grades import Grade
from qa_app.domain.late import (
    STEPS,
    Above,
    Around,
    LadderStep,
    Late,
    Told,
    Whose,
    late_steps,
    step_words,
)
from qa_app.domain.permissions import Role
from qa_app.domain.permissions.conditions import SERVICE_DIRECTOR
from qa_app.moderation.models import ModerationClock, ModerationStage, ModerationStep
from qa_app.moderation.queries.blind import could_read
from qa_app.moderation.queries.giving import actors, candidates
from qa_app.moderation.queries.independence import Independence
from qa_app.moderation.queries.inhand import CONCERN, InHand, in_hand, on_its_way

_MANY: Final = 500
_LADDER: Final = list(STEPS)
_LEVELS: Final = {
    PostKind.HEAD_OF_SERVICE: Told.HEAD_OF_SERVICE,
    PostKind.SERVICE_DIRECTOR: Told.SERVICE_DIRECTOR,
    PostKind.CORPORATE_DIRECTOR: Told.CORPORATE_DIRECTOR,
}


@dataclass(frozen=True)
class Due:
    """An audit whose clock has come to its last day, or ran out."""

    row: InHand
    due_on: date

    @property
    def key(self) -> tuple[UUID, ModerationClock, date]:
        """What its steps are stored by."""
        return self.row.audit.id, self.row.clock, self.due_on

    @property
    def whose(self) -> Whose:
        """Whose it is to do."""
        row = self.row
        if row.open is not None:
            return Whose(row.open.moderator_id, row.blind)
        return Whose(row.given.person_id if row.given is not None else None, row.blind)

    def steps(self, today: date, taken: Iterable[str]) -> list[LadderStep]:
        """The steps that are to be taken now."""
        grade = self.row.audit.auditor_grade
        late = Late(self.due_on, self.row.concern, grade is Grade.INADEQUATE)
        number = partial(settings.number, on=self.row.since)
        return late_steps(late, today, settings.calendar(), taken=taken, number=number)


def come_due(today: date, *conditions: ColumnElement[bool]) -> list[Due]:
    """Every audit on whose clock the last day has come, the longest due first (one query).

    The auditor's answer is not among them: without one the moderator's grade stands (M5).
    """
    found = []
    for row in in_hand(on_its_way(), Audit.source == AuditSource.MADE, *conditions):
        due, _ = row.due()
        if due is not None and due <= today:
            found.append(Due(row, due))
    return sorted(found, key=lambda each: each.due_on)


def steps_taken(
    audit_ids: Collection[UUID],
) -> dict[tuple[UUID, ModerationClock, date], list[ModerationStep]]:
    """The steps taken about these audits, by the clock that they belong to, in order."""
    found: dict[tuple[UUID, ModerationClock, date], list[ModerationStep]] = {}
    wanted = list(audit_ids)
    for start in range(0, len(wanted), _MANY):
        query = select(ModerationStep).where(
            ModerationStep.audit_id.in_(wanted[start : start + _MANY])
        )
        for step in db.session.scalars(query):
            found.setdefault((step.audit_id, step.clock, step.due_on), []).append(step)
    for steps in found.values():
        steps.sort(key=lambda step: (step.at, _LADDER.index(step.step)))
    return found


class Surroundings:
    """Whom a step could tell, for many audits in a few queries: see `domain.late.Around`."""

    def __init__(self, due: Sequence[Due], today: date) -> None:
        self._today = today
        self._line = Line(today)
        self._above = cache(self._line_above)
        self._leads = [person.id for person in people_with(Role.QA_LEAD, today)]
        self._moderators = [person.id for person in people_with(Role.MODERATOR, today)]
        # This loads the parties of all the audits too: asking who may read them costs nothing.
        audits = [each.row.audit for each in due]
        self._independence = Independence(audits, self._moderators, today)
        self._actors = actors(self._moderators, today)
        holders = {each.whose.holder for each in due} - {None}
        everybody = {each for each in (*holders, *self._leads, *self._moderators) if each}
        everybody |= {up.person_id for each in everybody for up in self._above(each)}
        self.away = _left(everybody, today) | deputies(everybody, today)

    def around(self, each: Due) -> Around:
        """Everybody around one audit."""
        whose = each.whose
        alone = whose.holder is None and not whose.blind
        return Around(
            leads=self._leads,
            line=self._above,
            able=self._able(each.row) if alone else (),
            readers=self._readers(each.row.audit) if whose.blind else (),
            away=self.away,
        )

    def leads(self) -> Sequence[UUID]:
        """The QA leads."""
        return self._leads

    def _line_above(self, person_id: UUID) -> tuple[Above, ...]:
        found = []
        for manager in self._line.managers_above(person_id):
            posts = self._line.posts_of(manager)
            kind = posts[0].kind if posts else None
            level = _LEVELS.get(kind, Told.TEAM_MANAGER) if kind else Told.TEAM_MANAGER
            found.append(Above(manager, level))
        return tuple(found)

    def _able(self, row: InHand) -> list[UUID]:
        """Those of the lowest rank who could take it, one’s own service only where it must be."""
        if row.stage is ModerationStage.SECOND:
            free = [(each.person.id, each.own_service) for each in candidates(row, self._today)
                    if each.free]  # fmt: skip
        else:
            reviews = ((each, self._independence.review(row.audit, each)) for each in
                       self._moderators)  # fmt: skip
            free = [(each, review.own_service) for each, review in reviews if not review.bars]
        there = [each for each in free if each[0] not in self.away]
        others = [each for each, own in there if not own] or [each for each, _ in there]
        rank = self._independence.staff.rank
        lowest = min(map(rank, others), default=0)
        return [each for each in others if rank(each) == lowest]

    def _readers(self, audit: Audit) -> list[UUID]:
        """The directors who can read it anyway, so that they do not moderate it blind (M3)."""
        return [
            person_id
            for person_id, asking in self._actors.items()
            if self._independence.staff.rank(person_id) >= SERVICE_DIRECTOR
            and could_read(asking, audit)
        ]


def _left(person_ids: Collection[UUID], today: date) -> dict[UUID, UUID | None]:
    """Those who have left: nobody stands in for them."""
    query = select(Person.id).where(Person.id.in_(person_ids), Person.left_on < today)
    return dict.fromkeys(db.session.scalars(query))


@dataclass(frozen=True)
class OnItsWay:
    """An audit that waits for a moderator or is with one; `away` while whoever has it is."""

    row: InHand
    due_on: date | None
    holder: str
    given_to: str
    away: bool


def on_the_way(reader: UUID, today: date, limit: int = 200) -> list[OnItsWay]:
    """Every audit on its way, concerns first, then the longest waiting (a few queries); none with a
    concern that is about the reader (E1)."""
    rows = in_hand(on_its_way(), ~implicated(reader), order=(CONCERN.desc(),), limit=limit)
    whose = {row.audit.id: Due(row, today).whose.holder for row in rows}
    holders = {each for each in whose.values() if each is not None}
    away = _left(holders, today) | deputies(holders, today)
    return [
        OnItsWay(
            row=row,
            due_on=row.due()[0],
            holder=row.open.moderator_name if row.open is not None else "",
            given_to=row.given.person.name if row.given is not None else "",
            away=whose[row.audit.id] in away,
        )
        for row in rows
    ]


class StepRead(NamedTuple):
    """A step as the page of what is late shows it."""

    words: str
    told: str
    at: datetime


@dataclass(frozen=True)
class LateRow:
    """What is late: the audit, who has it, how late, and the steps taken, newest first."""

    row: InHand
    due_on: date
    days_late: int
    holder: str
    given_to: str
    steps: list[StepRead]


def late_now(reader: UUID, today: date) -> list[LateRow]:
    """Everything that is late or due today, the longest first, but what has a concern that is about
    the reader (E1). The number of queries is fixed."""
    due = come_due(today, ~implicated(reader))
    taken = steps_taken([each.row.audit.id for each in due])
    known = names(
        {UUID(person) for steps in taken.values() for step in steps for person in step.told}
    )
    calendar = settings.calendar()
    return [
        LateRow(
            row=each.row,
            due_on=each.due_on,
            days_late=calendar.working_days_between(each.due_on, today),
            holder=each.row.open.moderator_name if each.row.open is not None else "",
            given_to=each.row.given.person.name if each.row.given is not None else "",
            steps=[_read(step, each.row, known) for step in reversed(taken.get(each.key, []))],
        )
        for each in due
    ]


def _read(step: ModerationStep, row: InHand, known: dict[UUID, str]) -> StepRead:
    words = step_words(step.step, partial(settings.number, on=row.since))
    told = [known[UUID(person)] for person in step.told if UUID(person) in known]
    return StepRead(words[0].upper() + words[1:], ", ".join(told) or "nobody", step.at)
