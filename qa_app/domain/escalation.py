"""The clocks after a grade or a concern (E1, E2, E4), the ladder (E6) and an action's word (E9).

What an action is, and who may decide about it, is in `actions`; its names are here too.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from qa_app.domain.actions import (
    ACTION_TRANSITIONS,
    BORN,
    HEAD_OF_SERVICE_RANK,
    OUTSTANDING,
    ActionKind,
    ActionMove,
    ActionMoveNotAllowed,
    ActionParties,
    ActionStatus,
    action_moves_from,
    advance_action,
    due_date_bars,
    is_outstanding,
    verifier_bars,
    withdrawal_bars,
)
from qa_app.domain.calendar import WorkingCalendar, add_months
from qa_app.domain.grades import Grade
from qa_app.domain.settings import SETTINGS, Kind, Numbers, default_number

__all__ = [
    "ACTION_TRANSITIONS",
    "BORN",
    "HEAD_OF_SERVICE_RANK",
    "LADDER",
    "OUTSTANDING",
    "ActionKind",
    "ActionMove",
    "ActionMoveNotAllowed",
    "ActionParties",
    "ActionStatus",
    "Brag",
    "Clock",
    "LadderStep",
    "Told",
    "acknowledge_by",
    "action_due_on",
    "action_moves_from",
    "advance_action",
    "brag",
    "due_date_bars",
    "due_on",
    "is_outstanding",
    "ladder_runs",
    "steps_due",
    "verification_due_on",
    "verifier_bars",
    "withdrawal_bars",
]


class Clock(StrEnum):
    """What has to happen in time; the value is the setting that says how long."""

    PRIORITY_ACTION = "priority_action_within"
    DESIGNATED_OFFICER = "designated_officer_within"
    INADEQUATE_HEAD_TOLD = "inadequate_head_told_within"
    INADEQUATE_PLAN = "inadequate_plan_within"
    RE_AUDIT = "re_audit_within"
    REQUIRES_IMPROVEMENT = "requires_improvement_within"
    VERIFY = "verify_within"
    VERIFY_PRIORITY = "verify_priority_within"
    ACKNOWLEDGE_CONCERN = "concern_acknowledged_within"

    @property
    def rule(self) -> str:
        """The number of the rule that the clock serves."""
        return SETTINGS[self.value].rule


def due_on(
    clock: Clock, start: date, calendar: WorkingCalendar, number: Numbers = default_number
) -> date:
    """The last day on which it is in time, counted from the London date ``start`` (E1, E2, E4).

    Working days are counted from the day after; months end on the same day of the month.
    ValueError for the clock that runs in hours.
    """
    if clock is Clock.ACKNOWLEDGE_CONCERN:
        raise ValueError("acknowledging a concern is measured in hours")
    amount = number(clock)
    if SETTINGS[clock].kind is Kind.MONTHS:
        return add_months(start, amount)
    return calendar.add_working_days(start, amount)


def acknowledge_by(raised_at: datetime, number: Numbers = default_number) -> datetime:
    """When the service director is to be telephoned if nobody acknowledged a concern (E1)."""
    return raised_at + timedelta(hours=number(Clock.ACKNOWLEDGE_CONCERN))


def action_due_on(
    kind: ActionKind,
    grade: Grade | None,
    raised_on: date,
    calendar: WorkingCalendar,
    number: Numbers = default_number,
) -> date | None:
    """The due date that the rules give an action; None where a person has to choose one."""
    if kind is ActionKind.PRIORITY:
        return due_on(Clock.PRIORITY_ACTION, raised_on, calendar, number)
    if grade is Grade.REQUIRES_IMPROVEMENT:
        return due_on(Clock.REQUIRES_IMPROVEMENT, raised_on, calendar, number)
    return None


def verification_due_on(
    kind: ActionKind, done_on: date, calendar: WorkingCalendar, number: Numbers = default_number
) -> date:
    """The last day on which verifying an action is in time (E4)."""
    clock = Clock.VERIFY_PRIORITY if kind is ActionKind.PRIORITY else Clock.VERIFY
    return due_on(clock, done_on, calendar, number)


class Brag(StrEnum):
    """The word beside an action. Withdrawn is said as it is: it is not complete."""

    NOT_DUE = "not due"
    ON_TRACK = "on track"
    AT_RISK = "at risk"
    OVERDUE = "overdue"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        return self.value.capitalize()


_ENDED: Final = {
    ActionStatus.VERIFIED: Brag.COMPLETE,
    ActionStatus.CLOSED: Brag.COMPLETE,
    ActionStatus.WITHDRAWN: Brag.WITHDRAWN,
}


def brag(
    status: ActionStatus,
    due: date,
    today: date,
    calendar: WorkingCalendar,
    *,
    verification_due: date | None = None,
    number: Numbers = default_number,
) -> Brag:
    """The word for an action today (E9), from its status and dates.

    An action that is done waits for somebody else, so it is measured against
    ``verification_due``; without that date it is on track.
    """
    if status in _ENDED:
        return _ENDED[status]
    if status is ActionStatus.DONE:
        if verification_due is None:
            return Brag.ON_TRACK
        due = verification_due
    if today > due:
        return Brag.OVERDUE
    if calendar.working_days_between(today, due) <= number("at_risk_within"):
        return Brag.AT_RISK
    return Brag.NOT_DUE if status is ActionStatus.OPEN else Brag.ON_TRACK


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
    """

    code: str
    priority: bool
    setting: str | None
    told: tuple[Told, ...]
    only_after_inadequate: bool = False

    def due_on(self, due: date, calendar: WorkingCalendar, number: Numbers) -> date:
        """The day on which the step is taken unless the action has been done."""
        days = 0 if self.setting is None else number(self.setting)
        return calendar.add_working_days(due, days)


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
