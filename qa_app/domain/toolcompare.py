"""Two versions of a tool side by side: what was added, taken out, changed, and moved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from qa_app.domain.grades import GRADES, Limiting
from qa_app.domain.tools import (
    KIND_WORDS,
    LIMITING_WORDS,
    QuestionContent,
    SectionContent,
    ToolContent,
    condition_words,
    plans_words,
    says_of_itself,
)


class Change(StrEnum):
    """What happened to a part between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True)
class Difference:
    """One thing that differs: `where` it is, `what` of it, and its text in each version.

    `old` is empty for what was added, `new` for what was taken out.
    """

    change: Change
    where: str
    what: str
    old: str
    new: str


def differences(old: ToolContent, new: ToolContent) -> list[Difference]:
    """Everything that differs, in the order of the newer version; what was taken out comes last."""
    found = list(_changes("The tool", _facts(old), _facts(new)))
    before = {section.code: section for section in old.sections}
    for section in new.sections:
        was = before.get(section.code)
        found += _new_section(section) if was is None else _section(was, section)
    after = {section.code for section in new.sections}
    for section in old.sections:
        if section.code not in after:
            found += _gone_section(section)
    found += _moves("The tool", "Order of the sections", old.sections, new.sections)
    return found


Facts = Mapping[str, str]


def _facts(tool: ToolContent) -> Facts:
    return {"Name": tool.name, "Purpose": tool.purpose, **dict(says_of_itself(tool))}


def _section_facts(section: SectionContent) -> Facts:
    return {
        "Title": section.title,
        "What it limits": LIMITING_WORDS[Limiting(section.limiting)],
        "What to look for": section.guidance,
        "Asked for": plans_words(section.plan_types),
        "Condition": condition_words(section.only_if) if section.only_if else "",
        **{grade.words: section.descriptors.get(grade.value, "") for grade in GRADES},
    }


def _question_facts(question: QuestionContent) -> Facts:
    return {
        "Question": question.wording,
        "Kind": KIND_WORDS[question.kind],
        "Guidance": question.guidance,
        "Practice standard": question.standard,
        "Asked for": plans_words(question.plan_types),
        "Condition": condition_words(question.only_if) if question.only_if else "",
    }


def _section(old: SectionContent, new: SectionContent) -> Iterator[Difference]:
    where = f"Section “{new.title}”"
    yield from _changes(where, _section_facts(old), _section_facts(new))
    before = {question.code: question for question in old.questions}
    for question in new.questions:
        was = before.get(question.code)
        if was is None:
            yield _question(Change.ADDED, where, question)
        else:
            place = f"{where}, {question.code}"
            yield from _changes(place, _question_facts(was), _question_facts(question))
    after = {question.code for question in new.questions}
    for question in old.questions:
        if question.code not in after:
            yield _question(Change.REMOVED, where, question)
    yield from _moves(where, "Order of the questions", old.questions, new.questions)


def _changes(where: str, old: Facts, new: Facts) -> Iterator[Difference]:
    for what, text in new.items():
        if old[what] != text:
            yield Difference(Change.CHANGED, where, what, old[what], text)


def _new_section(section: SectionContent) -> Iterator[Difference]:
    where = f"Section “{section.title}”"
    yield Difference(Change.ADDED, where, "Section", "", section.guidance)
    for question in section.questions:
        yield _question(Change.ADDED, where, question)


def _gone_section(section: SectionContent) -> Iterator[Difference]:
    where = f"Section “{section.title}”"
    yield Difference(Change.REMOVED, where, "Section", section.guidance, "")
    for question in section.questions:
        yield _question(Change.REMOVED, where, question)


def _question(change: Change, where: str, question: QuestionContent) -> Difference:
    texts = ("", question.wording) if change is Change.ADDED else (question.wording, "")
    return Difference(change, f"{where}, {question.code}", "Question", *texts)


def _moves(where: str, what: str, old: Sequence[Any], new: Sequence[Any]) -> Iterator[Difference]:
    """The order of those that are in both, where it is another."""
    kept = {each.code for each in old} & {each.code for each in new}
    before = [each.code for each in old if each.code in kept]
    after = [each.code for each in new if each.code in kept]
    if before != after:
        yield Difference(Change.MOVED, where, what, ", ".join(before), ", ".join(after))


CHANGE_WORDS: Final[Mapping[Change, str]] = {
    Change.ADDED: "Added",
    Change.REMOVED: "Taken out",
    Change.CHANGED: "Changed",
    Change.MOVED: "Moved",
}
