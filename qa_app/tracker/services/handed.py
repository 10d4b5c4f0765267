"""Telling people which actions have changed hands: one message to each, whatever it lists.

References and dates only. Whoever is kept from an action is told nothing of it (M3, E1).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.formatting import count_words, date_words
from qa_app.notify import services as notify
from qa_app.tracker.models import Action
from qa_app.tracker.queries.standing import KEPT

NOTICE: Final = "action-owners:"
"""How the key of every such message begins."""

# A notice holds 2,000 characters, and has a list for each part.
_ROOM: Final = 220


class Part(StrEnum):
    """What an action is to somebody now."""

    OWNED = "owned"
    ALONE = "alone"
    COVERED = "covered"
    BACK = "back"
    TO_VERIFY = "to_verify"
    OVER = "over"


# Of one action, for a subject; of several, before their list.
_WORDS: Final[Mapping[Part, tuple[str, str]]] = {
    Part.OWNED: ("is yours from now on", "Yours from now on:"),
    Part.ALONE: (
        "is yours: nobody is left in the line",
        "Nobody is left in the line above them, so they have come to you:",
    ),
    Part.COVERED: ("is yours while its owner is away", "Yours while somebody is away:"),
    Part.BACK: ("is with you again", "With you again, now that you are back:"),
    Part.TO_VERIFY: (
        "is for you to verify",
        "Done, and for you to verify now that somebody else owns them:",
    ),
    Part.OVER: (
        "is with somebody else now",
        "With somebody else now, so that there is nothing more for you to do:",
    ),
}


class Handed:
    """What changed hands in one change, by the people whom it concerns."""

    def __init__(self) -> None:
        self._parts: dict[UUID, dict[Part, list[Action]]] = {}

    def note(self, person_id: UUID | None, part: Part, action: Action) -> None:
        """Remember to tell somebody; nobody is told of what is kept from them."""
        kept = {each.person_id for each in action.parties if each.party in KEPT}
        if person_id is not None and person_id not in kept:
            self._parts.setdefault(person_id, {}).setdefault(part, []).append(action)

    def tell(self, at: datetime) -> int:
        """Promise the messages; how many there are."""
        query = select(Person).where(Person.id.in_(self._parts)).order_by(Person.id)
        return notify.queue_many(
            [_message(each, self._parts[each.id], at) for each in db.session.scalars(query)], at
        )


def _message(
    person: Person, parts: Mapping[Part, Sequence[Action]], at: datetime
) -> notify.Message:
    """Urgent where a priority action is among what they have to do something about."""
    listed = [(part, parts[part]) for part in Part if part in parts]
    body = " ".join(f"{_WORDS[part][1]} {_listed(actions)}." for part, actions in listed)
    actions = [action for _, found in listed for action in found]
    urgent = any(_is_priority(each) for part, found in listed if part is not Part.OVER
                 for each in found)  # fmt: skip
    readable = len(actions) == 1 and Part.OVER not in parts
    return notify.Message(
        person.id,
        person.email,
        _subject(listed[0][0], actions),
        f"{body} Sign in to read more.",
        f"/tracker/{actions[0].id}" if readable else "/tracker/",
        _key(person, parts, at),
        urgent,
    )


def _subject(part: Part, actions: Sequence[Action]) -> str:
    if len(actions) == 1:
        what = "Priority action" if _is_priority(actions[0]) else "Action"
        return f"{what} {actions[0].reference} {_WORDS[part][0]}"
    priority = sum(map(_is_priority, actions))
    first = f"{count_words(len(actions), 'action')} changed hands"
    return f"{first}, {priority:,} of them priority" if priority else first


def _is_priority(action: Action) -> bool:
    return action.kind is ActionKind.PRIORITY


def _most_urgent(action: Action) -> tuple[bool, str, str]:
    return not _is_priority(action), str(action.due_on), action.reference


def _listed(actions: Iterable[Action]) -> str:
    """As many as there is room for, the most urgent first, and how many more there are."""
    texts = [_one(each) for each in sorted(actions, key=_most_urgent)]
    shown = texts[:1]
    for text in texts[1:]:
        if len("; ".join([*shown, text])) > _ROOM:
            break
        shown.append(text)
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _one(action: Action) -> str:
    priority = "priority, " if _is_priority(action) else ""
    done = action.status is ActionStatus.DONE
    when = "done" if done else f"due {date_words(action.due_on)}"
    return f"{action.reference} ({priority}{when})"


def _key(person: Person, parts: Mapping[Part, Sequence[Action]], at: datetime) -> str:
    """Names person, moment and content, so that the same is never promised twice."""
    content = "|".join(
        f"{part}:{action.id}" for part in sorted(parts) for action in sorted(parts[part], key=_id)
    )
    digest = hashlib.sha256(f"{at.isoformat()}|{content}".encode()).hexdigest()[:24]
    return f"{NOTICE}{person.id}:{digest}"


def _id(action: Action) -> UUID:
    return action.id
