"""Forms of the moderation room."""

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, cast

from markupsafe import Markup
from wtforms.validators import StopValidation

from forms.base import (
    CheckField,
    ChoiceField,
    GovForm,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    NeededIf,
    SubmitField,
)
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.moderation import ReasonCode, must_open_record

AGREE: Final = "agree"
DIFFER: Final = "differ"
ALL: Final = "all"
EXCEPT: Final = "except"
OVERALL: Final = "overall"
_LONGEST: Final = 4_000
_GRADES: Final = [(grade.value, grade.words) for grade in GRADES]
_REASONS: Final = [(code.value, code.words) for code in ReasonCode]


class Graded(NamedTuple):
    """Something to grade: a section's code and title, or OVERALL; the auditor's grade (None: left
    to the moderator); and the moderator's first one, where it was given blind (M3)."""

    code: str
    title: str
    auditor: Grade | None
    first: Grade | None = None

    @property
    def name(self) -> str:
        """As sentences name it."""
        return "the audit as a whole" if self.code == OVERALL else self.title.lower()

    @property
    def may_be_excepted(self) -> bool:
        """Whether it is one of the sections with which one may agree all at once."""
        return self.code != OVERALL and self.auditor is not None


class Answer(NamedTuple):
    """The moderator's grade of one of them, with the reason where it differs."""

    grade: Grade
    reason: ReasonCode | None
    words: str


class Together:
    """Several fields shown as one, behind one answer; those that save themselves by their names."""

    def __init__(self, fields: Sequence[Any], *, saved: bool = False) -> None:
        self.fields = fields
        self.saved = saved

    def __call__(self) -> Markup:
        named = [{"data_field": field.name} if self.saved else {} for field in self.fields]
        shown = (field(**each) for field, each in zip(self.fields, named, strict=True))
        return Markup("").join(shown)


class ModerationForm(GovForm):
    """What is asked of every moderation; `moderation_form` adds the grades."""

    graded: Sequence[Graded] = ()

    limit_reason: LongTextField
    opened_record: CheckField
    feedback: LongTextField
    save: SubmitField
    later: SubmitField

    @property
    def boxes(self) -> list[str]:
        """The names of all that can be typed or chosen, in page order."""
        buttons = (self.save, self.later)
        return [field.name for field in self._visible() if field not in buttons]

    def differing(self, code: str) -> list[Any]:
        """What is asked where the moderator sees it differently."""
        return [self[f"{code}_{part}"] for part in ("grade", "reason", "words")]

    @property
    def overall_differing(self) -> dict[str, Together]:
        """The same of the audit as a whole, for its radios' `reveal`; with the child's record
        where only another grade than the auditor's asks for it."""
        record = [] if self.asks_for_record else [self.opened_record]
        return {DIFFER: Together([*self.differing(OVERALL), *record], saved=True)}

    @property
    def asks_for_record(self) -> bool:
        """Whether the child's record may have to be opened though one agrees (M2)."""
        blind = any(each.first for each in self.graded)
        overall = [each.auditor for each in self.graded if each.code == OVERALL]
        return None in overall or must_open_record(*overall, blind=blind)

    def has_been_written(self, code: str) -> bool:
        """Whether another grade was chosen for this section, or something written about it."""
        return bool(self[f"{code}_grade"].data or self[f"{code}_words"].data)

    def differs(self, code: str) -> bool:
        """Whether the moderator sees it differently than its auditor."""
        if code == OVERALL:
            return bool(self.overall_view.data == DIFFER)
        excepted = code in (self.except_for.data or ()) or self.has_been_written(code)
        return bool(self.agreement.data == EXCEPT and excepted)

    def grade_of(self, each: Graded) -> Grade | None:
        """The moderator's grade as the form stands; None while there is none."""
        grade: Grade | None = self[f"{each.code}_grade"].data
        if each.auditor is None or self.differs(each.code):
            return grade
        view = self.overall_view if each.code == OVERALL else self.agreement
        return each.auditor if view.data else None

    def changed(self, each: Graded) -> bool:
        """Whether the moderator's grade is another one than their first."""
        grade = self.grade_of(each)
        return None not in (grade, each.first) and grade is not each.first

    def answers(self) -> dict[str, Answer]:
        """The moderator's grades by code, after validation."""
        return {each.code: self._answer(each) for each in self.graded}

    def _answer(self, each: Graded) -> Answer:
        grade = cast(Grade, self.grade_of(each))  # after validation there is one
        reason, words = None, []
        if each.auditor is not None and self.differs(each.code):
            reason, words = self[f"{each.code}_reason"].data, [self[f"{each.code}_words"].data]
        if each.first is not None and self.changed(each):
            why = self[f"{each.code}_changed"].data
            words.append(f"First graded {each.first.words}, without the auditor’s grade. {why}")
        return Answer(grade, reason, "\n\n".join(words))


def moderation_form(graded: Sequence[Graded]) -> type[ModerationForm]:
    """A form that asks about each of these: one answer for all sections together, save those that
    are named, and one for the audit as a whole."""
    fields: dict[str, Any] = {"graded": tuple(graded)}
    sections = [each for each in graded if each.may_be_excepted]
    if sections:
        fields |= _agreement_fields(sections)
    for each in graded:
        fields |= _fields_for(each)
    fields |= _closing_fields()
    return type("FullModerationForm", (ModerationForm,), fields)


def _agreement_fields(sections: Sequence[Graded]) -> dict[str, Any]:
    return {
        "agreement": ChoiceField(
            "Do you agree with the auditor’s grades of the sections?",
            [Needed("Select whether you agree with the grades of the sections"), _agrees_with_all],
            choices=[
                (ALL, "I agree with every grade"),
                (EXCEPT, "I agree, except for the sections that I select"),
            ],
        ),
        "except_for": ManyField(
            "Which sections do you see differently?",
            [NeededIf(_excepts_nothing, "Select the sections that you see differently")],
            choices=[(each.code, each.title) for each in sections],
        ),
    }


def _agrees_with_all(form: Any, field: Any) -> None:
    """Nothing that was chosen or written is dropped unseen."""
    written = [
        each.name
        for each in form.graded
        if each.may_be_excepted and form.has_been_written(each.code)
    ]
    if field.data == ALL and written:
        raise StopValidation(
            f"You chose another grade, or wrote something, for {' and '.join(written)}. Select "
            "“I agree, except for the sections that I select”, or empty what you put there"
        )


def _excepts_nothing(form: Any) -> bool:
    codes = [each.code for each in form.graded if each.may_be_excepted]
    return form.agreement.data == EXCEPT and not any(form.differs(code) for code in codes)


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
            description="Needed where an overall grade is Inadequate or Outstanding, and where you "
            "graded blind",
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
        "later": SubmitField("Save for later", look="secondary"),
    }


def _fields_for(each: Graded) -> dict[str, Any]:
    fields = _fields_left(each) if each.auditor is None else _fields_beside(each)
    if each.first is not None:
        fields[f"{each.code}_changed"] = LongTextField(
            f"Why your view of {each.name} changed",
            [NeededIf(lambda form: form.changed(each), f"Enter why your view of {each.name} "
                      "changed")],
            description=f"You first graded it {each.first.words}. One line is enough; needed only "
            "where your grade is another one now.",
            rows=2, max_length=_LONGEST, thing=f"Why your view of {each.name} changed",
        )  # fmt: skip
    return fields


def _fields_left(each: Graded) -> dict[str, Any]:
    """Of a section that the auditor left to the moderator."""
    label = f"Your grade for {each.name}"
    needed = Needed(f"Select a grade for {each.name}")
    field = ChoiceField(label, [needed], choices=_GRADES, coerce=Grade, thing=label)
    return {f"{each.code}_grade": field}


def _fields_beside(each: Graded) -> dict[str, Any]:
    """Beside a grade of the auditor's."""
    name, differs = each.name, _differs(each.code)
    others = [(grade.value, grade.words) for grade in GRADES if grade is not each.auditor]
    fields: dict[str, Any] = {}
    if each.code == OVERALL:
        fields["overall_view"] = ChoiceField(
            f"Your view of {name}",
            [Needed(f"Select whether you agree about {name}")],
            choices=[
                (AGREE, f"I agree: {each.auditor.words if each.auditor else ''}"),
                (DIFFER, "I see it differently"),
            ],
            thing=f"Your view of {name}",
        )
    return fields | {
        f"{each.code}_grade": ListField(
            f"Your grade for {name}", [NeededIf(differs, f"Select your grade for {name}")],
            choices=others, coerce=Grade, thing=f"Your grade for {name}",
        ),
        f"{each.code}_reason": ListField(
            f"Why you see {name} differently",
            [NeededIf(differs, f"Select why you see {name} differently")],
            choices=_REASONS, coerce=ReasonCode, thing=f"Why you see {name} differently",
        ),
        f"{each.code}_words": LongTextField(
            f"What you saw, for {name}",
            [NeededIf(differs, f"Enter what you saw that leads to another grade for {name}")],
            rows=3, max_length=_LONGEST, thing=f"What you saw, for {name}",
        ),
    }  # fmt: skip


def _differs(code: str) -> Callable[[Any], bool]:
    return lambda form: form.differs(code)
