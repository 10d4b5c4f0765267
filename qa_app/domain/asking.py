"""Which sections and questions of an audit tool are asked, by what was answered before (A2, A3).

Plan types are settled before this: only what the child's plan is asked comes in here.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from qa_app.domain.grades import ComplianceAnswer
from qa_app.domain.tools import Condition


def condition_of(stored: Mapping[str, Any] | None) -> Condition | None:
    """The condition as its row holds it: {"question": code, "answers": [...]}, or None."""
    return Condition(stored["question"], tuple(stored["answers"])) if stored else None


def when_words(condition: Condition, wording: str) -> str:
    """The condition as a page says it; ``wording`` is how its question is asked."""
    chosen = [f"“{each.words}”" for each in ComplianceAnswer if each.value in condition.answers]
    return f"Answer this if you answered {' or '.join(chosen)} to “{wording}”"


class Part(NamedTuple):
    """A section or a question with its condition."""

    code: str
    only_if: Condition | None = None


class Asked(NamedTuple):
    """The codes of what is asked."""

    sections: frozenset[str]
    questions: frozenset[str]


def what_is_asked(
    tool: Iterable[tuple[Part, Sequence[Part]]], answers: Mapping[str, str | None]
) -> Asked:
    """What is asked of a tool: its sections in order, each with its questions in order.

    ``answers`` maps the codes of compliance questions to what was answered, also of those that are
    no longer asked: what hangs on such an answer is not asked either, so that taking back one
    answer takes back all that followed from it.
    """
    sections: set[str] = set()
    questions: set[str] = set()

    def holds(only_if: Condition | None) -> bool:
        return only_if is None or (
            only_if.question in questions and answers.get(only_if.question) in only_if.answers
        )

    for section, inside in tool:
        if holds(section.only_if):
            sections.add(section.code)
            for question in inside:
                if holds(question.only_if):
                    questions.add(question.code)
    return Asked(frozenset(sections), frozenset(questions))
