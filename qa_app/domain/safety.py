"""The hours of a concern about significant harm: what the clock does, and whom it tells (E1).

These are hours on the wall, by day and by night, in Europe/London; working days count only where
the rule says so. A step is taken once, and only while what it is about still waits.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.escalation import acknowledge_by
from qa_app.domain.settings import Numbers, default_number

__all__ = [
    "Away",
    "Step",
    "Waits",
    "Whom",
    "decision_by",
    "in_their_place",
    "moments",
    "referral_late_at",
    "steps_to_take",
    "told_of",
]

Away = Mapping[UUID, UUID | None]
"""Those who are away or have left, each with who stands in for them (None: nobody)."""

FIVE: Final = time(17)
LAST_HOUR: Final = time(23)


class Whom(StrEnum):
    """A post that a step tells."""

    QA_LEAD = "qa_lead"
    HEAD_OF_SERVICE = "head_of_service"
    SERVICE_DIRECTOR = "service_director"
    CORPORATE_DIRECTOR = "corporate_director"


class Step(StrEnum):
    """A step of the clock, by the code that is stored."""

    NOT_ACKNOWLEDGED = "not_acknowledged"
    NO_DECISION_YET = "no_decision_yet"
    NO_DECISION = "no_decision"
    DESIGNATED_OFFICER_LATE = "designated_officer_late"
    OTHER_AUTHORITY_LATE = "other_authority_late"
    MASH_LATE = "mash_late"

    @property
    def words(self) -> str:
        """What waits, as the history and a message say it."""
        return _WORDS[self]

    @property
    def whom(self) -> tuple[Whom, ...]:
        """The posts that it tells."""
        return _WHOM.get(self, (Whom.QA_LEAD, Whom.HEAD_OF_SERVICE))


_WORDS: Final = {
    Step.NOT_ACKNOWLEDGED: "nobody has acknowledged it in time",
    Step.NO_DECISION_YET: "no safety decision yet today",
    Step.NO_DECISION: "no safety decision on the day on which it was raised",
    Step.DESIGNATED_OFFICER_LATE: "the designated officer (LADO) was not told in time",
    Step.OTHER_AUTHORITY_LATE: "the authority where the child lives was not told in time",
    Step.MASH_LATE: "the multi-agency safeguarding hub (MASH) was not told in time",
}
_WHOM: Final = {
    Step.NOT_ACKNOWLEDGED: (Whom.SERVICE_DIRECTOR,),
    Step.NO_DECISION_YET: (Whom.HEAD_OF_SERVICE, Whom.SERVICE_DIRECTOR),
    Step.NO_DECISION: (Whom.CORPORATE_DIRECTOR,),
}


@dataclass(frozen=True)
class Waits:
    """A concern that stands, and what of it still waits.

    `decided` is whether the child is known to be safe or a strategy discussion was held: “neither
    yet” is no decision. `referrals` are those whom nobody has told yet, by the code of the
    referral, each with its last day.
    """

    raised_at: datetime
    acknowledged: bool = False
    decided: bool = False
    referrals: Mapping[str, date] = field(default_factory=dict)


def _in_london(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, LONDON).astimezone(UTC)


def _first_hour(raised_at: datetime, number: Numbers) -> datetime:
    # In UTC: an hour is an hour, also in the night in which the clocks go back.
    return acknowledge_by(raised_at.astimezone(UTC), number)


def decision_by(raised_at: datetime, number: Numbers = default_number) -> datetime:
    """When the corporate director is told that there is no safety decision (E1: “that day”).

    Eleven at night in London on the day of raising, so that the director knows while it still is
    that day. What is raised later than ten has its first hour first (`concern_acknowledged_within`,
    in which somebody has to have acknowledged it): nobody can see a child sooner.
    """
    return max(_in_london(london_date(raised_at), LAST_HOUR), _first_hour(raised_at, number))


def referral_late_at(
    due_on: date, raised_at: datetime, number: Numbers = default_number
) -> datetime:
    """When somebody outside who is to be told by the end of a London day is told too late (E1).

    What is raised in the last hour of that day has its first hour first.
    """
    return max(_in_london(due_on + timedelta(days=1), time()), _first_hour(raised_at, number))


def moments(raised_at: datetime, number: Numbers = default_number) -> dict[Step, datetime]:
    """When each step about the acknowledgement and the decision comes, in order of time (E1).

    At five in the afternoon in London, or after the first hour of what was raised later, the head
    of service and the service director learn that there is no decision yet; this step is left out
    where the one of `decision_by` would not come after it.
    """
    hour, late = _first_hour(raised_at, number), decision_by(raised_at, number)
    reminded = max(_in_london(london_date(raised_at), FIVE), hour)
    found = {Step.NOT_ACKNOWLEDGED: hour, Step.NO_DECISION: late}
    if reminded < late:
        found[Step.NO_DECISION_YET] = reminded
    return dict(sorted(found.items(), key=lambda each: each[1]))


def steps_to_take(
    waits: Waits, at: datetime, *, taken: Iterable[str] = (), number: Numbers = default_number
) -> list[Step]:
    """The steps whose moment has come, that are still true and that were not taken before (E1)."""
    before = frozenset(taken)
    due = [
        step
        for step, moment in moments(waits.raised_at, number).items()
        if moment <= at
        and not (waits.acknowledged if step is Step.NOT_ACKNOWLEDGED else waits.decided)
    ]
    due += [
        Step(f"{kind}_late")
        for kind, due_on in sorted(waits.referrals.items())
        if referral_late_at(due_on, waits.raised_at, number) <= at
    ]
    return [step for step in due if step not in before]


def in_their_place(person: UUID | None, away: Away, never: Collection[UUID]) -> UUID | None:
    """Whoever can be told for a post: its holder, or who stands in for them while they are away.

    None where the post is vacant, its holder is away without a deputy, or is one of those who are
    `never` told (the adult whom the concern is about, whoever raised it): then the next one up is.
    Nobody is told in place of somebody whom it is about: their deputy is their choice.
    """
    if person is None or person in never:
        return None
    found = away.get(person, person)
    return None if found in never else found


def told_of(
    step: Step, holders: Callable[[Whom], Iterable[UUID | None]], leads: Iterable[UUID | None]
) -> tuple[UUID, ...]:
    """Whom a step tells, each once; the QA leads where nobody holds any of its posts (E1).

    `holders` gives those who can be told for a post, or who is next up.
    """
    found = [each for whom in step.whom for each in holders(whom)]
    there = [each for each in found if each is not None] or [each for each in leads if each]
    return tuple(dict.fromkeys(there))
