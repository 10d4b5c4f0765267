"""Events as a page tells them: the sentence, when, and who."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from qa_app.accounts.queries import names
from qa_app.history import Event

NOBODY = "The service itself"


class Entry(NamedTuple):
    """One line of a timeline."""

    sentence: str
    at: datetime
    who: str


def sentences(events: Iterable[Event]) -> list[Entry]:
    """The events in their order, with the names of those who acted (one query)."""
    rows = list(events)
    known = names({row.actor_id for row in rows})
    return [
        Entry(row.sentence, row.at, known.get(row.actor_id, NOBODY) if row.actor_id else NOBODY)
        for row in rows
    ]
