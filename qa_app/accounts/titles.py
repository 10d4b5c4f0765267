"""Changing what a job title of the extract stands for."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import JobTitle, Post, PostKind, name_key
from qa_app.accounts.queries import posts_held
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role


class OwnTitle(DomainError):
    """Somebody would give themselves roles by way of the job title that they bear."""


def change_title(
    title: JobTitle,
    kind: PostKind,
    *,
    rank: int,
    line: bool,
    roles: Iterable[Role],
    by: UUID,
    at: datetime,
) -> None:
    """Change a title's post, rank and roles; they reach posts and people at the next import.

    Raises OwnTitle for the title of a post that the person who changes it holds.
    """
    if any(name_key(post.title) == title.title_key for post in posts_held(by, london_date(at))):
        raise OwnTitle(
            "This is your own job title. Ask somebody else to change what it stands for.", "roles"
        )
    before = (title.kind, title.rank, title.line, sorted(title.roles))
    title.kind, title.rank, title.line = kind, rank, line
    title.roles = sorted(role.value for role in roles)
    if before != (title.kind, title.rank, title.line, title.roles):
        history.record(
            "job_title_changed",
            title,
            by=by,
            at=at,
            title=title.title,
            kind=kind.value,
            rank=rank,
            line=line,
            roles=title.roles,
        )


def titles_in_use(text: str = "", limit: int = 400) -> list[tuple[JobTitle, int]]:
    """Titles with the number of open posts that bear them; those in use first, then by title."""
    posts = (
        select(func.count())
        .where(func.lower(Post.title) == JobTitle.title_key, Post.closed_on.is_(None))
        .scalar_subquery()
    )
    query = select(JobTitle, posts).order_by((posts == 0), JobTitle.title_key).limit(limit)
    if text:
        query = query.where(JobTitle.title_key.contains(text.casefold(), autoescape=True))
    return [(row[0], row[1]) for row in db.session.execute(query)]
