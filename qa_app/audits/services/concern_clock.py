"""What the clock does about concerns: whoever has to know that one waits is told, once (E1)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from sqlalchemy.dialects import postgresql, sqlite

from qa_app import history
from qa_app.audits.models import Concern, ConcernStep, ConcernTold, ToldAs
from qa_app.audits.queries.late_concerns import Waiting, held, waiting_concerns
from qa_app.audits.queries.safety import Staff, implicated_in
from qa_app.database import db, new_id
from qa_app.domain.calendar import LONDON, date_words, london_date
from qa_app.domain.safety import Step, told_of
from qa_app.notify import services as notify

_ROWS_AT_ONCE: Final = 500
_POSTS: Final = {
    Step.NOT_ACKNOWLEDGED: "Told because nobody had acknowledged it in time",
    Step.NO_DECISION_YET: "Told because there was no safety decision by then",
    Step.NO_DECISION: "Told because there was no safety decision that day",
}
_REFERRAL_POST: Final = "Told because somebody outside was not told in time"


@dataclass(frozen=True)
class _Taken:
    """A step about one concern, and whom it tells."""

    concern: Concern
    step: Step
    told: tuple[UUID, ...]


def tell_of_waiting(at: datetime) -> dict[str, int]:
    """Take every step whose moment has come and that was not taken before; how many they were.

    Each person gets one message about each concern, however many of its steps came together, so
    that a service that was away for a while sends no flood. Done again, it does nothing: it may run
    as often as anybody likes, on any number of machines.
    """
    due = [each.concern.id for each in waiting_concerns() if each.due(at)]
    if not due:
        return {"steps": 0, "people": 0}
    # Held, and read again: what somebody did in the meantime is not told as not done.
    waiting = [each for each in held(due) if each.due(at)]
    staff = Staff(london_date(at), [each.concern.team_id for each in waiting])
    wanted = [_taken(each, step, staff) for each in waiting for step in each.due(at)]
    added = _add(wanted, at)
    for each in added:
        _note(each, at)
    return {"steps": len(added), "people": _tell(added, staff, at)}


def _taken(each: Waiting, step: Step, staff: Staff) -> _Taken:
    concern = each.concern
    never = {concern.raised_by, *implicated_in(concern.audit)}
    holders = partial(staff.holding, team_id=concern.team_id, never=never)
    return _Taken(concern, step, told_of(step, holders, staff.leads_to_tell(never)))


def _add(steps: list[_Taken], at: datetime) -> list[_Taken]:
    """Add the rows that nobody added before; gives what was new."""
    rows = {new_id(): each for each in steps}
    values = [
        {
            "id": row_id,
            "concern_id": each.concern.id,
            "step": each.step.value,
            "told": [str(person) for person in each.told],
            "at": at,
        }
        for row_id, each in rows.items()
    ]
    new = set(_insert(ConcernStep, values))
    return [each for row_id, each in rows.items() if row_id in new]


def _insert(model: type[ConcernStep] | type[ConcernTold], values: list[dict[str, Any]]) -> Any:
    """Insert the rows that are not there; gives the ids of those that were new."""
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    table: Any = model.__table__
    for start in range(0, len(values), _ROWS_AT_ONCE):
        statement = insert(table).values(values[start : start + _ROWS_AT_ONCE])
        unseen = statement.on_conflict_do_nothing().returning(table.c.id)
        yield from db.session.scalars(unseen).all()


def _note(each: _Taken, at: datetime) -> None:
    """In the history; and whoever is told can open the concern, acknowledge it and decide."""
    concern = each.concern
    history.record(
        "concern_late", concern, by=None, at=at, audit_id=concern.audit_id,
        step=each.step.words, people=list(each.told),
    )  # fmt: skip
    known = {told.person_id for told in concern.told}
    told = [
        {
            "id": new_id(),
            "concern_id": concern.id,
            "person_id": person,
            "told_as": ToldAs.NEXT_UP,
            "post": _POSTS.get(each.step, _REFERRAL_POST),
            "told_at": at,
        }
        for person in each.told
        if person not in known
    ]
    if told:
        list(_insert(ConcernTold, told))
        db.session.expire(concern, ["told"])


def _tell(added: list[_Taken], staff: Staff, at: datetime) -> int:
    """One message to each person about each concern; how many people they are."""
    each_told = sorted(
        ((person, taken) for taken in added for person in taken.told),
        key=lambda row: (row[0], row[1].concern.id),
    )
    messages = [
        _message(staff, person, [taken for _, taken in rows])
        for (person, _), rows in groupby(each_told, key=lambda row: (row[0], row[1].concern.id))
    ]
    notify.queue_many(messages, at)
    return len({message.person_id for message in messages})


def _message(staff: Staff, person_id: UUID, taken: Iterable[_Taken]) -> notify.Message:
    person, steps = staff.people[person_id], list(taken)
    concern = steps[0].concern
    raised = concern.raised_at.astimezone(LONDON)
    waits = "; ".join(each.step.words for each in steps)
    return notify.Message(
        person_id=person.id,
        email=person.email,
        subject=f"Now: {steps[0].step.words}, case {concern.case_reference}",
        body=f"A concern about significant harm, case {concern.case_reference}, was raised on "
        f"{date_words(raised.date())} at {raised:%H:%M}. It waits: {waits}. Telephone whoever has "
        "the child now, then open it and see what has been done. This message does not replace the "
        "telephone.",
        path=f"/concerns/{concern.id}",
        key=f"concern-late:{new_id()}",
        urgent=True,
    )
