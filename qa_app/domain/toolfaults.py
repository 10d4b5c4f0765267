"""What keeps a tool from being published: a table of rules, each naming the place of its fault."""

from collections.abc import Callable, Collection
from itertools import chain
from typing import Final

from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import GRADES, ComplianceAnswer, Grade, Limiting
from qa_app.domain.toolfields import FIELD_RULES, PROSE_LENGTH, STANDARD, Fault, Faults, text_faults
from qa_app.domain.tools import Condition, Path, SectionContent, ToolContent

_ANSWERS: Final = tuple(each.value for each in ComplianceAnswer)


def faults(tool: ToolContent, standards: Collection[str] | None = None) -> list[Fault]:
    """Everything wrong with a tool, in the order of its pages.

    `standards` are the numbers of the practice standards there are, None where that is not known.
    """
    found = list(chain.from_iterable(rule(tool) for rule in RULES))
    if standards is not None:
        found += _unknown_standards(tool, standards)
    return sorted(found, key=lambda fault: _in_order(fault.path))


def _in_order(path: Path) -> tuple[tuple[int, int], ...]:
    """Numbers sort as numbers, and what a part says of itself comes before the parts in it."""
    return tuple(
        (1, step) if isinstance(step, int) else (int(step in ("sections", "questions")), 0)
        for step in path
    )


def _never_asked(tool: ToolContent) -> Faults:
    for s, section in enumerate(tool.sections):
        asked = _both(tool.plan_types, section.plan_types)
        if asked == []:
            yield Fault(
                ("sections", s, "plan_types"),
                "Name a plan that the tool is for: this section would never be asked",
            )
            continue
        for q, question in enumerate(section.questions):
            if _both(asked or (), question.plan_types) == []:
                yield Fault(
                    ("sections", s, "questions", q, "plan_types"),
                    "Name a plan that the section is asked for: this question never would be",
                )


def _both(wide: Collection[str], narrow: Collection[str]) -> list[str] | None:
    """The plans of both, None meaning every plan."""
    if not wide or not narrow:
        return list(wide or narrow) or None
    return [each for each in narrow if each in wide]


def _says_of_itself(tool: ToolContent) -> Faults:
    """P7: what a tool says of itself must hold together."""
    if tool.moderated and not tool.graded:
        yield Fault(("moderated",), "Only a graded tool is moderated: grade it, or do not moderate")
    if tool.counts_in_mtm and not (tool.graded and tool.moderated and tool.gates):
        needs = "is graded, has the gates and is moderated"
        yield Fault(("counts_in_mtm",), f"Only a tool that {needs} counts in MTM-1 to MTM-3")


def _enough(tool: ToolContent) -> Faults:
    if not tool.sections:
        yield Fault(("sections",), "Add a section", missing=True)
    for s, section in enumerate(tool.sections):
        if not section.questions:
            yield Fault(("sections", s, "questions"), "Add a question to it", missing=True)


def _grading(tool: ToolContent) -> Faults:
    """A2 and A7: what an ungraded tool cannot have."""
    if tool.graded:
        return
    for s, section in enumerate(tool.sections):
        if section.limiting in (Limiting.RISK, Limiting.PRACTICE):
            yield Fault(("sections", s, "limiting"), "Use none: nothing is graded in this tool")
    for path, _, question in tool.questions():
        if question.kind == QuestionKind.QUALITY:
            words = "Use compliance or text: a quality question is answered with a grade, and "
            yield Fault((*path, "kind"), f"{words}nothing is graded in this tool")


def _descriptors(tool: ToolContent) -> Faults:
    for s, section in enumerate(tool.sections):
        path = ("sections", s, "descriptors")
        if not tool.graded:
            if section.descriptors:
                yield Fault(path, "Take the descriptors out: nothing is graded in this tool")
            continue
        for grade in GRADES:
            yield from _descriptor((*path, grade.value), section, grade)
        if set(section.descriptors) - set(GRADES):
            yield Fault(path, f"Describe only the grades {', '.join(GRADES)}")


def _descriptor(path: Path, section: SectionContent, grade: Grade) -> Faults:
    text = section.descriptors.get(grade.value, "")
    return text_faults(
        path, text, PROSE_LENGTH, f"Enter what {grade.words} looks like in this section"
    )


def _conditions(tool: ToolContent) -> Faults:
    """`only_if` names a compliance question that was asked before."""
    earlier: dict[str, str] = {}
    for s, section in enumerate(tool.sections):
        yield from _condition(("sections", s, "only_if"), section.only_if, earlier)
        for q, question in enumerate(section.questions):
            path = ("sections", s, "questions", q, "only_if")
            yield from _condition(path, question.only_if, earlier)
            earlier.setdefault(question.code, question.kind)


def _condition(path: Path, condition: Condition | None, earlier: dict[str, str]) -> Faults:
    if condition is None:
        return
    kind = earlier.get(condition.question)
    if kind is None:
        yield Fault((*path, "question"), f"Name an earlier question: {condition.question} is none")
    elif kind != QuestionKind.COMPLIANCE:
        words = "Name a compliance question, answered yes or no"
        yield Fault((*path, "question"), f"{words}: {condition.question} is none")
    known = set(condition.answers) <= set(_ANSWERS)
    if not condition.answers or not known:
        yield Fault((*path, "answers"), f"Name the answers, out of: {', '.join(_ANSWERS)}")
    elif len(set(condition.answers)) < len(condition.answers):
        yield Fault((*path, "answers"), "Name each answer once")


def _unknown_standards(tool: ToolContent, known: Collection[str]) -> Faults:
    for path, _, question in tool.questions():
        if STANDARD.fullmatch(question.standard) and question.standard not in known:
            words = f"There is no practice standard {question.standard}"
            yield Fault((*path, "standard"), f"{words}: name another, or leave it out")


RULES: Final[tuple[Callable[[ToolContent], Faults], ...]] = (
    *FIELD_RULES,
    _never_asked,
    _says_of_itself,
    _enough,
    _grading,
    _descriptors,
    _conditions,
)
