"""Writing an audit tool as a file that people read: keys in one order, long text folded.

Whatever is written is read again as the same tool.
"""

import re
import textwrap
from collections.abc import Iterator
from typing import Final

from qa_app.domain.tools import Condition, QuestionContent, SectionContent, ToolContent

WIDTH: Final = 100

# What needs no quotes: begins with a letter, and holds nothing that YAML could take for its own.
_PLAIN: Final = re.compile("[A-Za-z][^:#]*")
_PLAIN_IN_BRACES: Final = re.compile("[a-z][a-z0-9._-]*")
_WORDS_OF_YAML: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n"}


def write_tool(tool: ToolContent) -> str:
    """The tool as YAML 1.2."""
    return "\n".join(_tool(tool)) + "\n"


def _tool(tool: ToolContent) -> Iterator[str]:
    yield from _text("code", tool.code, 0)
    yield from _text("name", tool.name, 0)
    yield f"version: {tool.version}"
    yield from _text("purpose", tool.purpose, 0)
    yield from _list("plan_types", tool.plan_types, 0)
    yield from _text("frame", tool.frame, 0)
    if tool.frame != "open" or tool.frame_months != ToolContent.frame_months:
        yield f"frame_months: {tool.frame_months}"
    if tool.usual_number is not None:
        yield f"usual_number: {tool.usual_number}"
    for name in ("graded", "voices", "gates", "moderated", "counts_in_mtm"):
        yield f"{name}: {'true' if getattr(tool, name) else 'false'}"
    yield from _text("changes", tool.changes, 0)
    yield from _entries("sections", [_section(each) for each in tool.sections], 0)


def _section(section: SectionContent) -> Iterator[str]:
    yield from _text("code", section.code, 4)
    yield from _text("title", section.title, 4)
    yield from _text("limiting", section.limiting, 4)
    yield from _text("guidance", section.guidance, 4)
    yield from _list("plan_types", section.plan_types, 4)
    if section.only_if:
        asked, answers = _condition(section.only_if)
        yield from ("    only_if:", f"      question: {asked}", f"      answers: {answers}")
    if section.descriptors:
        yield "    descriptors:"
        for grade, text in section.descriptors.items():
            yield from _text(grade, text, 6)
    yield from _entries("questions", [_question(each) for each in section.questions], 4)


def _question(question: QuestionContent) -> Iterator[str]:
    yield from _text("code", question.code, 8)
    yield from _text("kind", question.kind, 8)
    yield from _text("wording", question.wording, 8)
    for name in ("guidance", "standard"):
        if getattr(question, name):
            yield from _text(name, getattr(question, name), 8)
    if question.plan_types:
        yield from _list("plan_types", question.plan_types, 8)
    if question.only_if:
        yield f"        only_if: {{question: {', answers: '.join(_condition(question.only_if))}}}"


def _condition(condition: Condition) -> tuple[str, str]:
    """The question and the answers, as they stand within braces."""
    answers = ", ".join(_quoted(each) for each in condition.answers)
    return _flow(condition.question), f"[{answers}]"


def _list(name: str, values: tuple[str, ...], indent: int) -> Iterator[str]:
    items = [_flow(value) for value in values]
    line = f"{' ' * indent}{name}: [{', '.join(items)}]"
    if len(line) <= WIDTH:
        yield line
        return
    yield f"{' ' * indent}{name}:"
    for item in items:
        yield f"{' ' * indent}  - {item}"


def _entries(name: str, entries: list[Iterator[str]], indent: int) -> Iterator[str]:
    """A list of mappings, whose lines come in four deeper; a dash stands before the first."""
    if not entries:
        yield f"{' ' * indent}{name}: []"
        return
    yield f"{' ' * indent}{name}:"
    for entry in entries:
        first = next(entry)
        yield f"{' ' * indent}  - {first.lstrip()}"
        yield from entry


def _text(name: str, text: str, indent: int) -> Iterator[str]:
    """One line where it fits, else folded; in quotes where folding would change the text."""
    line = f"{' ' * indent}{name}: {_scalar(text)}"
    fits = len(line) <= WIDTH and not {"\n", '"'} & set(text)
    if fits or not text or not _can_fold(text):
        yield line
        return
    yield f"{' ' * indent}{name}: >-"
    inside = " " * (indent + 2)
    for n, paragraph in enumerate(text.split("\n")):
        if n:
            yield ""
        for each in textwrap.wrap(
            paragraph, WIDTH - len(inside), break_long_words=False, break_on_hyphens=False
        ):
            yield inside + each


def _can_fold(text: str) -> bool:
    """Folding keeps single spaces between printable words, and line breaks without spaces."""
    return all(
        line.isprintable() and "  " not in line and line == line.strip(" ")
        for line in text.split("\n")
    ) and text == text.strip("\n")


def _scalar(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.isprintable() and text == text.strip()
    return text if is_plain and text.lower() not in _WORDS_OF_YAML else _quoted(text)


def _flow(text: str) -> str:
    """A text as it stands within brackets or braces."""
    is_plain = _PLAIN_IN_BRACES.fullmatch(text) and text not in _WORDS_OF_YAML
    return text if is_plain else _quoted(text)


def _quoted(text: str) -> str:
    return f'"{"".join(_escaped(each) for each in text)}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\U{ord(character):08x}"
