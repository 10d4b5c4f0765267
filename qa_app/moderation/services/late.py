"""Telling people, step by step, that a moderation is late: each step once (M0, E6).

The unique row of `ModerationStep` and the messages of the outbox are added in one transaction: of
several machines that look at the same moment one adds the row, and only that one tells anybody.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.audits.queries.safety import implicated_in
from qa_app.database import db, new_id
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.late import LadderStep, people_told, step_words
from qa_app.formatting import count_words, due_words
from qa_app.moderation.models import ModerationStep
from qa_app.moderation.queries.late import Due, Surroundings, come_due, steps_taken
from qa_app.notify import services as notify

_ROWS_AT_ONCE: Final = 500
# A notice holds 2,000 characters: what is listed leaves room for the sentences around it.
_ROOM: Final = 450
LATE, QUEUE, HOME = "/moderation/late", "/moderation/", "/"


class _Step(NamedTuple):
    """A step about one audit, and whom it tells."""

    due: Due
    step: LadderStep
    told: tuple[UUID, ...]

    @property
    def order(self) -> tuple[UUID, str, date, str]:
        """The order in which rows are added, the same in every process: no two wait in a ring."""
        return self.due.row.audit.id, self.due.row.clock, self.due.due_on, self.step.code


def tell_of_late(at: datetime) -> dict[str, int]:
    """Take every step whose day has come and that was not taken before; how many they were.

    One message to each person, whatever it lists, so that a service that was away for a while sends
    no flood. Done again, it does nothing: it may run as often as anybody likes, on any number of
    machines.
    """
    today = london_date(at)
    due = come_due(today)
    taken = steps_taken([each.row.audit.id for each in due])
    wanted = [
        (each, step)
        for each in due
        for step in each.steps(today, [step.step for step in taken.get(each.key, [])])
    ]
    if not wanted:
        return {"steps": 0, "people": 0}
    around = Surroundings(list({each.key: each for each, _ in wanted}.values()), today)
    steps = [_Step(each, step, _without_implicated(each, step, around)) for each, step in wanted]
    added = _add(sorted(steps, key=lambda each: each.order), at)
    for each in added:
        _record(each, at)
    people = _tell(added, around.leads(), today, at)
    return {"steps": len(added), "people": people}


def _without_implicated(each: Due, step: LadderStep, around: Surroundings) -> tuple[UUID, ...]:
    """Whom a step tells, but for those whom a concern on the audit is about (E1)."""
    kept = implicated_in(each.row.audit)
    told = people_told(step, each.whose, around.around(each))
    return tuple(person for person in told if person not in kept)


def _add(steps: list[_Step], at: datetime) -> list[_Step]:
    """Add the rows that nobody added before; returns what was new."""
    rows = {new_id(): each for each in steps}
    values = [
        {
            "id": row_id,
            "audit_id": each.due.row.audit.id,
            "clock": each.due.row.clock,
            "due_on": each.due.due_on,
            "step": each.step.code,
            "told": [str(person) for person in each.told],
            "at": at,
        }
        for row_id, each in rows.items()
    ]
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    added: list[_Step] = []
    for start in range(0, len(values), _ROWS_AT_ONCE):
        statement = (
            insert(ModerationStep.__table__)  # type: ignore[arg-type]  # a Table
            .values(values[start : start + _ROWS_AT_ONCE])
            .on_conflict_do_nothing()
            .returning(ModerationStep.__table__.c.id)
        )
        new = {row.id for row in db.session.execute(statement)}
        added += [each for row_id, each in rows.items() if row_id in new]
    return added


def _record(each: _Step, at: datetime) -> None:
    audit = each.due.row.audit
    number = partial(settings.number, on=each.due.row.since)
    history.record(
        "moderation_late", audit, by=None, at=at, audit_id=audit.id,
        step=step_words(each.step.code, number), people=list(each.told),
    )  # fmt: skip


def _tell(added: list[_Step], leads: Sequence[UUID], today: date, at: datetime) -> int:
    """One message to each person of what is new; how many people they are."""
    by_person = sorted(
        {(person, each.due.key): each.due for each in added for person in each.told}.items(),
        key=lambda item: (item[0][0], item[1].due_on, item[1].row.audit.reference),
    )
    people = {
        person.id: person
        for person in db.session.scalars(
            select(Person).where(Person.id.in_({person for (person, _), _ in by_person}))
        )
    }
    messages = [
        _message(people[person_id], [due for _, due in items], person_id in leads, today)
        for person_id, items in groupby(by_person, key=lambda item: item[0][0])
    ]
    notify.queue_many(messages, at)
    return len(messages)


def _message(person: Person, late: Iterable[Due], lead: bool, today: date) -> notify.Message:
    """What is theirs first, then what they are told of as somebody else."""
    late = list(late)
    own = [each for each in late if each.whose.holder == person.id and not each.whose.blind]
    waits = [each for each in late if each not in own and each.whose.holder is None]
    others = [each for each in late if each not in own and each not in waits]
    parts = [
        f"{sentence} {_listed(group, today)}."
        for sentence, group in (
            ("Yours to moderate:", own),
            ("Waiting for a moderator:", waits),
            ("With somebody else, and you can see that it is done:", others),
        )
        if group
    ]
    path = LATE if lead else QUEUE if own or waits else HOME
    return notify.Message(
        person.id, person.email, _subject(late, today), " ".join(parts), path,
        f"moderation-late:{new_id()}",
    )  # fmt: skip


def _subject(late: list[Due], today: date) -> str:
    if len(late) > 1:
        return f"{count_words(len(late), 'audit')} to be moderated, due or late"
    (each,) = late
    return f"Moderation of audit {each.row.audit.reference}: {due_words(each.due_on, today)}"


def _listed(late: list[Due], today: date) -> str:
    """As many as there is room for, and how many more there are."""
    texts = [
        f"{each.row.audit.reference} ({due_words(each.due_on, today)}, {date_words(each.due_on)})"
        for each in late
    ]
    shown = texts[:1]
    for text in texts[1:]:
        if len("; ".join([*shown, text])) > _ROOM:
            break
        shown.append(text)
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")
