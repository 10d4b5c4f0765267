"""Forms of a moderation on which not all agree: the auditor's answer about each grade that differs
(M4), and what the second moderator decides (M5)."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from forms.base import (
    CheckField,
    ChoiceField,
    GovForm,
    LongTextField,
    Needed,
    NeededIf,
    SubmitField,
)
from forms.moderation import OVERALL, Together
from qa_app.domain.grades import GRADES, Grade

ACCEPT: Final = "accept"
DISAGREE: Final = "disagree"
_LONGEST: Final = 4_000


class Differing(NamedTuple):
    """A grade on which auditor and moderator differ: a section's code and title, or OVERALL; and
    the moderator's grade."""

    code: str
    title: str
    moderator: Grade | None

    @property
    def name(self) -> str:
        """The section in a sentence."""
        return "the audit as a whole" if self.code == OVERALL else self.title.lower()


class Said(NamedTuple):
    """Whether the auditor accepts a grade; why not, where they do not."""

    accepts: bool
    words: str


class AnswerForm(GovForm):
    """The auditor's answers; `answer_form` adds a question for each grade that differs."""

    asked: Sequence[Differing] = ()

    send: SubmitField

    def why_not(self, code: str) -> dict[str, Together]:
        """What is asked where the auditor disagrees, for the radios' `reveal`."""
        return {DISAGREE: Together([self[f"{code}_words"]])}

    def answers(self) -> dict[str, Said]:
        """The answers by code, after validation."""
        return {each.code: self._said(each.code) for each in self.asked}

    def _said(self, code: str) -> Said:
        accepts = self[f"{code}_view"].data == ACCEPT
        return Said(accepts, "" if accepts else self[f"{code}_words"].data or "")


def answer_form(asked: Sequence[Differing]) -> type[AnswerForm]:
    """A form that asks about each of these; nothing is chosen beforehand."""
    fields: dict[str, Any] = {"asked": tuple(asked)}
    for each in asked:
        fields |= _answer_fields(each)
    fields["send"] = SubmitField("Send my answer")
    return type("FullAnswerForm", (AnswerForm,), fields)


def _answer_fields(each: Differing) -> dict[str, Any]:
    grade = each.moderator.words if each.moderator is not None else "this grade"
    return {
        f"{each.code}_view": ChoiceField(
            f"Your answer about {each.name}",
            [Needed(f"Select whether you accept the moderator’s grade for {each.name}")],
            choices=[(ACCEPT, f"I accept {grade}"), (DISAGREE, "I disagree")],
            thing=f"Your answer about {each.name}",
        ),
        f"{each.code}_words": LongTextField(
            f"Why you disagree about {each.name}",
            [NeededIf(_disagrees(each.code), f"Enter why you disagree about {each.name}")],
            description="The second moderator reads this. Say where it can be seen on the child’s "
            "record. Do not name the child or the family.",
            rows=4,
            max_length=_LONGEST,
            thing=f"Why you disagree about {each.name}",
        ),
    }


def _disagrees(code: str) -> Callable[[Any], bool]:
    return lambda form: form[f"{code}_view"].data == DISAGREE


class Decided(NamedTuple):
    """A second moderator's grade, and why."""

    grade: Grade
    words: str


class DecideForm(GovForm):
    """What a second moderator is asked; `decide_form` adds the grades."""

    asked: Sequence[Differing] = ()

    limit_reason: LongTextField
    opened_record: CheckField
    feedback: LongTextField
    save: SubmitField

    def decisions(self) -> dict[str, Decided]:
        """The grades by code, after validation."""
        return {
            each.code: Decided(self[f"{each.code}_grade"].data, self[f"{each.code}_words"].data)
            for each in self.asked
        }


def decide_form(asked: Sequence[Differing]) -> type[DecideForm]:
    """A form that asks for each disputed grade with its words; nothing is chosen beforehand."""
    fields: dict[str, Any] = {"asked": tuple(asked)}
    for each in asked:
        fields |= _decide_fields(each)
    fields |= {
        "limit_reason": LongTextField(
            "Why does the overall grade stand all the same?",
            rows=3,
            max_length=_LONGEST,
            thing="Why the overall grade stands",
        ),
        "opened_record": CheckField(
            "I opened the child’s record and read it for this decision",
            legend="The child’s record",
            description="Needed where any of the overall grades is Inadequate or Outstanding",
        ),
        "feedback": LongTextField(
            "Anything to say to the auditor and the first moderator? (optional)",
            description="They both read this. What was done well, and what to take from it.",
            rows=4,
            max_length=_LONGEST,
            thing="What you say to them",
        ),
        "save": SubmitField("Decide"),
    }
    return type("FullDecideForm", (DecideForm,), fields)


def _decide_fields(each: Differing) -> dict[str, Any]:
    return {
        f"{each.code}_grade": ChoiceField(
            f"Your grade for {each.name}",
            [Needed(f"Select your grade for {each.name}")],
            choices=[(grade.value, grade.words) for grade in GRADES],
            coerce=Grade,
            thing=f"Your grade for {each.name}",
        ),
        f"{each.code}_words": LongTextField(
            f"Why you decide on it, for {each.name}",
            [Needed(f"Enter why you decide on this grade for {each.name}")],
            description="Auditor and moderator both read this.",
            rows=4,
            max_length=_LONGEST,
            thing=f"Why you decide on it, for {each.name}",
        ),
    }
