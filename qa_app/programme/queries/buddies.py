"""Reading buddies: who has one, and who could be one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Person, Post, PostKind
from qa_app.accounts.queries import holders, people_with
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.permissions import Role
from qa_app.formatting import count_words
from qa_app.programme.models import Buddy

EXPERIENCED_FROM = 3
_SHOWN = 200


def on_day(today: date) -> ColumnElement[bool]:
    """The buddy's time holds on the day, both ends included."""
    return and_(Buddy.since <= today, or_(Buddy.until.is_(None), Buddy.until >= today))


def buddies(today: date) -> tuple[list[Buddy], list[Buddy]]:
    """(those of now or to come, by auditor's name; those that are over, newest first)."""
    query = (
        select(Buddy)
        .options(joinedload(Buddy.auditor), joinedload(Buddy.buddy))
        .order_by(Buddy.since.desc(), Buddy.id.desc())
        .limit(_SHOWN)
    )
    found = list(db.session.scalars(query))
    over = [row for row in found if row.until is not None and row.until < today]
    standing = [row for row in found if row not in over]
    return sorted(standing, key=lambda row: (row.auditor.name, row.since)), over


class Helper(NamedTuple):
    """A buddy as their auditor sees them."""

    name: str
    email: str | None


def buddies_of(auditor_ids: Collection[UUID], today: date) -> dict[UUID, Helper]:
    """The buddy of each of these auditors on a day (one query)."""
    query = (
        select(Buddy.auditor_id, Person.name, Person.email)
        .join(Person, Person.id == Buddy.buddy_id)
        .where(Buddy.auditor_id.in_(auditor_ids), on_day(today))
        .order_by(Buddy.since)
    )
    return {row.auditor_id: Helper(row.name, row.email) for row in db.session.execute(query)}


@dataclass(frozen=True)
class Candidate:
    """An auditor, their post, and how many audits they have finished."""

    id: UUID
    name: str
    kind: PostKind | None
    post: str
    finished: int

    @property
    def experienced(self) -> bool:
        """Whether they have finished enough audits to help somebody else."""
        return self.finished >= EXPERIENCED_FROM

    @property
    def words(self) -> str:
        """How a list names them."""
        return f"{self.name}, {self.post} ({count_words(self.finished, 'audit')} finished)"


def candidates(today: date) -> list[Candidate]:
    """Every auditor, those with the fewest finished audits first (three queries)."""
    people = people_with(Role.AUDITOR, today)
    ids = [person.id for person in people]
    posts = _posts_of(ids, today)
    finished = _finished(ids)
    found = []
    for person in people:
        kind, title = posts.get(person.id, (None, "no post"))
        found.append(Candidate(person.id, person.name, kind, title, finished.get(person.id, 0)))
    return sorted(found, key=lambda each: (each.finished, each.name))


def suggested(auditor_id: UUID, everybody: list[Candidate]) -> list[Candidate]:
    """Who could be this auditor's buddy: the experienced of the same role first, then the other
    experienced ones, then everybody else, each group with the most audits first."""
    kind = next((each.kind for each in everybody if each.id == auditor_id), None)
    others = [each for each in everybody if each.id != auditor_id]
    return sorted(
        others,
        key=lambda each: (
            not each.experienced, each.experienced and each.kind is not kind, -each.finished,
            each.name,
        ),
    )  # fmt: skip


def _posts_of(person_ids: Collection[UUID], today: date) -> dict[UUID, tuple[PostKind, str]]:
    query = holders(today).where(Person.id.in_(person_ids)).order_by(Post.rank)
    return {
        person.id: (post.kind, f"{post.title}, {post.team.name}")
        for person, post in db.session.execute(query.options(joinedload(Post.team)))
    }


def _finished(person_ids: Collection[UUID]) -> dict[UUID, int]:
    query = (
        select(Audit.auditor_id, func.count())
        .where(Audit.auditor_id.in_(person_ids), Audit.completed_on.is_not(None))
        .group_by(Audit.auditor_id)
    )
    return {person_id: count for person_id, count in db.session.execute(query) if person_id}
