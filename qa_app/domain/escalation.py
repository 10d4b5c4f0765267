"""The clocks after a grade or a concern (E1, E2, E4) and an action's word (E9).

What an action is, and who may decide about it, is in `actions`, and the ladder of what is late in
`steps` (E6); their names are here too.
"""

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
from qa_app.domain.steps import (
    LADDER,
    VERIFY_LADDER,
    LadderStep,
    Told,
    ladder_runs,
    steps_due,
    verification_steps_due,
)

__all__ = [
    "ACTION_TRANSITIONS",
    "BORN",
    "HEAD_OF_SERVICE_RANK",
    "LADDER",
    "OUTSTANDING",
    "VERIFY_LADDER",
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
    "verification_steps_due",
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
