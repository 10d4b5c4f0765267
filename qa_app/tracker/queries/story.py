"""What has happened to an action: the history's sentences with the words of each step."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.domain.actions import ActionStatus
from qa_app.tracker.models import Action, ActionStep, DueDateChange

LATE: Final = "action_late"


class Happening(NamedTuple):
    """One entry: the sentence, when it was recorded, by whom, and the words that were given.

    `on` is the day it was said to have happened, where that is another day.
    """

    sentence: str
    at: datetime
    who: str
    note: str = ""
    on: date | None = None


_IMPORTED = {
    ActionStatus.OPEN: "Raised, as the old audit workbook has it",
    ActionStatus.CLOSED: "Done, as the old audit workbook has it; nobody verified it here",
}


def story(action: Action) -> list[Happening]:
    """Everything that happened to the action, newest first (four queries).

    A step of the ladder is among it, with the names of those who were told (E6).
    """
    events = history.timeline(subject_id=action.id)
    steps = {step.at: step for step in action.steps}
    moves = {change.at: change for change in due_date_changes(action.id)}
    told = {event.sequence: _told(event) for event in events}
    who = names(
        [event.actor_id for event in events] + [each for ids in told.values() for each in ids]
    )
    happenings = []
    for event in events:
        if event.verb == LATE:
            note = _told_words(told[event.sequence], who)
        else:
            step, move = steps.pop(event.at, None), moves.get(event.at)
            note = step.note if step else move.reason if move else ""
        happenings.append(
            Happening(event.sentence, event.at, who.get(event.actor_id or action.id, ""), note)
        )
    happenings += [
        Happening(_IMPORTED.get(step.to_status, step.to_status.words), step.at, "", step.note)
        for step in steps.values()
    ]
    return sorted(happenings, key=lambda each: each.at, reverse=True)


def _told(event: history.Event) -> list[UUID]:
    """Those whom a step of the ladder told."""
    return [UUID(each) for each in event.details["people"]] if event.verb == LATE else []


def _told_words(people: list[UUID], who: Mapping[UUID, str]) -> str:
    found = [who[each] for each in people if each in who]
    return f"Told: {', '.join(found)}" if found else ""


def due_date_changes(action_id: UUID) -> list[DueDateChange]:
    """Each change of the due date, oldest first."""
    query = (
        select(DueDateChange).where(DueDateChange.action_id == action_id).order_by(DueDateChange.at)
    )
    return list(db.session.scalars(query))


def evidence(action: Action) -> ActionStep | None:
    """The newest step that marked the action done, with its evidence."""
    done = [step for step in action.steps if step.to_status is ActionStatus.DONE]
    return done[-1] if done else None
