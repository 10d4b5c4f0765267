"""Who is away when, and who stands in for them. Reading only."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.line import Line
from qa_app.accounts.models import Absence, Account, Person, name_key
from qa_app.accounts.periods import open_on
from qa_app.accounts.sign_in import plain
from qa_app.database import db

_DAY: Final = timedelta(days=1)


class Away(NamedTuple):
    """Days in a row on which somebody is away, both ends included."""

    first_on: date
    last_on: date


def days_away(person_id: UUID, first: date, last: date) -> set[date]:
    """The days from `first` to `last`, both included, on which this person is away.

    Every day counts, weekends and bank holidays too; an absence that was ended counts not at all.
    """
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


def runs(days: Iterable[date]) -> list[Away]:
    """Days as days in a row, the earliest first."""
    found: list[Away] = []
    for day in sorted(set(days)):
        if found and found[-1].last_on + _DAY == day:
            found[-1] = Away(found[-1].first_on, day)
        else:
            found.append(Away(day, day))
    return found


def deputies(person_ids: Iterable[UUID], today: date) -> dict[UUID, UUID | None]:
    """Those of these people who are away today, each with who stands in for them (None: nobody).

    A deputy who is away too, who has left or whose account is not open stands in for nobody. A
    chain is not followed: the deputy's own deputy was asked by the deputy, not by this person.
    """
    query = (
        select(Absence.person_id, Absence.deputy_id, _active(today))
        .outerjoin(Person, Person.id == Absence.deputy_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(_standing(), Absence.first_on <= today, Absence.last_on >= today)
    )
    away = {
        person: deputy if active else None for person, deputy, active in db.session.execute(query)
    }
    return {
        each: None if away[each] in away else away[each] for each in set(person_ids) & away.keys()
    }


def _standing() -> ColumnElement[bool]:
    return Absence.ended_at.is_(None)


def _active(day: date) -> ColumnElement[bool]:
    """The person works here on the day and their account lets them in (joined with it)."""
    here = or_(Person.left_on.is_(None), Person.left_on >= day)
    return here & Account.id.is_not(None) & open_on(day)


def _absences() -> Select[Absence]:
    return (
        select(Absence)
        .where(_standing())
        .order_by(Absence.first_on, Absence.last_on, Absence.id)
        .options(joinedload(Absence.person), joinedload(Absence.deputy))
    )


def absences_of(person_id: UUID, since: date) -> list[Absence]:
    """A person's absences that end on this day or later, the earliest first (one query)."""
    query = _absences().where(Absence.person_id == person_id, Absence.last_on >= since)
    return list(db.session.scalars(query))


def stood_in_for(deputy_id: UUID, today: date) -> list[Absence]:
    """The absences, not over yet, in which this person stands in for somebody (one query)."""
    query = _absences().where(Absence.deputy_id == deputy_id, Absence.last_on >= today)
    return list(db.session.scalars(query))


def who_is_away(today: date) -> list[Absence]:
    """Everybody's absences that are not over yet, the earliest first (one query)."""
    return list(db.session.scalars(_absences().where(Absence.last_on >= today)))


def away_under(manager_id: UUID, today: date) -> list[Absence]:
    """The same of the people whose line manager this is."""
    found = who_is_away(today)
    if not found:
        return []
    line = Line(today)
    return [each for each in found if line.manager_of(each.person_id) == manager_id]


def deputies_away(absences: Iterable[Absence]) -> dict[UUID, list[Away]]:
    """absence → the days in it on which its deputy is away too, where there are any (one query)."""
    given = [each for each in absences if each.deputy_id is not None]
    if not given:
        return {}
    query = select(Absence.person_id, Absence.first_on, Absence.last_on).where(
        _standing(),
        Absence.person_id.in_({each.deputy_id for each in given}),
        Absence.first_on <= max(each.last_on for each in given),
        Absence.last_on >= min(each.first_on for each in given),
    )
    own = [(person_id, Away(first, last)) for person_id, first, last in db.session.execute(query)]
    found: dict[UUID, list[Away]] = {}
    for each in given:
        both = [
            Away(max(away.first_on, each.first_on), min(away.last_on, each.last_on))
            for person_id, away in own
            if person_id == each.deputy_id
            and away.first_on <= each.last_on
            and away.last_on >= each.first_on
        ]
        if both:
            found[each.id] = sorted(both)
    return found


def active_people_called(text: str, today: date) -> list[Person]:
    """Who can sign in today and has this e-mail address, staff id or full name (in any case).

    Partners are left out: they work on one audit, and stand in for nobody.
    """
    query = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(
            _active(today),
            Person.organisation == "",
            or_(
                Person.email == plain(text),
                Person.staff_id == text,
                Person.name_key == name_key(text),
            ),
        )
        .order_by(Person.name, Person.id)
        .limit(2)
    )
    return list(db.session.scalars(query))
