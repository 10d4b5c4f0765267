"""Planning, changing and closing thematic audits and batches, which run outside cycles (P7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.formatting import count_words, date_words
from qa_app.notify.services import Message, queue_many
from qa_app.programme.models import Batch, BatchAuditor, BatchKind
from qa_app.programme.queries.batches import audits_given, published_tools
from qa_app.programme.services.cycles import lock

MOST_AUDITS: Final = 5_000


class BatchRefused(DomainError):
    """A plan that cannot be."""


class BatchClosed(DomainError):
    """A closed batch changes no more."""


@dataclass(frozen=True)
class BatchPlan:
    """What is said of a batch when it is planned or changed."""

    kind: BatchKind
    name: str
    purpose: str
    theme_id: UUID | None
    tool_code: str
    number: int
    starts_on: date
    ends_on: date
    report_due_on: date | None


def plan_batch(plan: BatchPlan, *, by: UUID, at: datetime) -> Batch:
    """Plan a thematic audit, a look-back or a dip sample (P7). Raises BatchRefused."""
    _check(plan, given=0, tool_before=None)
    batch = Batch(made_by=by, made_at=at)
    _write(batch, plan)
    db.session.add(batch)
    db.session.flush()
    history.record("batch_planned", batch, by=by, at=at, kind=plan.kind.words, number=plan.number)
    return batch


def change_batch(batch: Batch, plan: BatchPlan, *, by: UUID, at: datetime) -> None:
    """Change the plan of a batch that is not closed. Raises BatchRefused and BatchClosed."""
    _lock(batch)
    given = sum(audits_given(batch.id).values())
    _check(plan, given=given, tool_before=batch.tool_code)
    if given and plan.tool_code != batch.tool_code:
        raise BatchRefused(
            "Audits were given with the tool of this batch: plan another batch for another tool",
            "tool",
        )
    _write(batch, plan)
    db.session.flush()
    history.record("batch_changed", batch, by=by, at=at)


def set_auditors(batch: Batch, numbers: Mapping[UUID, int], *, by: UUID, at: datetime) -> int:
    """Say who audits in a batch, and how many; a number of 0 takes somebody out (P7).

    People who are not named stay as they are. Those who are asked for another number than before
    are told. Returns how many were changed. Raises BatchRefused and BatchClosed.
    """
    _lock(batch)
    given = audits_given(batch.id)
    for person_id, number in numbers.items():
        least = given.get(person_id, 0)
        if not least <= number <= MOST_AUDITS:
            raise BatchRefused(
                f"Enter a number from {least} to {MOST_AUDITS:,}", f"number_{person_id.hex}"
            )
    query = select(BatchAuditor).where(BatchAuditor.batch_id == batch.id)
    there = {each.person_id: each for each in db.session.scalars(query)}
    changed = [
        person_id
        for person_id, number in numbers.items()
        if number != (there[person_id].number if person_id in there else 0)
    ]
    for person_id in changed:
        _set(batch, there.get(person_id), person_id, numbers[person_id])
    db.session.flush()
    db.session.expire(batch, ["auditors"])
    if changed:
        history.record("batch_changed", batch, by=by, at=at, auditors=changed)
        _tell(batch, {each: numbers[each] for each in changed}, at)
    return len(changed)


def _set(batch: Batch, row: BatchAuditor | None, person_id: UUID, number: int) -> None:
    if row is None:
        db.session.add(BatchAuditor(batch_id=batch.id, person_id=person_id, number=number))
    elif number:
        row.number = number
    else:
        db.session.delete(row)


def close_batch(batch: Batch, *, by: UUID, at: datetime) -> None:
    """Close a batch: no more audits are given in it, and unfinished ones stay (P7)."""
    _lock(batch)
    batch.closed_at = at
    db.session.flush()
    history.record("batch_closed", batch, by=by, at=at)


def refuse_closed_batch(batch: Batch) -> None:
    """Raise BatchClosed for a closed batch."""
    if batch.closed_at is not None:
        raise BatchClosed(
            f"“{batch.name}” was closed on {date_words(batch.closed_at)}: it changes no more. "
            "Nothing has been changed."
        )


def _lock(batch: Batch) -> None:
    lock(batch)
    refuse_closed_batch(batch)


def _write(batch: Batch, plan: BatchPlan) -> None:
    batch.kind, batch.name, batch.purpose = plan.kind, plan.name, plan.purpose
    batch.theme_id = plan.theme_id if plan.kind is BatchKind.THEMATIC else None
    batch.tool_code, batch.number = plan.tool_code, plan.number
    batch.starts_on, batch.ends_on = plan.starts_on, plan.ends_on
    batch.report_due_on = plan.report_due_on


def _check(plan: BatchPlan, *, given: int, tool_before: str | None) -> None:
    if plan.kind is BatchKind.THEMATIC and plan.theme_id is None:
        raise BatchRefused("Select the theme that is looked at", "theme")
    known = {code for code, _ in published_tools()} | {tool_before}
    if plan.tool_code not in known:
        raise BatchRefused("Select a tool that is published", "tool")
    least = max(1, given)
    if not least <= plan.number <= MOST_AUDITS:
        raise BatchRefused(f"Enter a number of audits from {least:,} to {MOST_AUDITS:,}", "number")
    if plan.ends_on < plan.starts_on:
        raise BatchRefused("The last day must not be before the first", "ends_on")
    if plan.report_due_on is not None and plan.report_due_on < plan.ends_on:
        raise BatchRefused("The report must not be due before the last audit", "report_due_on")


def _tell(batch: Batch, numbers: Mapping[UUID, int], at: datetime) -> None:
    people = db.session.scalars(select(Person).where(Person.id.in_(numbers)))
    between = f"from {date_words(batch.starts_on)} to {date_words(batch.ends_on)}"
    messages = [
        Message(
            person.id,
            person.email,
            f"{batch.kind.words} “{batch.name}”: {count_words(numbers[person.id], 'audit')}",
            f"You are asked for {count_words(numbers[person.id], 'audit')} {between}. "
            "You are told of each when it is given to you."
            if numbers[person.id]
            else "You are not asked for audits in it any more.",
            "/",
            f"batch:{batch.id}:{at:%Y%m%dT%H%M%S%f}:{person.id}",
        )
        for person in people
    ]
    if messages:
        queue_many(messages, at)
