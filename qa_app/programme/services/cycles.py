"""Cycles from planned to open to closed, what is expected of whom, and exemptions (P1 to P6)."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person, Post, PostKind
from qa_app.database import Base, db, new_id, next_number
from qa_app.domain.calendar import Month, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.programme.models import (
    Cycle,
    CycleState,
    Exemption,
    ExemptionReason,
    Expectation,
)
from qa_app.programme.queries.cycles import people_given, unfinished_count
from qa_app.programme.queries.planning import holders_of, stands


class TooManyExempted(DomainError):
    """An exemption of more audits than are expected."""


class CycleClosed(DomainError):
    """Nothing about a closed cycle changes any more (P6)."""


class CycleNotOver(DomainError):
    """A cycle closes after its month's last day, not before (P6)."""


def ensure_cycle(month: date, by: UUID | None, at: datetime) -> Cycle:
    """The cycle of the month in which a day lies, to give audits in it (P1).

    Made where there is none; open once its month has begun, and planned until then. Raises
    CycleClosed for one that takes no more audits (P6).
    """
    first = Month.of(month).first
    query = select(Cycle).where(Cycle.month == first)
    cycle = db.session.scalars(query).one_or_none()
    if cycle is None:
        hold_cycles()
        cycle = db.session.scalars(query).one_or_none() or add_cycle(first, by=by, at=at)
    refuse_closed(cycle)
    if first <= london_date(at):
        open_cycle(cycle, by=by, at=at)
    return cycle


def hold_cycles() -> None:
    """Let nobody else add cycles until the transaction ends: two at once would add one twice."""
    next_number("cycles")


def add_cycle(first: date, *, by: UUID | None, at: datetime) -> Cycle:
    """A planned cycle, due on the last working day of its month (P1)."""
    due_on = settings.calendar().last_working_day_of(first)
    cycle = Cycle(id=new_id(), month=first, due_on=due_on, state=CycleState.PLANNED)
    db.session.add(cycle)
    db.session.flush()
    history.record("cycle_planned", cycle, by=by, at=at, month=Month.of(first).words)
    return cycle


def open_cycle(cycle: Cycle, *, by: UUID | None, at: datetime) -> bool:
    """Open a planned cycle and bring up to date who holds each post; False where it was open.

    A post that has closed expects nothing any more; somebody who was given audits of the cycle
    beforehand keeps their number. The caller knows that the month has begun.
    """
    if cycle.state is not CycleState.PLANNED:
        return False
    cycle.state = CycleState.OPEN
    history.record("cycle_opened", cycle, by=by, at=at, month=Month.of(cycle.month).words)
    expectations = db.session.scalars(
        select(Expectation)
        .where(Expectation.cycle_id == cycle.id, Expectation.post_id.is_not(None))
        .options(joinedload(Expectation.post))
    ).all()
    posts = [each.post for each in expectations if each.post is not None]
    held = holders_of([post.id for post in posts], [cycle.month], london_date(at))
    given = people_given(cycle)
    for each in expectations:
        _bring_up_to_date(each, cycle, held.get(cycle.month, {}), given, by, at)
    db.session.flush()
    return True


def _bring_up_to_date(
    each: Expectation,
    cycle: Cycle,
    held: Mapping[UUID, UUID],
    given: Collection[UUID],
    by: UUID | None,
    at: datetime,
) -> None:
    if each.person_id in given or each.post is None:
        return
    each.person_id = held.get(each.post.id)
    if not stands(each.post, cycle.due_on) and each.number:
        each.number = 0
        history.record("expectation_set", each, by=by, at=at, number=0)


def open_due(today: date, *, by: UUID | None = None, at: datetime) -> list[Cycle]:
    """Open every planned cycle whose month has begun; for the daily job. Doing it again is safe."""
    query = (
        select(Cycle)
        .where(Cycle.state == CycleState.PLANNED, Cycle.month <= today)
        .order_by(Cycle.month)
        .with_for_update()
    )
    return [cycle for cycle in db.session.scalars(query) if open_cycle(cycle, by=by, at=at)]


def close_cycle(cycle: Cycle, *, by: UUID, at: datetime) -> int:
    """Close a cycle whose month is over; returns how many audits stay unfinished (P6).

    They remain: overdue until done, and late in the figures of this cycle once they are. Raises
    CycleNotOver up to the month's last day, and CycleClosed for the second time.
    """
    lock(cycle)
    refuse_closed(cycle)
    last = Month.of(cycle.month).last
    if london_date(at) <= last:
        raise CycleNotOver(
            f"Close {Month.of(cycle.month).words} after {date_words(last)}: until then an audit "
            "that is done counts in time"
        )
    open_cycle(cycle, by=by, at=at)
    unfinished = unfinished_count(cycle)
    cycle.state, cycle.closed_at = CycleState.CLOSED, at
    words = Month.of(cycle.month).words
    history.record("cycle_closed", cycle, by=by, at=at, month=words, unfinished=unfinished)
    db.session.flush()
    return unfinished


def lock(row: Base) -> None:
    """Read a row again and hold it until the transaction ends, so that two at once are told apart.

    Only itself: what was loaded beside it may be missing, and cannot be locked.
    """
    db.session.refresh(row, with_for_update={"of": type(row)})


def refuse_closed(cycle: Cycle) -> None:
    """Raise CycleClosed for a closed cycle."""
    if cycle.state is CycleState.CLOSED:
        raise CycleClosed(
            f"{Month.of(cycle.month).words} is closed: nothing more is given, expected or exempted "
            "in it. Choose an open month",
            "month",
        )


def set_expectation(
    cycle: Cycle,
    *,
    post: Post | None,
    person: Person | None,
    number: int,
    by: UUID | None,
    at: datetime,
    kind: PostKind | None = None,
) -> Expectation:
    """Say how many audits a post is expected to do in a cycle (P2, P4).

    `person` holds the post (None while it is vacant); `post` is None for somebody asked beside
    their post, and then `kind` says as what they count.
    """
    expectation = expectation_of(cycle, post, person)
    if expectation is None:
        expectation = Expectation(
            cycle=cycle,
            post=post,
            person=person,
            post_kind=post.kind if post is not None else kind or PostKind.OTHER,
            number=number,
        )
        db.session.add(expectation)
    expectation.number = number
    db.session.flush()
    history.record("expectation_set", expectation, by=by, at=at, number=number)
    return expectation


def expectation_of(cycle: Cycle, post: Post | None, person: Person | None) -> Expectation | None:
    """What a post (or, where it is None, a person beside their post) is expected to do."""
    query = select(Expectation).where(Expectation.cycle_id == cycle.id)
    if post is not None:
        query = query.where(Expectation.post_id == post.id)
    else:
        query = query.where(
            Expectation.post_id.is_(None),
            Expectation.person_id == (person.id if person is not None else None),
        )
    return db.session.scalars(query).one_or_none()


def exempt(
    expectation: Expectation,
    *,
    number: int,
    reason: ExemptionReason,
    note: str,
    by: UUID,
    at: datetime,
) -> Exemption:
    """Write an exemption (P3). After the cycle's due date it is kept, and reduces nothing (P4).

    Who may is checked before (`grant_exemption`, `decide`). Raises TooManyExempted for more audits
    than are still expected, and CycleClosed.
    """
    lock(expectation)
    refuse_closed(expectation.cycle)
    refuse_too_many(expectation, number)
    exemption = Exemption(
        expectation=expectation,
        number=number,
        reason=reason,
        note=note,
        granted_on=london_date(at),
        granted_by=by,
        granted_at=at,
    )
    db.session.add(exemption)
    db.session.flush()
    history.record("exemption_granted", exemption, by=by, at=at, number=number, reason=reason.value)
    return exemption


def exempted_already(expectation: Expectation) -> int:
    """How many audits of an expectation are exempted, in time or not."""
    query = select(func.coalesce(func.sum(Exemption.number), 0))
    return db.session.scalars(query.where(Exemption.expectation_id == expectation.id)).one()


def refuse_too_many(expectation: Expectation, number: int) -> None:
    """Raise TooManyExempted unless so many are still expected."""
    left = expectation.number - exempted_already(expectation)
    if left < 1:
        raise TooManyExempted("Nothing is expected here any more: there is nothing to exempt")
    if not 0 < number <= left:
        raise TooManyExempted(f"Enter a number from 1 to {left}: no more are expected", "number")
