"""Planning a year, and changing what is expected in one month (P1, P2, P4, P6)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app import history
from qa_app.accounts.models import Person, PostKind
from qa_app.accounts.queries import posts_held
from qa_app.database import db, new_id
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.programme.models import Cycle, Expectation
from qa_app.programme.queries.cycles import people_given
from qa_app.programme.queries.planning import Lacking, YearPlan, holders_of, lacking
from qa_app.programme.services.cycles import (
    add_cycle,
    expectation_of,
    hold_cycles,
    lock,
    open_cycle,
    refuse_closed,
    set_expectation,
)

MOST_EXPECTED: Final = 20
"""More audits than that nobody does in a month: it is a slip of the finger."""


class ChangedBecause(StrEnum):
    """Why an expected number changes; a list, as the history keeps no free words (I1)."""

    DUTIES = "duties"
    NEW = "new"
    MORE_NEEDED = "more_needed"
    FEWER_NEEDED = "fewer_needed"
    COVER = "cover"
    MISTAKE = "mistake"

    @property
    def words(self) -> str:
        """The reason as a page and the history say it."""
        return _BECAUSE_WORDS[self]


_BECAUSE_WORDS: Final[Mapping[ChangedBecause, str]] = {
    ChangedBecause.DUTIES: "Hours or duties changed",
    ChangedBecause.NEW: "New in post",
    ChangedBecause.MORE_NEEDED: "More audits are needed this month",
    ChangedBecause.FEWER_NEEDED: "Fewer audits are needed this month",
    ChangedBecause.COVER: "Does audits in somebody’s place",
    ChangedBecause.MISTAKE: "Puts a mistake right",
}


class NumberRefused(DomainError):
    """An expected number that cannot be."""


class ExpectedAlready(DomainError):
    """Somebody who is asked beside their post in this month already."""


class Planned(NamedTuple):
    """What planning made."""

    cycles: int
    expectations: int


class Changed(NamedTuple):
    """How many expectations changed; `kept` stay higher, for what is given or exempted."""

    changed: int
    kept: int


def plan_year(plan: YearPlan, *, by: UUID, at: datetime) -> Planned:
    """Make the cycles of twelve months, with an expectation for every open post (P1, P2, P4).

    What is there stays as it is: planning again adds only what is lacking. A month that has begun
    is opened. Raises NumberRefused.
    """
    for kind, number in plan.numbers.items():
        _check_number(number, f"number_{kind.value}")
    hold_cycles()
    today = london_date(at)
    wanted = lacking(plan)
    posts = {post.id for each in wanted for post in each.posts}
    held = holders_of(posts, [each.month.first for each in wanted], today)
    cycles = expectations = 0
    for each in wanted:
        cycle = each.cycle
        if cycle is None:
            cycle, cycles = add_cycle(each.month.first, by=by, at=at), cycles + 1
        expectations += _add_expectations(cycle, each, plan, held[each.month.first], by, at)
        if each.cycle is None and each.month <= Month.of(today):
            open_cycle(cycle, by=by, at=at)
    return Planned(cycles, expectations)


def _add_expectations(
    cycle: Cycle,
    each: Lacking,
    plan: YearPlan,
    held: Mapping[UUID, UUID],
    by: UUID,
    at: datetime,
) -> int:
    rows = [
        Expectation(
            id=new_id(),
            cycle_id=cycle.id,
            post_id=post.id,
            person_id=held.get(post.id),
            post_kind=post.kind,
            number=plan.number_of(post.kind, each.month),
        )
        for post in each.posts
    ]
    db.session.add_all(rows)
    db.session.flush()
    for row in rows:
        history.record("expectation_set", row, by=by, at=at, number=row.number)
    return len(rows)


def change_by_kind(
    cycle: Cycle,
    numbers: Mapping[PostKind, int],
    *,
    because: ChangedBecause,
    by: UUID,
    at: datetime,
) -> Changed:
    """Give every expectation of these post kinds another number in one month (P2, P4).

    None goes below what was given to or exempted from its auditor. Raises NumberRefused and
    CycleClosed (P6).
    """
    refuse_closed(cycle)
    for kind, number in numbers.items():
        _check_number(number, f"number_{kind.value}")
    query = (
        select(Expectation)
        .where(Expectation.cycle_id == cycle.id, Expectation.post_kind.in_(numbers))
        .options(selectinload(Expectation.exemptions))
        .with_for_update()
    )
    given = people_given(cycle)
    changed = kept = 0
    for each in db.session.scalars(query):
        wanted = numbers[each.post_kind]
        number = max(wanted, _floor(each, given))
        kept += number > wanted
        changed += _change(each, number, because, by, at)
    db.session.flush()
    return Changed(changed, kept)


def change_expectation(
    expectation: Expectation,
    *,
    number: int,
    because: ChangedBecause,
    by: UUID,
    at: datetime,
) -> bool:
    """Change what one post or person is expected to do; False where it was so already (P2, P4).

    Raises CycleClosed (P6), and NumberRefused below what was given or exempted.
    """
    lock(expectation)
    refuse_closed(expectation.cycle)
    _check_number(number, "number")
    least = _floor(expectation, people_given(expectation.cycle))
    if number < least:
        raise NumberRefused(
            f"Enter at least {least}: so many are given or exempted already", "number"
        )
    found = _change(expectation, number, because, by, at)
    db.session.flush()
    return found


def expect_beside(
    cycle: Cycle, person: Person, *, number: int, by: UUID, at: datetime
) -> Expectation:
    """Expect audits of somebody beside their post; they count as their post does (P2, P4).

    Raises CycleClosed (P6), NumberRefused, and ExpectedAlready for the second time.
    """
    lock(cycle)
    refuse_closed(cycle)
    _check_number(number, "number", least=1)
    if expectation_of(cycle, None, person) is not None:
        raise ExpectedAlready(
            f"{person.name} is asked beside their post already: change that number instead",
            "person",
        )
    posts = posts_held(person.id, london_date(at))
    return set_expectation(
        cycle,
        post=None,
        person=person,
        number=number,
        by=by,
        at=at,
        kind=posts[0].kind if posts else None,
    )


def _change(
    expectation: Expectation, number: int, because: ChangedBecause, by: UUID, at: datetime
) -> bool:
    old = expectation.number
    if old == number:
        return False
    expectation.number = number
    history.record(
        "expectation_changed", expectation, by=by, at=at, old=old, new=number,
        reason=because.words.lower(),
    )  # fmt: skip
    return True


def _floor(expectation: Expectation, given: Mapping[UUID, int]) -> int:
    """Below this no number goes: audits that were given, and audits that were exempted."""
    exempted = sum(each.number for each in expectation.exemptions)
    person = expectation.person_id
    return max(exempted, given.get(person, 0) if person is not None else 0)


def _check_number(number: int, field: str, least: int = 0) -> None:
    if not least <= number <= MOST_EXPECTED:
        raise NumberRefused(f"Enter a number from {least} to {MOST_EXPECTED}", field)
