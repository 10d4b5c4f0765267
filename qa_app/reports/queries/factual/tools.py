"""The audit tools of a cut's audits, and which of their questions an audit was asked (A2, P7).

A published version never changes, so it need not be read together with the answers.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app.database import db
from qa_app.domain.answers import VoiceOf
from qa_app.domain.asking import Asked, Part, condition_of, what_is_asked
from qa_app.domain.grades import ComplianceAnswer, PlanType
from qa_app.standards.models import Question, Section, ToolVersion

Item = TypeVar("Item", Section, Question)


class Tool:
    """One version, with its sections and questions in order."""

    def __init__(self, version: ToolVersion) -> None:
        self.code = version.code
        self.counts = version.counts_in_mtm
        self.voices = tuple(VoiceOf) if version.voices else ()
        self.sections = list(version.sections)
        self.by_id = {section.id: section for section in self.sections}
        self.questions = {each.id: each for section in self.sections for each in section.questions}
        self._parts: dict[PlanType | None, list[tuple[Part, list[Part]]]] = {}

    def asked(self, plan: PlanType | None, answers: Mapping[UUID, ComplianceAnswer]) -> Asked:
        """The codes of what was asked of an audit on this plan, by what was answered."""
        if plan not in self._parts:
            self._parts[plan] = [
                (_part(section), [_part(each) for each in _of_plan(section.questions, plan)])
                for section in _of_plan(self.sections, plan)
            ]
        said: dict[str, str | None] = {
            self.questions[question].code: answer
            for question, answer in answers.items()
            if question in self.questions
        }
        return what_is_asked(self._parts[plan], said)


def _part(item: Section | Question) -> Part:
    return Part(item.code, condition_of(item.only_if))


def _of_plan(items: Iterable[Item], plan: PlanType | None) -> list[Item]:
    return [each for each in items if plan is None or each.applies_to(plan)]


def tools(ids: Collection[UUID]) -> dict[UUID, Tool]:
    """The versions with these ids (three queries)."""
    query = (
        select(ToolVersion)
        .where(ToolVersion.id.in_(ids))
        .options(selectinload(ToolVersion.sections).selectinload(Section.questions))
    )
    return {version.id: Tool(version) for version in db.session.scalars(query)}
