"""Why an action needs somebody: the conditions, and the words for each (E4, E5, E6)."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, and_, exists, or_

from qa_app.accounts import settings
from qa_app.domain.actions import OUTSTANDING, ActionStatus
from qa_app.formatting import count_words
from qa_app.tracker.models import Action, ActionStep
from qa_app.tracker.queries.overdue import (
    STARTED_WITHIN,
    not_started_on,
    undone_on,
    unverified_on,
)


class Reason(StrEnum):
    """What does not go as it should, the most pressing first."""

    OVERDUE = "overdue"
    UNVERIFIED = "unverified"
    SENT_BACK = "sent_back"
    WITHDRAWAL = "withdrawal"
    NOT_STARTED = "not_started"

    def words(self, today: date) -> str:
        """Why it is here, in a few words."""
        if self is Reason.NOT_STARTED:
            days = count_words(settings.number(STARTED_WITHIN, on=today), "working day")
            return f"Not started within {days}"
        return _WORDS[self]


_WORDS: Final[Mapping[Reason, str]] = {
    Reason.OVERDUE: "Not done by its due date",
    Reason.UNVERIFIED: "Done, and not verified in time",
    Reason.SENT_BACK: "Sent back to its owner: more is needed",
    Reason.WITHDRAWAL: "A decision is asked for: is it to be withdrawn?",
}


def _sent_back(_: date) -> ColumnElement[bool]:
    # Back in progress, once it was returned: the next change of status is that it is done again.
    returned = exists().where(
        ActionStep.action_id == Action.id,
        ActionStep.from_status == ActionStatus.DONE,
        ActionStep.to_status == ActionStatus.IN_PROGRESS,
    )
    return and_(Action.status == ActionStatus.IN_PROGRESS, returned)


def _withdrawal(_: date) -> ColumnElement[bool]:
    return and_(Action.withdrawal_asked_at.is_not(None), Action.status.in_(OUTSTANDING))


CONDITIONS: Final[Mapping[Reason, Callable[[date], ColumnElement[bool]]]] = {
    Reason.OVERDUE: undone_on,
    Reason.UNVERIFIED: unverified_on,
    Reason.SENT_BACK: _sent_back,
    Reason.WITHDRAWAL: _withdrawal,
    Reason.NOT_STARTED: not_started_on,
}


def failing_on(today: date) -> ColumnElement[bool]:
    """The condition for actions that need somebody, for any of the reasons."""
    return or_(*(condition(today) for condition in CONDITIONS.values()))
