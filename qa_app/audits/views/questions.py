"""The questions of a section's page: how each is asked, when, and the standard that it tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from forms.audits import COMPLIANCE_CHOICES, GRADE_CHOICES, BoxSpec, Kind
from qa_app.audits.asking import in_groups
from qa_app.audits.draft import Draft
from qa_app.domain.answers import QuestionKind
from qa_app.domain.asking import condition_of, when_words
from qa_app.standards.models import PracticeStandard, Question, Section
from qa_app.standards.queries.practice import in_force, is_number

HEADINGS = ("Was it done?", "How well was it done?", "In your own words")


def question_spec(question: Question) -> BoxSpec:
    """How a question is asked."""
    name = f"question.{question.code}"
    if question.kind is QuestionKind.TEXT:
        return BoxSpec(name, Kind.TEXT, question.wording, question.guidance, rows=3)
    choices = GRADE_CHOICES if question.kind is QuestionKind.QUALITY else COMPLIANCE_CHOICES
    return BoxSpec(name, Kind.CHOICE, question.wording, question.guidance, choices)


class Standard(NamedTuple):
    """What a question tests: the versions in force in the judged period, the newest last.

    Older tools hold words instead of a number, which then have no versions.
    """

    words: str
    versions: Sequence[PracticeStandard]

    @property
    def is_number(self) -> bool:
        """Whether it is one of the library."""
        return is_number(self.words)


@dataclass(frozen=True)
class OnPage:
    """A question of a section's page.

    `asked_by` is the box, on this page, whose answer decides whether it is asked, with the
    `answers` that ask for it. `hint` says so in words until that answer is saved; `hidden` that the
    saved answer does not ask for it, so that it is there only for a change of mind.
    """

    box: str
    asked_by: str = ""
    answers: str = ""
    hint: str = ""
    hidden: bool = False
    standard: Standard | None = None


def question_groups(draft: Draft, section: Section) -> list[tuple[str, list[OnPage]]]:
    """The questions of a section's page under their headings (one query for the standards)."""
    questions = draft.questions_on_page(section)
    page = _Page(draft, questions)
    groups = [[page.shown(each) for each in group] for group in in_groups(questions)]
    return [(heading, group) for heading, group in zip(HEADINGS, groups, strict=True) if group]


class _Page:
    """What the questions of one page must know of each other."""

    def __init__(self, draft: Draft, questions: Sequence[Question]) -> None:
        self.asked = draft.asked.questions
        self.answers = draft.compliance
        self.wordings = {each.code: each.wording for each in questions}
        self.standards = _standards(draft, questions)
        self.hidden: set[str] = set()

    def shown(self, question: Question) -> OnPage:
        """The question as the page has it; those that it hangs on came before it."""
        box, standard = f"question.{question.code}", self.standards.get(question.standard)
        only_if = condition_of(question.only_if)
        if only_if is None or only_if.question not in self.wordings:
            return OnPage(box, standard=standard)
        waits = self.answers.get(only_if.question) is None
        hidden = only_if.question in self.hidden or not (waits or question.code in self.asked)
        if hidden:
            self.hidden.add(question.code)
        return OnPage(
            box,
            asked_by=f"question.{only_if.question}",
            answers=" ".join(sorted(only_if.answers)),
            hint=when_words(only_if, self.wordings[only_if.question]) if waits else "",
            hidden=hidden,
            standard=standard,
        )


def _standards(draft: Draft, questions: Sequence[Question]) -> dict[str, Standard]:
    """What the questions test, as in force in the period that the audit judges (A1)."""
    named = {each.standard for each in questions if each.standard}
    audit = draft.audit
    first, last = audit.judged_from or date.min, audit.period_to or date.max
    versions = in_force({each for each in named if is_number(each)}, first, last)
    return {each: Standard(each, versions.get(each, ())) for each in named}
