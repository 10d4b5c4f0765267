"""When a moderation is late, and who is told of it, step by step (M0, with the ladder of E6).

The steps and their days are those of a late action: `qa_app.domain.escalation`. Here is what they
mean for an audit that waits for a moderator: whose it is, and who stands above them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import WorkingCalendar
from qa_app.domain.escalation import LADDER, LadderStep, Told, steps_due
from qa_app.domain.grades import Grade
from qa_app.domain.settings import Numbers, default_number

__all__ = [
    "STEPS",
    "Above",
    "Around",
    "Away",
    "LadderStep",
    "Late",
    "Told",
    "Whose",
    "due_on",
    "is_urgent",
    "late_steps",
    "next_up",
    "people_told",
    "second_due_on",
    "step_words",
    "within",
]

Away = Mapping[UUID, UUID | None]
"""Those who are away or have left, each with who stands in for them (None: nobody)."""

STEPS: Final = {step.code: step for step in LADDER}
"""Each step of the ladder by the code that is stored."""


def is_urgent(grade: Grade | None, concern: bool) -> bool:
    """Whether the short clock of M0 runs: an Inadequate, or an open concern."""
    return concern or grade is Grade.INADEQUATE


def within(urgent: bool, number: Numbers = default_number) -> int:
    """The time for a first moderation in working days (M0)."""
    return number("moderate_urgent_within" if urgent else "moderate_within")


def due_on(
    sent_on: date, urgent: bool, calendar: WorkingCalendar, number: Numbers = default_number
) -> date:
    """The last day for moderating what was sent on this day in London (M0)."""
    return calendar.add_working_days(sent_on, within(urgent, number))


def second_due_on(
    disagreed_on: date, calendar: WorkingCalendar, number: Numbers = default_number
) -> date:
    """The last day for a second moderator, from the day on which the auditor disagreed (M0, M5)."""
    return calendar.add_working_days(disagreed_on, number("second_moderator_within"))


@dataclass(frozen=True)
class Late:
    """A clock that may have run out: its last day, and what decides which ladder it climbs."""

    due_on: date
    concern: bool = False
    inadequate: bool = False


def late_steps(
    late: Late,
    today: date,
    calendar: WorkingCalendar,
    *,
    taken: Iterable[str] = (),
    number: Numbers = default_number,
) -> list[LadderStep]:
    """The steps whose day has come and that were not taken before, in order (E6).

    A concern climbs the ladder of priority actions; an Inadequate the one that ends with the
    corporate director.
    """
    kind = ActionKind.PRIORITY if late.concern else ActionKind.IMPROVEMENT
    return steps_due(kind, late.due_on, today, calendar, late.inadequate, sent=taken, number=number)


def step_words(code: str, number: Numbers = default_number) -> str:
    """A step as a page and the history say it: “team manager, 5 working days late”."""
    step = STEPS[code]
    who = [_OWNER if each is Told.OWNER else each.words for each in step.told]
    words = who[0] if len(who) == 1 else f"{', '.join(who[:-1])} and {who[-1]}"
    if step.setting is None:
        return f"{words}, on the due date"
    days = number(step.setting)
    return f"{words}, {days} working {'day' if days == 1 else 'days'} late"


_OWNER: Final = "whoever has it"


class Above(NamedTuple):
    """Somebody in the line above a person, and how high they stand on the ladder."""

    person_id: UUID
    level: Told


_LEVELS: Final = (
    Told.TEAM_MANAGER, Told.HEAD_OF_SERVICE, Told.SERVICE_DIRECTOR, Told.CORPORATE_DIRECTOR,
)  # fmt: skip


def next_up(told: Told, line: Iterable[Above], owner: UUID, away: Away) -> UUID | None:
    """Whom a step tells of what somebody has: the lowest of their line who stands high enough.

    `line` is the line above them, the nearest first; a vacant post is not in it. For somebody who
    is away their deputy is told, and without one the next above.
    """
    for each in line:
        if _LEVELS.index(each.level) < _LEVELS.index(told):
            continue
        person = away.get(each.person_id, each.person_id)
        if person is not None and person != owner:
            return person
    return None


@dataclass(frozen=True)
class Whose:
    """Whose it is to do: the moderator who has begun, else the one it was given to, else nobody's.

    `blind` while the auditor's judgement is kept from its moderator, or will be: then it is taken
    for nobody's, so that no moderator learns from a notice how urgent it is (M3).
    """

    holder: UUID | None = None
    blind: bool = False


@dataclass(frozen=True)
class Around:
    """Everybody else whom a step may tell.

    `leads` are the QA leads, who can give the audit to somebody; `able` those who could take it.
    `line` gives the line above somebody. Of a blind audit only `leads` and `readers` are told:
    those who can read it anyway, and so will not moderate it.
    """

    leads: Sequence[UUID]
    line: Callable[[UUID], Iterable[Above]]
    able: Sequence[UUID] = ()
    readers: Collection[UUID] = ()
    away: Away = field(default_factory=dict)


def people_told(step: LadderStep, whose: Whose, around: Around) -> tuple[UUID, ...]:
    """Whom a step tells, each once; the QA leads where there is nobody else (E6).

    The line climbed is that of whoever has the audit, and the QA leads' where nobody has it, or
    whoever has it has no line above them any more.
    """
    holder = None if whose.blind else whose.holder
    climbed = [holder] if holder is not None and any(True for _ in around.line(holder)) else []
    found: list[UUID] = []
    for told in step.told:
        if told is Told.OWNER:
            found += _owners(holder, whose, around)
            continue
        above = (
            next_up(told, around.line(each), each, around.away) for each in climbed or around.leads
        )
        found += [each for each in above if each is not None and each != holder]
    if whose.blind:
        may = {*around.leads, *around.readers}
        found = [each for each in found if each in may]
    return tuple(dict.fromkeys(found or _here(around.leads, around.away)))


def _owners(holder: UUID | None, whose: Whose, around: Around) -> list[UUID]:
    if holder is None:
        able = [] if whose.blind else [each for each in around.able if each not in around.away]
        return [*_here(around.leads, around.away), *able]
    if holder not in around.away:
        return [holder]
    # Only the QA lead can take it from somebody who is away.
    stands_in = around.away[holder] or next_up(
        Told.TEAM_MANAGER, around.line(holder), holder, around.away
    )
    return [*([stands_in] if stands_in else []), *_here(around.leads, around.away)]


def _here(people: Iterable[UUID], away: Away) -> list[UUID]:
    """These people, with their deputies for those who are away; all of them where nobody is."""
    people = list(people)
    there = [person for each in people if (person := away.get(each, each)) is not None]
    return there or people
