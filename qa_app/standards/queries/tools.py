"""Reading audit tools, their versions and what a version holds."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app.database import db
from qa_app.domain.asking import condition_of
from qa_app.domain.tools import QuestionContent, SectionContent, ToolContent
from qa_app.standards.models import (
    PracticeStandard,
    Question,
    Section,
    ToolVersion,
    ToolVersionState,
)


def current_version(code: str) -> ToolVersion:
    """The newest published version of a tool. Raises NoResultFound for an unknown tool."""
    query = (
        select(ToolVersion)
        .where(ToolVersion.code == code, ToolVersion.state == ToolVersionState.PUBLISHED)
        .order_by(ToolVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).one()


def tools() -> dict[str, ToolVersion]:
    """The newest published version of each tool by its code, in the order of their names."""
    query = (
        select(ToolVersion)
        .where(ToolVersion.state == ToolVersionState.PUBLISHED)
        .order_by(ToolVersion.number)
    )
    newest = {each.code: each for each in db.session.scalars(query)}
    return dict(sorted(newest.items(), key=lambda item: (item[1].name.casefold(), item[0])))


def all_versions() -> list[ToolVersion]:
    """Every version of every tool, newest first within a tool."""
    query = select(ToolVersion).order_by(ToolVersion.code, ToolVersion.number.desc())
    return list(db.session.scalars(query))


def versions_of(code: str) -> list[ToolVersion]:
    """Every version of a tool, newest first; none for a code that no tool has."""
    query = select(ToolVersion).where(ToolVersion.code == code).order_by(ToolVersion.number.desc())
    return list(db.session.scalars(query))


def version(code: str, number: int) -> ToolVersion | None:
    """One version of a tool, if there is it."""
    query = select(ToolVersion).where(ToolVersion.code == code, ToolVersion.number == number)
    return db.session.scalars(query).first()


def draft_of(code: str) -> ToolVersion | None:
    """The draft of a tool, if somebody began one."""
    query = select(ToolVersion).where(
        ToolVersion.code == code, ToolVersion.state == ToolVersionState.DRAFT
    )
    return db.session.scalars(query).first()


def standard_numbers() -> frozenset[str] | None:
    """The numbers of the practice standards, None where the library is empty."""
    return frozenset(db.session.scalars(select(PracticeStandard.number).distinct())) or None


def standard_titles() -> dict[str, str]:
    """The title of each practice standard by its number, as its newest version says it."""
    query = select(PracticeStandard.number, PracticeStandard.title).order_by(
        PracticeStandard.version
    )
    return {row.number: row.title for row in db.session.execute(query)}


def sections_of(version: ToolVersion) -> list[Section]:
    """The sections of a version in order, with their questions (two queries)."""
    query = (
        select(Section)
        .where(Section.version_id == version.id)
        .order_by(Section.position)
        .options(selectinload(Section.questions))
    )
    return list(db.session.scalars(query))


def content_of(version: ToolVersion) -> ToolContent:
    """A version as plain data (two queries)."""
    return ToolContent(
        code=version.code,
        name=version.name,
        version=version.number,
        purpose=version.purpose,
        plan_types=tuple(version.plan_types),
        frame=version.frame.value,
        frame_months=version.frame_months,
        usual_number=version.usual_number,
        graded=version.graded,
        voices=version.voices,
        gates=version.gates,
        moderated=version.moderated,
        counts_in_mtm=version.counts_in_mtm,
        changes=version.changes,
        sections=tuple(_section(each) for each in sections_of(version)),
    )


def _section(section: Section) -> SectionContent:
    return SectionContent(
        code=section.code,
        title=section.title,
        limiting=section.limiting.value,
        guidance=section.guidance,
        plan_types=tuple(section.plan_types),
        only_if=condition_of(section.only_if),
        descriptors=dict(section.descriptors),
        questions=tuple(_question(each) for each in section.questions),
    )


def _question(question: Question) -> QuestionContent:
    return QuestionContent(
        code=question.code,
        kind=question.kind.value,
        wording=question.wording,
        guidance=question.guidance,
        standard=question.standard,
        plan_types=tuple(question.plan_types),
        only_if=condition_of(question.only_if),
    )
