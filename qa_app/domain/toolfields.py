"""What each field of a tool may hold: texts, codes, choices, plans and numbers."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Final

from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import Limiting, PlanType
from qa_app.domain.tools import FRAMES, Path, QuestionContent, SectionContent, ToolContent

CODE_LENGTH: Final = 40
QUESTION_CODE_LENGTH: Final = 60
TITLE_LENGTH: Final = 200
WORDING_LENGTH: Final = 1_000
PROSE_LENGTH: Final = 4_000
LONGEST_LOOK_BACK: Final = 24
LARGEST_NUMBER: Final = 1_000
MOST_SECTIONS: Final = 40
MOST_QUESTIONS: Final = 60
STANDARD: Final = re.compile(r"[1-9][0-9]{0,2}\.[1-9][0-9]{0,2}")

_CODE: Final = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Names under which an audit keeps what belongs to no section; "new" is a page's address.
_TAKEN: Final = frozenset(
    {"concern", "finding", "new", "none_found", "overall", "override", "question", "safe"}
)
# Addresses of pages, where the code of a tool would stand.
_ADDRESSES: Final = frozenset({"import", "new"})
_PLANS: Final = tuple(each.value for each in PlanType)
_KINDS: Final = tuple(each.value for each in QuestionKind)
_LIMITING: Final = tuple(each.value for each in Limiting)


@dataclass(frozen=True)
class Fault:
    """What is wrong, where, and as an instruction what to do about it.

    One that is `missing` is only not there yet: a draft may be saved with it, and is told.
    """

    path: Path
    message: str
    missing: bool = False


Faults = Iterator[Fault]
Part = ToolContent | SectionContent | QuestionContent


def _parts(tool: ToolContent) -> Iterator[tuple[Path, Part]]:
    yield (), tool
    for s, section in enumerate(tool.sections):
        yield ("sections", s), section
    for path, _, question in tool.questions():
        yield path, question


_TEXTS: Final[dict[type, tuple[tuple[str, int, str], ...]]] = {
    ToolContent: (
        ("name", TITLE_LENGTH, "Enter the name of the tool"),
        ("purpose", PROSE_LENGTH, "Enter what the tool is for"),
        ("changes", PROSE_LENGTH, ""),
    ),
    SectionContent: (
        ("title", TITLE_LENGTH, "Enter the title of the section"),
        ("guidance", PROSE_LENGTH, "Enter what to look for in this section"),
    ),
    QuestionContent: (
        ("wording", WORDING_LENGTH, "Enter the question"),
        ("guidance", PROSE_LENGTH, ""),
    ),
}


def _texts(tool: ToolContent) -> Faults:
    for path, part in _parts(tool):
        for name, longest, needed in _TEXTS[type(part)]:
            yield from text_faults((*path, name), getattr(part, name), longest, needed)


def text_faults(path: Path, text: str, longest: int, needed: str) -> Faults:
    if needed and not text.strip():
        yield Fault(path, needed, missing=True)
    elif len(text) > longest:
        yield Fault(path, f"Use {longest:,} characters or fewer; there are {len(text):,}")
    elif text != text.strip() or _CONTROL.search(text):
        yield Fault(path, "Take out the control characters and the spaces around the text")


def _codes(tool: ToolContent) -> Faults:
    words = "small letters, digits and hyphens, beginning with a letter"
    if not is_code(tool.code) or tool.code in _ADDRESSES:
        yield Fault(("code",), f"Use {words}, {CODE_LENGTH} characters or fewer")
    seen: set[str] = set()
    for s, section in enumerate(tool.sections):
        path = ("sections", s, "code")
        if not is_code(section.code):
            yield Fault(path, f"Use {words}, {CODE_LENGTH} characters or fewer")
        elif section.code in _TAKEN:
            yield Fault(path, f"Choose another code: {section.code} stands for something else")
        elif section.code in seen:
            yield Fault(path, f"Choose another code: an earlier section is called {section.code}")
        seen.add(section.code)


def is_code(text: str) -> bool:
    """Whether a text can be the code of a tool or section."""
    return len(text) <= CODE_LENGTH and _CODE.fullmatch(text) is not None


def _question_codes(tool: ToolContent) -> Faults:
    seen: set[str] = set()
    for path, section, question in tool.questions():
        begin, _, rest = question.code.partition(".")
        path = (*path, "code")
        if begin != section.code or not _CODE.fullmatch(rest):
            example = f"{section.code}.seen-alone"
            yield Fault(path, f"Begin with the section’s code and a full stop, like {example}")
        elif len(question.code) > QUESTION_CODE_LENGTH:
            yield Fault(path, f"Use {QUESTION_CODE_LENGTH} characters or fewer")
        elif question.code in seen:
            yield Fault(path, f"Choose another code: an earlier question is called {question.code}")
        seen.add(question.code)


_CHOICES: Final[dict[type, tuple[tuple[str, Collection[str]], ...]]] = {
    ToolContent: (("frame", tuple(FRAMES)),),
    SectionContent: (("limiting", _LIMITING),),
    QuestionContent: (("kind", _KINDS),),
}


def _choices(tool: ToolContent) -> Faults:
    for path, part in _parts(tool):
        for name, known in _CHOICES[type(part)]:
            if getattr(part, name) not in known:
                yield Fault((*path, name), f"Use one of: {', '.join(known)}")


def _plans(tool: ToolContent) -> Faults:
    for path, part in _parts(tool):
        path = (*path, "plan_types")
        if set(part.plan_types) - set(_PLANS):
            yield Fault(path, f"Use only these plans: {', '.join(_PLANS)}")
        elif len(set(part.plan_types)) < len(part.plan_types):
            yield Fault(path, "Name each plan once")


def _numbers(tool: ToolContent) -> Faults:
    if tool.version < 1:
        yield Fault(("version",), "Number versions from 1")
    if not 1 <= tool.frame_months <= LONGEST_LOOK_BACK:
        yield Fault(("frame_months",), f"Look back 1 to {LONGEST_LOOK_BACK} months")
    if tool.usual_number is not None and not 1 <= tool.usual_number <= LARGEST_NUMBER:
        words = "leave it out where it is one for each auditor"
        yield Fault(("usual_number",), f"Use a number from 1 to {LARGEST_NUMBER:,}; {words}")
    if len(tool.sections) > MOST_SECTIONS:
        yield Fault(("sections",), f"Use {MOST_SECTIONS} sections or fewer")
    for s, section in enumerate(tool.sections):
        if len(section.questions) > MOST_QUESTIONS:
            yield Fault(("sections", s, "questions"), f"Ask {MOST_QUESTIONS} questions or fewer")


def _standards(tool: ToolContent) -> Faults:
    for path, _, question in tool.questions():
        if question.standard and not STANDARD.fullmatch(question.standard):
            words = "Name the practice standard by its number, like 2.1"
            yield Fault((*path, "standard"), f"{words}, or leave it out")


FIELD_RULES: Final[tuple[Callable[[ToolContent], Faults], ...]] = (
    _texts,
    _codes,
    _question_codes,
    _choices,
    _plans,
    _numbers,
    _standards,
)
