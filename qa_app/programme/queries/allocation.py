"""What the allocation of a draw reads: its cases to be given, and who may be asked (S6, S7, P2)."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Person, Post, PostKind, RoleGrant
from qa_app.accounts.periods import grant_on
from qa_app.accounts.queries import holders, names
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.independence import IndependenceFacts
from qa_app.domain.permissions import Role
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import (
    BatchAuditor,
    CaseFate,
    Cycle,
    Draw,
    DrawnCase,
    Exemption,
    Expectation,
)
from qa_app.programme.queries.batches import audits_given
from qa_app.standards.models import ToolVersion

TO_GIVE = (CaseFate.DRAWN, CaseFate.PROMOTED)


@dataclass(frozen=True)
class Candidate:
    """Somebody whom a draw's cases may go to. `key` names them the same in every database."""

    person_id: UUID
    key: str
    name: str
    post: str
    kind: PostKind
    service_id: UUID | None
    expected: int
    given: int


@dataclass(frozen=True)
class Candidates:
    """Who may be asked, and who of those expected to audit may not, each with the reason.

    `nobody_expected` says that nothing is expected of anybody there yet (P2).
    """

    people: tuple[Candidate, ...]
    left_out: tuple[tuple[str, str], ...]
    nobody_expected: bool


def to_give(draw: Draw) -> list[DrawnCase]:
    """The cases of a draw that nobody has been given, in the order drawn (one query)."""
    query = (
        select(DrawnCase)
        .where(
            DrawnCase.draw_id == draw.id,
            DrawnCase.fate.in_(TO_GIVE),
            DrawnCase.audit_id.is_(None),
        )
        .order_by(DrawnCase.is_reserve, DrawnCase.stratum, DrawnCase.position)
        .options(joinedload(DrawnCase.case).joinedload(Case.team))
    )
    return list(db.session.scalars(query))


def candidates_for(draw: Draw, today: date) -> Candidates:
    """Who audits in the draw's cycle or batch: five queries, however many they are.

    People of whom nothing is expected, or who were exempted from all of it, get nothing (P3), and
    neither does anybody without a post or without the auditor's role today.
    """
    numbers = _asked_in_batch(draw) if draw.cycle is None else _expected_in(draw.cycle)
    posts = _posts_of(numbers, today)
    auditors = _everybody_auditing(today)
    given = _given(draw)
    people, left_out = [], []
    known = names(numbers)
    for person_id, number in sorted(numbers.items(), key=lambda item: known[item[0]]):
        why = _why_not(number, person_id in posts, person_id in auditors)
        if why:
            left_out.append((known[person_id], why))
            continue
        person, post = posts[person_id]
        people.append(
            Candidate(
                person_id=person_id,
                key=_key(person),
                name=person.name,
                post=f"{post.title}, {post.team.name}",
                kind=post.kind,
                service_id=post.team.service_id,
                expected=number,
                given=given.get(person_id, 0),
            )
        )
    return Candidates(tuple(people), tuple(left_out), not numbers)


def others_for(
    cases: Mapping[UUID, IndependenceFacts], besides: Collection[UUID], today: date
) -> dict[UUID, list[str]]:
    """For each of these cases, by any key: auditors besides these people who may have it, as
    "name, post, team", by name (two queries; none for no case)."""
    if not cases:
        return {}
    wanted = _everybody_auditing(today) - set(besides)
    posts = sorted(_posts_of(wanted, today).values(), key=lambda each: each[0].name)
    return {
        key: [
            f"{person.name}, {post.title}, {post.team.name}"
            for person, post in posts
            if not facts.bars(person.id)
        ]
        for key, facts in cases.items()
    }


def _key(person: Person) -> str:
    """Unique, and where the case system or the payroll has a number, the same in every database."""
    numbers = {"case system": person.external_id, "payroll": person.staff_id}
    known = (f"{where} {number}" for where, number in numbers.items() if number)
    return next(known, str(person.id))


def _why_not(number: int, has_post: bool, is_auditor: bool) -> str:
    reasons = (
        (number <= 0, "is expected to do none, or was exempted"),
        (not has_post, "holds no post today"),
        (not is_auditor, "does not hold the role of auditor today"),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _expected_in(cycle: Cycle) -> dict[UUID, int]:
    """person → what is expected of them less what they were exempted from."""
    exempted = (
        select(Exemption.expectation_id, func.sum(Exemption.number).label("number"))
        .group_by(Exemption.expectation_id)
        .subquery()
    )
    query = (
        select(Expectation.person_id, Expectation.number, exempted.c.number)
        .outerjoin(exempted, exempted.c.expectation_id == Expectation.id)
        .where(Expectation.cycle_id == cycle.id, Expectation.person_id.is_not(None))
    )
    found = Counter[UUID]()
    for person_id, number, less in db.session.execute(query):
        if person_id is not None:
            found[person_id] += max(number - (less or 0), 0)
    return dict(found)


def _asked_in_batch(draw: Draw) -> dict[UUID, int]:
    query = select(BatchAuditor.person_id, BatchAuditor.number).where(
        BatchAuditor.batch_id == draw.batch_id
    )
    return {row.person_id: row.number for row in db.session.execute(query)}


def _posts_of(person_ids: Collection[UUID], today: date) -> dict[UUID, tuple[Person, Post]]:
    """Each person's highest post on a day."""
    query = (
        holders(today)
        .where(Person.id.in_(set(person_ids)))
        .order_by(Post.rank, Post.title.desc())
        .options(joinedload(Post.team))
    )
    return {person.id: (person, post) for person, post in db.session.execute(query)}


def _everybody_auditing(today: date) -> set[UUID]:
    query = select(RoleGrant.person_id).where(RoleGrant.role == Role.AUDITOR, grant_on(today))
    return set(db.session.scalars(query))


def _given(draw: Draw) -> dict[UUID, int]:
    """How many audits of the kind each person has in the draw's cycle or batch.

    In a cycle, those that MTM-2 counts and those that it does not are loads of their own (P7).
    """
    if draw.cycle is None:
        return {} if draw.batch_id is None else audits_given(draw.batch_id)
    query = (
        select(Audit.auditor_id, func.count())
        .join(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .where(
            Audit.cycle_month == draw.cycle.month,
            Audit.state != AuditState.WITHDRAWN,
            ToolVersion.counts_in_mtm == draw.tool_version.counts_in_mtm,
        )
        .group_by(Audit.auditor_id)
    )
    return {person_id: count for person_id, count in db.session.execute(query) if person_id}
