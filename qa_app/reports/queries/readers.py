"""Who has read a version of a report and who took it out, from the history (R3, I1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.formatting import NOTHING
from qa_app.history import Event

_READ: Final = "report_viewed"
_TAKEN: Final = "report_exported"


@dataclass(frozen=True)
class Reader:
    """One person with a version: how often they opened it and downloaded it, and when last."""

    name: str
    opened: int
    downloaded: int
    last: datetime


def readers_of(version_id: UUID) -> Sequence[Reader]:
    """Everybody who has opened or downloaded a version, whoever did so last first."""
    opened = func.count().filter(Event.verb == _READ)
    taken = func.count().filter(Event.verb == _TAKEN)
    query = (
        select(Event.actor_id, opened, taken, func.max(Event.at))
        .where(Event.subject_id == version_id, Event.verb.in_((_READ, _TAKEN)))
        .group_by(Event.actor_id)
        .order_by(func.max(Event.at).desc(), Event.actor_id)
    )
    rows = db.session.execute(query).all()
    called = names({row[0] for row in rows})
    return [
        Reader(called.get(who, NOTHING) if who else NOTHING, read, out, last)
        for who, read, out, last in rows
    ]
