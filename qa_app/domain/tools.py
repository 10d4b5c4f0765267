"""An audit tool as plain data: what it says of itself (P7), its sections and its questions.

The dataclasses mirror the file of a tool key by key. Codes are plain text, so that a faulty tool
can be held and told what is wrong with it; `faults()` in `toolfaults.py` says what that is.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import ComplianceAnswer, Limiting, PlanType, listed

Path = tuple[str | int, ...]
"""Where something is in a tool, such as ("sections", 2, "questions", 0, "wording")."""

FRAMES: Final[Mapping[str, str]] = {
    "open": "open cases",
    "recently_opened": "cases opened in the last {months} months",
    "recently_closed": "cases closed in the last {months} months",
}
"""Which cases the list that a tool is drawn from holds (S1), and how a sentence says it."""

KIND_WORDS: Final[Mapping[str, str]] = {
    QuestionKind.COMPLIANCE: "Compliance: yes, no, not applicable, or an approved exception",
    QuestionKind.QUALITY: "Quality: a grade, with its evidence",
    QuestionKind.TEXT: "Text: an answer in words",
}
LIMITING_WORDS: Final[Mapping[str, str]] = {
    Limiting.RISK: "Risk and safety: Inadequate here makes the overall grade Inadequate",
    Limiting.PRACTICE: "Practice: Inadequate here keeps the overall grade at Requires improvement "
    "or below; in two such sections it makes it Inadequate",
    Limiting.NONE: "Never limits the overall grade",
}


@dataclass(frozen=True)
class Condition:
    """Asked only after one of these answers to an earlier compliance question."""

    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class QuestionContent:
    """One question. `standard` is the number of the practice standard that it tests, or empty."""

    code: str
    kind: str
    wording: str
    guidance: str = ""
    standard: str = ""
    plan_types: tuple[str, ...] = ()
    only_if: Condition | None = None


@dataclass(frozen=True)
class SectionContent:
    """One section. `descriptors` maps each grade's code to what it looks like here."""

    code: str
    title: str
    limiting: str
    guidance: str
    plan_types: tuple[str, ...] = ()
    only_if: Condition | None = None
    descriptors: Mapping[str, str] = field(default_factory=dict)
    questions: tuple[QuestionContent, ...] = ()


@dataclass(frozen=True)
class ToolContent:
    """One version of a tool. An empty `plan_types` means every plan; `usual_number` is how many
    audits a month, None for one for each auditor."""

    code: str
    name: str
    version: int
    purpose: str
    plan_types: tuple[str, ...] = ()
    frame: str = "open"
    frame_months: int = 3
    usual_number: int | None = None
    graded: bool = True
    voices: bool = True
    gates: bool = True
    moderated: bool = True
    counts_in_mtm: bool = False
    changes: str = ""
    sections: tuple[SectionContent, ...] = ()

    def questions(self) -> Iterator[tuple[Path, SectionContent, QuestionContent]]:
        """Every question in the order in which it is asked, with its place and its section."""
        for s, section in enumerate(self.sections):
            for q, question in enumerate(section.questions):
                yield ("sections", s, "questions", q), section, question


class SaysOfItself(Protocol):
    """What P7 asks of a tool: its content, or a stored version of it."""

    @property
    def plan_types(self) -> Sequence[str]: ...
    @property
    def frame(self) -> str: ...
    @property
    def frame_months(self) -> int: ...
    @property
    def usual_number(self) -> int | None: ...
    @property
    def graded(self) -> bool: ...
    @property
    def voices(self) -> bool: ...
    @property
    def gates(self) -> bool: ...
    @property
    def moderated(self) -> bool: ...
    @property
    def counts_in_mtm(self) -> bool: ...


# P7: (attribute, what it is about, what a page says when it holds, and when not).
_SAYS: Final = (
    (
        "graded", "Grades",
        "Each section and the whole audit are graded.",
        "Nothing is graded: it counts what was done and what was not.",
    ),
    (
        "voices", "Voices",
        "It asks whether the child, parents or carers, social worker and team manager were heard.",
        "It does not ask for the views of the family or of the worker.",
    ),
    (
        "gates", "Before it is sent",
        "It cannot be sent before all is complete, “Is this child safe now?” among it.",
        "It can be sent as soon as its questions are answered.",
    ),
    (
        "moderated", "Moderation",
        "A senior leader moderates the grades, as the moderation policy selects.",
        "It is not moderated: the auditor’s answers are final.",
    ),
    (
        "counts_in_mtm", "Monthly measures",
        "It counts in the monthly measures MTM-1 to MTM-3.",
        "It does not count in the monthly measures MTM-1 to MTM-3.",
    ),
)  # fmt: skip


def says_of_itself(tool: SaysOfItself) -> list[tuple[str, str]]:
    """P7 in words: (what about, sentence) for each thing that a tool says of itself."""
    said = [("Drawn from", drawn_from(tool)), ("How many", usual_number_words(tool.usual_number))]
    for name, about, holds, does_not in _SAYS:
        said.append((about, holds if getattr(tool, name) else does_not))
    return said


def drawn_from(tool: SaysOfItself) -> str:
    """The cases of the list that the tool is drawn from (S1), as a sentence."""
    cases = FRAMES[tool.frame].format(months=tool.frame_months).replace(" 1 months", " month")
    cases = cases[0].upper() + cases[1:]
    if not tool.plan_types:
        return f"{cases}, whatever the plan."
    return f"{cases} of these plans: {plans_words(tool.plan_types)}."


def plans_words(plan_types: Sequence[str]) -> str:
    """``child in need (CIN) and child protection (CP)``; ``every plan`` for none."""
    words = [PlanType(each).words for each in plan_types]
    return listed([each[0].lower() + each[1:] for each in words]) if words else "every plan"


def usual_number_words(number: int | None) -> str:
    """How many audits a month, as a sentence."""
    if number is None:
        return "One for each auditor each month."
    return f"Usually {number} a month."


def condition_words(condition: Condition) -> str:
    """``asked only after “yes” or “no” to decision.referral``."""
    answers = [f"“{ComplianceAnswer(each).words.lower()}”" for each in condition.answers]
    most, last = answers[:-1], answers[-1]
    given = f"{', '.join(most)} or {last}" if most else last
    return f"asked only after {given} to {condition.question}"
