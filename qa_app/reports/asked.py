"""What somebody asks of the figures: which months, whose grades, which audits, of what part."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import LONDON, Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.measures import AUTHORITY
from qa_app.domain.permissions import Actor, Role

LONGEST: Final = 60
"""Months in one table: five years, and as many rows as a person can still read."""


class GradeBasis(StrEnum):
    """Whose grade MTM-1 counts."""

    FINAL = "final"
    AUDITOR = "auditor"

    @property
    def words(self) -> str:
        """The basis as a caption says it."""
        return "final grade" if self is GradeBasis.FINAL else "auditor’s grade"


class Selected(StrEnum):
    """Which audits are counted, by how their cases were chosen (S5)."""

    ALL = "all"
    RANDOM = "random"

    @property
    def words(self) -> str:
        """The selection as a caption says it."""
        return "all audits" if self is Selected.ALL else "audits of randomly chosen cases"


class PartKind(StrEnum):
    """What a part of the authority is."""

    TEAM = "team"
    SERVICE = "service"
    PLAN_TYPE = "plan_type"


@dataclass(frozen=True)
class Part:
    """A team, a service (both with `team_id`) or a plan type; `name` is the figures' scope."""

    kind: PartKind
    name: str
    team_id: UUID | None = None
    plan_type: PlanType | None = None


@dataclass(frozen=True)
class AsAt:
    """The end of a month's last day in London, or the present where the month is still running."""

    month: Month
    at: datetime

    @property
    def day(self) -> date:
        """The day in London at whose end actions are counted."""
        return london_date(self.at)

    @classmethod
    def end_of(cls, month: Month, now: datetime) -> "AsAt":
        """The stock's moment for a month that has begun."""
        midnight = datetime.combine(month.last + timedelta(days=1), time(), LONDON)
        return cls(month, min(midnight - timedelta(microseconds=1), now))


@dataclass(frozen=True)
class Asked:
    """One question to the figures. DomainError where the months make no sense.

    `at` is the data cut: the moment at which the rows are read. `reader` is who reads the answer on
    a page; None for figures that are published, which leave nothing out (R5).
    """

    first: Month
    last: Month
    at: datetime
    grades: GradeBasis = GradeBasis.FINAL
    selection: Selected = Selected.ALL
    part: Part | None = None
    reader: Actor | None = None
    months: tuple[Month, ...] = field(init=False)

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise DomainError(
                f"The first month, {self.first}, is after the last, {self.last}. "
                "Enter the earlier month first",
                "from",
            )
        if self.last > Month.of(london_date(self.at)):
            raise DomainError(
                f"The month {self.last} has not begun, so nothing can be counted in it. "
                "Choose an earlier last month",
                "to",
            )
        object.__setattr__(self, "months", tuple(Month.range(self.first, self.last)))
        if len(self.months) > LONGEST:
            raise DomainError(f"Choose at most {LONGEST} months", "to")

    @property
    def reads_all(self) -> bool:
        """Whether no audit's grade is kept from the reader until its blind moderation (M3)."""
        return self.reader is None or self.reader.holds(Role.QA_LEAD)

    @property
    def scope(self) -> str:
        """Whose figures these are, as each figure says it."""
        return AUTHORITY if self.part is None else self.part.name

    @property
    def stock_moments(self) -> list[AsAt]:
        """For each month, the moment of its stock."""
        return [AsAt.end_of(month, self.at) for month in self.months]
