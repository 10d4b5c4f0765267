"""What is late, said to the database: computed from days and settings, never typed (E4, E6)."""

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import ColumnElement, and_, not_, or_

from qa_app.accounts import settings
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import LONDON
from qa_app.domain.escalation import Clock
from qa_app.tracker.models import Action, ActionSource

TO_DO: Final = (ActionStatus.OPEN, ActionStatus.IN_PROGRESS)
STARTED_WITHIN: Final = "action_started_within"


def overdue_on(today: date) -> ColumnElement[bool]:
    """The condition for actions whose word is “overdue” on a day (E6).

    Until done an action is late after its due date; done, after its time for verification.
    """
    return or_(undone_on(today), unverified_on(today))


def undone_on(today: date) -> ColumnElement[bool]:
    """The condition for actions that were not done by their due date."""
    return and_(Action.status.in_(TO_DO), Action.due_on < today)


def unverified_on(today: date) -> ColumnElement[bool]:
    """The condition for actions that were done and not verified in time (E4)."""
    priority = Action.kind == ActionKind.PRIORITY
    return or_(
        *(
            and_(
                Action.status == ActionStatus.DONE,
                kinds,
                Action.done_at < datetime.combine(first_day_in_time(clock, today), time(), LONDON),
            )
            for clock, kinds in ((Clock.VERIFY, not_(priority)), (Clock.VERIFY_PRIORITY, priority))
        )
    )


def not_started_on(today: date) -> ColumnElement[bool]:
    """The condition for actions that stand open though they were raised a while ago.

    No clock runs on imported ones: they are history (measures.md).
    """
    return and_(
        Action.status == ActionStatus.OPEN,
        Action.source != ActionSource.IMPORTED,
        Action.raised_on < first_day_in_time(STARTED_WITHIN, today),
    )


def first_day_in_time(setting: str, today: date) -> date:
    """The first day from which so many working days, as the setting has it, are not over today."""
    calendar = settings.calendar()
    day = today
    while True:
        before = day - timedelta(days=1)
        # The clock has the length that stood on the day it began.
        if calendar.add_working_days(before, settings.number(setting, on=before)) < today:
            return day
        day = before
