"""Forms of the moderation room."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from forms.base import (
    CheckField,
    ChoiceField,
    GovForm,
    ListField,
    LongTextField,
    Needed,
    NeededIf,
    SubmitField,
)
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.moderation import ReasonCode

AGREE: Final = "agree"
DIFFER: Final = "differ"
OVERALL: Final = "overall"
_LONGEST: Final = 4_000


class Graded(NamedTuple):
    """Something to grade: a section's code and title, or OVERALL; and the auditor's grade."""

    code: str
    title: str
    auditor: Grade | None


class Answer(NamedTuple):
    """The moderator's grade of one of them, with the reason where it differs."""

    grade: Grade
    reason: ReasonCode | None
    words: str


class Together:
    """Several fields shown as one, behind one answer."""

    def __init__(self, fields: Sequence[Any]) -> None:
        self.fields = fields

    def __call__(self) -> Markup:
        return Markup("").join(field() for field in self.fields)


class ModerationForm(GovForm):
    """What is asked of every moderation; `moderation_form` adds the grades."""

    graded: Sequence[Graded] = ()

    limit_reason: LongTextField
    opened_record: CheckField
    feedback: LongTextField
    save: SubmitField

    def differing(self, code: str) -> dict[str, Together]:
        """What is asked where the moderator sees it differently, for the radios' `reveal`."""
        names = (f"{code}_grade", f"{code}_reason", f"{code}_words")
        return {DIFFER: Together([self[name] for name in names])}

    def answers(self) -> dict[str, Answer]:
        """The moderator's grades by code, after validation."""
        return {each.code: self._answer(each) for each in self.graded}

    def _answer(self, each: Graded) -> Answer:
        if each.auditor is not None and self[f"{each.code}_view"].data == AGREE:
            return Answer(each.auditor, None, "")
        if each.auditor is None:
            return Answer(self[f"{each.code}_grade"].data, None, "")
        reason, words = self[f"{each.code}_reason"].data, self[f"{each.code}_words"].data
        return Answer(self[f"{each.code}_grade"].data, reason, words or "")


def moderation_form(graded: Sequence[Graded]) -> type[ModerationForm]:
    """A form that asks about each of these; agreeing with a section is the answer unless changed.

    For the audit as a whole nothing is chosen beforehand: agreeing is an answer too.
    """
    fields: dict[str, Any] = {"graded": tuple(graded)}
    for each in graded:
        fields |= _fields_for(each)
    fields |= _closing_fields()
    return type("FullModerationForm", (ModerationForm,), fields)


def _closing_fields() -> dict[str, Any]:
    """Made after the grades, because fields stand in the order in which they were made."""
    return {
        "limit_reason": LongTextField(
            "Why does the overall grade stand all the same?",
            rows=3,
            max_length=_LONGEST,
            thing="Why the overall grade stands",
        ),
        "opened_record": CheckField(
            "I opened the child’s record and read it for this moderation",
            legend="The child’s record",
            description="Needed where either overall grade is Inadequate or Outstanding",
        ),
        "feedback": LongTextField(
            "What was done well in this audit, and what would make the next one better?",
            [Needed("Enter what was done well in this audit")],
            description="The auditor reads this. Begin with what was done well.",
            rows=4,
            max_length=_LONGEST,
            thing="What was done well",
        ),
        "save": SubmitField("Finish this moderation"),
    }


def _fields_for(each: Graded) -> dict[str, Any]:
    name = "the audit as a whole" if each.code == OVERALL else each.title.lower()
    choices = [(grade.value, grade.words) for grade in GRADES if grade is not each.auditor]
    if each.auditor is None:
        return {
            f"{each.code}_grade": ChoiceField(
                f"Your grade for {name}", [Needed(f"Select a grade for {name}")],
                choices=choices, coerce=Grade, thing=f"Your grade for {name}",
            )
        }  # fmt: skip
    differs = _differs(each.code)
    return {
        f"{each.code}_view": ChoiceField(
            f"Your view of {name}",
            [Needed(f"Select whether you agree about {name}")],
            choices=[(AGREE, f"I agree: {each.auditor.words}"), (DIFFER, "I see it differently")],
            default=None if each.code == OVERALL else AGREE,
            thing=f"Your view of {name}",
        ),
        f"{each.code}_grade": ListField(
            f"Your grade for {name}", [NeededIf(differs, f"Select your grade for {name}")],
            choices=choices, coerce=Grade, thing=f"Your grade for {name}",
        ),
        f"{each.code}_reason": ListField(
            f"Why you see {name} differently",
            [NeededIf(differs, f"Select why you see {name} differently")],
            choices=[(code.value, code.words) for code in ReasonCode], coerce=ReasonCode,
            thing=f"Why you see {name} differently",
        ),
        f"{each.code}_words": LongTextField(
            f"What you saw, for {name}",
            [NeededIf(differs, f"Enter what you saw that leads to another grade for {name}")],
            rows=3, max_length=_LONGEST, thing=f"What you saw, for {name}",
        ),
    }  # fmt: skip


def _differs(code: str) -> Callable[[Any], bool]:
    return lambda form: form[f"{code}_view"].data == DIFFER


class ReturnForm(GovForm):
    """What the auditor is asked to correct (M6)."""

    comments = LongTextField(
        "What is to be corrected?",
        [Needed("Enter what is to be corrected")],
        description="Name the section and the question. The auditor reads this and sends the "
        "audit again.",
        rows=6,
        max_length=_LONGEST,
        thing="What is to be corrected",
    )
    save = SubmitField("Return it to the auditor")
