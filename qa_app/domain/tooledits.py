"""Changing a tool's content, a part at a time: each gives the whole tool as it is afterwards.

A code that changes is followed: the questions of a section begin with its code, and conditions name
questions by theirs.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TypeVar

from qa_app.domain.grades import Limiting
from qa_app.domain.tools import Condition, QuestionContent, SectionContent, ToolContent

T = TypeVar("T")


def section_index(tool: ToolContent, code: str) -> int:
    """The place of a section by its code. Raises LookupError where there is none."""
    return _index([section.code for section in tool.sections], code)


def question_index(section: SectionContent, code: str) -> int:
    """The place of a question in its section by its code. Raises LookupError."""
    return _index([question.code for question in section.questions], code)


def _index(codes: list[str], code: str) -> int:
    if code not in codes:
        raise LookupError(code)
    return codes.index(code)


def without_grades(tool: ToolContent) -> ToolContent:
    """A tool that is not graded has no descriptors, and no section that limits (A7)."""
    sections = [
        replace(each, descriptors={}, limiting=Limiting.NONE.value) for each in tool.sections
    ]
    return replace(tool, graded=False, sections=tuple(sections))


def with_section(tool: ToolContent, section: SectionContent, old: str | None) -> ToolContent:
    """The tool with a section added at its end, or in place of the one that `old` names.

    One that takes a place keeps the questions that are there.
    """
    if old is None:
        return replace(tool, sections=(*tool.sections, section))
    place = section_index(tool, old)
    there = tool.sections[place]
    renames = {
        each.code: section.code + each.code.removeprefix(old) for each in there.questions
    } if section.code != old else {}  # fmt: skip
    section = replace(section, questions=there.questions)
    return renamed(replace(tool, sections=_put(tool.sections, place, section)), renames)


def with_question(
    tool: ToolContent, section_code: str, question: QuestionContent, old: str | None
) -> ToolContent:
    """The tool with a question added at the end of a section, or in place of the one named."""
    place = section_index(tool, section_code)
    section = tool.sections[place]
    if old is None:
        questions = (*section.questions, question)
        return _with_questions(tool, place, questions)
    questions = _put(section.questions, question_index(section, old), question)
    renames = {old: question.code} if question.code != old else {}
    return renamed(_with_questions(tool, place, questions), renames)


def without(tool: ToolContent, section_code: str, question_code: str | None) -> ToolContent:
    """The tool without a section, or without one question of it."""
    place = section_index(tool, section_code)
    if question_code is None:
        return replace(tool, sections=tool.sections[:place] + tool.sections[place + 1 :])
    questions = tool.sections[place].questions
    at = question_index(tool.sections[place], question_code)
    return _with_questions(tool, place, questions[:at] + questions[at + 1 :])


def moved(tool: ToolContent, section_code: str, question_code: str | None, by: int) -> ToolContent:
    """The tool with a section, or a question within its section, moved by so many places.

    At the end of its list it stays where it is.
    """
    place = section_index(tool, section_code)
    if question_code is None:
        return replace(tool, sections=_moved(tool.sections, place, by))
    questions = tool.sections[place].questions
    at = question_index(tool.sections[place], question_code)
    return _with_questions(tool, place, _moved(questions, at, by))


def hanging_on(tool: ToolContent, codes: Collection[str]) -> list[str]:
    """What is asked only after an answer to one of these questions, and is not one of them."""
    found = [
        section.title
        for section in tool.sections
        if section.only_if is not None and section.only_if.question in codes
    ]
    return found + [
        question.wording
        for _, _, question in tool.questions()
        if question.code not in codes
        and question.only_if is not None
        and question.only_if.question in codes
    ]


def renamed(tool: ToolContent, codes: dict[str, str]) -> ToolContent:
    """The tool with these question codes changed, in the questions and in every condition."""
    if not codes:
        return tool

    def follow(condition: Condition | None) -> Condition | None:
        if condition is None:
            return None
        return replace(condition, question=codes.get(condition.question, condition.question))

    def rename(question: QuestionContent) -> QuestionContent:
        code = codes.get(question.code, question.code)
        return replace(question, code=code, only_if=follow(question.only_if))

    return _mapped(tool, rename, follow)


def _mapped(
    tool: ToolContent,
    change: Callable[[QuestionContent], QuestionContent],
    follow: Callable[[Condition | None], Condition | None],
) -> ToolContent:
    sections = [
        replace(
            section,
            only_if=follow(section.only_if),
            questions=tuple(change(each) for each in section.questions),
        )
        for section in tool.sections
    ]
    return replace(tool, sections=tuple(sections))


def _with_questions(
    tool: ToolContent, place: int, questions: tuple[QuestionContent, ...]
) -> ToolContent:
    section = replace(tool.sections[place], questions=questions)
    return replace(tool, sections=_put(tool.sections, place, section))


def _put(items: tuple[T, ...], place: int, item: T) -> tuple[T, ...]:
    return (*items[:place], item, *items[place + 1 :])


def _moved(items: tuple[T, ...], place: int, by: int) -> tuple[T, ...]:
    to = min(max(place + by, 0), len(items) - 1)
    rest = items[:place] + items[place + 1 :]
    return (*rest[:to], items[place], *rest[to:])
