"""Writing an audit tool: one section, and one question of it."""

from typing import Any

from forms.base import (
    ChoiceField,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    SubmitField,
    TextField,
)
from forms.tools import RevisionForm, plans_field
from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import GRADES, ComplianceAnswer, Limiting
from qa_app.domain.tools import (
    KIND_WORDS,
    LIMITING_WORDS,
    Condition,
    QuestionContent,
    SectionContent,
)

ANSWER_CHOICES = [(each.value, each.words) for each in ComplianceAnswer]
DESCRIPTORS = {f"descriptors_{each.value}": each for each in GRADES}


def _only_if_question() -> Any:
    return ListField(
        "Asked only after an answer to",
        description="An earlier question that is answered with yes or no.",
        empty="Always asked",
    )


def _only_if_answers() -> Any:
    return ManyField(
        "After which answers?",
        choices=ANSWER_CHOICES,
        description="Only where a question is chosen above.",
    )


class _ConditionalForm(RevisionForm):
    """A part that may be asked after some answers only."""

    only_if_question: Any
    only_if_answers: Any

    def condition(self) -> Condition | None:
        """What was entered, None for a part that is always asked."""
        if not self.only_if_question.data:
            return None
        return Condition(self.only_if_question.data, tuple(self.only_if_answers.data or ()))

    @staticmethod
    def shown_condition(condition: Condition | None) -> dict[str, Any]:
        """The two fields' values that show a condition."""
        if condition is None:
            return {}
        return {"only_if_question": condition.question, "only_if_answers": condition.answers}


class SectionForm(_ConditionalForm):
    """A section; in a graded tool with what it limits and what each grade looks like."""

    title = TextField("Title", [Needed("Enter the title of the section")])
    code = TextField(
        "Code",
        [Needed("Enter a code for the section")],
        description="Small letters and hyphens, like plan. Its questions’ codes begin with it.",
        width=20,
        max_length=40,
        spellcheck="false",
    )
    guidance = LongTextField(
        "What should the auditor look for?",
        description="Two to four sentences.",
        rows=5,
        max_length=4_000,
    )
    limiting = ChoiceField(
        "What does a low grade here do to the overall grade?",
        [Needed("Select what a low grade here does to the overall grade")],
        choices=[(each.value, LIMITING_WORDS[each]) for each in Limiting],
    )
    plan_types = plans_field("For which plans is it asked?")
    only_if_question = _only_if_question()
    only_if_answers = _only_if_answers()
    descriptors_outstanding = LongTextField("Outstanding", rows=4, max_length=4_000)
    descriptors_good = LongTextField("Good", rows=4, max_length=4_000)
    descriptors_requires_improvement = LongTextField(
        "Requires improvement", rows=4, max_length=4_000
    )
    descriptors_inadequate = LongTextField("Inadequate", rows=4, max_length=4_000)
    save = SubmitField("Save")

    def for_ungraded(self) -> None:
        """Take out what only a graded tool has."""
        for name in ("limiting", *DESCRIPTORS):
            del self[name]

    def content(self) -> SectionContent:
        """What was entered, without the questions."""
        limiting = str(self.limiting.data) if "limiting" in self else Limiting.NONE.value
        return SectionContent(
            code=self.code.data or "",
            title=self.title.data or "",
            limiting=limiting,
            guidance=self.guidance.data or "",
            plan_types=tuple(self.plan_types.data or ()),
            only_if=self.condition(),
            descriptors={
                grade.value: self[name].data or ""
                for name, grade in DESCRIPTORS.items()
                if name in self
            },
        )

    @classmethod
    def shown(cls, section: SectionContent) -> dict[str, Any]:
        """The fields' values that show a section."""
        texts = {name: section.descriptors.get(grade, "") for name, grade in DESCRIPTORS.items()}
        return vars(section) | texts | cls.shown_condition(section.only_if)


class QuestionForm(_ConditionalForm):
    """One question. The view hands in the kinds, the standards and the earlier questions."""

    wording = LongTextField(
        "Question",
        [Needed("Enter the question")],
        rows=3,
        max_length=1_000,
    )
    code = TextField(
        "Code",
        [Needed("Enter a code for the question")],
        width=20,
        max_length=60,
        spellcheck="false",
    )
    kind = ChoiceField(
        "How is it answered?",
        [Needed("Select how the question is answered")],
        choices=[(each.value, KIND_WORDS[each]) for each in QuestionKind],
    )
    guidance = LongTextField(
        "Guidance",
        description="What counts as a yes, where to look, when it is not applicable.",
        rows=4,
        max_length=4_000,
    )
    standard = ListField("Which practice standard does it test?", empty="None")
    plan_types = plans_field("For which plans is it asked?")
    only_if_question = _only_if_question()
    only_if_answers = _only_if_answers()
    save = SubmitField("Save")

    def content(self, section_code: str) -> QuestionContent:
        """What was entered."""
        return QuestionContent(
            code=f"{section_code}.{self.code.data}",
            kind=self.kind.data or "",
            wording=self.wording.data or "",
            guidance=self.guidance.data or "",
            standard=self.standard.data or "",
            plan_types=tuple(self.plan_types.data or ()),
            only_if=self.condition(),
        )

    @classmethod
    def shown(cls, question: QuestionContent) -> dict[str, Any]:
        """The fields' values that show a question; its code without the section's."""
        code = question.code.partition(".")[2]
        return vars(question) | {"code": code} | cls.shown_condition(question.only_if)
