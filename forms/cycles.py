"""Planning a year, changing what is expected, exemptions, and more time for an audit."""

from collections.abc import Iterable
from typing import Any

from forms.base import (
    ChoiceField,
    GovForm,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    NeededIf,
    NumberField,
    SubmitField,
)


class NumberNeeded(Needed):
    """Needed, and nought is a number too."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors or field.data is None:
            super().__call__(form, field)


class NumbersForm(GovForm):
    """A form with a box for a number beside each name; see `with_numbers`."""

    boxes: tuple[str, ...] = ()

    def numbers(self) -> dict[str, int]:
        """The number typed for each key; a box that was left empty is not there."""
        typed = {key: self._fields[box_of(key)].data for key in self.boxes}
        return {key: number for key, number in typed.items() if number is not None}


def box_of(key: str) -> str:
    """The name of the box for a key."""
    return f"number_{key}"


def with_numbers(form: type[NumbersForm], boxes: Iterable[tuple[str, str, str]]) -> Any:
    """The form's class with a number box for each (key, label, hint); make the form from it."""
    rows = list(boxes)
    fields: dict[str, Any] = {
        box_of(key): NumberField(label, description=hint, thing=label, width=3)
        for key, label, hint in rows
    }
    return type(form.__name__, (form,), {**fields, "boxes": tuple(key for key, *_ in rows)})


class PlanFromForm(GovForm):
    """From which month on to plan."""

    class Meta:
        csrf = False

    first = ListField("First month", empty=None)


class PlanForm(NumbersForm):
    """Which months are set aside; a number box for each kind of post comes with `with_numbers`."""

    aside = ManyField(
        "Months set aside",
        description="No audits are expected in a month that is ticked.",
        thing="Months set aside",
    )
    preview = SubmitField("Show what this makes", look="secondary")
    plan = SubmitField("Plan these months")


class KindNumbersForm(NumbersForm):
    """Another number for every post of a kind, in one month."""

    because = ChoiceField("Why does it change?", [Needed("Select why the number changes")])
    save = SubmitField("Change what is expected")


class ExpectationForm(GovForm):
    """Another number for one post or person."""

    number = NumberField(
        "Audits expected in this month",
        [NumberNeeded("Enter how many audits are expected, or 0")],
        thing="Audits expected",
        width=3,
    )
    because = ChoiceField("Why does it change?", [Needed("Select why the number changes")])
    save = SubmitField("Change what is expected")


class BesideForm(GovForm):
    """Somebody who is asked to audit beside their post."""

    person = ListField("Who?", [Needed("Select who is asked")], thing="Who is asked")
    number = NumberField(
        "Audits expected in this month",
        [Needed("Enter how many audits are expected")],
        thing="Audits expected",
        width=3,
    )
    save = SubmitField("Expect audits of this person")


class CloseForm(GovForm):
    """Closing a month."""

    close = SubmitField("Close this month", look="warning")


OTHER = "other"


class ReasonFields(GovForm):
    """Why, from the list of P3; with another reason, which."""

    reason = ChoiceField("Why?", [Needed("Select the reason")], thing="The reason")
    note = LongTextField(
        "What should whoever decides know?",
        [
            NeededIf(
                lambda form: str(form.reason.data) == OTHER,
                "Enter the reason, as “Other” says nothing",
            )
        ],
        description="Needed with “Other”. Nothing about a child, and of somebody’s health no more "
        "than is needed.",
        rows=3,
        max_length=400,
        thing="What to know",
    )


class ExemptionForm(ReasonFields):
    """How many audits are not expected after all."""

    number = NumberField(
        "How many audits?", [Needed("Enter how many audits")], thing="How many audits", width=3
    )
    save = SubmitField("Ask for the exemption")


class ExtensionForm(ReasonFields):
    """How many more working days an audit is given."""

    number = NumberField(
        "How many more working days?",
        [Needed("Enter how many working days")],
        thing="How many working days",
        width=3,
    )
    save = SubmitField("Ask for more time")


class DecisionForm(GovForm):
    """Granting or refusing what was asked for."""

    GRANT, REFUSE = "grant", "refuse"

    decision = ChoiceField(
        "What do you decide?",
        [Needed("Select whether you grant it")],
        choices=[(GRANT, "Grant it"), (REFUSE, "Refuse it")],
        thing="What you decide",
    )
    answer = LongTextField(
        "What should they know? (needed where you refuse)",
        [
            NeededIf(
                lambda form: form.decision.data == DecisionForm.REFUSE,
                "Enter why you refuse it, so that they know what to do",
            )
        ],
        rows=3,
        max_length=400,
        thing="What they should know",
    )
    save = SubmitField("Save decision")
