"""Q-5: the actions that were due in each month, and those of them that were done on time.

Due in a month is what was first due in it, whatever became of the date since, and was not withdrawn
(E3, E5). Imported actions are left out: no clock ran on them (measures.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.domain.actiontimes import Course, OnTime, Outcome, months_ended, on_time_by_month
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.intervals import TOO_FEW, too_few_to_say, wilson
from qa_app.domain.permissions import Actor
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.queries.assurance import answered_by
from qa_app.tracker.queries.lists import PAGE


@dataclass(frozen=True)
class Row:
    """An action that was due, and its course."""

    action: Action
    course: Course
    outcome: Outcome
    delay: int | None


@dataclass(frozen=True)
class Behind:
    """A page of the actions behind a figure of Q-5, and whether there are more."""

    rows: Sequence[Row]
    total: int
    more: bool


def on_time(actor: Actor, today: date) -> list[OnTime]:
    """Q-5 of the last 12 months that are over, the newest first (one query)."""
    months = months_ended(today)
    courses = _courses(actor, months[0].first, months[-1].last).values()
    return on_time_by_month(courses, months, settings.calendar())[::-1]


def interval_words(figure: OnTime) -> str:
    """The 95% interval of the share: “49% to 94%”; “too few to say” where n is small (R6)."""
    if too_few_to_say(figure.due, settings.number("too_few_to_say_below")):
        return TOO_FEW
    low, high = wilson(figure.on_time, figure.due)
    return f"{100 * low:.0f}% to {100 * high:.0f}%"


def behind_on_time(actor: Actor, month: Month, outcome: Outcome | None, page: int) -> Behind:
    """The actions that make up a figure, by due date: as many as it says (R2; two queries).

    Without an outcome, every one that was due in the month.
    """
    courses = _courses(actor, month.first, month.last)
    chosen = [
        action_id
        for action_id, course in courses.items()
        if outcome is None or course.outcome is outcome
    ]
    shown = chosen[(page - 1) * PAGE : page * PAGE]
    query = (
        select(Action)
        .where(Action.id.in_(shown))
        .options(joinedload(Action.owner), joinedload(Action.team))
        .order_by(*_BY_DUE_DATE)
    )
    calendar = settings.calendar()
    rows = [
        Row(action, course, course.outcome, course.delay(calendar))
        for action in db.session.scalars(query)
        for course in [courses[action.id]]
    ]
    return Behind(rows, len(chosen), len(chosen) > page * PAGE)


_BY_DUE_DATE = (Action.original_due_on, Action.reference)


def _courses(actor: Actor, first: date, last: date) -> dict[UUID, Course]:
    """The course of each action that was first due on one of these days, by due date."""
    query = (
        select(Action.id, Action.status, Action.original_due_on, Action.done_at, Action.settled_on)
        .where(answered_by(actor), _was_due(first, last))
        .order_by(*_BY_DUE_DATE)
    )
    return {
        row.id: Course(
            due_on=row.original_due_on,
            done_on=None if row.done_at is None else london_date(row.done_at),
            verified_on=row.settled_on if row.status is ActionStatus.VERIFIED else None,
        )
        for row in db.session.execute(query)
    }


def _was_due(first: date, last: date) -> ColumnElement[bool]:
    return and_(
        Action.original_due_on.between(first, last),
        Action.status != ActionStatus.WITHDRAWN,
        Action.source != ActionSource.IMPORTED,
    )
