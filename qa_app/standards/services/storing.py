"""Putting a tool's content into the rows of its draft, and publishing it.

A row is kept as long as its code is: what does not change is not written, and an address of a
section or question stays good while others edit the draft.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from qa_app.database import db
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import Limiting
from qa_app.domain.tools import Condition, QuestionContent, SectionContent, ToolContent
from qa_app.standards.models import FrameKind, Question, Section, ToolVersion, ToolVersionState

FACTS = (
    "name", "purpose", "changes", "frame_months", "usual_number",
    "graded", "voices", "gates", "moderated", "counts_in_mtm",
)  # fmt: skip


def locked(version: ToolVersion) -> ToolVersion:
    """The version as it stands, held against everybody else until the transaction ends."""
    query = select(ToolVersion).where(ToolVersion.id == version.id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def add_draft(content: ToolContent) -> ToolVersion:
    """A new draft that holds this content, numbered as the content says."""
    draft = ToolVersion(code=content.code, number=content.version, state=ToolVersionState.DRAFT)
    _put_facts(draft, content)
    db.session.add(draft)
    db.session.flush()
    put_content(draft, content)
    return draft


def put_content(draft: ToolVersion, content: ToolContent) -> None:
    """Make the draft's rows say what the content says; its `revision` counts each such change."""
    _put_facts(draft, content)
    # Also where only a section or question changed: whoever edits at the same time is told.
    flag_modified(draft, "changes")
    stored = {each.code: each for each in draft.sections}
    _delete(stored[code] for code in stored.keys() - {each.code for each in content.sections})
    for position, wanted in enumerate(content.sections, start=1):
        section = stored.get(wanted.code) or Section(version_id=draft.id, code=wanted.code)
        _put_section(section, position, wanted)
    db.session.flush()
    db.session.expire(draft, ["sections"])
    for section in draft.sections:
        db.session.expire(section, ["questions"])


def delete_draft(draft: ToolVersion) -> None:
    """Take a draft away with all that is in it."""
    _delete(draft.sections)
    db.session.expire(draft, ["sections"])
    db.session.delete(draft)
    db.session.flush()


def publish_draft(draft: ToolVersion, at: datetime) -> list[ToolVersion]:
    """Publish a draft, and retire the versions of its tool published before it, which come back."""
    older = db.session.scalars(
        select(ToolVersion).where(
            ToolVersion.code == draft.code, ToolVersion.state == ToolVersionState.PUBLISHED
        )
    ).all()
    for each in older:
        retire_version(each, at)
    draft.state, draft.published_at = ToolVersionState.PUBLISHED, at
    db.session.flush()
    return list(older)


def retire_version(version: ToolVersion, at: datetime) -> None:
    """Audits under way keep it; no new one is given with it."""
    version.state, version.retired_at = ToolVersionState.RETIRED, at
    db.session.flush()


def _put_facts(draft: ToolVersion, content: ToolContent) -> None:
    for name in FACTS:
        setattr(draft, name, getattr(content, name))
    draft.frame = FrameKind(content.frame)
    draft.plan_types = list(content.plan_types)


def _put_section(section: Section, position: int, wanted: SectionContent) -> None:
    section.position = position
    section.title = wanted.title
    section.guidance = wanted.guidance
    section.limiting = Limiting(wanted.limiting)
    section.plan_types = list(wanted.plan_types)
    section.descriptors = dict(wanted.descriptors)
    section.only_if = _condition(wanted.only_if)
    if section.id is None:
        db.session.add(section)
        db.session.flush()
    stored = {each.code: each for each in section.questions}
    gone = stored.keys() - {each.code for each in wanted.questions}
    for code in gone:
        db.session.delete(stored[code])
    for n, question in enumerate(wanted.questions, start=1):
        row = stored.get(question.code) or Question(section_id=section.id, code=question.code)
        _put_question(row, n, question)
    db.session.flush()


def _put_question(question: Question, position: int, wanted: QuestionContent) -> None:
    question.position = position
    question.kind = QuestionKind(wanted.kind)
    question.wording = wanted.wording
    question.guidance = wanted.guidance
    question.standard = wanted.standard
    question.plan_types = list(wanted.plan_types)
    question.only_if = _condition(wanted.only_if)
    db.session.add(question)


def _condition(condition: Condition | None) -> dict[str, Any] | None:
    if condition is None:
        return None
    return {"question": condition.question, "answers": list(condition.answers)}


def _delete(sections: Iterable[Section]) -> None:
    for section in list(sections):
        for question in section.questions:
            db.session.delete(question)
        db.session.flush()
        db.session.expire(section, ["questions"])
        db.session.delete(section)
    db.session.flush()
