"""Noting that somebody is away, and ending it. Callers save."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.absences import absences_of, active_people_called
from qa_app.accounts.line import Line
from qa_app.accounts.models import Absence, Person
from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.domain.calendar import add_months, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.notify import services as notify

MONTHS_AHEAD: Final = 12
MONTHS_BACK: Final = 3
PAGE: Final = "/account/absences"
_LONGEST_SUBJECT: Final = 200


class AbsenceRefused(DomainError):
    """Days that cannot be noted, a deputy who cannot stand in, or an absence that has ended."""


def deputy_called(text: str, at: datetime) -> Person:
    """Who is meant by an e-mail address, a staff id or a full name.

    Raises AbsenceRefused where nobody who can sign in is, or more than one.
    """
    found = active_people_called(text.strip(), london_date(at))
    if not found:
        raise AbsenceRefused(
            "Nobody who can sign in here has this e-mail address, staff id or full name. Enter "
            "somebody else, or leave it empty",
            "deputy",
        )
    if len(found) > 1:
        raise AbsenceRefused(
            "More than one person has this name. Enter the e-mail address instead", "deputy"
        )
    return found[0]


def note_absence(
    person: Person,
    first_on: date,
    last_on: date,
    deputy: Person | None = None,
    *,
    by: UUID,
    at: datetime,
) -> Absence:
    """Note that somebody is away from a day to a day, both included, and who stands in for them.

    The deputy, the line manager and, where another one noted it, the person are told. The same once
    more (a double press) changes nothing and tells nobody. Raises AbsenceRefused for days in the
    wrong order, more than 3 months back or 12 months ahead, or already noted, and for oneself as
    one's own deputy.
    """
    _check_days(first_on, last_on, london_date(at))
    if deputy is not None and deputy.id == person.id:
        raise AbsenceRefused("Enter somebody else: nobody stands in for themselves", "deputy")
    _hold(person.id)
    deputy_id = None if deputy is None else deputy.id
    for each in _meeting(person.id, first_on, last_on):
        if (each.first_on, each.last_on, each.deputy_id) == (first_on, last_on, deputy_id):
            return each
        raise AbsenceRefused(
            f"An absence {days_words(each)} is noted already. Enter other days, or end that one "
            "first",
            "first_on",
        )
    made = _add(person.id, first_on, last_on, deputy_id, by, at)
    _tell_of_it(person, made, at)
    return made


def end_absence(
    absence: Absence, back_on: date | None, *, by: UUID, at: datetime
) -> Absence | None:
    """End an absence: the person is back on a day, or (None) was not away at all.

    Returns the shorter absence that takes its place, None where none is left. Whoever was told of
    it is told. The same once more changes nothing. Raises AbsenceRefused for a day that does not
    shorten it, and where somebody else ended it meanwhile.
    """
    _hold(absence.person_id)
    db.session.refresh(absence)
    # No day before the first one is any good, and the year 1 has none before it.
    last_on = None if back_on is None else max(back_on, absence.first_on) - timedelta(days=1)
    if absence.ended_at is not None:
        return _ended_so_before(absence, last_on)
    if last_on is not None and not absence.first_on <= last_on < absence.last_on:
        raise AbsenceRefused(
            f"Enter a day after {date_words(absence.first_on)} and not after "
            f"{date_words(absence.last_on)}. To be away for longer, note another absence",
            "back_on",
        )
    absence.ended_at = at
    db.session.flush()
    person = db.session.get_one(Person, absence.person_id)
    first, last = date_words(absence.first_on), date_words(absence.last_on)
    history.record("absence_ended", person, by=by, at=at, first=first, last=last)
    left = None
    if last_on is not None:
        left = _add(person.id, absence.first_on, last_on, absence.deputy_id, by, at)
    _tell_of_end(person, absence, back_on, by, at)
    return left


def _hold(person_id: UUID) -> None:
    """The person's row until the transaction ends: two notes of one person take turns."""
    db.session.scalars(select(Person.id).where(Person.id == person_id).with_for_update()).one()


def _check_days(first_on: date, last_on: date, today: date) -> None:
    if last_on < first_on:
        raise AbsenceRefused("Enter a last day that is not before the first day", "last_on")
    if first_on < add_months(today, -MONTHS_BACK):
        raise AbsenceRefused(f"Enter a first day within the last {MONTHS_BACK} months", "first_on")
    if last_on > add_months(today, MONTHS_AHEAD):
        raise AbsenceRefused(f"Enter a last day within the next {MONTHS_AHEAD} months", "last_on")


def _meeting(person_id: UUID, first_on: date, last_on: date) -> list[Absence]:
    """The person's absences that stand and have a day in common with these."""
    query = (
        select(Absence)
        .where(
            Absence.person_id == person_id,
            Absence.ended_at.is_(None),
            Absence.first_on <= last_on,
            Absence.last_on >= first_on,
        )
        .order_by(Absence.first_on)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def _ended_so_before(absence: Absence, last_on: date | None) -> Absence | None:
    """What an earlier press left, where it asked for the same."""
    standing = _meeting(absence.person_id, absence.first_on, absence.last_on)
    left = standing[0] if standing else None
    if (None if left is None else left.last_on) != last_on:
        raise AbsenceRefused(
            "This absence was ended or changed meanwhile. Nothing has been changed now"
        )
    return left


def _add(
    person_id: UUID, first_on: date, last_on: date, deputy_id: UUID | None, by: UUID, at: datetime
) -> Absence:
    made = Absence(
        person_id=person_id,
        first_on=first_on,
        last_on=last_on,
        deputy_id=deputy_id,
        noted_by=by,
        noted_at=at,
    )
    db.session.add(made)
    db.session.flush()
    first, last = date_words(first_on), date_words(last_on)
    person = history.Reference("person", person_id)
    history.record("absence_noted", person, by=by, at=at, first=first, last=last)
    return made


def days_words(absence: Absence) -> str:
    """“on 3 May 2027”, “from 3 May 2027 to 8 May 2027”."""
    if absence.first_on == absence.last_on:
        return f"on {date_words(absence.first_on)}"
    return f"from {date_words(absence.first_on)} to {date_words(absence.last_on)}"


def away_words(person_id: UUID, today: date) -> str:
    """A person's absences that are not over yet, in words; "" without one (one query)."""
    found = "; ".join(days_words(each) for each in absences_of(person_id, today))
    return found[:1].upper() + found[1:]


def _to_tell(absence: Absence, at: datetime) -> list[Person]:
    """The person, the deputy and the line manager, as far as there are any."""
    manager_id = Line(london_date(at)).manager_of(absence.person_id)
    ids = {absence.person_id, absence.deputy_id, manager_id} - {None}
    return list(db.session.scalars(select(Person).where(Person.id.in_(ids)).order_by(Person.id)))


def _tell_of_it(person: Person, made: Absence, at: datetime) -> None:
    deputy = "Nobody" if made.deputy_id is None else names([made.deputy_id])[made.deputy_id]
    for each in _to_tell(made, at):
        if each.id == made.deputy_id:
            subject = f"You stand in {days_words(made)} for {person.name}"
            body = (
                f"{person.name} is away {days_words(made)} and you were named to stand in for them."
            )
        elif each.id == person.id:
            subject = f"It was noted that you are away {days_words(made)}"
            body = f"{subject}. {deputy} stands in for you. Sign in to change it."
        else:
            subject = f"Away {days_words(made)}: {person.name}"
            body = f"{person.name} is away {days_words(made)}. {deputy} stands in for them."
        _queue(each, made.noted_by, subject, body, f"absence:{made.id}:{each.id}", at)


def _tell_of_end(
    person: Person, ended: Absence, back_on: date | None, by: UUID, at: datetime
) -> None:
    for each in _to_tell(ended, at):
        who = "You are" if each.id == person.id else f"{person.name} is"
        when = (
            f"not away {days_words(ended)} after all"
            if back_on is None
            else f"back on {date_words(back_on)}, and not away until {date_words(ended.last_on)}"
        )
        subject = f"An absence {days_words(ended)} was ended"
        _queue(each, by, subject, f"{who} {when}.", f"absence-ended:{ended.id}:{each.id}", at)


def _queue(to: Person, by: UUID, subject: str, body: str, key: str, at: datetime) -> None:
    """Tell somebody; whoever did it knows."""
    if to.id != by:
        notify.queue(to.id, to.email, subject[:_LONGEST_SUBJECT], body, PAGE, key, at)
