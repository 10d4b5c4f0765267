"""What an audit asks of its auditor, by the child's plan and by what was answered before (A2, A3).

The plan is pinned, answers change. An answer that was given before its condition stopped holding is
kept, should the condition hold again; until then it is neither asked for, read, graded nor counted.
"""

from functools import cached_property
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from qa_app.audits.models import Amendment, Audit, QuestionAnswer
from qa_app.database import db
from qa_app.domain.answers import QuestionKind
from qa_app.domain.asking import Asked, Part, condition_of, what_is_asked
from qa_app.domain.grades import PlanType
from qa_app.domain.workflow import AuditState
from qa_app.standards.models import Question, Section, ToolVersion

T = TypeVar("T")


def text_field(question: Question) -> str:
    """The name of the text that answers a text question."""
    return f"question.{question.code}"


def in_groups(questions: list[Question]) -> tuple[list[Question], ...]:
    """Compliance, each with the texts that follow from it; then quality (A2); then other texts."""
    done = {each.code for each in questions if each.kind is QuestionKind.COMPLIANCE}

    def place(question: Question) -> int:
        if question.kind is QuestionKind.QUALITY:
            return 1
        only_if = condition_of(question.only_if)
        follows = only_if is not None and only_if.question in done
        return 0 if follows or question.kind is QuestionKind.COMPLIANCE else 2

    return tuple([each for each in questions if place(each) == group] for group in range(3))


def _part(item: Section | Question) -> Part:
    return Part(item.code, condition_of(item.only_if))


class Asking:
    """The sections and questions of one audit."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit

    def _all(self, query: Select[Any], _row: type[T]) -> list[T]:
        return list(db.session.scalars(query.execution_options(populate_existing=True)))

    @property
    def tool(self) -> ToolVersion:
        """The version of the audit tool that the audit keeps."""
        if self.audit.tool_version is None:
            raise LookupError("an imported audit has no sections")
        return self.audit.tool_version

    @property
    def judges(self) -> bool:
        """Whether findings, safety and the whole are asked for: a bare check asks its questions
        alone (P7)."""
        return self.audit.graded or self.tool.gates

    @cached_property
    def possible(self) -> list[Section]:
        """The sections that this child's plan has, in order, whatever was answered. Two queries."""
        query = (
            select(Section)
            .where(Section.version_id == self.audit.tool_version_id)
            .order_by(Section.position)
            .options(selectinload(Section.questions))
        )
        return [each for each in db.session.scalars(query) if self._in_plan(each)]

    @cached_property
    def plan(self) -> PlanType | None:
        """The plan by which it was asked: what is amended later asks for nothing else (M8)."""
        if self.audit.state is not AuditState.FINAL:
            return self.audit.plan_type
        query = (
            select(Amendment.old)
            .where(Amendment.audit_id == self.audit.id, Amendment.field == "plan_type")
            .order_by(Amendment.at, Amendment.id)
            .limit(1)
        )
        first = db.session.scalars(query).one_or_none()
        if first is None:
            return self.audit.plan_type
        return PlanType(first) if first else None

    def _in_plan(self, item: Section | Question) -> bool:
        return self.plan is None or item.applies_to(self.plan)

    def possible_questions(self, section: Section) -> list[Question]:
        """The questions that this child's plan has in a section, in the tool's order."""
        return [each for each in section.questions if self._in_plan(each)]

    @cached_property
    def asked(self) -> Asked:
        """The codes of what is asked of this child, by the plan and by what was answered."""
        tool = [
            (_part(section), [_part(each) for each in self.possible_questions(section)])
            for section in self.possible
        ]
        parts = (part for section, inside in tool for part in (section, *inside))
        answers = self.compliance if any(part.only_if for part in parts) else {}
        return what_is_asked(tool, answers)

    @property
    def compliance(self) -> dict[str, str | None]:
        """What was answered to compliance questions, by their codes."""
        questions = (each for section in self.possible for each in section.questions)
        return {
            each.code: self.question_answers[each.id].compliance
            for each in questions
            if each.id in self.question_answers
        }

    @cached_property
    def sections(self) -> list[Section]:
        """The sections that are asked, in order, with their questions."""
        return [each for each in self.possible if each.code in self.asked.sections]

    def section(self, code: str, *, unasked: bool = False) -> Section | None:
        """One section by its code where it is asked; with `unasked` wherever the plan has it."""
        if not unasked or "possible" in self.__dict__:
            sections = self.possible if unasked else self.sections
            return next((each for each in sections if each.code == code), None)
        query = select(Section).where(
            Section.version_id == self.audit.tool_version_id, Section.code == code
        )
        found = db.session.scalars(query).one_or_none()
        return found if found is not None and self._in_plan(found) else None

    def questions_of(self, section: Section) -> list[Question]:
        """A section's questions that are asked, in the order of `in_groups`."""
        questions = self.possible_questions(section)
        asked = [each for each in questions if each.code in self.asked.questions]
        return [each for group in in_groups(asked) for each in group]

    def questions_on_page(self, section: Section) -> list[Question]:
        """Those asked, and those that an answer on the same page may yet ask for, as the tool has
        them."""
        found: list[Question] = []
        for each in self.possible_questions(section):
            only_if = condition_of(each.only_if)
            here = only_if is not None and only_if.question in {other.code for other in found}
            if here or each.code in self.asked.questions:
                found.append(each)
        return found

    def question(self, code: str, *, unasked: bool = False) -> Question | None:
        """One question by its code where it is asked; with `unasked` wherever the plan has it."""
        if not unasked or "possible" in self.__dict__:
            questions = (each for section in self.possible for each in section.questions)
            found = next((each for each in questions if each.code == code), None)
        else:
            query = (
                select(Question)
                .join(Section, Section.id == Question.section_id)
                .where(Section.version_id == self.audit.tool_version_id, Question.code == code)
                .options(contains_eager(Question.section))
            )
            found = db.session.scalars(query).one_or_none()
        if found is None or not (self._in_plan(found) and self._in_plan(found.section)):
            return None
        return found if unasked or code in self.asked.questions else None

    @cached_property
    def question_answers(self) -> dict[UUID, QuestionAnswer]:
        """Answers by question."""
        query = select(QuestionAnswer).where(QuestionAnswer.audit_id == self.audit.id)
        return {row.question_id: row for row in self._all(query, QuestionAnswer)}
