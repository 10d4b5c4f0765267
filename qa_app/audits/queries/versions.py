"""Earlier texts of a box: which boxes have any, the list of one, and one of them (A8)."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.queries import names
from qa_app.audits.models import TextVersion
from qa_app.database import db
from qa_app.domain.versions import word_count

PAGE = 50


class EarlierText(NamedTuple):
    """An earlier text in a list: by whom ("" where that is not known) and when it was written, who
    replaced it and when, and how many words it has."""

    id: UUID
    writer: str
    written_at: datetime
    replacer: str
    replaced_at: datetime
    words: int


def fields_with_versions(audit_id: UUID) -> frozenset[str]:
    """The boxes of an audit that have earlier texts, in one query."""
    query = select(TextVersion.field).where(TextVersion.audit_id == audit_id).distinct()
    return frozenset(db.session.scalars(query))


class EarlierTexts(NamedTuple):
    """A page of a box's earlier texts, newest first; `more` says that there are older ones."""

    rows: list[EarlierText]
    more: bool


def earlier_texts(audit_id: UUID, field: str, before: UUID | None = None) -> EarlierTexts:
    """The texts that a box held, newest first: the first 50, or those older than `before`.

    Two queries, however many there are.
    """
    query = (
        select(TextVersion)
        .where(TextVersion.audit_id == audit_id, TextVersion.field == field)
        .order_by(TextVersion.id.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.where(TextVersion.id < before)
    found = list(db.session.scalars(query))
    known = names({person for each in found for person in (each.written_by, each.replaced_by)})
    return EarlierTexts([_row(each, known) for each in found[:PAGE]], len(found) > PAGE)


def _row(version: TextVersion, known: dict[UUID, str]) -> EarlierText:
    writer = known.get(version.written_by, "") if version.written_by is not None else ""
    return EarlierText(
        version.id,
        writer,
        version.written_at,
        known.get(version.replaced_by, ""),
        version.replaced_at,
        word_count(version.text),
    )


def earlier_text(audit_id: UUID, field: str, version_id: UUID) -> TextVersion | None:
    """One earlier text, by the audit and the box that it belongs to."""
    query = select(TextVersion).where(
        TextVersion.id == version_id,
        TextVersion.audit_id == audit_id,
        TextVersion.field == field,
    )
    return db.session.scalars(query).one_or_none()
