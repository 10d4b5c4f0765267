"""Forms of calibration (M10): making a file, inviting people, grading it, and what was agreed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    NeededIf,
    SubmitField,
    TextField,
)
from forms.moderation import Together
from qa_app.domain.grades import GRADES, Grade, PlanType

FROM_AUDIT: Final = "audit"
TYPED: Final = "typed"
EVERYBODY: Final = "everybody"
_LONGEST: Final = 4_000


def _is(source: str) -> Any:
    return lambda form: form.source.data == source


class NewSessionForm(GovForm):
    """Where the file of a new session comes from."""

    title = TextField(
        "Title",
        [Needed("Enter a title")],
        description="Whoever is invited sees it. For example: Calibration, autumn 2026",
    )
    source = ChoiceField(
        "Where does the file come from?",
        [Needed("Select where the file comes from")],
        choices=[
            (FROM_AUDIT, "From an audit that is final", "Its sections are copied, without grades"),
            (TYPED, "Made for the purpose", "You type it"),
        ],
        thing="Where the file comes from",
    )
    audit = TextField(
        "Number of the audit",
        [NeededIf(_is(FROM_AUDIT), "Enter the number of the audit")],
        description="For example, A-2026-11-017",
        max_length=60,
    )
    tool = ListField("Audit tool", [NeededIf(_is(TYPED), "Select the audit tool")])
    plan_type = ListField(
        "Plan",
        [NeededIf(_is(TYPED), "Select the plan")],
        choices=[(each.value, each.words) for each in PlanType],
        coerce=PlanType,
    )
    save = SubmitField("Make the session")

    @property
    def reveal(self) -> dict[str, Any]:
        """What is asked of each source, for the radios."""
        return {FROM_AUDIT: self.audit, TYPED: Together([self.tool, self.plan_type])}


class DetailsForm(GovForm):
    """What stands at the head of the file."""

    title = TextField("Title", [Needed("Enter a title")], description="Whoever is invited sees it.")
    about = LongTextField(
        "Whom is the file about?",
        description="A few words that whoever grades it needs: what brought the child to us, what "
        "the plan is for, and over which time. No names, no places, no dates.",
        rows=6,
        max_length=_LONGEST,
        thing="Whom the file is about",
    )
    age_band = TextField("Age band (optional)", description="For example, 5 to 9", max_length=20)
    save = SubmitField("Save")


class FileSectionForm(GovForm):
    """What the file says of one section."""

    evidence = LongTextField("Evidence", rows=12)
    impact = LongTextField("What difference it made for the child", rows=6)
    answers = LongTextField(
        "Answers to questions (optional)",
        description="One on each line. Answers that are grades are left out: they would lead.",
        rows=8,
        thing="Answers to questions",
    )
    save = SubmitField("Save the section")


class InviteForm(GovForm):
    """Who grades the file, and by when; `invite_form` adds the people, a service at a time."""

    services: Mapping[str, Sequence[str]] = {}

    deadline: DateField
    save: SubmitField

    def people(self) -> list[str]:
        """The keys of everybody chosen, by themselves or with their service."""
        found: list[str] = []
        for key, inside in self.services.items():
            chosen = self[f"service_{key}"].data or []
            found += inside if EVERYBODY in chosen else [each for each in chosen if each in inside]
        return found


def invite_form(
    services: Iterable[tuple[str, str, Sequence[tuple[str, str, str]]]], needed: bool
) -> type[InviteForm]:
    """A form with a group of boxes for each service: (key, name, its people as choices).

    `needed` says that there has to be a deadline.
    """
    fields: dict[str, Any] = {"services": {}}
    for key, name, people in services:
        fields["services"][key] = [each[0] for each in people]
        everybody = [(EVERYBODY, f"Everybody in {name}", "")] if len(people) > 1 else []
        fields[f"service_{key}"] = ManyField(name, choices=[*everybody, *people])
    fields["deadline"] = DateField(
        "Grade it by",
        [Needed("Enter the day by which it is to be graded")] if needed else [],
        description="For example, 27 11 2026",
        thing="The deadline",
    )
    fields["save"] = SubmitField("Save")
    return type("InvitePeopleForm", (InviteForm,), fields)


class GradingForm(GovForm):
    """One person's grades with why; `grading_form` adds them. `stand` says what was stored when
    the page was made, so that two windows are told apart."""

    codes: Sequence[str] = ()

    stand: HiddenField
    check: SubmitField
    later: SubmitField

    def given(self) -> dict[str, tuple[Grade, str]]:
        """Grades with why, by code; those without a grade are left out."""
        return {
            code: (self[f"{code}_grade"].data, self[f"{code}_why"].data or "")
            for code in self.codes
            if self[f"{code}_grade"].data is not None
        }


def grading_form(titles: Mapping[str, str]) -> type[GradingForm]:
    """A form with a grade and why for each of these, by code. Nothing is needed to save it, but a
    grade for what has a reason."""
    fields: dict[str, Any] = {"codes": tuple(titles), "stand": HiddenField()}
    for code, title in titles.items():
        fields |= _graded(code, title, f"Select a grade for {_small(title)}: why is kept with it")
    fields["check"] = SubmitField("Save and check before you commit")
    fields["later"] = SubmitField("Save for later", look="secondary")
    return type("GradePartsForm", (GradingForm,), fields)


class AgreedForm(GovForm):
    """The agreed answer; `agreed_form` adds the parts."""

    codes: Sequence[str] = ()

    why: LongTextField
    learnt: LongTextField
    save: SubmitField

    def given(self) -> dict[str, tuple[Grade, str]]:
        """Agreed grades with why, by code."""
        return {
            code: (self[f"{code}_grade"].data, self[f"{code}_why"].data or "")
            for code in self.codes
        }


def agreed_form(titles: Mapping[str, str]) -> type[AgreedForm]:
    """A form with the agreed grade of each of these, by code, and what was learnt."""
    fields: dict[str, Any] = {"codes": tuple(titles)}
    for code, title in titles.items():
        message = f"Select the agreed grade for {_small(title)}"
        fields |= _graded(code, title, message, needed=True)
    fields["why"] = LongTextField(
        "Why is this the answer?",
        [Needed("Say why this is the answer")],
        description="New auditors who practise on the file read it too.",
        rows=5,
        max_length=_LONGEST,
        thing="Why this is the answer",
    )
    fields["learnt"] = LongTextField(
        "What was learnt? (optional)",
        description="For example: which words of a grade were read in two ways.",
        rows=5,
        max_length=_LONGEST,
        thing="What was learnt",
    )
    fields["save"] = SubmitField("Save the agreed answer")
    return type("AgreedPartsForm", (AgreedForm,), fields)


def _graded(code: str, title: str, message: str, *, needed: bool = False) -> dict[str, Any]:
    rule = Needed(message) if needed else NeededIf(lambda form: form[f"{code}_why"].data, message)
    return {
        f"{code}_grade": ChoiceField(
            f"Grade for {_small(title)}",
            [rule],
            choices=[(grade.value, grade.words) for grade in GRADES],
            coerce=Grade,
            thing=f"Grade for {_small(title)}",
        ),
        f"{code}_why": LongTextField(
            f"Why, for {_small(title)}",
            rows=4,
            max_length=_LONGEST,
            thing=f"Why, for {_small(title)}",
        ),
    }


def _small(title: str) -> str:
    return title[:1].lower() + title[1:]


class OpenForm(GovForm):
    """Opening a session."""

    open = SubmitField("Open it and tell them")


class CloseForm(GovForm):
    """Closing a session."""

    close = SubmitField("Close it and show everybody’s grades", look="warning")


class DiscardForm(GovForm):
    """Throwing a draft away."""

    discard = SubmitField("Throw it away", look="warning")


class CommitForm(GovForm):
    """Committing one's grades."""

    commit = SubmitField("Commit my grades")
