"""What planning a year would make: posts, vacancies, audits and due dates (P1, P2, P4)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select

from qa_app.accounts import settings
from qa_app.accounts.models import JobTitle, Person, Post, PostHolding, PostKind
from qa_app.database import db
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.permissions import Role
from qa_app.programme.models import Cycle, CycleState, Expectation

MONTHS_IN_A_PLAN = 12


@dataclass(frozen=True)
class YearPlan:
    """Twelve months from one on; those set aside; audits a month for each post of a kind (P2)."""

    first: Month
    set_aside: frozenset[Month]
    numbers: Mapping[PostKind, int]

    @property
    def months(self) -> list[Month]:
        """The months of the plan, in order."""
        return months_from(self.first)

    def number_of(self, kind: PostKind, month: Month) -> int:
        """What one post of the kind is expected to do in the month: nothing where set aside."""
        return 0 if month in self.set_aside else self.numbers[kind]


class KindOfPost(NamedTuple):
    """The open posts of a kind that audits, and how many of them are vacant today."""

    kind: PostKind
    posts: int
    vacant: int


class PlannedMonth(NamedTuple):
    """What a plan makes of one month.

    `state` is the state of the cycle that is there already, or None; `adds` counts the posts that
    get an expectation, `audits` the audits expected of those.
    """

    month: Month
    due_on: date
    state: CycleState | None
    set_aside: bool
    adds: int
    audits: int


class Lacking(NamedTuple):
    """The posts of one month of a plan that have no expectation yet; `cycle` is None for a new one.

    Nothing is lacking of a closed cycle (P6).
    """

    month: Month
    due_on: date
    cycle: Cycle | None
    posts: list[Post]


def months_from(first: Month) -> list[Month]:
    """Twelve months, the first included."""
    return Month.range(first, Month.of(add_months(first.first, MONTHS_IN_A_PLAN - 1)))


def first_to_plan(today: date) -> Month:
    """Next April, or the first month after it that has no cycle."""
    month = Month(today.year if today.month < 4 else today.year + 1, 4)
    taken = set(db.session.scalars(select(Cycle.month).where(Cycle.month >= month.first)))
    while month.first in taken:
        month = month.next()
    return month


def usually_set_aside(months: Iterable[Month], today: date) -> list[Month]:
    """Which of these months the setting sets aside (P2)."""
    numbers = {int(each) for each in settings.text("months_without_audits", today).split()}
    return [month for month in months if month.month in numbers]


def kinds_of_post(today: date) -> list[KindOfPost]:
    """The post kinds that a job title makes auditors, where posts are open (three queries)."""
    posts = _open_posts(auditor_kinds(), today)
    kinds = [kind for kind in PostKind if any(post.kind is kind for post in posts)]
    held = holders_of([post.id for post in posts], [today], today)[today]
    return [
        KindOfPost(
            kind,
            sum(post.kind is kind for post in posts),
            sum(post.kind is kind and post.id not in held for post in posts),
        )
        for kind in kinds
    ]


def auditor_kinds() -> list[PostKind]:
    """The post kinds whose job titles carry the auditor role, in the order of PostKind."""
    rows = db.session.execute(select(JobTitle.kind, JobTitle.roles))
    found = {kind for kind, roles in rows if Role.AUDITOR in roles}
    return [kind for kind in PostKind if kind in found]


def _open_posts(kinds: Collection[PostKind], on: date) -> list[Post]:
    query = (
        select(Post)
        .where(Post.kind.in_(kinds), or_(Post.closed_on.is_(None), Post.closed_on > on))
        .order_by(Post.id)
    )
    return list(db.session.scalars(query))


def stands(post: Post, due_on: date) -> bool:
    """Whether the post is still open on the day on which its audits are due."""
    return post.closed_on is None or post.closed_on > due_on


def lacking(plan: YearPlan) -> list[Lacking]:
    """What a plan would add: planning again finds only what is not there (three queries)."""
    months = plan.months
    calendar = settings.calendar()
    between = Cycle.month.between(months[0].first, months[-1].first)
    cycles = {cycle.month: cycle for cycle in db.session.scalars(select(Cycle).where(between))}
    there: dict[date, set[UUID | None]] = defaultdict(set)
    query = select(Cycle.month, Expectation.post_id).join(Cycle, Cycle.id == Expectation.cycle_id)
    for first, post_id in db.session.execute(query.where(between)):
        there[first].add(post_id)
    posts = _open_posts(plan.numbers.keys(), months[0].first)
    found = []
    for month in months:
        cycle = cycles.get(month.first)
        due_on = cycle.due_on if cycle else calendar.last_working_day_of(month.first)
        closed = cycle is not None and cycle.state is CycleState.CLOSED
        needed = [] if closed else posts
        found.append(
            Lacking(
                month,
                due_on,
                cycle,
                [p for p in needed if stands(p, due_on) and p.id not in there[month.first]],
            )
        )
    return found


def preview(plan: YearPlan) -> list[PlannedMonth]:
    """What the plan makes of each month, before anything is made."""
    return [
        PlannedMonth(
            each.month,
            each.due_on,
            each.cycle.state if each.cycle else None,
            each.month in plan.set_aside,
            len(each.posts),
            sum(plan.number_of(post.kind, each.month) for post in each.posts),
        )
        for each in lacking(plan)
    ]


def holders_of(
    post_ids: Collection[UUID], days: Collection[date], today: date
) -> dict[date, dict[UUID, UUID]]:
    """Who holds each post on each of these days: post → person; a vacant post is not there (P4).

    Where nobody held it on a day that has come, whoever holds it today does.
    """
    if not post_ids or not days:
        return {day: {} for day in days}
    query = (
        select(PostHolding, Person.left_on)
        .join(Person, Person.id == PostHolding.person_id)
        .where(PostHolding.post_id.in_(post_ids))
        .order_by(PostHolding.started_on)
    )
    rows = [
        (row[0], min(row[0].ended_on or date.max, row[1] or date.max))
        for row in db.session.execute(query)
    ]
    found: dict[date, dict[UUID, UUID]] = {}
    for day in days:
        # The day itself comes last, so that it is the one that stands.
        for each in (today, day) if day <= today else (day,):
            held = found.setdefault(day, {})
            held |= {h.post_id: h.person_id for h, last in rows if h.started_on <= each <= last}
    return found
