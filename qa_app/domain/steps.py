"""The steps of the ladder for what is late (E6, E9): when each is taken, and once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import WorkingCalendar
from qa_app.domain.settings import Numbers, default_number


class Told(StrEnum):
    """A post that a step of the ladder tells."""

    OWNER = "owner"
    TEAM_MANAGER = "team_manager"
    HEAD_OF_SERVICE = "head_of_service"
    SERVICE_DIRECTOR = "service_director"
    CORPORATE_DIRECTOR = "corporate_director"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")


@dataclass(frozen=True)
class LadderStep:
    """One step: ``code`` is stored, so that it is sent once.

    ``setting`` names the number of working days after the due date; None is on the due date.
    ``grace`` is the number of working days that come before those.
    """

    code: str
    priority: bool
    setting: str | None
    told: tuple[Told, ...]
    only_after_inadequate: bool = False
    grace: int = 0

    def due_on(self, due: date, calendar: WorkingCalendar, number: Numbers) -> date:
        """The day on which the step is taken unless the action has been done."""
        days = 0 if self.setting is None else number(self.setting)
        return calendar.add_working_days(due, self.grace + days)


# Source: rule E6.
LADDER: Final = (
    LadderStep(
        "priority_due",
        True,
        None,
        (Told.OWNER, Told.TEAM_MANAGER, Told.HEAD_OF_SERVICE, Told.SERVICE_DIRECTOR),
    ),
    LadderStep(
        "priority_corporate_director",
        True,
        "ladder_priority_corporate_director",
        (Told.CORPORATE_DIRECTOR,),
    ),
    LadderStep("due", False, None, (Told.OWNER,)),
    LadderStep("team_manager", False, "ladder_team_manager", (Told.TEAM_MANAGER,)),
    LadderStep("head_of_service", False, "ladder_head_of_service", (Told.HEAD_OF_SERVICE,)),
    LadderStep(
        "service_director",
        False,
        "ladder_service_director",
        (Told.SERVICE_DIRECTOR,),
        only_after_inadequate=True,
    ),
    LadderStep(
        "corporate_director",
        False,
        "ladder_corporate_director",
        (Told.CORPORATE_DIRECTOR,),
        only_after_inadequate=True,
    ),
)


# Source: rule E9. The last day for verifying is still in time, so the first step is the day after.
VERIFY_LADDER: Final = (
    LadderStep("verify_late", False, None, (Told.HEAD_OF_SERVICE,), grace=1),
    LadderStep(
        "verify_late_corporate_director",
        True,
        "ladder_priority_corporate_director",
        (Told.CORPORATE_DIRECTOR,),
        grace=1,
    ),
)
"""The steps while a done action waits for its verifier: the first for every kind, up the line of
whoever could verify it; the second for priority actions only."""


def ladder_runs(status: ActionStatus) -> bool:
    """Whether steps are taken: doing the action pauses its ladder, ending it stops it (E9)."""
    return status in (ActionStatus.OPEN, ActionStatus.IN_PROGRESS)


def steps_due(
    kind: ActionKind,
    due_on: date,
    today: date,
    calendar: WorkingCalendar,
    after_inadequate: bool = False,
    *,
    sent: Iterable[str] = (),
    number: Numbers = default_number,
) -> list[LadderStep]:
    """The steps whose day has come, in order, without those already sent (by code) (E6)."""
    already = frozenset(sent)
    return [
        step
        for step in LADDER
        if step.priority == (kind is ActionKind.PRIORITY)
        and (after_inadequate or not step.only_after_inadequate)
        and step.code not in already
        and step.due_on(due_on, calendar, number) <= today
    ]


def verification_steps_due(
    kind: ActionKind,
    due_on: date,
    today: date,
    calendar: WorkingCalendar,
    *,
    sent: Iterable[str] = (),
    number: Numbers = default_number,
) -> list[LadderStep]:
    """The same for an action that is done, from the last day for verifying it (E4, E9)."""
    already = frozenset(sent)
    return [
        step
        for step in VERIFY_LADDER
        if (kind is ActionKind.PRIORITY or not step.priority)
        and step.code not in already
        and step.due_on(due_on, calendar, number) <= today
    ]
