"""One month of the programme with all that belongs to it, and what is unfinished in it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.accounts.models import Post, PostKind
from qa_app.accounts.queries import names
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from qa_app.programme.models import (
    Batch,
    Cycle,
    Draw,
    Exemption,
    Expectation,
    Extension,
    RequestState,
    TimeRequest,
)
from qa_app.programme.queries.batches import running_between
from qa_app.programme.queries.completion import Completion, completion


def cycle_of(month: Month) -> Cycle | None:
    """The cycle of a month, if there is one."""
    return db.session.scalars(select(Cycle).where(Cycle.month == month.first)).one_or_none()


@dataclass(frozen=True)
class Expected:
    """One expectation of a month, with what was exempted in time and after the due date (P4)."""

    expectation: Expectation
    exempted: int
    exempted_late: int

    @property
    def due(self) -> int:
        """Expected less exempted in time; never below nothing."""
        return max(0, self.expectation.number - self.exempted)

    @property
    def who(self) -> str:
        """Who holds the post, or that nobody does."""
        person = self.expectation.person
        return person.name if person is not None else "Vacant post"

    @property
    def as_what(self) -> str:
        """The post and its unit; without one they were asked beside their post."""
        post = self.expectation.post
        if post is None:
            return f"Beside their post, counted as {self.expectation.post_kind.words}"
        return f"{post.title}, {post.team.name}"


class KindTotal(NamedTuple):
    """The expectations of one post kind together."""

    kind: PostKind
    posts: int
    vacant: int
    expected: int
    exempted: int
    due: int


class ExemptionRow(NamedTuple):
    """An exemption, of whom, and who granted it."""

    exemption: Exemption
    expected: Expected
    granted_by: str


class ExtensionRow(NamedTuple):
    """An extension and who granted it."""

    extension: Extension
    granted_by: str


@dataclass(frozen=True)
class MonthPage:
    """Everything that belongs to one month."""

    cycle: Cycle
    figures: Completion
    rows: list[Expected]
    kinds: list[KindTotal]
    exemptions: list[ExemptionRow]
    extensions: list[ExtensionRow]
    draws: list[Draw]
    batches: list[Batch]
    given: int
    unfinished: int
    requests: int

    @property
    def set_aside(self) -> bool:
        """Whether there are expectations and all of them are of nothing (P2)."""
        return bool(self.rows) and not any(row.expectation.number for row in self.rows)


def month_page(cycle: Cycle) -> MonthPage:
    """One month with its figures, expectations, exemptions, extensions and draws (nine queries)."""
    month = Month.of(cycle.month)
    rows = expected_in(cycle)
    extensions = _extensions(cycle)
    exemptions = [(each, row) for row in rows for each in row.expectation.exemptions]
    who = names(
        [each.granted_by for each, _ in exemptions] + [each.granted_by for each in extensions]
    )
    given, unfinished, requests = db.session.execute(_counts(cycle)).one()
    draws = select(Draw).where(Draw.cycle_id == cycle.id).order_by(Draw.number)
    return MonthPage(
        cycle,
        completion(cycle.month, cycle.month)[cycle.month],
        rows,
        _by_kind(rows),
        [ExemptionRow(each, row, who[each.granted_by]) for each, row in exemptions],
        [ExtensionRow(each, who[each.granted_by]) for each in extensions],
        list(db.session.scalars(draws.options(joinedload(Draw.tool_version)))),
        running_between(month.first, month.last),
        given,
        unfinished,
        requests,
    )


def expected_in(cycle: Cycle) -> list[Expected]:
    """The expectations of a cycle by kind, unit and name, with their exemptions (two queries)."""
    query = _with_who(select(Expectation).where(Expectation.cycle_id == cycle.id))
    found = [expected_of(each, cycle) for each in db.session.scalars(query)]
    order = list(PostKind)
    return sorted(
        found,
        key=lambda row: (
            order.index(row.expectation.post_kind), row.as_what, row.who, row.expectation.id,
        ),
    )  # fmt: skip


def expected_of(expectation: Expectation, cycle: Cycle) -> Expected:
    """An expectation with what was exempted of it, in time and late."""
    in_time = sum(e.number for e in expectation.exemptions if e.granted_on <= cycle.due_on)
    every = sum(each.number for each in expectation.exemptions)
    return Expected(expectation, in_time, every - in_time)


def _with_who(query: Select[Expectation]) -> Select[Expectation]:
    return query.options(
        joinedload(Expectation.person),
        joinedload(Expectation.post).joinedload(Post.team),
        selectinload(Expectation.exemptions),
    )


def expectation_with_its_cycle(expectation_id: UUID) -> Expectation | None:
    """One expectation, with its cycle, post, unit, person and exemptions (two queries)."""
    query = select(Expectation).where(Expectation.id == expectation_id)
    query = _with_who(query).options(joinedload(Expectation.cycle))
    return db.session.scalars(query).one_or_none()


def kind_totals(cycle: Cycle) -> list[KindTotal]:
    """The expectations of a cycle by post kind (two queries)."""
    return _by_kind(expected_in(cycle))


def _by_kind(rows: Sequence[Expected]) -> list[KindTotal]:
    kinds: dict[PostKind, list[Expected]] = defaultdict(list)
    for row in rows:
        kinds[row.expectation.post_kind].append(row)
    return [
        KindTotal(
            kind,
            len(each),
            sum(row.expectation.person_id is None for row in each),
            sum(row.expectation.number for row in each),
            sum(row.exempted for row in each),
            sum(row.due for row in each),
        )
        for kind, each in kinds.items()
    ]


def _extensions(cycle: Cycle) -> list[Extension]:
    query = (
        select(Extension)
        .join(Audit, Audit.id == Extension.audit_id)
        .where(Audit.cycle_month == cycle.month)
        .options(joinedload(Extension.audit))
        .order_by(Audit.reference, Extension.granted_at)
    )
    return list(db.session.scalars(query))


def _counts(cycle: Cycle) -> Select[int, int, int]:
    """Audits given, audits unfinished, and requests that wait for a decision."""
    of_cycle = Audit.cycle_month == cycle.month
    given = select(func.count()).where(of_cycle, Audit.state != AuditState.WITHDRAWN)
    unfinished = select(func.count()).where(_unfinished(cycle))
    waiting = (
        select(func.count())
        .select_from(TimeRequest)
        .outerjoin(Expectation, Expectation.id == TimeRequest.expectation_id)
        .outerjoin(Audit, Audit.id == TimeRequest.audit_id)
        .where(
            TimeRequest.state == RequestState.ASKED, (Expectation.cycle_id == cycle.id) | of_cycle
        )
    )
    return select(*(each.scalar_subquery() for each in (given, unfinished, waiting)))


def requests_waiting(cycle: Cycle) -> int:
    """How many requests about the cycle wait for a decision."""
    return db.session.execute(_counts(cycle)).one()[2]


def unfinished_count(cycle: Cycle) -> int:
    """How many audits of the cycle are still to be written (P6)."""
    return db.session.scalars(select(func.count()).where(_unfinished(cycle))).one()


def unfinished_audits(cycle: Cycle) -> list[Audit]:
    """The audits of the cycle that are still to be written, by auditor (P6)."""
    query = select(Audit).where(_unfinished(cycle)).order_by(Audit.auditor_name, Audit.reference)
    return list(db.session.scalars(query))


def _unfinished(cycle: Cycle) -> ColumnElement[bool]:
    """Never submitted: an audit returned for correction was completed (measures, completed)."""
    return and_(
        Audit.cycle_month == cycle.month,
        Audit.completed_on.is_(None),
        Audit.state.in_(OPEN_FOR_WRITING),
    )


def people_given(cycle: Cycle) -> dict[UUID, int]:
    """How many audits of the cycle each person was given, without withdrawn ones."""
    query = (
        select(Audit.auditor_id, func.count())
        .where(Audit.cycle_month == cycle.month, Audit.state != AuditState.WITHDRAWN)
        .group_by(Audit.auditor_id)
    )
    return {person_id: count for person_id, count in db.session.execute(query) if person_id}
