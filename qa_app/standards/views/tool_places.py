"""Finding what an address names: a version, a draft, a part of a draft; 404 where there is none."""

from typing import NoReturn

from flask import abort, url_for

from qa_app.domain import tooledits
from qa_app.domain.permissions import Permission
from qa_app.domain.toolfields import Fault, is_code
from qa_app.domain.tools import QuestionContent, SectionContent, ToolContent
from qa_app.security import can
from qa_app.standards import queries
from qa_app.standards.models import ToolVersion, ToolVersionState

# As far as a version's number can go in the database (IN-2).
_LARGEST = 2**31 - 1


def version_at(code: str, number: int) -> ToolVersion:
    """A version; a draft only for those who may change it."""
    found = queries.version(code, number) if is_code(code) and number <= _LARGEST else None
    if found is None or not may_see(found):
        _not_there()
    return found


def versions_at(code: str) -> list[ToolVersion]:
    """Every version of a tool that the person signed in may see, newest first; at least one."""
    found = queries.versions_of(code) if is_code(code) else []
    return [each for each in found if may_see(each)] or _not_there()


def may_see(version: ToolVersion) -> bool:
    """Whether it is published or retired, or the person signed in writes tools."""
    return version.state is not ToolVersionState.DRAFT or can(Permission.TOOLS_MANAGE)


def draft_at(code: str) -> ToolVersion:
    """The draft of a tool."""
    found = queries.draft_of(code) if is_code(code) else None
    if found is None:
        _not_there()
    return found


def section_at(tool: ToolContent, code: str) -> SectionContent:
    """A section by its code."""
    try:
        return tool.sections[tooledits.section_index(tool, code)]
    except LookupError:
        _not_there()


def question_at(section: SectionContent, code: str) -> QuestionContent:
    """A question by its code."""
    try:
        return section.questions[tooledits.question_index(section, code)]
    except LookupError:
        _not_there()


def place_of(tool: ToolContent, fault: Fault) -> tuple[str, str]:
    """The page on which a fault of a draft is put right, in words and as an address."""
    match fault.path:
        case ("sections", int(s), "questions", int(q), *_):
            section = tool.sections[s]
            question = section.questions[q]
            address = url_for(
                "standards.tool_question",
                code=tool.code,
                section_code=section.code,
                question_code=question.code,
            )
            return f"Question {question.code}", address
        case ("sections", int(s), *_):
            section = tool.sections[s]
            address = url_for("standards.tool_section", code=tool.code, section_code=section.code)
            return f"Section “{section.title}”", address
        case ("sections", *_):
            return "Sections", url_for("standards.add_tool_section", code=tool.code)
    return "The tool", url_for("standards.tool_facts", code=tool.code)


def _not_there() -> NoReturn:
    abort(404)
