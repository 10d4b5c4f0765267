"""The improvement plan after an Inadequate audit: how it stands, what is missing before it closes,
and the steps of a late one (E2, E6, E9)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from qa_app.domain.actions import ActionStatus, Impact, is_outstanding
from qa_app.domain.calendar import WorkingCalendar
from qa_app.domain.settings import Numbers, default_number
from qa_app.domain.steps import LadderStep, Told


class PlanStanding(StrEnum):
    """How the plan that an audit asks for stands. Let go: the audit is Inadequate no more."""

    LATE = "late"
    OWED = "owed"
    AGREED = "agreed"
    LET_GO = "let_go"
    CLOSED = "closed"

    @property
    def words(self) -> str:
        """The standing as a page says it."""
        return _STANDING_WORDS[self]


_STANDING_WORDS: Final = {
    PlanStanding.LATE: "Late",
    PlanStanding.OWED: "To be agreed",
    PlanStanding.AGREED: "Agreed",
    PlanStanding.LET_GO: "No longer asked for",
    PlanStanding.CLOSED: "Closed",
}


def standing_of(
    *, stands: bool, due_on: date | None, agreed: bool, closed: bool, today: date
) -> PlanStanding:
    """How a plan stands today (E2). `stands` says whether the audit is Inadequate now, and `due_on`
    is the last day on which agreeing the plan is in time, where it is."""
    if closed:
        return PlanStanding.CLOSED
    if not stands:
        return PlanStanding.LET_GO
    if agreed:
        return PlanStanding.AGREED
    return PlanStanding.LATE if due_on is not None and today > due_on else PlanStanding.OWED


@dataclass(frozen=True)
class PlanAction:
    """What closing a plan asks of one of its actions."""

    reference: str
    status: ActionStatus
    impact: Impact | None = None


def live_actions(actions: Iterable[PlanAction]) -> int:
    """How many actions a plan has that were not withdrawn: it is agreed with at least one."""
    return sum(each.status is not ActionStatus.WITHDRAWN for each in actions)


def missing_before_closing(actions: Sequence[PlanAction]) -> list[str]:
    """What a plan still lacks before it can be closed, in words; nothing where it can be (E9).

    Every action has ended, at least one of them was not withdrawn, and every verified one says for
    how many children it has helped: “untested” is an answer that does not close a plan.
    """
    found = [words for each in actions if (words := _missing(each))]
    if not live_actions(actions):
        why = "every one was withdrawn" if actions else "there is none"
        found.append(f"An action that was not withdrawn: {why}")
    return found


def _missing(each: PlanAction) -> str:
    if each.status is ActionStatus.DONE:
        return f"Action {each.reference} is done, and waits to be verified by somebody else"
    if is_outstanding(each.status):
        return f"Action {each.reference} is {each.status.words.lower()}, and has to end"
    if each.status is not ActionStatus.VERIFIED or each.impact not in (None, Impact.UNTESTED):
        return ""
    if each.impact is None:
        return f"Action {each.reference} is verified, and its impact has not been rated"
    return (
        f"The impact of action {each.reference} is rated “untested”: look at whether it has "
        "helped, and rate it again"
    )


# Source: rule E6, after rule E2.
LATE_STEPS: Final = (
    LadderStep("due", False, None, (Told.HEAD_OF_SERVICE,)),
    LadderStep("service_director", False, "plan_late_service_director", (Told.SERVICE_DIRECTOR,)),
    LadderStep(
        "corporate_director", False, "plan_late_corporate_director", (Told.CORPORATE_DIRECTOR,)
    ),
)
"""The steps of a plan that nobody has agreed, from its due date."""

STEPS: Final = {step.code: step for step in LATE_STEPS}
"""Each by the code that is stored, the lowest first."""


def late_steps(
    due_on: date,
    today: date,
    calendar: WorkingCalendar,
    *,
    taken: Collection[str] = (),
    number: Numbers = default_number,
) -> list[LadderStep]:
    """The steps whose day has come and that were not taken before, in order (E6)."""
    return [
        step
        for step in LATE_STEPS
        if step.code not in taken and step.due_on(due_on, calendar, number) <= today
    ]


def step_words(code: str, number: Numbers = default_number) -> str:
    """A step as a page and the history say it: “service director, 5 working days late”."""
    step = STEPS[code]
    who = step.told[0].words
    if step.setting is None:
        return f"{who}, on the due date"
    days = number(step.setting)
    return f"{who}, {days} working {'day' if days == 1 else 'days'} late"
