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
# Events that name people, and what stands before their names.
_NAMING: Final = {
    LATE: "Told: ", "action_helper_added": "", "action_helper_removed": "", "action_covered": "By ",
}  # fmt: skip


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

    A step of the ladder is among it, with the names of those who were told (E6), and who helps or
    helped, with theirs (E3).
    """
    events = history.timeline(subject_id=action.id)
    steps = {step.at: step for step in action.steps}
    moves = {change.at: change for change in due_date_changes(action.id)}
    named = {event.sequence: _people(event) for event in events}
    who = names(
        [event.actor_id for event in events] + [each for ids in named.values() for each in ids]
    )
    happenings = []
    for event in events:
        if event.verb in _NAMING:
            note = _named_words(_NAMING[event.verb], named[event.sequence], who)
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


def _people(event: history.Event) -> list[UUID]:
    """Those whom an event names: told by a step of the ladder, or come or gone as a helper."""
    return [UUID(each) for each in event.details["people"]] if event.verb in _NAMING else []


def _named_words(before: str, people: list[UUID], who: Mapping[UUID, str]) -> str:
    found = [who[each] for each in people if each in who]
    return f"{before}{', '.join(found)}" if found else ""


def due_date_changes(action_id: UUID) -> list[DueDateChange]:
    """Each change of the due date, oldest first."""
    query = (
        select(DueDateChange).where(DueDateChange.action_id == action_id).order_by(DueDateChange.at)
    )
    return list(db.session.scalars(query))


def evidence(action: Action) -> ActionStep | None:
    """The newest step that marked the action done, with its evidence."""
    done = [step for step in action.steps if _marks_done(step)]
    return done[-1] if done else None


def _marks_done(step: ActionStep) -> bool:
    # A note on what is done already changes no status, and is no evidence.
    return step.to_status is ActionStatus.DONE and step.from_status is not ActionStatus.DONE
