"""The rows of the extract as they are held while it is read: identifiers, dates and codes only."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class Involved(StrEnum):
    """What a professional is to a case (the parties of S6)."""

    WORKER = "worker"
    PERSONAL_ADVISER = "personal_adviser"
    TEAM_MANAGER = "team_manager"
    IRO = "iro"
    CHAIR = "chair"
    DECISION_MAKER = "decision_maker"
    OTHER = "other"


class TeamRow(NamedTuple):
    """A row of ssd_department."""

    line: int
    id: str
    name: str
    parent: str | None = None


class ProfessionalRow(NamedTuple):
    """A row of ssd_professionals; `team` is an identifier once references are resolved."""

    line: int
    id: str
    name: str
    staff_id: str | None = None
    job_title: str | None = None
    team: str | None = None


class ChildRow(NamedTuple):
    """A row of ssd_person: the case reference and an age band, nothing else (I5)."""

    line: int
    id: str
    age_band: str | None = None


class FamilyRow(NamedTuple):
    """A row of ssd_family."""

    line: int
    family: str
    child: str


class PeriodRow(NamedTuple):
    """A plan, episode, referral, care leaver record or involvement: something with a time to it.

    `start` is None only for care leavers, whose table holds no start. `entered` is the day on which
    the period of care began, `nfa` a referral that led to nothing.
    """

    line: int
    id: str
    child: str
    start: date | None = None
    end: date | None = None
    team: str | None = None
    worker: str | None = None
    adviser: str | None = None
    entered: date | None = None
    nfa: bool = False
    role: Involved = Involved.OTHER

    def open_at(self, day: date) -> bool:
        """Whether it runs on that day; something that ends that day has ended."""
        return self.end is None or self.end > day


Row = TeamRow | ProfessionalRow | ChildRow | FamilyRow | PeriodRow
