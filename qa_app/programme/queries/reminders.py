"""Reading reminders: which are due, which were sent, and what became of each message (P6)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select, tuple_
from sqlalchemy import Row as SqlRow
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource
from qa_app.database import db
from qa_app.domain.calendar import LONDON, Month
from qa_app.domain.reminders import UNFINISHED, Due
from qa_app.notify.models import Notice
from qa_app.programme.models import Reminder

PAGE = 50
# What parts the key of a message from the number of one of its reminders.
OF_MESSAGE = "/"
_MANY = 500


class Unfinished(NamedTuple):
    """An audit that its auditor has not submitted, with what is needed to remind them.

    `left_on` is the auditor's last day, None while they are here.
    """

    audit_id: UUID
    reference: str
    due_on: date
    auditor_id: UUID
    auditor: str
    email: str | None
    left_on: date | None


def unfinished(*conditions: ColumnElement[bool]) -> list[Unfinished]:
    """The unfinished audits of every cycle and batch that meet the conditions, by due date."""
    query = (
        select(
            Audit.id,
            Audit.reference,
            Audit.due_on,
            Person.id,
            Person.name,
            Person.email,
            Person.left_on,
        )
        .join(Person, Person.id == Audit.auditor_id)
        .where(Audit.state.in_(UNFINISHED), Audit.source == AuditSource.MADE, *conditions)
        .order_by(Audit.due_on, Audit.reference)
    )
    return [
        Unfinished(row[0], row[1], row[2], *row[3:])
        for row in db.session.execute(query)
        if row[2] is not None  # made_is_whole: an audit made here has its due date
    ]


class Sent(NamedTuple):
    """A reminder that was sent: what of, which, and to whom."""

    audit_id: UUID
    due_on: date
    due: Due
    person_id: UUID


def sent(audit_ids: Collection[UUID]) -> set[Sent]:
    """Every reminder there has been about these audits."""
    found: set[Sent] = set()
    wanted = list(audit_ids)
    for start in range(0, len(wanted), _MANY):
        query = select(
            Reminder.audit_id, Reminder.due_on, Reminder.step, Reminder.week, Reminder.person_id
        ).where(Reminder.audit_id.in_(wanted[start : start + _MANY]))
        for audit_id, due_on, step, week, person_id in db.session.execute(query):
            found.add(Sent(audit_id, due_on, Due(step, week), person_id))
    return found


@dataclass(frozen=True)
class Row:
    """A reminder in the list. `reached` says what became of its message; `sent_at` is when the
    mail server took it."""

    id: UUID
    at: datetime
    person: str
    audit_id: UUID
    reference: str
    auditor: str
    due_on: date
    due: Due
    by: str
    reached: str
    sent_at: datetime | None


@dataclass(frozen=True)
class Page:
    """Some reminders, newest first, and the ids to go on from (None where there is no more)."""

    rows: list[Row]
    newer: UUID | None = None
    older: UUID | None = None


def page_of(
    *,
    month: date | None = None,
    person_id: UUID | None = None,
    older_than: UUID | None = None,
    newer_than: UUID | None = None,
) -> Page:
    """A page of the reminders, by keyset, of one London month and to one person (two queries)."""
    query = _listed().where(*_narrowed(month, person_id)).limit(PAGE + 1)
    place, backwards = tuple_(Reminder.at, Reminder.id), newer_than is not None
    anchor = newer_than or older_than
    if anchor is not None:
        at = select(Reminder.at).where(Reminder.id == anchor).scalar_subquery()
        query = query.where(place > tuple_(at, anchor) if backwards else place < tuple_(at, anchor))
    order = (Reminder.at, Reminder.id)
    query = query.order_by(*(order if backwards else (each.desc() for each in order)))
    found = db.session.execute(query).all()
    more, shown = len(found) > PAGE, list(found[:PAGE])
    if backwards:
        shown.reverse()
    rows = _rows(shown)
    if not rows:
        return Page([])
    newer, older = (more, True) if backwards else (anchor is not None, more)
    return Page(rows, rows[0].id if newer else None, rows[-1].id if older else None)


def _listed() -> Select[Reminder, str, str, str, str | None]:
    by = aliased(Person)
    return (
        select(
            Reminder,
            Person.name.label("person"),
            Audit.reference,
            Audit.auditor_name,
            by.name.label("by"),
        )
        .join(Person, Person.id == Reminder.person_id)
        .join(Audit, Audit.id == Reminder.audit_id)
        .outerjoin(by, by.id == Reminder.by)
    )


def _narrowed(month: date | None, person_id: UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if month is not None:
        first, last = Month.of(month).first, Month.of(month).last
        begins = datetime.combine(first, time(), LONDON)
        ends = datetime.combine(last + timedelta(days=1), time(), LONDON)
        conditions += [Reminder.at >= begins, Reminder.at < ends]
    if person_id is not None:
        conditions.append(Reminder.person_id == person_id)
    return conditions


def _rows(found: list[SqlRow[Reminder, str, str, str, str | None]]) -> list[Row]:
    notices = _notices({message_key(row[0].key) for row in found})
    return [
        Row(
            reminder.id,
            reminder.at,
            person,
            reminder.audit_id,
            reference,
            auditor,
            reminder.due_on,
            Due(reminder.step, reminder.week),
            by or "The service",
            *_fate(notices.get(message_key(reminder.key))),
        )
        for reminder, person, reference, auditor, by in found
    ]


def message_key(reminder_key: str) -> str:
    """The key of the outbox's message that carried a reminder."""
    return reminder_key.rpartition(OF_MESSAGE)[0]


def _notices(keys: Collection[str]) -> dict[str, Notice]:
    if not keys:
        return {}
    query = select(Notice).where(Notice.key.in_(keys))
    return {notice.key: notice for notice in db.session.scalars(query)}


def _fate(notice: Notice | None) -> tuple[str, datetime | None]:
    if notice is None:
        return "No longer kept", None
    if notice.sent_at is not None:
        return "Taken by the mail server", notice.sent_at
    if notice.email is None:
        return "Shown in the service only: no e-mail address", None
    return notice.error or "Waiting for the mail server", None


def people_reminded() -> list[tuple[UUID, str]]:
    """Everybody who was ever reminded, by name."""
    query: Select[UUID, str] = (
        select(Person.id, Person.name)
        .where(Person.id.in_(select(Reminder.person_id)))
        .order_by(Person.name, Person.id)
    )
    return [(row.id, row.name) for row in db.session.execute(query)]
