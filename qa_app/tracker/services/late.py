"""Telling people, step by step, that an action is late: each step once for a due date (E6, E9).

The unique row of `LadderTaken`, the event and the messages of the outbox are added in one
transaction: of several machines that look at the same moment one adds the row, and only that one
tells anybody. A due date that is moved begins the ladder anew.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.database import db, new_id
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.escalation import LadderStep, ladder_runs
from qa_app.domain.ladder import STEPS, people_told, step_words
from qa_app.formatting import count_words, due_words
from qa_app.notify import services as notify
from qa_app.tracker.models import LadderTaken
from qa_app.tracker.queries.ladder import (
    NOTICE,
    Inadequate,
    Late,
    Surroundings,
    come_due,
    steps_taken,
)

_CODES: Final = list(STEPS)
_ROWS_AT_ONCE: Final = 500
# A notice holds 2,000 characters: what is listed leaves room for the sentences around it.
_ROOM: Final = 450


class _Step(NamedTuple):
    """A step for one action, and whom it tells."""

    late: Late
    step: LadderStep
    told: tuple[UUID, ...]

    @property
    def order(self) -> tuple[UUID, date, str]:
        """The order in which rows are added, the same in every process: no two wait in a ring."""
        return *self.late.key, self.step.code


def tell_of_late_actions(at: datetime, inadequate: Inadequate) -> dict[str, int]:
    """Take every step whose day has come and that was not taken before; how many they were.

    One message to each person, whatever it lists, so that a service that was away for a while sends
    no flood. Done again, it does nothing: it may run as often as anybody likes, on any number of
    machines. `inadequate` gives those of some audits that stand as Inadequate.
    """
    today = london_date(at)
    due = come_due(today, inadequate)
    taken = steps_taken([each.action.id for each in due])
    wanted = [
        (each, step)
        for each in due
        for step in each.steps(today, [step.step for step in taken.get(each.key, [])])
    ]
    if not wanted:
        return {"steps": 0, "people": 0}
    around = Surroundings(list({each.key: each for each, _ in wanted}.values()), today)
    steps = [_Step(each, step, people_told(step, around.around(each))) for each, step in wanted]
    added = _add(sorted(steps, key=lambda each: each.order), at)
    for each in sorted(added, key=_as_climbed):
        _record(each, at)
    return {"steps": len(added), "people": _tell(added, today, at)}


def _as_climbed(each: _Step) -> tuple[UUID, date, int]:
    return *each.late.key, _CODES.index(each.step.code)


def _add(steps: list[_Step], at: datetime) -> list[_Step]:
    """Add the rows that nobody added before; returns what was new."""
    rows = {new_id(): each for each in steps}
    values = [
        {
            "id": row_id,
            "action_id": each.late.action.id,
            "due_on": each.late.due_on,
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
            insert(LadderTaken.__table__)  # type: ignore[arg-type]  # a Table
            .values(values[start : start + _ROWS_AT_ONCE])
            .on_conflict_do_nothing()
            .returning(LadderTaken.__table__.c.id)
        )
        new = {row.id for row in db.session.execute(statement)}
        added += [each for row_id, each in rows.items() if row_id in new]
    return added


def _record(each: _Step, at: datetime) -> None:
    action = each.late.action
    number = partial(settings.number, on=london_date(at))
    history.record(
        "action_late", action, by=None, at=at, audit_id=action.audit_id,
        step=step_words(each.step.code, number), people=list(each.told),
    )  # fmt: skip


def _tell(added: list[_Step], today: date, at: datetime) -> int:
    """One message to each person of what is new; how many people they are."""
    by_person: dict[UUID, list[_Step]] = {}
    for each in added:
        for person_id in each.told:
            by_person.setdefault(person_id, []).append(each)
    query = select(Person).where(Person.id.in_(by_person)).order_by(Person.id)
    messages = [
        _message(person, by_person[person.id], today) for person in db.session.scalars(query)
    ]
    notify.queue_many(messages, at)
    return len(messages)


def _most_urgent(late: Late) -> tuple[bool, date, str]:
    return not _is_priority(late), late.due_on, late.action.reference


def _is_priority(late: Late) -> bool:
    return late.action.kind is ActionKind.PRIORITY


def _message(person: Person, steps: Sequence[_Step], today: date) -> notify.Message:
    """What is theirs first, then what they are told of so that it is done, or verified.

    Urgent where a priority action is among them: it waits for no daily message.
    """
    late = sorted({each.late.key: each.late for each in steps}.values(), key=_most_urgent)
    undone = [each for each in late if ladder_runs(each.action.status)]
    own = [each for each in undone if person.id in each.doers]
    parts = [
        f"{sentence} {_listed(group, today)}."
        for sentence, group in (
            ("Yours to do:", own),
            ("With somebody else, and you can see that it is done:",
             [each for each in undone if each not in own]),
            ("Done, and you can see that somebody verifies it:",
             [each for each in late if each not in undone]),
        )
        if group
    ]  # fmt: skip
    path = f"/tracker/{late[0].action.id}" if len(late) == 1 else "/tracker/"
    return notify.Message(
        person.id, person.email, _subject(late, today), " ".join(parts), path,
        _key(person, steps, today), any(map(_is_priority, late)),
    )  # fmt: skip


def _key(person: Person, steps: Iterable[_Step], today: date) -> str:
    """Names person, day and content, so that the same is never promised twice."""
    content = "|".join(sorted("/".join(map(str, each.order)) for each in steps))
    digest = hashlib.sha256(content.encode()).hexdigest()[:24]
    return f"{NOTICE}{person.id}:{today}:{digest}"


def _subject(late: Sequence[Late], today: date) -> str:
    if len(late) > 1:
        priority = sum(map(_is_priority, late))
        first = f"{count_words(len(late), 'action')} due or late"
        return f"{first}, {priority:,} of them priority" if priority else first
    (each,) = late
    what = "Priority action" if _is_priority(each) else "Action"
    waits = "" if ladder_runs(each.action.status) else "verification "
    return f"{what} {each.action.reference}: {waits}{due_words(each.due_on, today)}"


def _listed(late: list[Late], today: date) -> str:
    """As many as there is room for, and how many more there are."""
    texts = [_one(each, today) for each in late]
    shown = texts[:1]
    for text in texts[1:]:
        if len("; ".join([*shown, text])) > _ROOM:
            break
        shown.append(text)
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")


def _one(late: Late, today: date) -> str:
    priority = "priority, " if _is_priority(late) else ""
    due = f"{due_words(late.due_on, today)}, {date_words(late.due_on)}"
    return f"{late.action.reference} ({priority}{due})"
