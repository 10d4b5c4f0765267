"""Who may audit a case, and who may not, with the reasons (S6); with which tool and into what."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Person, Post
from qa_app.accounts.queries import holders, people_with
from qa_app.audits.models import Audit
from qa_app.audits.services import independence_of
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.permissions import Role
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from qa_app.formatting import count_words
from qa_app.programme.models import Batch
from qa_app.programme.queries.frames import tools_to_draw
from qa_app.standards.models import ToolVersion

CORE = "core"


def case_of(reference: str | None) -> Case | None:
    """The case with this reference, with what its summary shows."""
    if not reference:
        return None
    return db.session.scalars(_shown().where(Case.reference == reference)).one_or_none()


def case_with_summary(case_id: UUID) -> Case | None:
    """The case with this id, with what its summary shows."""
    return db.session.scalars(_shown().where(Case.id == case_id)).one_or_none()


def _shown() -> Select[Case]:
    return select(Case).options(joinedload(Case.team), joinedload(Case.worker))


def earlier_audits(case: Case, limit: int = 5) -> list[Audit]:
    """The newest audits of the case, to see whether it was audited lately (S3)."""
    query = (
        select(Audit)
        .where(Audit.case_reference == case.reference, Audit.state != AuditState.WITHDRAWN)
        .order_by(Audit.id.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def tools_for(case: Case) -> list[ToolVersion]:
    """The newest published version of each tool for a case on this plan; the core one first."""
    tools = [tool for tool in tools_to_draw() if tool.is_for(case.plan_type)]
    return sorted(tools, key=lambda tool: (tool.code != CORE, tool.name.casefold()))


def open_batches(today: date) -> list[Batch]:
    """The thematic audits and batches in which audits can be given, by name."""
    query = (
        select(Batch)
        .where(Batch.closed_at.is_(None), Batch.ends_on >= today)
        .order_by(Batch.name, Batch.id)
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class AuditorChoice:
    """An auditor with their post and how many audits they have to do this month.

    `conflicts` are the reasons that keep them from the case; `waived` says that they have some, and
    that a waiver stands.
    """

    id: UUID
    name: str
    post: str
    open_audits: int
    conflicts: tuple[str, ...]
    waived: bool = False
    service_id: UUID | None = None

    @property
    def words(self) -> str:
        """How the list names them."""
        waiver = "; a waiver stands" if self.waived else ""
        return f"{self.name}, {self.post} ({count_words(self.open_audits, 'audit')} to do{waiver})"


@dataclass(frozen=True)
class Auditors:
    """Who may audit a case, and who may not, with the reasons (S6)."""

    free: list[AuditorChoice]
    barred: list[AuditorChoice]

    def of_another_service(self, service_id: UUID | None) -> list[AuditorChoice]:
        """Those who are free and of another service, before any that has no service."""
        return [each for each in self.free if each.service_id not in (None, service_id)]

    def from_outside(self) -> list[AuditorChoice]:
        """Those who are free and belong to no service."""
        return [each for each in self.free if each.service_id is None]


def auditors_for(case: Case, today: date) -> Auditors:
    """Every auditor, sorted into those who may audit the case and those who may not."""
    people = people_with(Role.AUDITOR, today)
    ids = {person.id for person in people}
    posts = _posts_of(ids, today)
    waiting = _open_audits(ids)
    facts = independence_of(case, today)
    choices = [
        AuditorChoice(
            id=person.id,
            name=person.name,
            post=posts[person.id].words,
            open_audits=waiting.get(person.id, 0),
            conflicts=tuple(bar.reason for bar in facts.bars(person.id)),
            waived=person.id in facts.waivers and bool(facts.conflicts(person.id)),
            service_id=posts[person.id].service_id,
        )
        for person in people
        if person.id in posts
    ]
    return Auditors(
        [each for each in choices if not each.conflicts],
        [each for each in choices if each.conflicts],
    )


class _Post(NamedTuple):
    words: str
    service_id: UUID | None


def _posts_of(person_ids: Collection[UUID], today: date) -> dict[UUID, _Post]:
    query = holders(today).where(Person.id.in_(person_ids)).order_by(Post.rank)
    found: dict[UUID, _Post] = {}
    for person, post in db.session.execute(query.options(joinedload(Post.team))):
        found[person.id] = _Post(f"{post.title}, {post.team.name}", post.team.service_id)
    return found


def _open_audits(person_ids: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(Audit.auditor_id, func.count())
        .where(Audit.auditor_id.in_(person_ids), Audit.state.in_(OPEN_FOR_WRITING))
        .group_by(Audit.auditor_id)
    )
    return {person_id: count for person_id, count in db.session.execute(query) if person_id}
