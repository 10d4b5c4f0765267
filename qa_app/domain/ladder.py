"""Whom a step about a late action tells, and how the step is said (E4, E6, E9).

When a step is due is in `escalation`; how one goes up past an empty or absent post in `late`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from qa_app.domain.escalation import LADDER, VERIFY_LADDER, LadderStep, Told
from qa_app.domain.late import Above, Away, next_up
from qa_app.domain.settings import Numbers, default_number

STEPS: Final = {step.code: step for step in (*LADDER, *VERIFY_LADDER)}
"""Every step by the code that is stored, the lowest first."""

_VERIFYING: Final = frozenset(step.code for step in VERIFY_LADDER)


def is_about_verifying(code: str) -> bool:
    """Whether the step says that nobody verified in time, and not that nobody did the action."""
    return code in _VERIFYING


def step_words(code: str, number: Numbers = default_number) -> str:
    """A step as a page and the history say it: “team manager, 5 working days late”."""
    step = STEPS[code]
    days = 0 if step.setting is None else number(step.setting)
    if code in _VERIFYING:
        who = "the verifier’s head of service or director" if not days else step.told[0].words
        return f"{who}, not verified in time" + (f", {_days(days)} on" if days else "")
    who = _listed([each.words for each in step.told])
    return f"{who}, {_days(days)} late" if days else f"{who}, on the due date"


def _days(days: int) -> str:
    return f"{days} working {'day' if days == 1 else 'days'}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@dataclass(frozen=True)
class Around:
    """Everybody whom a step about one action may tell.

    `line` are the holders of the line posts above the action's team, the lowest first; `verifiers`
    those who could verify it, each with the line above them. `barred` are kept from the action.
    `leads` are the QA leads, for where nobody else is left.
    """

    owner: UUID
    line: Sequence[Above]
    verifiers: Mapping[UUID, Sequence[Above]] = field(default_factory=dict)
    away: Away = field(default_factory=dict)
    barred: frozenset[UUID] = frozenset()
    leads: Sequence[UUID] = ()


def people_told(step: LadderStep, around: Around) -> tuple[UUID, ...]:
    """Whom a step tells, each once; the QA leads where there is nobody else (E6, E9)."""
    if step.code == VERIFY_LADDER[0].code and around.verifiers:
        found = [
            _up(step.told[0], line, verifier, around) for verifier, line in around.verifiers.items()
        ]
    else:
        found = [_one(told, around) for told in step.told]
    people = [each for each in found if each is not None]
    return tuple(dict.fromkeys(people or [each for each in around.leads if _may(each, around)]))


def _one(told: Told, around: Around) -> UUID | None:
    """The owner, or their deputy; else the lowest in the line who stands high enough."""
    if told is Told.OWNER:
        person = around.away.get(around.owner, around.owner)
        if person is not None and _may(person, around):
            return person
        told = Told.TEAM_MANAGER
    return _up(told, around.line, around.owner, around)


def _up(told: Told, line: Sequence[Above], besides: UUID, around: Around) -> UUID | None:
    passed = {around.owner, besides}
    above = [each for each in line if each.person_id not in passed and _may(each.person_id, around)]
    # A deputy who is kept from the action, or owns it, stands in for nobody here.
    away = {
        person: deputy if deputy not in passed and _may(deputy, around) else None
        for person, deputy in around.away.items()
    }
    return next_up(told, above, besides, away)


def _may(person: UUID | None, around: Around) -> bool:
    return person not in around.barred
