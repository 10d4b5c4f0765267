"""Who is away when, and who stands in for them. Reading only."""

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Absence
from qa_app.database import db


def days_away(person_id: UUID, first: date, last: date) -> set[date]:
    """The days from `first` to `last`, both included, on which this person is away."""
    query = select(Absence.first_on, Absence.last_on).where(
        Absence.person_id == person_id,
        Absence.ended_at.is_(None),
        Absence.first_on <= last,
        Absence.last_on >= first,
    )
    days: set[date] = set()
    for begins, ends in db.session.execute(query):
        day, until = max(begins, first), min(ends, last)
        days |= {day + timedelta(n) for n in range((until - day).days + 1)}
    return days


def deputies(person_ids: Iterable[UUID], today: date) -> dict[UUID, UUID | None]:
    """Those of these people who are away today, each with who stands in for them (None: nobody).

    A deputy who is away too stands in for nobody.
    """
    query = select(Absence.person_id, Absence.deputy_id).where(
        Absence.ended_at.is_(None), Absence.first_on <= today, Absence.last_on >= today
    )
    away = dict(db.session.execute(query).tuples().all())
    return {
        each: None if away[each] in away else away[each] for each in set(person_ids) & away.keys()
    }
