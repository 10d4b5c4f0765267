"""Reading tools and themes."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app.database import db
from qa_app.standards.models import Section, Theme, ToolVersion, ToolVersionState


def current_version(code: str) -> ToolVersion:
    """The newest published version of a tool. Raises NoResultFound for an unknown tool."""
    query = (
        select(ToolVersion)
        .where(ToolVersion.code == code, ToolVersion.state == ToolVersionState.PUBLISHED)
        .order_by(ToolVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one()


def sections_of(version: ToolVersion) -> list[Section]:
    """The sections of a version in order, with their questions (two queries)."""
    query = (
        select(Section)
        .where(Section.version_id == version.id)
        .order_by(Section.position)
        .options(selectinload(Section.questions))
    )
    return list(db.session.scalars(query))


def themes() -> list[Theme]:
    """Every theme, by name."""
    return list(db.session.scalars(select(Theme).order_by(Theme.name)))
