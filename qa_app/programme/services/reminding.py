"""Reminding auditors, and telling their line managers, once each (P6).

The unique row of `Reminder` and the message of the outbox are added in one transaction: of two
workers that look at the same moment one adds the row, and only that one promises the message.
"""

from collections.abc import Collection
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.audits.models import Audit
from qa_app.database import db, new_id
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.permissions import Role
from qa_app.domain.reminders import (
    Due,
    ReminderStep,
    by_hand,
    last_day_to_look_at,
    reminder_due,
)
from qa_app.formatting import count_words, due_words
from qa_app.notify import services as notify
from qa_app.programme.models import Reminder
from qa_app.programme.queries.reminders import OF_MESSAGE, Sent, Unfinished, sent, unfinished

_ROWS_AT_ONCE = 500
# A notice holds 2,000 characters: what is listed leaves room for the sentences around it.
_ROOM = 450
FOLLOWING = "/programme/following"


class Told(NamedTuple):
    """How many reminders were promised, about how many audits and to how many people."""

    reminders: int = 0
    audits: int = 0
    people: int = 0


class _To(NamedTuple):
    """Somebody who is to be told of an audit; `own` where it is theirs to do, `lead` where they
    are told as the QA lead because nobody manages the auditor."""

    person_id: UUID
    email: str | None
    own: bool
    lead: bool


class _Wanted(NamedTuple):
    to: _To
    audit: Unfinished
    due: Due

    @property
    def order(self) -> tuple[UUID, date, str, int, UUID]:
        """The order in which rows are added, the same in every process: no two wait in a ring."""
        return (
            self.audit.audit_id, self.audit.due_on, self.due.step, self.due.week, self.to.person_id,
        )  # fmt: skip


def send_reminders(at: datetime) -> Told:
    """Promise every reminder whose day has come and that was not sent before.

    Only the newest of each audit; one message to each person, whatever it lists. Done again, it
    promises nothing: it may run as often as anybody likes, on any number of machines.
    """
    today = london_date(at)
    first = settings.number("reminder_first", today)
    second = settings.number("reminder_second", today)
    until = last_day_to_look_at(today, first=first, second=second)
    found = [
        (audit, due)
        for audit in unfinished(Audit.due_on <= until)
        if (due := reminder_due(audit.due_on, today, first=first, second=second)) is not None
    ]
    return _promise(_not_told(found, today), by=None, at=at)


def chase(audit_ids: Collection[UUID], *, by: UUID, at: datetime) -> Told:
    """Remind the auditors of these audits by hand, once a day at most; of finished ones nobody."""
    today = london_date(at)
    found = [(audit, by_hand(today)) for audit in unfinished(Audit.id.in_(audit_ids))]
    return _promise(_not_told(found, today), by=by, at=at)


def _not_told(found: list[tuple[Unfinished, Due]], today: date) -> list[_Wanted]:
    before = sent({audit.audit_id for audit, _ in found})
    to_anybody = {each._replace(person_id=UUID(int=0)) for each in before}
    wanted: list[_Wanted] = []
    to_the_line: list[tuple[Unfinished, Due]] = []
    for audit, due in found:
        this = Sent(audit.audit_id, audit.due_on, due, audit.auditor_id)
        here = audit.left_on is None or audit.left_on >= today
        if due.step is not ReminderStep.LATE and here:
            if this not in before:
                wanted.append(_Wanted(_To(audit.auditor_id, audit.email, True, False), audit, due))
        elif this._replace(person_id=UUID(int=0)) not in to_anybody:
            to_the_line.append((audit, due))
    return wanted + _to_the_line(to_the_line, today)


def _to_the_line(found: list[tuple[Unfinished, Due]], today: date) -> list[_Wanted]:
    """Each of these to the auditor's line manager, or to the QA leads where there is none."""
    if not found:
        return []
    line = Line(today)
    managers = {audit.auditor_id: line.manager_of(audit.auditor_id) for audit, _ in found}
    ids = set(managers.values()) - {None}
    people = {
        person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(ids)))
    }
    leads: list[Person] | None = None
    wanted = []
    for audit, due in found:
        manager = managers[audit.auditor_id]
        if manager is not None:
            told = [people[manager]]
        else:
            leads = told = people_with(Role.QA_LEAD, today) if leads is None else leads
        wanted += [
            _Wanted(_To(person.id, person.email, False, manager is None), audit, due)
            for person in told
        ]
    return wanted


def _promise(wanted: list[_Wanted], *, by: UUID | None, at: datetime) -> Told:
    messages = {each.to.person_id: f"reminder:{new_id()}" for each in wanted}
    added = _add(sorted(wanted, key=lambda each: each.order), messages, by, at)
    for (audit_id, due), group in groupby(added, key=lambda each: (each.audit.audit_id, each.due)):
        reference = history.Reference("audit", audit_id)
        history.record(
            "reminded", reference, by=by, at=at, audit_id=audit_id, step=due.words,
            people=[each.to.person_id for each in group],
        )  # fmt: skip
    by_person = sorted(added, key=lambda each: (each.to.person_id, not each.to.own))
    today = london_date(at)
    notify.queue_many(
        [
            _message(list(group), messages[person_id], today)
            for person_id, group in groupby(by_person, key=lambda each: each.to.person_id)
        ],
        at,
    )
    return Told(
        len(added),
        len({each.audit.audit_id for each in added}),
        len({each.to.person_id for each in added}),
    )


def _add(
    wanted: list[_Wanted], messages: dict[UUID, str], by: UUID | None, at: datetime
) -> list[_Wanted]:
    """Add the rows that nobody added before; returns what was new."""
    rows = {
        new_id(): (each, f"{messages[each.to.person_id]}{OF_MESSAGE}{number}")
        for number, each in enumerate(wanted)
    }
    values = [
        {
            "id": row_id,
            "audit_id": each.audit.audit_id,
            "person_id": each.to.person_id,
            "step": each.due.step,
            "week": each.due.week,
            "due_on": each.audit.due_on,
            "key": key,
            "at": at,
            "by": by,
        }
        for row_id, (each, key) in rows.items()
    ]
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    added: list[_Wanted] = []
    for start in range(0, len(values), _ROWS_AT_ONCE):
        statement = (
            insert(Reminder.__table__)  # type: ignore[arg-type]  # a Table
            .values(values[start : start + _ROWS_AT_ONCE])
            .on_conflict_do_nothing()
            .returning(Reminder.__table__.c.id)
        )
        new = {row.id for row in db.session.execute(statement)}
        added += [each for row_id, (each, _) in rows.items() if row_id in new]
    return added


def _message(told: list[_Wanted], key: str, today: date) -> notify.Message:
    """One message to one person: what is theirs to do first, then what is late beneath them."""
    own = [each for each in told if each.to.own]
    line = [each for each in told if not each.to.own]
    to = told[0].to
    parts = []
    if own:
        parts.append(
            f"{'This audit is' if len(own) == 1 else 'These audits are'} yours to do: "
            f"{_listed([_own_words(each, today) for each in own])}. If you cannot do an audit in "
            "time, ask for more time or tell the QA lead, so that somebody can cover it."
        )
    for lead, why in ((False, "you manage the auditor"), (True, "nobody manages the auditor")):
        late = [each for each in line if each.to.lead is lead]
        if late:
            parts.append(
                f"{count_words(len(late), 'audit')} not finished, and you are told because {why}: "
                f"{_listed([_line_words(each, today) for each in late])}."
            )
    return notify.Message(
        to.person_id, to.email, _subject(own, line, today), " ".join(parts), _path(own, line), key
    )


def _subject(own: list[_Wanted], line: list[_Wanted], today: date) -> str:
    if own and line:
        return f"{count_words(len(own) + len(line), 'audit')}: yours, and others not finished"
    if len(own) == 1:
        return f"Audit {own[0].audit.reference} is {due_words(own[0].audit.due_on, today)}"
    if own:
        return f"{count_words(len(own), 'audit')} of yours to finish"
    if len(line) == 1:
        return f"Audit {line[0].audit.reference} is {due_words(line[0].audit.due_on, today)}"
    return f"{count_words(len(line), 'audit')} not finished"


def _path(own: list[_Wanted], line: list[_Wanted]) -> str:
    if any(each.to.lead for each in line):
        return FOLLOWING
    if len(own) == 1 and not line:
        return f"/audits/{own[0].audit.audit_id}"
    # Whoever manages the auditor does not read the draft (I2): there is nothing to open.
    return "/audits" if own else "/"


def _own_words(each: _Wanted, today: date) -> str:
    audit = each.audit
    return f"{audit.reference} ({due_words(audit.due_on, today)}, {date_words(audit.due_on)})"


def _line_words(each: _Wanted, today: date) -> str:
    audit = each.audit
    return f"{audit.reference}, {audit.auditor} ({due_words(audit.due_on, today)})"


def _listed(texts: list[str]) -> str:
    """As many as there is room for, and how many more there are."""
    shown = texts[:1]
    for text in texts[1:]:
        if len("; ".join([*shown, text])) > _ROOM:
            break
        shown.append(text)
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")
